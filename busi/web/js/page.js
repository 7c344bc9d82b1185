// What every page does, whichever tab is open. busi/web/scripts.py puts this module into the page's head.
//
// Code that Gradio or the tests write as text cannot import: it finds what it needs in `window.atelier`, beside `mount`.

import { bytesOf } from "./base64.js";
import { fill, number, percent, scoreAndThreshold, scoresAndThreshold } from "./format.js";
import { judge } from "./guesses.js";
import { language } from "./language.js";
import { followLinks, openTab, openTerm } from "./navigation.js";
import { picture, unpress } from "./picture.js";
import { tellPlaceInLine } from "./place_in_line.js";
import { rate } from "./statistics.js";
import { forgetStored, store, stored } from "./storage.js";
import { whenSeen } from "./visibility.js";

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

Object.assign(window.atelier, { language, number, percent, scoreAndThreshold, scoresAndThreshold, fill, rate });
Object.assign(window.atelier, { judge, openTab, openTerm, picture, unpress, whenSeen, bytes: bytesOf });
window.atelier.kept = { get: stored, set: store, forget: forgetStored };

declareLanguage();
followLinks();
tellPlaceInLine();
announceTabs();
