// The table of outlines comes when it is asked for, into a component of its own.

export const mount = ({ element, watch }) => {
  watch("value", () => {
    const table = element.querySelector("[data-table]");
    if (table) document.dispatchEvent(new CustomEvent("inquiry-outlines", { detail: table.dataset.table }));
  });
};
