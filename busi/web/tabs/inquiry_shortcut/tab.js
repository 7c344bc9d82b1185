// The shortcut: a mark and a share are chosen, a small network learns on the server, and each epoch is shown as it comes.

import { percent } from "../../js/format.js";
import { sayFrom } from "../../js/sentences.js";
import { widget } from "../../js/widget.js";
import { beginInquiry, settingsIn } from "../inquiries/inquiry.js";
import { choicesIn, choose, followRuns, mean } from "../inquiries/live_run.js";

const NAME = "shortcut";
const KNOBS = ["mark", "share"];

export const mount = ({ element, trigger }) => {
  const { find, findAll } = widget(element);
  const section = find(".inquiry");
  const say = sayFrom(section);
  const { recorded, sides } = JSON.parse(section.dataset.data);
  const choices = () => choicesIn(element, NAME, KNOBS);

  const showExamples = () => {
    for (const some of findAll("[data-examples]")) some.hidden = some.dataset.examples !== choices().mark;
  };

  const recordedText = () => {
    const { mark, share } = choices();
    const [same, gone, swapped] = sides.map((side) => percent(mean(recorded[mark][share][side])));
    return say("recorded", { same, gone, swapped, seeds: recorded[mark][share].same.length });
  };

  element.addEventListener("change", ({ target }) => target.name === "shortcut-mark" && showExamples());
  choose(element, NAME, KNOBS, settingsIn(location.search, NAME));
  showExamples();
  followRuns({ element, trigger, say, choices, recordedText });
  beginInquiry({
    element,
    name: NAME,
    truth: () => "blind",
    told: () => say("told"),
    settings: choices,
    opened: () => {},
  });
};
