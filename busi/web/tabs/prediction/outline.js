// The outline, redrawn with a finger or grown by buttons: what the browser sends is the path, and the server scores it.

import { press } from "../../js/widget.js";

const MOST_POINTS = 300;
const FEWEST_POINTS = 8;
const MOST_STEPS = 6;
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

const setDrawing = (figure, isOn) => {
  figure.toggleAttribute("data-drawing", isOn);
  press([figure.querySelector("[data-redraw]")], () => isOn);
  figure.querySelector("[data-hint]").hidden = !isOn;
};

export const mount = ({ element, trigger }) => {
  let points = [];

  const follow = (event) => {
    const plate = event.target.closest(".plate");
    const box = plate.getBoundingClientRect();
    points = extended(points, (event.clientX - box.left) / box.width, (event.clientY - box.top) / box.height);
    const written = points.map(([x, y]) => `${(100 * x).toFixed(1)},${(100 * y).toFixed(1)}`).join(" ");
    plate.querySelector(".finger").setAttribute("points", written);
  };

  const isOnPicture = (event) => event.target.closest?.("figure[data-drawing] .plate");

  element.addEventListener("pointerdown", (event) => {
    if (!isOnPicture(event)) return;
    event.preventDefault();
    event.target.setPointerCapture(event.pointerId);
    points = [];
    follow(event);
  });
  element.addEventListener("pointermove", (event) => {
    if (points.length && isOnPicture(event)) follow(event);
  });
  element.addEventListener("pointerup", () => {
    if (!points.length) return;
    const path = thinned(points);
    points = [];
    const figure = element.querySelector("figure");
    if (path.length < FEWEST_POINTS) figure.querySelector(".finger").removeAttribute("points");
    else {
      setDrawing(figure, false);
      trigger("apply", { points: path });
    }
  });
  element.addEventListener("pointercancel", () => {
    points = [];
    element.querySelector(".finger")?.removeAttribute("points");
  });

  element.addEventListener("click", ({ target }) => {
    const button = target.closest(".outline-tools button");
    const figure = button?.closest("figure");
    if (!figure) return;
    if (button.matches("[data-redraw]")) setDrawing(figure, !figure.hasAttribute("data-drawing"));
    if (button.matches("[data-back]")) trigger("apply", {});
    if (button.dataset.step) {
      const steps = Number(figure.dataset.grow) + Number(button.dataset.step);
      if (Math.abs(steps) <= MOST_STEPS) trigger("apply", { grow: steps });
    }
  });
};
