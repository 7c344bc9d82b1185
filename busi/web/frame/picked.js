// What a choice in the strip of pictures changes is in view, or comes into view. What follows the picture are the sections
// of the open part, but for those that have a picture of their own.

const OWN = ["ideas"];
const CHANGES = 400; // milliseconds until Gradio has drawn what changed

const followers = () =>
  [...document.querySelectorAll(".parts [role=tabpanel] [data-section]")].filter(
    (one) => one.offsetParent && !OWN.includes(one.dataset.section),
  );

const isInView = (element, top) => {
  const box = element.getBoundingClientRect();
  return box.bottom > top + 40 && box.top < window.innerHeight - 40;
};

export const bringChangesIntoView = () => {
  const look = () => {
    const strip = document.querySelector(".picker").getBoundingClientRect().bottom;
    const changed = followers();
    if (changed.length && !changed.some((one) => isInView(one, strip))) changed[0].scrollIntoView({ block: "start" });
  };
  document.addEventListener("click", ({ target }) => {
    if (target.closest?.(".picker button[data-key]")) setTimeout(look, CHANGES);
  });
};
