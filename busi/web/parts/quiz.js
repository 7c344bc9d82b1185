// A question: the answer is given once, then every choice explains itself. It is kept in this browser and nowhere else.
const card = element.querySelector("[data-question]");
const { question, right } = card.dataset;
const boxes = [...card.querySelectorAll("input")];
const verdict = card.querySelector(".verdict-of");
const button = card.querySelector("[data-answer]");
const again = card.querySelector("[data-again]");

const chosen = () => boxes.filter((box) => box.checked).map((box) => box.value);
// Whether the choices are the right ones, and the sentence that says so; open where the bench has the answer.
const sentence = (choices) => {
  if (!right) return ["", verdict.dataset.openSaid];
  const expected = right.split(" ").filter((name) => boxes.some((box) => box.value === name));
  return choices.join(" ") === expected.join(" ") ? ["right", verdict.dataset.rightSaid] : ["wrong", verdict.dataset.wrongSaid];
};

// What a stored answer may be: some of the choices that there are, in their order.
const known = (choices) => (Array.isArray(choices) ? boxes.map((box) => box.value).filter((name) => choices.includes(name)) : []);

const show = () => {
  const choices = known(atelier.kept.get("answers", {})[question]);
  const answered = choices.length > 0;
  boxes.forEach((box) => {
    if (answered) box.checked = choices.includes(box.value);
    box.disabled = answered;
    const choice = box.closest(".choice");
    const isRight = right.split(" ").includes(box.value);
    choice.classList.toggle("right", answered && isRight);
    choice.classList.toggle("wrong", answered && right !== "" && !isRight && box.checked);
    choice.classList.toggle("taken", answered && box.checked);
    choice.querySelector(".why").hidden = !answered;
  });
  atelier.judge(verdict, ...(answered ? sentence(choices) : ["", ""]));
  button.hidden = answered;
  button.disabled = !chosen().length;
  again.hidden = !answered;
  if ("opens" in card.dataset) card.closest(".exercise")?.classList.toggle("guessed", answered);
};

const keep = (choices) => {
  const answers = { ...atelier.kept.get("answers", {}) };
  if (choices.length) answers[question] = choices;
  else delete answers[question];
  atelier.kept.set("answers", answers);
};

card.addEventListener("change", () => (button.disabled = !chosen().length));
button.addEventListener("click", () => {
  keep(chosen());
  again.focus();
});
again.addEventListener("click", () => {
  boxes.forEach((box) => (box.checked = false));
  keep([]);
  boxes[0].focus();
});
const follow = () => {
  if (!element.isConnected) return document.removeEventListener("atelier-kept", follow);
  if (!known(atelier.kept.get("answers", {})[question]).length && boxes[0].disabled) boxes.forEach((box) => (box.checked = false));
  show();
};
document.addEventListener("atelier-kept", follow);
show();
