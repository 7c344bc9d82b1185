// The four ways in which a visitor gives a file: dropped, pasted, chosen in a dialog, and the button that pastes. Each
// ends here and not in Gradio, which lets in what the browser calls an image, by the file's name, and refuses all else
// in the browser's language. Whether a file is a picture is told by its content, on the server.
const said = element.querySelector("[role=alert]");
const underWay = element.querySelector("[role=status]");
const words = element.querySelector("[data-words]").dataset;
const picker = () => document.querySelector(".chosen");
const field = () => picker()?.querySelector("input[type=file]");

const tell = (sentence) => {
  said.removeAttribute("data-judged"); // what is told here was not told by the server; see note.js
  said.textContent = sentence;
  said.hidden = !sentence;
};

const quiet = () => {
  tell("");
  underWay.hidden = true;
};

const address = (path) => new URL(gradio_config.root, location).pathname.replace(/\/$/, "") + gradio_config.api_prefix + path;

// Where the server put a file, or null if it did not arrive.
const send = async (file) => {
  const form = new FormData();
  form.append("files", file, file.name || "image");
  try {
    const answer = await fetch(address("/upload"), { method: "POST", body: form });
    return answer.ok ? (await answer.json())[0] : null;
  } catch {
    return null; // no connection, or a folder, which browsers pass for a file
  }
};

const give = async (file, others = 0) => {
  const refusal = !file ? words.kind : file.size > Number(words.limit) ? words.large : file.size === 0 ? words.empty : "";
  tell(refusal);
  if (refusal) return;
  const mine = atelier.picture.takeTurn();
  underWay.hidden = false;
  const path = await send(file);
  if (!atelier.picture.isLast(mine)) return; // something else has been chosen since
  underWay.hidden = true;
  if (!path) return tell(words.lost);
  tell(others > 0 ? words.first : "");
  atelier.unpress();
  const url = location.origin + address(`/file=${path}`);
  atelier.picture.given = { path, url, orig_name: file.name, size: file.size, meta: { _type: "gradio.FileData" } };
  trigger("upload");
};

const stop = (event) => {
  event.preventDefault();
  event.stopImmediatePropagation();
};
// On the document, so as to come before Gradio.
const listen = (name, act) => document.addEventListener(name, act, true);
const inPicker = (event) => event.target.closest?.(".chosen");

listen("change", (event) => {
  if (!inPicker(event) || event.target.type !== "file") return;
  const [file, ...others] = event.target.files;
  stop(event);
  event.target.value = ""; // so that the same file can be chosen again
  if (file) give(file, others.length);
});

for (const name of ["dragenter", "dragover", "dragleave", "drop"]) {
  listen(name, (event) => {
    if (!inPicker(event)) return;
    stop(event);
    picker().classList.toggle("dropping", name === "dragenter" || name === "dragover");
    if (name !== "drop") return;
    const [file, ...others] = event.dataTransfer?.files ?? [];
    give(file, others.length);
  });
}

listen("paste", (event) => {
  const [file] = event.clipboardData?.files ?? [];
  const elsewhere = !picker().offsetParent || event.target.closest?.("input:not([type=file]), textarea, [contenteditable]");
  if (!file || elsewhere) return;
  stop(event);
  give(file);
});

const paste = async () => {
  const mine = atelier.picture.takeTurn();
  try {
    const items = await navigator.clipboard.read();
    const [item, type] = items.flatMap((one) => one.types.map((kind) => [one, kind])).find(([, kind]) => kind.startsWith("image/"));
    const content = await item.getType(type);
    if (atelier.picture.isLast(mine)) give(new File([content], `image.${type.slice("image/".length)}`, { type }));
  } catch {
    if (atelier.picture.isLast(mine)) tell(words.paste); // forbidden, not offered by the browser, or no image there
  }
};

listen("click", (event) => {
  const other = event.target.closest?.("button[data-key], .chosen .icon-button-wrapper button");
  if (other) quiet(); // an example, or none, instead of what was refused or is under way
  // Gradio's own two buttons first empty the picker, whatever comes of the dialog.
  const button = event.target.closest?.(".source-selection button");
  if (!button || !inPicker(event)) return;
  stop(event);
  if (button.matches(":last-child")) paste();
  else field().click();
});

// A file that the browser cannot show leaves the plate dark until the server has drawn it, and no broken picture.
for (const name of ["error", "load"]) {
  listen(name, (event) => inPicker(event) && event.target.matches("img") && event.target.classList.toggle("unshown", name === "error"));
}

// Gradio makes these anew with each picture, in the browser's language.
const rename = () => {
  const name = (selector, label) =>
    picker()?.querySelectorAll(selector).forEach((one) => {
      one.setAttribute("aria-label", label);
      if (one.tagName === "BUTTON") one.title = label;
    });
  name(".icon-button-wrapper button", words.remove);
  name(".source-selection button", words.browse);
  name(".source-selection button:last-child", words.clipboard);
  name("button.upload-container, input[type=file]", words.browse);
  field()?.removeAttribute("accept"); // a DICOM file often has no name that a dialog would know
};
new MutationObserver(rename).observe(element.closest(".picker"), { childList: true, subtree: true });
rename();
