// An answer that took its time may be about a lesion that is no longer shown: then it is not shown either.

export const mount = ({ element, watch }) => {
  watch("value", () => {
    const answer = element.querySelector("[data-about]");
    const shown = document.querySelector("#tab-laboratory a[data-query]")?.dataset.query;
    if (answer && shown && answer.dataset.about !== shown) answer.remove();
  });
};
