// The panel with the QR code, opened by a link to #room or an address that ends so. Its content is asked for each time.

export const mount = ({ element, props, watch, trigger }) => {
  const box = () => element.querySelector("dialog.room");
  let isWanted = false;

  const show = () => {
    if (isWanted && !box().open) box().showModal();
  };
  const ask = () => {
    isWanted = true;
    if (props.value) show();
    trigger("click");
  };
  const follow = (event) => {
    if (!element.isConnected) return document.removeEventListener("click", follow, true);
    if (!event.target.closest?.('a[href="#room"]')) return;
    event.preventDefault();
    event.stopPropagation();
    ask();
  };
  document.addEventListener("click", follow, true);
  // Gradio writes the content anew, and closes what it did not open.
  watch("value", () => requestAnimationFrame(show));
  element.addEventListener("click", (event) => event.target === box() && box().close());
  const forget = () => {
    isWanted = false;
  };
  element.addEventListener("close", forget, true);

  if (location.hash === "#room") {
    history.replaceState(null, "", location.pathname + location.search);
    ask();
  }
};
