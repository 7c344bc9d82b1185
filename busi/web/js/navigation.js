// Ways to other parts of the page: tabs by their names, terms of the glossary, and the links that lead to both,
// <a href="#tab-evaluation"> and <a href="#term-threshold">.

const WAIT = 50; // milliseconds between two looks for a tab that is being made
const LOOKS = 100;

const appears = async (id) => {
  for (let look = 0; look < LOOKS && !document.getElementById(id); look += 1) {
    await new Promise((go) => setTimeout(go, WAIT));
  }
};

const topOf = (button) => button.getBoundingClientRect().top + window.scrollY - 8;

// A tab within the tab of the exercises is there once that one is open.
export const openTab = async (name) => {
  if (name.startsWith("exercise_")) {
    document.getElementById("tab-exercises-button").click();
    await appears(`tab-${name}-button`);
  }
  const button = document.getElementById(`tab-${name}-button`);
  button?.click();
  button?.scrollIntoView({ block: "nearest", inline: "center" });
  window.scrollTo({ top: Math.min(window.scrollY, button ? topOf(button) : 0) });
};

// "all" shows the whole glossary.
export const openTerm = (name) => {
  const dialog = document.querySelector("dialog.glossary");
  const entries = [...(dialog?.querySelectorAll("[data-term]") ?? [])];
  if (name !== "all" && !entries.some((entry) => entry.dataset.term === name)) return;
  for (const entry of entries) entry.hidden = name !== "all" && entry.dataset.term !== name;
  if (!dialog.open) dialog.showModal();
  dialog.scrollTop = 0;
};

const follow = (link, kind, name) => {
  if (kind === "term") return openTerm(name);
  link.closest("dialog")?.close();
  openTab(name);
};

// Takes every click on such a link, before Gradio does.
export const followLinks = () => {
  const listen = (event) => {
    const link = event.target.closest?.("a[href]");
    if (!link) return;
    // A shared lesion stays in the address when the language changes.
    if (link.matches("a.language") && location.search) link.href = link.href.split("?")[0] + location.search;
    const [, kind, name] = /#(tab|term)-([\w-]+)$/.exec(link.getAttribute("href")) ?? [];
    if (!kind) return;
    event.preventDefault();
    event.stopPropagation();
    follow(link, kind, name);
  };
  document.addEventListener("click", listen, true);
};
