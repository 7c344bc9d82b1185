// Which errors are looked at: it asks the server for them; the guess is compared here, where it was made.

import { rememberGuess } from "../../js/guess_log.js";
import { judge } from "../../js/guesses.js";
import { sayFrom } from "../../js/sentences.js";
import { answerTo, whenStoredChanges } from "../../js/storage.js";
import { whenSeen } from "../../js/visibility.js";
import { press, radioNames, widget } from "../../js/widget.js";

const showReply = (place, { missed, alarms }, population, say) => {
  const guess = answerTo("errors.guess");
  if (!say.has(`guessed_${guess}`)) return judge(place, "", "");
  const found = { "-1": "alarmed", 0: "as_many", 1: "missed" }[Math.sign(missed.n - alarms.n)];
  const kind = guess === found ? "right" : "wrong";
  rememberGuess("exercises.errors", { guess, truth: found });
  const counts = { missed: missed.n, malignant: missed.of, alarms: alarms.n, benign: alarms.of };
  const sentence = say("guess_told", { ...counts, population, target: say("target") });
  judge(place, kind, `${say(kind)} ${say(`guessed_${guess}`)} ${sentence}`);
};

export const mount = ({ element, trigger }) => {
  const { find, findAll } = widget(element);
  const bench = find(".errors-bench");
  const counts = JSON.parse(bench.dataset.counts);
  const say = sayFrom(bench);
  const names = radioNames(bench);
  let kind = null;

  const population = () => find("input[type=radio]:checked").value;
  const show = () => {
    const now = counts[population()];
    kind ??= now.missed.n ? "missed" : "alarms";
    const buttons = findAll("[data-kind]");
    for (const button of buttons) button.textContent = say(`kind_${button.dataset.kind}`, now[button.dataset.kind]);
    press(buttons, (button) => button.dataset.kind === kind);
    showReply(find("[data-out=reply]"), now, names[population()], say);
  };
  const ask = () => trigger("apply", { population: population(), kind, page: 0 });

  bench.addEventListener("click", ({ target }) => {
    const chosen = target.closest("[data-kind]")?.dataset.kind;
    if (!chosen) return;
    kind = chosen;
    show();
    ask();
  });
  bench.addEventListener("change", ({ target }) => {
    if (target.type === "radio") {
      show();
      ask();
    }
    // The gallery wears the two switches as classes, so that pictures to come obey them too.
    const gallery = document.getElementById("errors-gallery");
    if ("veil" in target.dataset) gallery.classList.toggle("veiled", target.checked);
    if ("edge" in target.dataset) gallery.classList.toggle("outlined", target.checked);
  });
  whenStoredChanges(element, show);
  show();
  whenSeen(bench, ask);
};
