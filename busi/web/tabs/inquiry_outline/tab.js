// The outline: a lesion is drawn with a finger, or as an oval by knobs, and the server brings two more and their scores.

import { percent } from "../../js/format.js";
import { sayFrom } from "../../js/sentences.js";
import { widget } from "../../js/widget.js";
import { followFinger } from "../../parts/finger.js";
import { whenArrived } from "../inquiries/arrived.js";
import { beginInquiry, settingsIn } from "../inquiries/inquiry.js";
import { choicesIn, choose } from "../inquiries/live_run.js";
import { oval } from "./oval.js";

const NAME = "outline";
const KNOBS = ["case"];
const SOME_FROM = 0.075; // of the answers: from there on the guess "some" is nearest, and then "many"
const MANY_FROM = 0.175;
const PATIENCE = 20000; // milliseconds before an answer counts as lost

export const mount = ({ element, trigger }) => {
  const { find, findAll, put } = widget(element);
  const section = find(".inquiry");
  const say = sayFrom(section);
  const { share, n } = JSON.parse(section.dataset.data);
  let timer = 0;

  const stage = () => find(`[data-stage="${choicesIn(element, NAME, KNOBS).case}"]`);
  const axes = () => Object.fromEntries(findAll("[data-axis]").map((knob) => [knob.dataset.axis, knob.valueAsNumber]));

  const showStage = () => {
    const chosen = stage();
    for (const one of findAll("[data-stage]")) one.hidden = one !== chosen;
    chosen.querySelector("g").replaceChildren();
    chosen.querySelector(".finger").removeAttribute("points");
    find("[data-shown]").replaceChildren();
  };

  const showOval = () => {
    const points = oval(axes());
    const written = points.map(([x, y]) => `${(100 * x).toFixed(1)},${(100 * y).toFixed(1)}`).join(" ");
    stage().querySelector("g").replaceChildren();
    stage().querySelector(".finger").setAttribute("points", written);
  };

  const ask = (points) => {
    clearTimeout(timer);
    timer = setTimeout(() => put("state", say("lost")), PATIENCE);
    put("state", say("waiting"));
    trigger("apply", { ...choicesIn(element, NAME, KNOBS), points });
  };

  followFinger(element, "[data-stage] .plate", ask);
  element.addEventListener("input", ({ target }) => target.dataset.axis && showOval());
  element.addEventListener("change", ({ target }) => target.name === "outline-case" && showStage());
  element.addEventListener("click", ({ target }) => {
    if (!target.closest("[data-compare]")) return;
    showOval();
    ask(oval(axes()));
  });
  whenArrived(element, (markup) => {
    if (!markup) return;
    clearTimeout(timer);
    put("state", "");
    find("[data-shown]").innerHTML = markup;
    const edges = find("[data-edges]");
    stage().querySelector(".finger").removeAttribute("points");
    stage()
      .querySelector("g")
      .replaceChildren(...(edges ? edges.children : []));
  });
  choose(element, NAME, KNOBS, settingsIn(location.search, NAME));
  showStage();
  beginInquiry({
    element,
    name: NAME,
    truth: () => (share >= MANY_FROM ? "many" : share >= SOME_FROM ? "some" : "few"),
    told: () => say("told", { share: percent(share), n }),
    settings: () => choicesIn(element, NAME, KNOBS),
    opened: () => {},
  });
};
