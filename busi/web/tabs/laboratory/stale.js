// An answer that took its time may be about a lesion that is no longer shown: then it is not shown either.
watch("value", () => {
  const answer = element.querySelector("[data-about]");
  const shown = document.querySelector("#tab-laboratory a[data-query]")?.dataset.query;
  if (answer && shown && answer.dataset.about !== shown) answer.remove();
});
