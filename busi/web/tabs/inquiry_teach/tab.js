// Taught by a visitor: pictures go into two boxes with names of one's own, and a small network learns to tell them apart.

import { percent } from "../../js/format.js";
import { sayFrom } from "../../js/sentences.js";
import { widget } from "../../js/widget.js";
import { beginInquiry, settingsIn } from "../inquiries/inquiry.js";
import { followRuns } from "../inquiries/live_run.js";
import { asText, EMPTY, fromText, hindrance, moved } from "./boxes.js";

const NAME = "teach";

export const mount = ({ element, trigger }) => {
  const { find, findAll, put } = widget(element);
  const section = find(".inquiry");
  const say = sayFrom(section);
  const { presets, fewest, most, runs, bySize, byBrightness } = JSON.parse(section.dataset.data);
  const places = findAll("[data-place]");
  let boxes = fromText(settingsIn(location.search, NAME), places.length);

  const named = (box) => find(`[data-name=${box}]`).value.trim() || say(`box_${box}`);

  const show = () => {
    for (const button of places) {
      const place = Number(button.dataset.place);
      const box = ["first", "second"].find((one) => boxes[one].includes(place));
      button.className = box ?? "";
      const number = place + 1;
      button.ariaLabel = box ? say("picture_in", { number, name: named(box) }) : say("picture_free", { number });
    }
    const counts = { first: boxes.first.length, second: boxes.second.length };
    put("count", say("count", { ...counts, one: named("first"), other: named("second") }));
    for (const place of findAll("[data-named]")) place.textContent = named(place.dataset.named);
  };

  element.addEventListener("click", ({ target }) => {
    const [place, preset] = ["place", "preset"].map((name) => target.closest(`[data-${name}]`)?.dataset[name]);
    if (place !== undefined) boxes = moved(boxes, Number(place));
    if (preset) boxes = { first: presets[preset].first, second: presets[preset].second };
    if (target.closest("[data-empty]")) boxes = EMPTY;
    show();
  });
  element.addEventListener("input", show);
  followRuns({
    element,
    trigger,
    say,
    choices: () => boxes,
    recordedText: () => say("recorded"),
    hindered: () => {
      const found = hindrance(boxes, { fewest, most });
      return found && say(found, { fewest, most });
    },
    shown: show,
  });
  beginInquiry({
    element,
    name: NAME,
    truth: () => "other",
    told: () => say("told", { runs, size: percent(bySize), brightness: percent(byBrightness) }),
    settings: () => asText(boxes),
    opened: show,
  });
};
