// What the visitor guessed, which stays in the browser, beside what came out.
const show = () => {
  if (!element.isConnected) return document.removeEventListener("atelier-kept", show);
  const told = element.querySelector("[data-guesses]");
  const [guess] = atelier.kept.get("answers", {})["augmentation.guess"] ?? [];
  if (told) atelier.judge(told.querySelector("[data-guessed]"), ...(JSON.parse(told.dataset.guesses)[guess] ?? ["", ""]));
};
document.addEventListener("atelier-kept", show);
watch("value", show);
