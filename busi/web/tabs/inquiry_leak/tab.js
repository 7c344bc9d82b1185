// The leak: how many women, how many of them twice, how long; then both splits are examined on the server, part by part.

import { percent } from "../../js/format.js";
import { sayFrom } from "../../js/sentences.js";
import { widget } from "../../js/widget.js";
import { beginInquiry, settingsIn } from "../inquiries/inquiry.js";
import { choicesIn, choose, followRuns, mean } from "../inquiries/live_run.js";

const NAME = "leak";
const KNOBS = ["women", "twins", "epochs"];

export const mount = ({ element, trigger }) => {
  const section = widget(element).find(".inquiry");
  const say = sayFrom(section);
  const { recorded, ways } = JSON.parse(section.dataset.data);
  const choices = () => choicesIn(element, NAME, KNOBS);

  const recordedText = () => {
    const { women, twins, epochs } = choices();
    const found = recorded[`${women} ${twins} ${epochs}`];
    const [picture, woman] = ways.map((way) => percent(mean(found[way])));
    return say("recorded", { picture, woman, seeds: found[ways[0]].length });
  };

  choose(element, NAME, KNOBS, settingsIn(location.search, NAME));
  followRuns({ element, trigger, say, choices, recordedText });
  beginInquiry({
    element,
    name: NAME,
    truth: () => "nearly_all",
    told: () => say("told"),
    settings: choices,
    opened: () => {},
  });
};
