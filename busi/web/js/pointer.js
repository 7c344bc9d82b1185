// A pointer that is held down on a place and moved: `act` gets where it is, in pixels from the place's top left corner,
// and the place's box.

export const drag = (place, act) => {
  const follow = (event) => {
    const box = place.getBoundingClientRect();
    act(event.clientX - box.left, event.clientY - box.top, box);
  };
  place.addEventListener("pointerdown", (event) => {
    place.setPointerCapture(event.pointerId);
    follow(event);
  });
  place.addEventListener("pointermove", (event) => place.hasPointerCapture(event.pointerId) && follow(event));
};
