// The settings of the lesion travel in the page's address, so that the address can be shared.

export const mount = ({ element, watch }) => {
  watch("value", () => {
    const link = element.querySelector("a[data-query]");
    if (!link) return;
    link.href = location.pathname + link.dataset.query;
    const theme = new URLSearchParams(location.search).get("__theme");
    history.replaceState(history.state, "", link.href + (theme ? `&__theme=${theme}` : ""));
  });
};
