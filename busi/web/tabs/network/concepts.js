// Six concepts to try: the buttons that choose one, and what their scripts share. Each script after this one,
// in braces of its own, draws one concept into the panel of its name.
const root = element.querySelector(".concepts");
const sentences = JSON.parse(root.dataset.say);
const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
const drawings = {}; // by concept: the function that draws it anew, once its panel can be seen
const response = { map: null, side: 0 }; // what the convolution found, for the pooling

const say = (name, values = {}) => atelier.fill(sentences[name], values);
const panelOf = (name) => root.querySelector(`[data-panel="${name}"]`);
// A number with as many decimals as it needs, two at most.
const brief = (value) => atelier.number(value, [0, 1].find((digits) => Math.abs(value * 10 ** digits - Math.round(value * 10 ** digits)) < 1e-6) ?? 2);

// A panel's parts by their data attributes, and its buttons by what they do.
const concept = (name) => {
  const panel = panelOf(name);
  const find = (selector) => panel.querySelector(selector);
  // Only what is new is written, so that a screen reader says nothing twice.
  const out = (part, text) => {
    const place = find(`[data-out="${part}"]`);
    if (place.textContent !== text) place.textContent = text;
  };
  const press = (attribute, value) =>
    panel.querySelectorAll(`[data-${attribute}]`).forEach((button) => button.setAttribute("aria-pressed", String(button.dataset[attribute] === value)));
  const onClick = (attribute, act) =>
    panel.addEventListener("click", (event) => {
      const button = event.target.closest(`[data-${attribute}]`);
      if (button) act(button.dataset[attribute], button);
    });
  const dial = (part) => find(`[data-in="${part}"]`);
  const show = (part, text) => {
    out(part, text);
    dial(part).setAttribute("aria-valuetext", text);
  };
  return { panel, find, out, press, onClick, dial, show };
};

// Calls `act` again and again until it returns a falsy value, or the panel is left; the value is the pause in ms.
const player = (panel, act, afterwards = () => {}) => {
  const button = panel.querySelector('[data-do="play"]');
  let timer = null;
  button.hidden = still;
  const stop = () => {
    clearTimeout(timer);
    timer = null;
    button.setAttribute("aria-pressed", "false");
    button.textContent = say("play");
    afterwards();
  };
  const tick = () => {
    const pause = panel.offsetParent && act();
    if (pause) timer = setTimeout(tick, pause);
    else stop();
  };
  const start = () => {
    button.setAttribute("aria-pressed", "true");
    button.textContent = say("pause");
    tick();
  };
  return { start, stop, playing: () => timer !== null };
};

// An SVG with axes; `marks` gets the scales and gives what is drawn inside. Returns the scales.
const plot = (place, { x, y, height, ticks, names = [], alt }, marks) => {
  const width = place.clientWidth || 320;
  const edge = { left: 34, right: 22, top: names[1] ? 26 : 10, bottom: names[0] ? 42 : 26 };
  const at = {
    x: (value) => edge.left + ((value - x[0]) / (x[1] - x[0])) * (width - edge.left - edge.right),
    y: (value) => height - edge.bottom - ((value - y[0]) / (y[1] - y[0])) * (height - edge.top - edge.bottom),
  };
  at.valueOf = (pixel) => x[0] + ((pixel - edge.left) / (width - edge.left - edge.right)) * (x[1] - x[0]);
  at.width = width;
  const write = ticks.write ?? brief;
  const axes = [
    ...ticks.x.map((tick) => stroke(at.x(tick), at.y(y[0]), at.x(tick), at.y(y[1]), "grid") + label(at.x(tick), at.y(y[0]) + 17, write(tick), "middle")),
    ...ticks.y.map((tick) => stroke(at.x(x[0]), at.y(tick), at.x(x[1]), at.y(tick), "grid") + label(edge.left - 6, at.y(tick) + 4, brief(tick), "end")),
    names[0] ? label(at.x((x[0] + x[1]) / 2), height - 6, names[0], "middle") : "",
    names[1] ? label(2, 14, names[1], "start") : "",
  ];
  place.innerHTML = `<svg viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img">${axes.join("")}${marks(at)}</svg>`;
  place.firstChild.setAttribute("aria-label", alt);
  return at;
};
const stroke = (x1, y1, x2, y2, kind) => `<line class="${kind}" x1="${x1}" y1="${y1}" x2="${x2}" y2="${y2}"/>`;
const label = (x, y, text, anchor, kind = "") => `<text class="${kind}" x="${x}" y="${y}" text-anchor="${anchor}">${text}</text>`;
const dot = (x, y, kind, r = 7) => `<circle class="${kind}" cx="${x}" cy="${y}" r="${r}"/>`;
// A curve through f, cut off by the ends of y.
const curve = (at, f, [from, to], [low, high], kind) => {
  const points = [];
  for (let step = 0; step <= 400; step += 1) {
    const x = from + ((to - from) * step) / 400;
    if (f(x) >= low && f(x) <= high) points.push(`${at.x(x).toFixed(1)},${at.y(f(x)).toFixed(1)}`);
  }
  return `<polyline class="${kind}" points="${points.join(" ")}"/>`;
};

// Follows a pointer that is pressed on a place: `act` gets where it is, in pixels from the top left corner.
const drag = (place, act) => {
  const follow = (event) => {
    const box = place.getBoundingClientRect();
    act(event.clientX - box.left, event.clientY - box.top, box);
  };
  place.addEventListener("pointerdown", (event) => {
    place.setPointerCapture(event.pointerId);
    follow(event);
  });
  place.addEventListener("pointermove", (event) => place.hasPointerCapture(event.pointerId) && follow(event));
};

const choose = (name) => {
  root.querySelectorAll("[data-panel]").forEach((panel) => (panel.hidden = panel.dataset.panel !== name));
  root.querySelectorAll("[data-concept]").forEach((button) => button.setAttribute("aria-pressed", String(button.dataset.concept === name)));
  drawings[name]?.();
};
root.addEventListener("click", (event) => {
  const { concept: chosen, next } = event.target.closest("[data-concept], [data-next]")?.dataset ?? {};
  if (chosen ?? next) choose(chosen ?? next);
  if (next) panelOf(next).querySelector("h4").focus();
});
let drawnWidth = 0;
new ResizeObserver(() => {
  if (!root.clientWidth || root.clientWidth === drawnWidth) return;
  drawnWidth = root.clientWidth;
  drawings[root.querySelector("[data-panel]:not([hidden])").dataset.panel]?.();
}).observe(root);
