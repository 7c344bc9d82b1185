// What every page does, whichever tab is open. busi/web/scripts.py puts this module into the page's head.
//
// Code that Gradio or the tests write as text cannot import: it finds what it needs in `window.atelier`, beside `mount`.

import { number, percent, scoreAndThreshold, scoresAndThreshold } from "./format.js";
import { language } from "./language.js";
import { followLinks, openTab } from "./navigation.js";
import { picture } from "./picture.js";
import { tellPlaceInLine } from "./place_in_line.js";
import { rate } from "./statistics.js";

// Screen readers and hyphenation need the page's language; Gradio would set the browser's.
const declareLanguage = () => {
  const declare = () => {
    if (document.documentElement.lang !== language) document.documentElement.lang = language;
  };
  declare();
  new MutationObserver(declare).observe(document.documentElement, { attributeFilter: ["lang"] });
};

// The scripts of a tab are fetched from the moment that its button is pressed, or reached by keyboard.
const announceTabs = () => {
  const announce = ({ target }) => {
    const name = target.closest?.("[role=tab]")?.id.match(/^tab-(\w+)-button$/)?.[1];
    if (name) window.atelier.announceFolder(`tabs/${name}/`);
  };
  for (const event of ["pointerdown", "focusin"]) document.addEventListener(event, announce);
};

Object.assign(window.atelier, {
  number,
  percent,
  scoreAndThreshold,
  scoresAndThreshold,
  rate,
  openTab,
  picture,
});

declareLanguage();
followLinks();
tellPlaceInLine();
announceTabs();
