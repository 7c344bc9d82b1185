// The ending as a picture, 1,200 pixels wide: guesses, surprises, questions and the notice. It shows no ultrasound, so it
// may go anywhere without a credit.

import { language } from "../../js/language.js";

const WIDTH = 1200;
const EDGE = 72;
const INK = "#111827";
const QUIET = "#4b5563";
const ACCENT = "#be185d";
const LINE = "#d1d5db";
const FONT = 'system-ui, -apple-system, "Segoe UI", Roboto, sans-serif';
const COLON = language === "fr" ? "\u00a0:" : ":";
const MARKS = { right: "✓", near: "≈", wrong: "✗", open: "?" };
const STYLES = {
  title: { size: 44, weight: 750, after: 26 },
  heading: { size: 30, weight: 700, before: 34, after: 14 },
  question: { size: 24, weight: 650, before: 16, after: 4, indent: 52 },
  text: { size: 23, after: 6, indent: 52 },
  small: { size: 19, colour: QUIET, after: 6, indent: 52 },
  plain: { size: 24, after: 12 },
  notice: { size: 21, weight: 600, before: 40, after: 0, colour: ACCENT },
};

// What stands on the picture, block by block: a style, a text, a mark before it, or numbers for a line from 0 to 100.
export const posterOf = (guesses, surprising, questions, say) => {
  const blocks = [{ style: "title", text: say("poster") }];
  if (!guesses.length) blocks.push({ style: "plain", text: say("poster_nothing") });
  if (surprising.length) blocks.push({ style: "heading", text: say("surprises") });
  for (const { surprise } of surprising) blocks.push({ style: "plain", text: surprise });
  if (guesses.length) blocks.push({ style: "heading", text: say("guesses") });
  for (const one of guesses) {
    const sides = [
      ["you", one.you],
      ["machine", one.machine],
      ["truth", one.truthSide],
    ];
    const text = sides
      .filter(([, side]) => side)
      .map(([name, side]) => `${say(name)}${COLON} ${side}`)
      .join("    ");
    blocks.push({
      style: "question",
      text: `${one.question} (${say(`verdict_${one.verdict}`)})`,
      mark: MARKS[one.verdict],
    });
    blocks.push({ style: "text", text });
    if (one.kind === "share") blocks.push({ line: one });
    if (one.told) blocks.push({ style: "small", text: one.told });
  }
  blocks.push({ style: "heading", text: say("ask") });
  questions.forEach(([question, why], at) => {
    blocks.push({ style: "question", text: question, mark: `${at + 1}.` }, { style: "small", text: why });
  });
  blocks.push({ style: "notice", text: `${say("notice_strong")} ${say("notice")}` });
  return blocks;
};

// A text in lines that are no wider than they may be.
export const wrap = (text, width, measure) => {
  const lines = [];
  for (const word of text.split(" ")) {
    const longer = lines.length ? `${lines.at(-1)} ${word}` : word;
    if (lines.length && measure(longer) <= width) lines[lines.length - 1] = longer;
    else lines.push(word);
  }
  return lines;
};

const circle = (context, x, y, radius, isFilled, colour) => {
  context.beginPath();
  context.arc(x, y, radius, 0, 2 * Math.PI);
  context.fillStyle = isFilled ? colour : "#ffffff";
  context.strokeStyle = colour;
  context.lineWidth = 4;
  context.fill();
  context.stroke();
};

const drawScale = (context, top, { guess, truth, low, high, hasInterval }) => {
  const left = EDGE + STYLES.text.indent;
  const x = (value) => left + (value / 100) * (WIDTH - EDGE - left);
  const y = top + 16;
  context.fillStyle = LINE;
  context.fillRect(left, y - 2, WIDTH - EDGE - left, 4);
  context.fillStyle = QUIET;
  if (hasInterval) context.fillRect(x(low), y - 4, x(high) - x(low), 8);
  circle(context, x(truth), y, 11, true, INK);
  circle(context, x(guess), y, 8, false, ACCENT);
  return top + 42;
};

const drawText = (context, top, { style, text, mark }) => {
  const { size, weight = 400, colour = INK, before = 0, after, indent = 0 } = STYLES[style];
  context.font = `${weight} ${size}px ${FONT}`;
  context.fillStyle = colour;
  const lines = wrap(text, WIDTH - 2 * EDGE - indent, (part) => context.measureText(part).width);
  let y = top + before;
  if (mark) context.fillText(mark, EDGE, y + size);
  for (const line of lines) {
    context.fillText(line, EDGE + indent, y + size);
    y += Math.round(1.35 * size);
  }
  return y + after;
};

const drawAll = (context, blocks) =>
  blocks.reduce(
    (top, block) => (block.line ? drawScale(context, top, block.line) : drawText(context, top, block)),
    EDGE,
  );

// Drawn twice: the first time tells how high it is.
const drawn = (blocks) => {
  const canvas = document.createElement("canvas");
  canvas.width = WIDTH;
  canvas.height = 1;
  canvas.height = Math.ceil(drawAll(canvas.getContext("2d"), blocks) + EDGE);
  const context = canvas.getContext("2d");
  context.fillStyle = "#ffffff";
  context.fillRect(0, 0, canvas.width, canvas.height);
  drawAll(context, blocks);
  return canvas;
};

// Hands the picture to the visitor; whether the browser could make it.
export const savePoster = async (blocks, file) => {
  const blob = await new Promise((take) => drawn(blocks).toBlob(take, "image/png"));
  if (!blob) return false;
  const link = Object.assign(document.createElement("a"), { href: URL.createObjectURL(blob), download: file });
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
  return true;
};
