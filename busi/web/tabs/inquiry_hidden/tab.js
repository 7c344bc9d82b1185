// Hide the lesion: a picture and a part of it are chosen, the cover is drawn here, and the network answers on the server.

import { number, percent } from "../../js/format.js";
import { sayFrom } from "../../js/sentences.js";
import { widget } from "../../js/widget.js";
import { whenArrived } from "../inquiries/arrived.js";
import { beginInquiry, settingsIn } from "../inquiries/inquiry.js";
import { choicesIn, choose } from "../inquiries/live_run.js";
import { boxAt, coverOf } from "./cover.js";

const NAME = "hidden";
const KNOBS = ["case", "way"];
const HALF_FROM = 1 / 3; // of the lead over chance: from there on the guess "half" is nearest, and then "most"
const MOST_FROM = 2 / 3;
const PATIENCE = 20000; // milliseconds before an answer counts as lost

export const mount = ({ element, trigger }) => {
  const { find, findAll, put } = widget(element);
  const section = find(".inquiry");
  const say = sayFrom(section);
  const { cases, whole, hidden } = JSON.parse(section.dataset.data);
  const left = (hidden - 0.5) / (whole - 0.5);
  const middle = { left: 0.5, top: 0.5 };
  let timer = 0;

  const choices = () => choicesIn(element, NAME, KNOBS);
  const own = () => boxAt(middle.left, middle.top, cases[choices().case].patch);

  const draw = () => {
    const chosen = choices();
    for (const stage of findAll("[data-stage]")) {
      stage.hidden = Number(stage.dataset.stage) !== chosen.case;
      if (stage.hidden) continue;
      const path = stage.querySelector("path");
      const { gray } = cases[chosen.case];
      path.setAttribute("d", coverOf(chosen.way, cases[chosen.case], own()));
      path.setAttribute("fill", `rgb(${gray} ${gray} ${gray})`);
    }
    find("[data-place]").hidden = chosen.way !== "own";
    for (const knob of findAll("[data-axis]")) knob.value = middle[knob.dataset.axis];
  };

  const ask = () => {
    const [top, at] = own();
    draw();
    clearTimeout(timer);
    timer = setTimeout(() => put("state", say("lost")), PATIENCE);
    put("state", say("waiting"));
    trigger("apply", { ...choices(), top, left: at });
  };

  element.addEventListener("input", ({ target }) => {
    if (!target.dataset.axis) return;
    middle[target.dataset.axis] = target.valueAsNumber;
    draw();
  });
  element.addEventListener("change", ({ target }) => {
    if (target.dataset.axis || target.name === "hidden-case" || target.name === "hidden-way") ask();
  });
  element.addEventListener("click", ({ target, clientX, clientY }) => {
    const image = target.closest("[data-stage]")?.querySelector("img");
    if (image && choices().way === "own") {
      const { left: x, top: y, width, height } = image.getBoundingClientRect();
      middle.left = Math.min(Math.max((clientX - x) / width, 0), 1);
      middle.top = Math.min(Math.max((clientY - y) / height, 0), 1);
      ask();
    }
    if (!target.closest("[data-show-size]")) return;
    for (const place of findAll("[data-size]")) place.hidden = false;
    find("[data-asks-size]").hidden = true;
  });
  whenArrived(element, (markup) => {
    if (!markup) return;
    clearTimeout(timer);
    put("state", "");
    find("[data-shown]").innerHTML = markup;
  });
  choose(element, NAME, KNOBS, settingsIn(location.search, NAME));
  draw();
  beginInquiry({
    element,
    name: NAME,
    truth: () => (left >= MOST_FROM ? "most" : left >= HALF_FROM ? "half" : "nothing"),
    told: () => say("told", { whole: number(whole, 2), hidden: number(hidden, 2), share: percent(left) }),
    settings: choices,
    opened: () => find("[data-shown]").children.length || ask(),
  });
};
