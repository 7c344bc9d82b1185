// Parts of the page that are none of Gradio's and have a script: mounted when what is in them comes into view.

export const mountWhenSeen = () => {
  const seen = new IntersectionObserver((entries) => {
    for (const { isIntersecting, target } of entries) {
      if (!isIntersecting) continue;
      seen.unobserve(target);
      const element = target.parentElement;
      window.atelier.mount(element.dataset.script.split(" "), { element, watch: () => {} });
    }
  });
  // Not the part itself: while all in it is hidden it has no size, and a browser takes that for being in view.
  for (const element of document.querySelectorAll(".frame [data-script]")) seen.observe(element.firstElementChild);
};
