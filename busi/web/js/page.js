// What every page does, whichever tab is open. busi/web/scripts.py puts this module into the page's head.
//
// Code that Gradio or the tests write as text cannot import: it finds what it needs in `window.atelier`, beside `mount`.

import { showFirstPicture } from "../frame/first_picture.js";
import { mountWhenSeen } from "../frame/islands.js";
import { bringChangesIntoView } from "../frame/picked.js";
import { followWay } from "../frame/rail.js";
import { prepareStage } from "../frame/stage.js";
import { followThread } from "../frame/thread.js";
import { takeFiles } from "../parts/picker_upload.js";
import { rememberFirstGuesses } from "../tabs/welcome/guesses.js";
import { mendAnswerStream } from "./answer_stream.js";
import { openForTheCurious } from "./curious.js";
import { number, percent, scoreAndThreshold, scoresAndThreshold } from "./format.js";
import { language } from "./language.js";
import { beginWay, openTab } from "./navigation.js";
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

// The scripts of a part are fetched from the moment that a link to it is pressed, or reached by keyboard.
const announceParts = () => {
  const announce = ({ target }) => {
    const { part } = target.closest?.("a[data-part]")?.dataset ?? {};
    if (part) window.atelier.announceFolder(`tabs/${part}/`);
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
mendAnswerStream();
tellPlaceInLine();
announceParts();
takeFiles();
openForTheCurious();
followWay();
followThread();
bringChangesIntoView();
prepareStage();
mountWhenSeen();
showFirstPicture();
rememberFirstGuesses();
beginWay();
