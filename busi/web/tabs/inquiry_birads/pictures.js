// The desk and its pictures are two components of Gradio's: this one tells the desk when new pictures have come.

export const CAME = "birads-pictures";

export const mount = ({ element, watch }) => {
  const tell = () => document.dispatchEvent(new CustomEvent(CAME, { detail: element }));
  watch("value", tell);
  tell();
};
