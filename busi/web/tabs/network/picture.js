// The chosen image comes in a component of its own, so that a new one leaves kernel and sliders as they are.

const EVENT = "concept-picture";

export const mount = ({ watch }) => {
  const announce = () => document.dispatchEvent(new CustomEvent(EVENT));
  watch("value", announce);
  announce();
};

// Calls `act` with what the server sent of the image, { pixels, told, badge, refused }, now and whenever it is another.
export const followPicture = (act) => {
  const read = () => {
    const source = document.querySelector("[data-pixels]");
    if (source) act(source.dataset);
  };
  document.addEventListener(EVENT, read);
  read();
};
