// The settings of the lesion travel in the page's address, so that the address can be shared.

export const mount = ({ element, watch }) => {
  watch("value", () => {
    const link = element.querySelector("a[data-query]");
    if (!link) return;
    const address = location.pathname + link.dataset.query;
    link.href = `${address}#laboratory`;
    const theme = new URLSearchParams(location.search).get("__theme");
    // The visitor may have gone on to another part while the lesion was drawn.
    history.replaceState(history.state, "", address + (theme ? `&__theme=${theme}` : "") + location.hash);
  });
};
