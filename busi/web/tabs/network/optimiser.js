// Optimiser: plain gradient descent beside Adam on a landscape with two valleys.
// Adam: D. P. Kingma and J. Ba 2015, https://arxiv.org/abs/1412.6980, with Keras' epsilon.
const { panel, find, out, onClick, dial, show } = concept("optimiser");
const REACH = 3.2; // the landscape goes from -3.2 to 3.2
const BETA1 = 0.9, BETA2 = 0.999, EPSILON = 1e-7;
const FLAT = 0.01; // a slope below this counts as none
const MOST = 2000; // steps
const height = (x) => x ** 4 / 8 - x ** 2 + 0.375 * x + 3;
const slope = (x) => x ** 3 / 2 - 2 * x + 0.375;
const rates = dial("optimiser_rate").dataset.rates.split(" ").map(Number);
const rate = () => rates[dial("optimiser_rate").value];
let gradient, adam, at; // each walker: its places so far; the scales of the drawing

const begin = () => {
  const x = Number(dial("optimiser_start").value);
  gradient = { trail: [x], out: false };
  adam = { trail: [x], out: false, m: 0, v: 0, last: null };
};
const place = ({ trail }) => trail[trail.length - 1];
const moveTo = (walker, x) => {
  walker.trail.push(x);
  walker.out = Math.abs(x) > REACH;
};
const descend = (walker) => moveTo(walker, place(walker) - rate() * slope(place(walker)));
const adapt = (walker) => {
  const x = place(walker), t = walker.trail.length, g = slope(x);
  walker.m = BETA1 * walker.m + (1 - BETA1) * g;
  walker.v = BETA2 * walker.v + (1 - BETA2) * g ** 2;
  const m = walker.m / (1 - BETA1 ** t), v = Math.sqrt(walker.v / (1 - BETA2 ** t));
  const move = (-rate() * m) / (v + EPSILON);
  walker.last = { slope: g, m, v, move };
  moveTo(walker, x + move);
};
const steps = () => Math.max(gradient.trail.length, adam.trail.length) - 1;
const step = () => {
  if (steps() >= MOST) return;
  if (!gradient.out) descend(gradient);
  if (!adam.out) adapt(adam);
};

const state = (walker) => {
  const x = place(walker), values = { x: atelier.number(x, 2), loss: atelier.number(height(x), 2) };
  if (walker.trail.length === 1) return say("optimiser_state_start");
  if (walker.out) return say("optimiser_state_out");
  if (Math.abs(slope(x)) > FLAT) return say("optimiser_state_rolling", values);
  const valley = x < -1 ? "deep" : "shallow";
  return say(`optimiser_state_${Math.abs(x) < 1 ? "top" : valley}`, values);
};

const inside = (x) => Math.max(-REACH, Math.min(REACH, x));
// The places so far as small marks, the last one large: a disc for plain descent, a square for Adam.
const marks = (walker, kind, lift) =>
  walker.trail.slice(-40).map((x, index, all) => {
    const px = at.x(inside(x)), py = at.y(height(inside(x))) + lift, size = index === all.length - 1 ? 8 : 3;
    return kind === "disc" ? dot(px, py, kind, size) : `<rect class="${kind}" x="${px - size}" y="${py - size}" width="${2 * size}" height="${2 * size}"/>`;
  }).join("");
const legend = (x) => [["disc", "gradient"], ["square", "adam"]].map(([kind, name], row) => {
  const y = 34 + 22 * row;
  return (kind === "disc" ? dot(x, y, kind, 7) : `<rect class="${kind}" x="${x - 7}" y="${y - 7}" width="14" height="14"/>`) + label(x + 14, y + 4, say(`optimiser_${name}`), "start", "name");
}).join("");

const draw = () => {
  const told = say("optimiser_told", { steps: steps(), gradient: state(gradient), adam: state(adam) });
  show("optimiser_start", brief(Number(dial("optimiser_start").value)));
  show("optimiser_rate", atelier.number(rate(), 3).replace(/0+$/, "").replace(/[.,]$/, ""));
  const frame = {
    x: [-REACH, REACH], y: [0, 7.2], height: 300, ticks: { x: [-3, -2, -1, 0, 1, 2, 3], y: [0, 2, 4, 6] },
    names: [say("optimiser_weight_axis"), say("optimiser_loss_axis")], alt: say("optimiser_landscape_alt", { told }),
  };
  at = plot(find('[data-plot="landscape"]'), frame, (scales) => {
    at = scales;
    return curve(at, height, [-REACH, REACH], [0, 7.2], "ground") + marks(gradient, "disc", -9) + marks(adam, "square", 9) + legend(at.x(0) - 44);
  });
  // The walkers' places with all their digits, for whoever wants to check them.
  find('[data-plot="landscape"]').dataset.gradient = JSON.stringify(gradient.trail.slice(0, 50));
  find('[data-plot="landscape"]').dataset.adam = JSON.stringify(adam.trail.slice(0, 50));
  out("told", told);
  const last = Object.entries(adam.last ?? {}).map(([name, value]) => [name, atelier.number(value, 3)]);
  out("last", last.length ? say("optimiser_last", Object.fromEntries(last)) : "");
};
drawings.optimiser = draw;

const restart = () => {
  begin();
  draw();
};
const settled = () => [gradient, adam].every((walker) => walker.out || (walker.trail.length > 1 && Math.abs(slope(place(walker))) < FLAT && Math.abs(place(walker) - walker.trail.at(-2)) < 1e-3));
const { start, stop, playing } = player(panel, () => {
  step();
  draw();
  return !settled() && steps() < MOST && 140;
});
panel.addEventListener("input", () => {
  stop();
  restart();
});
onClick("do", (what) => {
  if (what === "play" && !playing()) return start();
  stop();
  if (what === "restart") return restart();
  for (let time = 0; time < { step: 1, many: 20, play: 0 }[what]; time += 1) step();
  draw();
});
drag(find('[data-plot="landscape"]'), (pixel) => {
  stop();
  dial("optimiser_start").value = at.valueOf(pixel);
  restart();
});
begin();
