// What every part of the page may use: numbers as its language writes them, intervals, and ways to other parts.
window.atelier = (() => {
  const language = /\/en\/?$/.test(location.pathname) ? "en" : "fr";
  const Z = 1.959963984540054; // for 95 %

  // Digits as Python rounds them: a tie goes to the even digit. Twenty-five more digits tell a tie from what is near it.
  const exactly = (value, digits) => {
    const text = value.toFixed(digits);
    const rest = value.toFixed(digits + 25).slice(-25);
    if (!/^50*$/.test(rest) || Number(text.at(-1)) % 2 === 0) return text;
    return (value - 10 ** -digits / 2).toFixed(digits);
  };

  // As Words.number in text.py, to the character.
  const number = (value, digits = 0) => {
    const text = exactly(Math.abs(value), digits);
    const minus = value < 0 && Number(text) !== 0 ? "\u2212" : "";
    const [whole, decimals] = text.split(".");
    const grouped = whole.replace(/\B(?=(\d{3})+$)/g, language === "fr" ? "\u00a0" : ",");
    return minus + grouped + (decimals ? (language === "fr" ? "," : ".") + decimals : "");
  };

  // As Words.percent: never a false 0 or 100.
  const percentOf = (share, digits) => {
    const space = language === "fr" ? "\u00a0" : "";
    const step = 10 ** -digits;
    if (100 * share > 0 && 100 * share < step) return `<${space}${number(step, digits)}${space}%`;
    if (100 * share > 100 - step && 100 * share < 100) return `>${space}${number(100 - step, digits)}${space}%`;
    return `${number(share * 100, digits)}${space}%`;
  };
  const percent = (share) => percentOf(share, 0); // of one argument, so that it can be mapped

  // As Words.scores_and_threshold: how scores and the threshold are written so that none can be taken for the other.
  const MOST_DIGITS = 6;
  const whole = (share) => Number(exactly(100 * share, 0));
  const digitsBeside = (score, threshold) => {
    if (Math.abs(whole(score) - whole(threshold)) > 1) return 0;
    let digits = 1;
    while (digits < MOST_DIGITS && score !== threshold && percentOf(score, digits) === percentOf(threshold, digits)) digits += 1;
    return digits;
  };
  const scoresAndThreshold = (scores, threshold) => {
    const digits = scores.map((score) => digitsBeside(score, threshold));
    return [scores.map((score, at) => percentOf(score, digits[at])), percentOf(threshold, Math.max(1, ...digits))];
  };
  const scoreAndThreshold = (score, threshold) => {
    const [[written], at] = scoresAndThreshold([score], threshold);
    return [written, at];
  };

  // As guesses.py: a sentence on a guess behind its mark; with no kind the sentence alone.
  const MARKS = { right: "✓", wrong: "✗", near: "≈", open: "?" };
  const judge = (place, kind, text) => {
    Object.keys(MARKS).forEach((name) => place.classList.toggle(name, name === kind));
    place.classList.toggle("judged", kind in MARKS);
    if (!(kind in MARKS)) return (place.textContent = text);
    const sign = document.createElement("span");
    sign.className = "sign";
    sign.setAttribute("aria-hidden", "true");
    sign.textContent = MARKS[kind];
    place.replaceChildren(sign, ` ${text}`);
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
  return {
    language, number, percent, scoreAndThreshold, scoresAndThreshold, judge, fill, rate, openTab, openTerm, bytes, kept,
    picture, unpress, whenSeen,
  };
})();
