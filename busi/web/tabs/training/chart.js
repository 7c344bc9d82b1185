// A chart of two lines over epochs, training and validation, as wide as its figure; text keeps its size in pixels.
const chart = (() => {
  const HEIGHT = 280;
  const BOX = { left: 46, right: 14, top: 26, bottom: 38 };
  const STEPS = [0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1];
  const KINDS = ["seen", "held"]; // columns 1 and 2 of a row

  const escape = (text) => text.replace(/[&<>"]/g, (sign) => `&#${sign.charCodeAt(0)};`);
  const text = (x, y, anchor, words, kind) =>
    `<text class="${kind}" x="${x.toFixed(1)}" y="${y.toFixed(1)}" text-anchor="${anchor}">${escape(words)}</text>`;
  const line = (kind, x1, y1, x2, y2) =>
    `<line class="${kind}" x1="${x1.toFixed(1)}" y1="${y1.toFixed(1)}" x2="${x2.toFixed(1)}" y2="${y2.toFixed(1)}"/>`;

  // Where a value stands in the picture; what is off the scale stays at its edge.
  const scales = (width, asked) => {
    const { left, right, top, bottom } = BOX;
    const [first, last] = asked.epochs;
    const [low, high] = asked.range;
    const share = (value) => Math.min(1, Math.max(0, (value - low) / (high - low)));
    return {
      x: (epoch) => left + ((epoch - first) / Math.max(1, last - first)) * (width - left - right),
      y: (value) => HEIGHT - bottom - share(value) * (HEIGHT - top - bottom),
    };
  };

  const levels = (asked, { x, y }) => {
    const [low, high] = asked.range;
    const step = STEPS.find((size) => (high - low) / size <= 6) ?? 1;
    const shown = [];
    for (let at = Math.ceil(low / step - 1e-9) * step; at <= high + 1e-9; at += step) shown.push(at);
    return shown
      .map((at) => line("grid", x(asked.epochs[0]), y(at), x(asked.epochs[1]), y(at)) + text(BOX.left - 8, y(at) + 4, "end", asked.show(at, step), "tick"))
      .join("");
  };

  const ticks = (asked, { x }) => {
    const [first, last] = asked.epochs;
    const step = [1, 2, 5, 10, 20].find((size) => (last - first) / size <= 8) ?? 50;
    const shown = [first];
    for (let at = Math.ceil((first + 1) / step) * step; at <= last; at += step) if (at - first >= step / 2) shown.push(at);
    return (
      shown.map((at) => text(x(at), HEIGHT - BOX.bottom + 18, "middle", String(at), "tick")).join("") +
      text(x(last), HEIGHT - 4, "end", asked.words.epochs, "tick")
    );
  };

  // A disc for training, a diamond for validation: the two are told apart without colour.
  const mark = (kind, x, y) =>
    kind === "seen"
      ? `<circle class="seen" cx="${x.toFixed(1)}" cy="${y.toFixed(1)}" r="5"/>`
      : `<path class="held" d="M${x.toFixed(1)} ${(y - 6.5).toFixed(1)}l6.5 6.5-6.5 6.5-6.5-6.5z"/>`;

  const curves = (asked, { x, y }) =>
    KINDS.map((kind, number) => {
      const points = asked.rows.map((row) => `${x(row[0]).toFixed(1)},${y(row[number + 1]).toFixed(1)}`).join(" ");
      const end = asked.rows.at(-1);
      return `<polyline class="${kind}" points="${points}"/>` + (end ? mark(kind, x(end[0]), y(end[number + 1])) : "");
    }).join("");

  // Each line's name at its end, the upper one's above and the lower one's below, clear of the last few epochs.
  const names = (asked, { x, y }) => {
    if (!asked.words.seen || asked.rows.length < 2) return "";
    const tail = asked.rows.slice(-Math.ceil(asked.rows.length / 3));
    const end = asked.rows.at(-1);
    const upper = end[1] > end[2] ? 0 : 1;
    return KINDS.map((kind, number) => {
      const heights = tail.map((row) => y(row[number + 1]));
      const at = number === upper ? Math.min(...heights) - 10 : Math.max(...heights) + 20;
      return text(x(end[0]) - 10, at, "end", asked.words[kind], kind);
    }).join("");
  };

  const here = (asked, { x, y }) => {
    const row = asked.rows.find(([epoch]) => epoch === asked.here);
    if (!row) return "";
    const marks = KINDS.map((kind, number) => mark(kind, x(row[0]), y(row[number + 1]))).join("");
    return line("here", x(row[0]), BOX.top, x(row[0]), HEIGHT - BOX.bottom) + marks;
  };

  const best = (asked, { x }) => {
    if (!asked.best) return "";
    const [first, last] = asked.epochs;
    const anchor = asked.best < first + (last - first) / 4 ? "start" : asked.best > last - (last - first) / 4 ? "end" : "middle";
    return line("best", x(asked.best), BOX.top, x(asked.best), HEIGHT - BOX.bottom) + text(x(asked.best), BOX.top - 9, anchor, `★ ${asked.words.best}`, "best");
  };

  // The epochs that cannot be kept, hatched, with a word at the foot of the chart.
  const excluded = (asked, { x }) => {
    const [start] = asked.epochs;
    if (!asked.first || asked.first <= start) return "";
    const left = x(start), width = x(asked.first - 0.5) - left;
    const at = `x="${left.toFixed(1)}" y="${BOX.top}" width="${width.toFixed(1)}" height="${HEIGHT - BOX.top - BOX.bottom}"`;
    return (
      `<defs><pattern id="excluded-epochs" width="8" height="8" patternUnits="userSpaceOnUse" patternTransform="rotate(45)"><path d="M0 0V8"/></pattern></defs>` +
      `<rect class="excluded" ${at}/>` + text(left + width / 2, HEIGHT - BOX.bottom - 8, "middle", asked.words.excluded, "excluded")
    );
  };

  const level = (asked, { x, y }) => {
    if (asked.level === undefined) return "";
    return line("level", x(asked.epochs[0]), y(asked.level), x(asked.epochs[1]), y(asked.level)) + text(x(asked.epochs[1]), y(asked.level) + 16, "end", asked.words.level, "tick");
  };

  // asked: rows [[epoch, training, validation]], epochs and range as [first, last], show(value, step), words, alt,
  // and where wanted: here and best (epochs), first (the first epoch that could be kept), level (a value to compare with).
  const draw = (place, asked) => {
    const width = Math.max(280, place.clientWidth || 280);
    const at = scales(width, asked);
    place.innerHTML =
      `<svg viewBox="0 0 ${width} ${HEIGHT}" height="${HEIGHT}" role="img" aria-label="${escape(asked.alt)}">` +
      excluded(asked, at) + levels(asked, at) + ticks(asked, at) + level(asked, at) + best(asked, at) + curves(asked, at) + names(asked, at) + here(asked, at) +
      "</svg>";
  };

  // The ends of a scale that holds all these values, with some room.
  const around = (values) => {
    const low = Math.min(...values), high = Math.max(...values);
    const room = Math.max(0.02, (high - low) * 0.12);
    return [Math.max(0, low - room), high + room];
  };
  return { draw, around };
})();
