// Three maps of one answer: a picture and whose weights are chosen, and the server brings the maps.

import { percent } from "../../js/format.js";
import { sayFrom } from "../../js/sentences.js";
import { widget } from "../../js/widget.js";
import { whenArrived } from "../inquiries/arrived.js";
import { beginInquiry, settingsIn } from "../inquiries/inquiry.js";
import { choicesIn, choose } from "../inquiries/live_run.js";

const NAME = "maps";
const KNOBS = ["case", "whose"];
const HALF_FROM = 1 / 3;
const NEARLY_ALL_FROM = 2 / 3;
const PATIENCE = 60000; // milliseconds before maps count as lost: others may be before

export const mount = ({ element, trigger }) => {
  const { find, findAll, put } = widget(element);
  const section = find(".inquiry");
  const say = sayFrom(section);
  const { together, n, cases } = JSON.parse(section.dataset.data);
  let another = null; // the seed of a picture that is not among the offered ones
  let timer = 0;

  const ask = () => {
    clearTimeout(timer);
    timer = setTimeout(() => put("state", say("lost")), PATIENCE);
    put("state", say("waiting"));
    const chosen = choicesIn(element, NAME, KNOBS);
    trigger("apply", { ...chosen, case: another === null ? chosen.case : cases, seed: another ?? 0 });
  };

  element.addEventListener("change", ({ target }) => {
    if (target.name === "maps-case") another = null;
    if (target.name === "maps-case" || target.name === "maps-whose") ask();
  });
  element.addEventListener("click", ({ target }) => {
    if (target.closest("[data-another]")) {
      another = Math.floor(Math.random() * 2 ** 31);
      ask();
    }
    if (!target.closest("[data-show-shuffled]")) return;
    find("[data-shuffled]").hidden = false;
    find("[data-asks-shuffled]").hidden = true;
    for (const radio of findAll("input[name=maps-whose]")) radio.checked = radio.value === "shuffled";
    ask();
  });
  whenArrived(element, (markup) => {
    if (!markup) return;
    clearTimeout(timer);
    put("state", "");
    find("[data-shown]").innerHTML = markup;
  });
  choose(element, NAME, KNOBS, settingsIn(location.search, NAME));
  beginInquiry({
    element,
    name: NAME,
    truth: () => (together >= NEARLY_ALL_FROM ? "nearly_all" : together >= HALF_FROM ? "half" : "seldom"),
    told: () => say("told", { share: percent(together), n }),
    settings: () => choicesIn(element, NAME, KNOBS),
    opened: () => find("[data-shown]").children.length || ask(),
  });
};
