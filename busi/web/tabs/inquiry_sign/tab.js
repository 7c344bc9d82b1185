// To sign or to refuse: of each sheet the line that it lacks is chosen once; then the decision, which may be changed.

import { judge } from "../../js/guesses.js";
import { sayFrom } from "../../js/sentences.js";
import { store, stored } from "../../js/storage.js";
import { press, widget } from "../../js/widget.js";
import { beginInquiry } from "../inquiries/inquiry.js";

const NAME = "sign";
const CHOSEN = "sign_lines"; // under which the lines chosen are stored, by the sheet

export const mount = ({ element }) => {
  const { find, findAll, put } = widget(element);
  const section = find(".inquiry");
  const say = sayFrom(section);
  const { sheets } = JSON.parse(section.dataset.data);
  const names = Object.keys(sheets);

  // What was chosen before, as far as there are such sheets and lines.
  const chosen = () => {
    const all = stored(CHOSEN, {});
    return Object.fromEntries(
      names
        .filter((name) => find(`[data-sheet=${name}] input[value="${all?.[name]}"]`))
        .map((name) => [name, all[name]]),
    );
  };

  const showSheet = (name, line) => {
    const sheet = find(`[data-sheet=${name}]`);
    const isRight = line === sheets[name];
    for (const radio of sheet.querySelectorAll("input")) {
      radio.disabled = Boolean(line);
      radio.checked = radio.value === line;
    }
    for (const told of sheet.querySelectorAll("[data-told]"))
      told.hidden = !line || ![line, sheets[name]].includes(told.dataset.told);
    const kind = isRight ? "right" : "wrong";
    judge(find(`[data-out=verdict-${name}]`), line ? kind : "", line ? say(kind) : "");
  };

  const show = () => {
    const lines = chosen();
    for (const name of names) showSheet(name, lines[name]);
    const read = Object.keys(lines).length;
    const seen = names.filter((name) => lines[name] === sheets[name]).length;
    const isOver = read === names.length;
    put("left", isOver ? "" : say("left", { left: names.length - read }));
    find("[data-decide]").hidden = !isOver;
    if (isOver) put("result", say(seen === names.length ? "result_all" : "result", { seen, all: names.length }));
  };

  element.addEventListener("change", ({ target }) => {
    const sheet = target.closest("[data-sheet]");
    if (!sheet) return;
    store(CHOSEN, { ...chosen(), [sheet.dataset.sheet]: target.value });
    show();
  });
  element.addEventListener("click", ({ target }) => {
    const button = target.closest("[data-decision]");
    if (!button) return;
    press(findAll("[data-decision]"), (one) => one === button);
    for (const told of findAll("[data-consequence]"))
      told.hidden = told.dataset.consequence !== button.dataset.decision;
  });
  beginInquiry({
    element,
    name: NAME,
    truth: () => "open",
    told: () => say("told"),
    settings: () => ({}),
    opened: show,
  });
};
