// The picture that the visitor met first is the one that is looked at, wherever one has to be, until another is chosen:
// nothing begins empty. It is chosen as a visitor would, by its small picture in the picker, once.

import { picture } from "../js/picture.js";

const WAIT = 100; // milliseconds between two looks for the picker, which Gradio makes
const LOOKS = 300;

let isChosen = false;

const chooseThread = async (key) => {
  for (let look = 0; look < LOOKS; look += 1) {
    const button = document.querySelector(`.thumbnails button[data-key="${key}"]`);
    if (picture.isTaken()) return;
    if (button?.closest(".mounted")) return button.click();
    await new Promise((go) => setTimeout(go, WAIT));
  }
};

export const followThread = () => {
  const { thread, looking } = document.querySelector(".frame").dataset;
  const parts = looking.split(" ");
  document.addEventListener("atelier-part", ({ detail: part }) => {
    if (isChosen || !thread || !parts.includes(part)) return;
    isChosen = true;
    chooseThread(thread);
  });
};
