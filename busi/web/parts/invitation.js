// The panel with the QR code, opened by a link to #room or an address that ends so. Its content is asked for each time.

// A phone has its own way of sharing an address; elsewhere it is copied. A page without a secure address can do neither.
const canShare = () => Boolean(navigator.share ?? navigator.clipboard);

const share = async (button) => {
  const url = button.dataset.share;
  if (navigator.share) return navigator.share({ url }).catch(() => {}); // a visitor may change their mind
  await navigator.clipboard.writeText(url);
  button.textContent = button.dataset.copied;
};

export const mount = ({ element, props, watch, trigger }) => {
  const box = () => element.querySelector("dialog.room");
  let isWanted = false;

  const show = () => {
    if (isWanted && !box().open) box().showModal();
    const button = box().querySelector("[data-share]");
    if (button) button.hidden = !canShare();
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
  element.addEventListener("click", ({ target }) => {
    if (target === box()) box().close();
    const button = target.closest("[data-share]");
    if (button) share(button);
  });
  const forget = () => {
    isWanted = false;
  };
  element.addEventListener("close", forget, true);

  if (location.hash === "#room") {
    history.replaceState(null, "", location.pathname + location.search);
    ask();
  }
};
