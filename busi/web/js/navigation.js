// Ways through the page: its parts, each with an address (#network, a section of one: #network/pooling), terms of the
// glossary, and the links that lead to both. Which part is in view stands on the page's element as data-part.
//
// A part is one of Gradio's tabs, whose own row of buttons is not shown; the first screen is none of Gradio's.

const WAIT = 50; // milliseconds between two looks for what is being made
const LOOKS = { part: 1200, section: 100 };
const SETTLES = 8000; // milliseconds in which what a part shows may still be coming
const TOUCHES = ["wheel", "touchstart", "pointerdown", "keydown"];
const FIRST = "welcome";
const page = document.documentElement;

let turn = 0; // of the last part that was asked for

const find = (selector) => document.querySelector(selector);
const linkTo = (part) => find(`.rail a[data-part="${CSS.escape(part)}"]`);

const appears = async (selector, looks) => {
  for (let look = 0; look < looks && !find(selector); look += 1) await new Promise((go) => setTimeout(go, WAIT));
  return find(selector);
};

// "#network/pooling" -> { part: "network", section: "pooling" }; nothing for an address that leads to no part. Older
// addresses, and those in lessons, begin with "tab-".
export const placeOf = (hash) => {
  const [, part, section] = /^#(?:tab-)?([a-z_]+)(?:\/([a-z_]+))?$/.exec(hash) ?? [];
  return part && linkTo(part) ? { part, section } : null;
};

const WITHIN = { exercise: "exercises", inquiry: "inquiries" };

// The part that a part stands in, by its name: an exercise in that of the exercises; any other stands in none but itself.
export const outerOf = (part) => WITHIN[part.split("_")[0]] ?? part;

// The browser leaves out spaces at the ends; were they compared, the title would be written without end.
const entitle = () => {
  const [here, workshop] = [find(".rail a[aria-current=page]"), find(".head h1").textContent.trim()];
  const title = here.dataset.part === FIRST ? workshop : `${here.textContent.trim()} · ${workshop}`;
  if (document.title !== title) document.title = title;
};

const mark = (part) => {
  page.dataset.part = outerOf(part);
  for (const link of document.querySelectorAll(".rail a[data-part]")) {
    const isHere = link.dataset.part === part || link.dataset.part === outerOf(part);
    if (isHere) link.setAttribute("aria-current", link.dataset.part === part ? "page" : "true");
    else link.removeAttribute("aria-current");
  }
  linkTo(part).scrollIntoView({ block: "nearest", inline: "center" });
  entitle();
};

const openGradiosTab = async (part, mine) => {
  for (const name of outerOf(part) === part ? [part] : [outerOf(part), part]) {
    const button = await appears(`#tab-${name}-button`, LOOKS.part);
    if (mine !== turn) return false;
    button?.click();
    await appears(`#tab-${name}`, LOOKS.section);
  }
  return mine === turn;
};

const sectionIn = (part, section) => `#tab-${part} [data-section="${section}"], #section-${part}-${section}`;

// Where reading begins: at a part's heading, or where it has none at its panel, which bears the part's name.
const headingOf = (part) =>
  part === FIRST
    ? find("#first-screen .first-step:not([hidden]) h2")
    : (find(`#tab-${part} h2`) ?? find(`#tab-${part}`));

// Scrolls there, and there again while the part still grows, until a visitor takes over or another part is opened.
const stayAt = (scroll, mine) => {
  const end = new AbortController();
  const growth = new ResizeObserver(() => (mine === turn ? scroll() : end.abort()));
  end.signal.addEventListener("abort", () => growth.disconnect());
  for (const touch of TOUCHES)
    window.addEventListener(touch, () => end.abort(), { capture: true, passive: true, signal: end.signal });
  setTimeout(() => end.abort(), SETTLES);
  scroll();
  growth.observe(find(".frame"));
};

