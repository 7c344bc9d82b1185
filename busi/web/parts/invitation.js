// The panel with the QR code, opened by a link to #room or an address that ends so. Its content is asked for each time.
const box = () => element.querySelector("dialog.room");
let wanted = false;

const show = () => {
  if (wanted && !box().open) box().showModal();
};
const ask = () => {
  wanted = true;
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
element.addEventListener("close", () => (wanted = false), true);

if (location.hash === "#room") {
  history.replaceState(null, "", location.pathname + location.search);
  ask();
}
