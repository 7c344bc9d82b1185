// A path drawn with a finger, or a mouse, over a picture: shown as it is drawn, and given when the finger leaves it.

const MOST_POINTS = 300;
const FEWEST_POINTS = 8;
const APART = 0.008; // of the picture's side: nearer points say nothing new

const clamped = (share) => Math.min(1, Math.max(0, share));

// A path with at most so many points, evenly taken.
export const thinned = (points, most = MOST_POINTS) => {
  if (points.length <= most) return points;
  return Array.from({ length: most }, (_, number) => points[Math.floor((number * points.length) / most)]);
};

// The path with one more place, unless that is nearly the last one.
export const extended = (points, x, y) => {
  const place = [clamped(x), clamped(y)];
  const last = points.at(-1);
  if (last && Math.hypot(place[0] - last[0], place[1] - last[1]) < APART) return points;
  return [...points, place];
};

// Follows what is drawn over the part of `element` that a selector names, in which a line of the class "finger" shows it;
// `drawn(path)` is given the columns and rows of its places as shares of the sides. A mere touch draws nothing.
export const followFinger = (element, selector, drawn) => {
  let points = [];
  let plate = null;

  const follow = (event) => {
    const box = plate.getBoundingClientRect();
    points = extended(points, (event.clientX - box.left) / box.width, (event.clientY - box.top) / box.height);
    const written = points.map(([x, y]) => `${(100 * x).toFixed(1)},${(100 * y).toFixed(1)}`).join(" ");
    plate.querySelector(".finger").setAttribute("points", written);
  };

  const forget = () => {
    plate?.querySelector(".finger").removeAttribute("points");
    points = [];
    plate = null;
  };

  element.addEventListener("pointerdown", (event) => {
    const pressed = event.target.closest?.(selector);
    if (!pressed) return;
    event.preventDefault();
    event.target.setPointerCapture(event.pointerId);
    points = [];
    plate = pressed;
    follow(event);
  });
  element.addEventListener("pointermove", (event) => plate && follow(event));
  element.addEventListener("pointerup", () => {
    if (!plate) return;
    const path = thinned(points);
    if (path.length < FEWEST_POINTS) return forget();
    points = [];
    plate = null;
    drawn(path);
  });
  element.addEventListener("pointercancel", forget);
};
