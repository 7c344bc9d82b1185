// Loss: binary cross-entropy of one answer, on its curve, after a guess.
const { panel, find, out, press, onClick, dial, show } = concept("loss");
const CLIP = 1e-7; // as Keras does, so that the loss stays finite
const TOP = 5; // of the drawing
const CAREFUL = 0.6, SURE = 0.99; // the two errors of the guess
let truth = "benign", guessed = false, at;

const left = (prediction) => (truth === "malignant" ? prediction : 1 - prediction);
const loss = (prediction) => -Math.log(Math.max(CLIP, Math.min(1 - CLIP, left(prediction))));
const two = (value) => atelier.number(value, 2);
const wrong = (sureness) => (truth === "malignant" ? 1 - sureness : sureness);

const drawCurve = (prediction) => {
  const values = { truth: find(".loss").dataset[truth], prediction: atelier.percent(prediction), loss: two(loss(prediction)) };
  const write = atelier.percent, marked = guessed ? [wrong(CAREFUL), wrong(SURE)] : [];
  const frame = {
    x: [0, 1], y: [0, TOP], height: 320, ticks: { x: [0, 0.25, 0.5, 0.75, 1], y: [0, 1, 2, 3, 4, 5], write },
    names: [say("loss_axis_x"), say("loss_axis_y")], alt: say("loss_alt", values),
  };
  at = plot(find('[data-plot="loss"]'), frame, (scales) => {
    const px = scales.x(prediction), py = scales.y(Math.min(TOP, loss(prediction)));
    const beyond = loss(prediction) > TOP ? `<path class="here" d="M${px} ${py - 14}l9 14h-18z"/>` : dot(px, py, "here", 8);
    const right = prediction > 0.5;
    return (
      stroke(scales.x(0), scales.y(Math.LN2), scales.x(1), scales.y(Math.LN2), "expected") +
      label(scales.x(truth === "malignant" ? 1 : 0) + (truth === "malignant" ? -4 : 4), scales.y(Math.LN2) - 6, say("loss_half", { loss: two(Math.LN2) }), truth === "malignant" ? "end" : "start") +
      curve(scales, loss, [0, 1], [0, TOP], `line ${truth}`) +
      marked.map((one) => dot(scales.x(one), scales.y(loss(one)), "mark-of", 6)).join("") +
      stroke(px, scales.y(0), px, py, "guide") + beyond +
      label(px + (right ? -14 : 14), py + 4, two(loss(prediction)), right ? "end" : "start", "value")
    );
  });
};

const draw = () => {
  const prediction = Number(dial("loss_prediction").value) / 100, given = left(prediction);
  show("loss_prediction", atelier.percent(prediction));
  drawCurve(prediction);
  const told = say("loss_told", { given: atelier.percent(given), share: two(given), loss: two(loss(prediction)) });
  const clipped = say("loss_clipped", { loss: two(loss(prediction)) });
  const times = say("loss_told_times", { times: atelier.number(loss(prediction) / Math.LN2, 1) });
  out("told", given < CLIP ? clipped : `${told} ${times}`);
};
drawings.loss = draw;
panel.addEventListener("input", draw);
onClick("truth", (label) => {
  truth = label;
  press("truth", label);
  draw();
});
onClick("guess", (name) => {
  guessed = true;
  press("guess", name);
  const [low, high] = [-Math.log(1 - CAREFUL), -Math.log(1 - SURE)];
  const { verdict } = find(`[data-guess="${name}"]`).dataset;
  panel.querySelectorAll("[data-guess]").forEach((one) => one.classList.toggle("taken", one.dataset.guess === name));
  const told = say(`loss_answer_${name}`, { low: two(low), high: two(high), times: atelier.number(high / low, 1) });
  atelier.judge(find('[data-out="answer"]'), verdict, told);
  draw();
});
drag(find('[data-plot="loss"]'), (pixel) => {
  dial("loss_prediction").value = Math.round(100 * at.valueOf(pixel));
  draw();
});
