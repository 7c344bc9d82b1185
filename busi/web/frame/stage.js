// The facilitator's screen: large type and one step at a time. A step is what a part lays out under its heading, or one of
// the first screen's; the arrow keys, and what a presenter's remote sends (page up and down), go from one to the next, and
// on to the next part. Escape ends it.

import { fill } from "../js/format.js";
import { openTab } from "../js/navigation.js";
import { neighbourOf } from "./rail.js";

const page = document.documentElement;
const WAYS = { ArrowRight: 1, PageDown: 1, ArrowLeft: -1, PageUp: -1 };
const USES_KEYS = "input, textarea, select, [contenteditable], [role=slider], [role=radio], [role=tab], [tabindex='0']";
const SETTLES = 400; // milliseconds until Gradio has laid out a part

const isOn = () => "stage" in page.dataset;
const button = () => document.querySelector("button[data-stage]");
const dialogIsOpen = () => Boolean(document.querySelector("dialog[open]"));

// The open part, or the open exercise in it.
const panel = () =>
  [...document.querySelectorAll(".gradio-container [role=tabpanel]")].filter((one) => one.offsetParent).at(-1);

// What Gradio lays out in a part, one under the other; a step is what has something to see.
const laidOut = (part) => [...((part?.querySelector(":scope > .column") ?? part)?.children ?? [])];
const stepsOf = (part) =>
  laidOut(part).filter((one) => one.textContent.trim() || one.querySelector("img, svg, canvas"));

// Whoever stands before the room sees how far it goes, and how to leave.
const tell = (number, count) => {
  const hint = document.querySelector(".stage-hint");
  hint.textContent = fill(hint.dataset.said, { number, count });
};

const clear = () => {
  for (const step of document.querySelectorAll("[data-off-stage]")) step.removeAttribute("data-off-stage");
};

// What is in view of the open part, and how many steps come before it.
let inView = [];
let at = 1;

const hideTheRest = () => {
  for (const one of laidOut(panel())) one.toggleAttribute("data-off-stage", !inView.includes(one));
};

// The heading stands alone with nothing to do, so it stays with what follows it. What is still empty is out of view as
// well: an answer that comes later is a step of its own.
const show = (number) => {
  clear();
  const steps = stepsOf(panel());
  at = Math.max(1, Math.min(number, steps.length - 1));
  inView = at === 1 ? steps.slice(0, 2) : [steps[at]];
  hideTheRest();
  tell(at, steps.length - 1);
  window.scrollTo({ top: 0 });
};

// Gradio makes anew what was hidden and is shown, so what comes late waits out of view as well.
const arrivals = new MutationObserver(() => {
  if (!isOn() || page.dataset.part === "welcome") return;
  if (inView.some((one) => one.isConnected && one.offsetParent)) hideTheRest();
  else show(at);
});

// That of the exercises is its first exercise.
const here = () => {
  const { part } = document.querySelector(".rail a[aria-current=page]").dataset;
  return part === "exercises" ? neighbourOf(part, 1) : part;
};

const otherPart = (way) => {
  const next = neighbourOf(here(), way);
  if (next) openTab(next === "exercises" && way < 0 ? neighbourOf(next, -1) : next);
};

const firstSteps = () => [...document.querySelectorAll("#first-screen .first-step")];

// The first screen goes on by itself; a step back shows what was there.
const moveFirstScreen = (way) => {
  const steps = firstSteps();
  const now = steps.findIndex((step) => !step.hidden);
  if (!steps[now + way]) return otherPart(way);
  steps[now].hidden = true;
  steps[now + way].hidden = false;
};

const tellFirstScreen = () => {
  const steps = firstSteps();
  tell(steps.findIndex((step) => !step.hidden) + 1, steps.length);
};

const move = (way) => {
  if (page.dataset.part === "welcome") return moveFirstScreen(way);
  const steps = stepsOf(panel());
  const next = steps.findLastIndex((step) => !step.hasAttribute("data-off-stage")) + way;
  if (next < 1 || next >= steps.length) otherPart(way);
  else show(next);
};

const begin = () => {
  if (page.dataset.part === "welcome") tellFirstScreen();
  else show(1);
};

const turn = (isToBeOn) => {
  if (isToBeOn) page.dataset.stage = "";
  else delete page.dataset.stage;
  button().setAttribute("aria-pressed", String(isToBeOn));
  document.querySelector(".stage-hint").hidden = !isToBeOn;
  clear();
  arrivals.disconnect();
  if (!isToBeOn) return;
  begin();
  arrivals.observe(document.querySelector("gradio-app"), { childList: true, subtree: true });
};

const listen = (event) => {
  if (!isOn() || dialogIsOpen() || event.altKey || event.ctrlKey || event.metaKey) return;
  if (event.key === "Escape") return turn(false);
  const way = WAYS[event.key];
  if (!way || event.target.closest(USES_KEYS)) return;
  event.preventDefault();
  move(way);
};

export const prepareStage = () => {
  button().addEventListener("click", () => turn(!isOn()));
  document.addEventListener("keydown", listen);
  new MutationObserver(() => isOn() && page.dataset.part === "welcome" && tellFirstScreen()).observe(
    document.querySelector("#first-screen"),
    { attributeFilter: ["hidden"], subtree: true },
  );
  document.addEventListener("atelier-part", () => {
    at = 1;
    if (isOn()) setTimeout(begin, SETTLES);
  });
};
