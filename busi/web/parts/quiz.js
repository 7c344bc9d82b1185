// A question: the answer is given once, then every choice explains itself. It is stored in this browser and nowhere else.

import { rememberGuess } from "../js/guess_log.js";
import { judge } from "../js/guesses.js";
import { store, stored, whenStoredChanges } from "../js/storage.js";
import { widget } from "../js/widget.js";

const storedChoices = (question) => stored("answers", {})[question];

const storeChoices = (question, choices) => {
  const answers = { ...stored("answers", {}) };
  if (choices.length) answers[question] = choices;
  else delete answers[question];
  store("answers", answers);
};

// Whether the choices are the right ones, and the sentence for it; open where the bench has the answer.
const verdictOn = (choices, right, { rightSaid, wrongSaid, openSaid }) => {
  if (!right.length) return ["", openSaid];
  return choices.join(" ") === right.join(" ") ? ["right", rightSaid] : ["wrong", wrongSaid];
};

const showChoice = (box, isAnswered, right, isOpen) => {
  const choice = box.closest(".choice");
  const isRight = right.includes(box.value);
  box.disabled = isAnswered;
  choice.classList.toggle("right", isAnswered && isRight);
  choice.classList.toggle("wrong", isAnswered && !isOpen && !isRight && box.checked);
  choice.classList.toggle("taken", isAnswered && box.checked);
  choice.querySelector(".why").hidden = !isAnswered;
};

export const mount = ({ element }) => {
  const { find, findAll } = widget(element);
  const card = find("[data-question]");
  const { question } = card.dataset;
  const boxes = findAll("input");
  const names = boxes.map((box) => box.value);
  const right = names.filter((name) => card.dataset.right.split(" ").includes(name));
  const [verdict, button, again] = [".verdict-of", "[data-answer]", "[data-again]"].map(find);

  const chosen = () => boxes.filter((box) => box.checked).map((box) => box.value);

  // What a stored answer may be: some of the choices that there are, in their order.
  const answered = () => {
    const choices = storedChoices(question);
    return Array.isArray(choices) ? names.filter((name) => choices.includes(name)) : [];
  };

  const uncheck = () => {
    for (const box of boxes) box.checked = false;
  };

  const show = () => {
    const choices = answered();
    const isAnswered = choices.length > 0;
    for (const box of boxes) {
      if (isAnswered) box.checked = choices.includes(box.value);
      showChoice(box, isAnswered, right, !right.length);
    }
    judge(verdict, ...(isAnswered ? verdictOn(choices, right, verdict.dataset) : ["", ""]));
    button.hidden = isAnswered;
    button.disabled = !chosen().length;
    again.hidden = !isAnswered;
    if ("opens" in card.dataset) card.closest(".exercise")?.classList.toggle("guessed", isAnswered);
  };

  card.addEventListener("change", () => {
    button.disabled = !chosen().length;
  });
  button.addEventListener("click", () => {
    // Where the answer depends on the network, the bench knows it, and remembers the guess.
    if ("opens" in card.dataset && right.length === 1) {
      rememberGuess(`exercises.${question.split(".")[0]}`, { guess: chosen()[0], truth: right[0] });
    }
    storeChoices(question, chosen());
    again.focus();
  });
  again.addEventListener("click", () => {
    uncheck();
    storeChoices(question, []);
    boxes[0].focus();
  });
  whenStoredChanges(element, () => {
    if (!answered().length && boxes[0].disabled) uncheck();
    show();
  });
  show();
};
