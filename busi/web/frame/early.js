// Stands in the page's head and is no module: before the first paint it knows which part was asked for, in which
// language, and whether it is to be dark, by the rule that Gradio has for that.
(() => {
  const page = document.documentElement;
  const theme = new URLSearchParams(location.search).get("__theme");
  const isDark = theme ? theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
  const [, part] = /^#(?:tab-)?([a-z_]+)/.exec(location.hash) ?? [];
  page.lang = /\/en\/?$/.test(location.pathname) ? "en" : "fr";
  const first = !location.hash && /[?&]lesion=/.test(location.search) ? "laboratory" : "welcome"; // as navigation.js
  page.dataset.part = part && part !== "room" && part !== "term" ? part : first;
  page.classList.toggle("dark-first", isDark);

  // A link that is pressed before js/navigation.js has come, which then takes it from the address. By itself it would
  // be read from the page's base, which is that of the French page.
  document.addEventListener("click", (event) => {
    const link = event.target.closest?.('a[href^="#"]');
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    location.hash = link.getAttribute("href");
  });
})();
