// How the wall of images knows the threshold of the bench above it: tab.js announces it, wall.js asks for it once it has
// new images.

const THRESHOLD = "confidence-threshold";
const ASK = "confidence-ask";

export const announceThreshold = (threshold) =>
  document.dispatchEvent(new CustomEvent(THRESHOLD, { detail: threshold }));

export const askThreshold = () => document.dispatchEvent(new CustomEvent(ASK));

export const whenThresholdIsAsked = (element, announce) =>
  document.addEventListener(ASK, () => element.isConnected && announce());

export const followThreshold = (element, show) => {
  const follow = ({ detail }) => {
    if (!element.isConnected) return document.removeEventListener(THRESHOLD, follow);
    show(detail);
  };
  document.addEventListener(THRESHOLD, follow);
};
