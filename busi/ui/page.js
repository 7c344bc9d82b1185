// What every part of the page may use: numbers as its language writes them, intervals, and ways to other parts.
window.atelier = (() => {
  const language = /\/en\/?$/.test(location.pathname) ? "en" : "fr";
  const Z = 1.959963984540054; // for 95 %

  // As Words.number in text.py, to the character.
  const number = (value, digits = 0) => {
    let text = Math.abs(value).toFixed(digits);
    if (digits === 0 && Math.abs(value) % 1 === 0.5) text = String(2 * Math.round(Math.abs(value) / 2));
    const minus = value < 0 && Number(text) !== 0 ? "\u2212" : "";
    const [whole, decimals] = text.split(".");
    const grouped = whole.replace(/\B(?=(\d{3})+$)/g, language === "fr" ? "\u00a0" : ",");
    return minus + grouped + (decimals ? (language === "fr" ? "," : ".") + decimals : "");
  };

  // As Words.percent: never a false 0 or 100.
  const percent = (share) => {
    const space = language === "fr" ? "\u00a0" : "";
    if (share > 0 && share < 0.01) return `<${space}1${space}%`;
    if (share > 0.99 && share < 1) return `>${space}99${space}%`;
    return `${number(share * 100)}${space}%`;
  };

  // A sentence of content/, its {placeholders} filled.
  const fill = (sentence, values) => sentence.replace(/\{(\w+)\}/g, (_, name) => values[name]);

  // A share with Wilson's 95 % interval, as `rate` in metrics.py; null for 0 of 0.
  const rate = (successes, n) => {
    if (!n) return null;
    const share = successes / n;
    const centre = (share + Z ** 2 / (2 * n)) / (1 + Z ** 2 / n);
    const half = (Z / (1 + Z ** 2 / n)) * Math.sqrt((share * (1 - share)) / n + Z ** 2 / (4 * n ** 2));
    // Exactly 0 and 1 at the ends, where rounding would leave a trace.
    return { value: share, low: successes ? centre - half : 0, high: successes < n ? centre + half : 1, n };
  };

  // A tab within the tab of the exercises is there once that one is open.
  const openTab = async (name) => {
    if (name.startsWith("exercise_")) {
      document.getElementById("tab-exercises-button").click();
      await appears(`tab-${name}-button`);
    }
    const button = document.getElementById(`tab-${name}-button`);
    button?.click();
    button?.scrollIntoView({ block: "nearest", inline: "center" });
    window.scrollTo({ top: Math.min(window.scrollY, button ? topOf(button) : 0) });
  };
  const appears = async (id) => {
    for (let wait = 0; wait < 100 && !document.getElementById(id); wait += 1) await new Promise((go) => setTimeout(go, 50));
  };
  const topOf = (button) => button.getBoundingClientRect().top + window.scrollY - 8;

  const openTerm = (name) => {
    const dialog = document.querySelector("dialog.glossary");
    const entries = [...(dialog?.querySelectorAll("[data-term]") ?? [])];
    if (name !== "all" && !entries.some((entry) => entry.dataset.term === name)) return;
    entries.forEach((entry) => (entry.hidden = name !== "all" && entry.dataset.term !== name));
    if (!dialog.open) dialog.showModal();
    dialog.scrollTop = 0;
  };

  // What a visitor answers and writes stays in this browser; where it may keep nothing, until the page is left.
  const unsaved = {};
  const kept = {
    get: (name, otherwise) => {
      try {
        return unsaved[name] ?? JSON.parse(localStorage.getItem(`atelier.${name}`)) ?? otherwise;
      } catch {
        return otherwise; // forbidden, or not written by us
      }
    },
    set: (name, value) => {
      try {
        localStorage.setItem(`atelier.${name}`, JSON.stringify(value));
        delete unsaved[name];
      } catch {
        unsaved[name] = value; // full, or forbidden
      }
      document.dispatchEvent(new CustomEvent("atelier-kept", { detail: name }));
    },
    forget: () => {
      Object.keys(unsaved).forEach((name) => delete unsaved[name]);
      try {
        Object.keys(localStorage).filter((name) => name.startsWith("atelier.")).forEach((name) => localStorage.removeItem(name));
      } catch {} // forbidden
      document.dispatchEvent(new CustomEvent("atelier-kept", { detail: "" }));
    },
  };

  // Does `act` once, when an element can first be seen: work for the server that nobody looks at yet can wait.
  const whenSeen = (element, act) => {
    new IntersectionObserver((entries, observer) => {
      if (!entries.some((entry) => entry.isIntersecting)) return;
      observer.disconnect();
      act();
    }).observe(element);
  };

  // The chosen image. Whatever is chosen last counts, though what was chosen before may arrive later; a file that was
  // announced to the tabs is not announced again while the server surely has it.
  const picture = (() => {
    const LASTS = 20 * 60 * 1000; // milliseconds; the server keeps a file for at least fifty minutes
    let turn = 0;
    let announced = { path: null, until: Infinity };
    return {
      given: null, // what has been sent to the server, for Gradio to fetch
      takeTurn: () => (turn += 1),
      isLast: (mine) => mine === turn,
      announce: (path) => {
        if (path === announced.path && performance.now() < announced.until) throw new Error("the same file");
        announced = { path, until: path === null ? Infinity : performance.now() + LASTS };
        return [];
      },
      forget: () => (announced = { path: undefined, until: 0 }),
    };
  })();
  const unpress = () =>
    document.querySelectorAll("button[data-key][aria-pressed]").forEach((button) => button.removeAttribute("aria-pressed"));

  // Bytes from a data attribute.
  const bytes = (base64) => Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));

  document.documentElement.lang = language;
  // Screen readers and hyphenation need the page's language; Gradio would set the browser's.
  new MutationObserver(() => {
    if (document.documentElement.lang !== language) document.documentElement.lang = language;
  }).observe(document.documentElement, { attributeFilter: ["lang"] });

  document.addEventListener(
    "click",
    (event) => {
      const link = event.target.closest?.("a[href]");
      if (!link) return;
      // A shared lesion stays in the address when the language changes.
      if (link.matches("a.language") && location.search) link.href = link.href.split("?")[0] + location.search;
      const [, kind, name] = /#(tab|term)-([\w-]+)$/.exec(link.getAttribute("href")) ?? [];
      if (!kind) return;
      event.preventDefault();
      event.stopPropagation();
      if (kind === "term") openTerm(name);
      else {
        link.closest("dialog")?.close();
        openTab(name);
      }
    },
    true,
  );
  return { language, number, percent, fill, rate, openTab, openTerm, bytes, kept, picture, unpress, whenSeen };
})();
