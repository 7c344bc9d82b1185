// On a phone the answer stands below the picker, out of sight: bring it into view when it changes.
watch("value", () => {
  if (element.getBoundingClientRect().top > 0.6 * window.innerHeight) element.scrollIntoView({ block: "start" });
});
