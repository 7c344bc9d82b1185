// Images in groups by a measure: the error rate of each group with its interval, and how often chance does as much.

import { chart } from "../../js/charts.js";
import { sayFrom } from "../../js/sentences.js";
import { isError, permutationTest } from "../../js/statistics.js";
import { whenStoredChanges } from "../../js/storage.js";
import { press, radioNames, widget } from "../../js/widget.js";
import { chanceText, drawChance } from "./chance.js";
import { drawGroups } from "./chart.js";
import { describe, errorsIn, groupsBy, imagesOf, someOf } from "./groups.js";
import { showReply } from "./guess.js";
import { showTable } from "./table.js";

const FIRST_MEASURE = 2; // the column of a row

export const mount = ({ element, trigger }) => {
  const { find, findAll, put } = widget(element);
  const bench = find("[data-bench]");
  const { threshold, populations, shown, measures } = JSON.parse(bench.dataset.bench);
  const say = sayFrom(bench);
  const names = radioNames(element);
  let opened = null; // the group whose pictures are shown
  let chance = null; // what the shuffling found

  const choice = (name) => find(`input[name=groups-${name}]:checked`).value;
  const column = () => FIRST_MEASURE + measures.indexOf(choice("measure"));
  const images = () => imagesOf(populations[choice("population")], choice("kind"));
  const groups = () => groupsBy(images(), column(), Number(find("#groups-count").value));
  const described = () => groups().map((group, at) => describe(group, at, { column: column(), threshold }));

  const redrawGroups = chart(find("[data-chart=groups]"), (place, width) => {
    const all = images();
    const overall = errorsIn(all, threshold).length / all.length;
    const named = { measure: say.texts.measures[choice("measure")], population: names[choice("population")] };
    drawGroups(place, width, { groups: described(), overall, names: named, say });
  });
  const redrawChance = chart(find("[data-chart=chance]"), (place, width) => drawChance(place, width, chance, say));

  const showChance = () => {
    redrawChance();
    put("chance", chance ? chanceText(chance, say) : "");
    if (chance) find("[data-out=chance]").dataset.p = chance.p;
  };

  const reply = () => {
    const population = choice("population");
    const all = imagesOf(populations[population], "all");
    showReply(find("[data-out=reply]"), all, threshold, names[population], say);
  };

  const shuffle = () => {
    const now = groups();
    const flags = now.flat().map(({ row }) => isError(row, threshold));
    chance = permutationTest(
      flags,
      now.map((group) => group.length),
    );
    showChance();
  };

  const askForPictures = () => {
    const group = groups()[opened];
    if (!group?.length) return put("pictures_of", say("open_group"));
    const some = someOf(group, threshold, shown);
    const errors = errorsIn(group, threshold).length;
    put("pictures_of", say("pictures_of", { number: opened + 1, shown: some.length, n: group.length, errors }));
    trigger("apply", { population: choice("population"), rows: some.map(({ at }) => at) });
  };

  const show = () => {
    put("count", find("#groups-count").value);
    find("[data-out=told]").innerHTML = say.texts[`told_${choice("measure")}`]; // markup of ours
    showTable(find("table"), described(), opened, say);
    redrawGroups();
    chance = null;
    showChance();
    if (!errorsIn(images(), threshold).length) put("chance", say("no_errors"));
  };

  const open = (group) => {
    opened = group;
    press(findAll("[data-group]"), (button) => Number(button.dataset.group) === group);
    askForPictures();
  };

  element.addEventListener("input", ({ target }) => {
    if (!target.closest(".groups-choices")) return;
    opened = null;
    put("pictures_of", say("open_group"));
    show();
    if (target.name === "groups-population") reply();
  });
  element.addEventListener("click", ({ target }) => {
    const { shuffle: shuffles, group } = target.closest("button")?.dataset ?? {};
    if (shuffles !== undefined && errorsIn(images(), threshold).length) shuffle();
    if (group) open(Number(group));
  });
  whenStoredChanges(element, reply);
  show();
  reply();
  put("pictures_of", say("open_group"));
};
