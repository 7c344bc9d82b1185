// What can be seen, and what cannot yet.

// Work for the server that nobody looks at yet can wait: does `act` once, when an element can first be seen.
export const whenSeen = (element, act) => {
  new IntersectionObserver((entries, observer) => {
    if (!entries.some((entry) => entry.isIntersecting)) return;
    observer.disconnect();
    act();
  }).observe(element);
};

// On a phone an answer may appear below the screen: brings it into view then, with `block` as for scrollIntoView.
export const bringIntoView = (element, block = "start") => {
  if (element.getBoundingClientRect().top > 0.6 * window.innerHeight) element.scrollIntoView({ block });
};
