// Work for the server that nobody looks at yet can wait: does `act` once, when an element can first be seen.

export const whenSeen = (element, act) => {
  new IntersectionObserver((entries, observer) => {
    if (!entries.some((entry) => entry.isIntersecting)) return;
    observer.disconnect();
    act();
  }).observe(element);
};
