// What a run of an inquiry shows stands in a component of its own: this one brings it to its place in the bench beside it.

const ARRIVED = "inquiry-arrived";

export const mount = ({ element, watch }) => {
  watch("value", () => document.dispatchEvent(new CustomEvent(ARRIVED, { detail: element })));
};

// Calls `show(markup)` whenever something arrived for the bench that an element holds.
export const whenArrived = (element, show) => {
  document.addEventListener(ARRIVED, ({ detail }) => {
    const panel = element.closest("[role=tabpanel]");
    if (panel?.contains(detail)) show(detail.querySelector(".panel")?.outerHTML ?? "");
  });
};
