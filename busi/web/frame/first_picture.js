// The picture that the visitor met first stands in several parts; it came once, with the first screen.

export const showFirstPicture = () => {
  const first = document.querySelector("#first-screen .seen img");
  const fill = () => {
    for (const picture of document.querySelectorAll("img[data-first-picture]:not([src])")) picture.src = first.src;
  };
  // Gradio makes a part, and makes it anew, when it likes.
  new MutationObserver(fill).observe(document.querySelector("gradio-app"), { childList: true, subtree: true });
};