// Shows a part from its top, from a section of it, or from where it was left.
const show = async ({ part, section }, left = 0) => {
  turn += 1;
  const mine = turn;
  mark(part);
  if (part !== FIRST && !(await openGradiosTab(part, mine))) return;
  const target = section ? await appears(sectionIn(part, section), LOOKS.section) : null;
  if (mine !== turn) return;
  if (target) stayAt(() => target.scrollIntoView({ block: "start" }), mine);
  else if (left) stayAt(() => window.scrollTo({ top: left }), mine);
  else window.scrollTo({ top: 0 });
  const heading = target ?? headingOf(part);
  heading?.setAttribute("tabindex", "-1");
  heading?.focus({ preventScroll: true });
  document.dispatchEvent(new CustomEvent("atelier-part", { detail: part }));
};

// By keyboard one need not go through the whole rail to read what is open.
const skipToContent = () => {
  const heading = headingOf(find(".rail a[aria-current=page]").dataset.part);
  heading?.setAttribute("tabindex", "-1");
  heading?.focus();
};

const rememberWhere = () => history.replaceState({ ...history.state, top: window.scrollY }, "", location.href);

// Opens a part, or a section of it, as a link to it does: the way back leads to where the visitor was.
export const openTab = (name) => {
  const place = placeOf(`#${name}`);
  if (!place) return Promise.resolve();
  const address = `#${place.section ? `${place.part}/${place.section}` : place.part}`;
  if (address !== location.hash) {
    rememberWhere();
    // Whole: by itself, it would be read from the page's base, which is that of the French page.
    history.pushState({ top: 0 }, "", location.pathname + location.search + address);
  }
  return show(place);
};

// "all" shows the whole glossary.
export const openTerm = (name) => {
  const dialog = find("dialog.glossary");
  const entries = [...(dialog?.querySelectorAll("[data-term]") ?? [])];
  if (name !== "all" && !entries.some((entry) => entry.dataset.term === name)) return;
  for (const entry of entries) entry.hidden = name !== "all" && entry.dataset.term !== name;
  if (!dialog.open) dialog.showModal();
  dialog.scrollTop = 0;
};

// Where a link leads within the page: [kind, name], or nothing.
const targetOf = (link) => {
  const address = link.getAttribute("href");
  const [, term] = /#term-([\w-]+)$/.exec(address) ?? [];
  if (term) return ["term", term];
  return address.startsWith("#") && placeOf(address) ? ["part", address.slice(1)] : [];
};

// Takes every click on such a link, before Gradio does.
const followLinks = () => {
  const listen = (event) => {
    const link = event.target.closest?.("a[href]");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
    // The part, and a shared lesion, stay in the address when the language changes.
    if (link.matches("a.language")) link.href = link.href.split(/[?#]/)[0] + location.search + location.hash;
    const [kind, name] = targetOf(link);
    if (!kind) return;
    event.preventDefault();
    event.stopPropagation();
    if (kind === "term") return openTerm(name);
    link.closest("dialog")?.close();
    openTab(name);
  };
  document.addEventListener("click", listen, true);
};

// Where an address leads that names no part: one that carries a lesion, as those of older links, to the laboratory.
const beginning = () => ({ part: /[?&]lesion=/.test(location.search) ? "laboratory" : FIRST });

// The way back, and addresses that are typed.
const followHistory = () => {
  history.scrollRestoration = "manual";
  window.addEventListener("popstate", ({ state }) => {
    const place = location.hash ? placeOf(location.hash) : beginning();
    if (place) show(place, state?.top ?? 0);
  });
};

export const beginWay = () => {
  followLinks();
  followHistory();
  find(".skip").addEventListener("click", skipToContent);
  const place = location.hash ? placeOf(location.hash) : beginning();
  if (place && place.part !== FIRST) show(place, history.state?.top ?? 0);
  else mark(FIRST);
  new MutationObserver(entitle).observe(find("title"), { childList: true }); // Gradio writes its own when it comes
};
