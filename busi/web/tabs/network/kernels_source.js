// What the server sends of the current image comes in a component of its own, so that a new image leaves the choice of a
// kernel as it is.

const EVENT = "kernels-source";
const PLACE = "#kernels-source [data-convolutions]";

export const mount = ({ watch }) => watch("value", () => document.dispatchEvent(new CustomEvent(EVENT)));

// Calls `act` with { convolutions, badge } as text, now and whenever there is another image; with nothing where the image
// was refused or the network has no convolution.
export const followKernels = (act) => {
  const read = () => act(document.querySelector(PLACE)?.dataset);
  document.addEventListener(EVENT, read);
  read();
};
