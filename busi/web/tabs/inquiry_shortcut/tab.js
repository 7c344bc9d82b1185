// The shortcut: a mark and a share are chosen, a small network learns on the server, and each epoch is shown as it comes.

import { percent } from "../../js/format.js";
import { sayFrom } from "../../js/sentences.js";
import { widget } from "../../js/widget.js";
import { whenArrived } from "../inquiries/arrived.js";
import { beginInquiry, settingsIn } from "../inquiries/inquiry.js";

const NAME = "shortcut";
const PATIENCE = 3000; // milliseconds before a recorded run is shown
const LONGEST = 60000; // and before a run counts as lost

const mean = (values) => values.reduce((sum, value) => sum + value, 0) / values.length;

export const mount = ({ element, trigger }) => {
  const { find, findAll, put } = widget(element);
  const section = find(".inquiry");
  const say = sayFrom(section);
  const { recorded, sides } = JSON.parse(section.dataset.data);
  const [run, stop] = [find("[data-run]"), find("[data-stop]")];
  let timers = [];

  const chosen = () => ({
    mark: find("input[name=shortcut-mark]:checked").value,
    share: Number(find("input[name=shortcut-share]:checked").value),
  });

  const showExamples = () => {
    for (const some of findAll("[data-examples]")) some.hidden = some.dataset.examples !== chosen().mark;
  };

  const end = (state) => {
    for (const timer of timers) clearTimeout(timer);
    timers = [];
    run.disabled = false;
    stop.disabled = true;
    put("state", state);
  };

  const showRecorded = () => {
    const { mark, share } = chosen();
    const [same, gone, swapped] = sides.map((side) => percent(mean(recorded[mark][share][side])));
    put("state", say("recorded", { same, gone, swapped, seeds: recorded[mark][share].same.length }));
  };

  const begin = () => {
    run.disabled = true;
    stop.disabled = false;
    put("state", say("waiting"));
    find("[data-place]").replaceChildren();
    timers = [setTimeout(showRecorded, PATIENCE), setTimeout(() => end(say("lost")), LONGEST)];
    trigger("apply", { ...chosen(), seed: Math.floor(Math.random() * 2 ** 31) });
  };

  element.addEventListener("change", ({ target }) => target.name?.startsWith("shortcut-") && showExamples());
  element.addEventListener("click", ({ target }) => {
    if (target.closest("[data-run]")) begin();
    if (!target.closest("[data-stop]")) return;
    trigger("stop");
    end(say("stopped"));
  });
  whenArrived(element, (markup) => {
    if (!markup || !timers.length) return;
    find("[data-place]").innerHTML = markup;
    const { value, max } = find("progress");
    clearTimeout(timers[0]);
    if (value < max) put("state", say("learning", { epoch: value, epochs: max }));
    else end("");
  });

  const asked = settingsIn(location.search, NAME);
  for (const name of ["mark", "share"]) {
    const radio = findAll(`input[name=shortcut-${name}]`).find(({ value }) => value === asked[name]);
    if (radio) radio.checked = true;
  }
  showExamples();
  beginInquiry({
    element,
    name: NAME,
    truth: () => "blind",
    told: () => say("told"),
    settings: chosen,
    opened: () => {},
  });
};
