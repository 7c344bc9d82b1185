// The four ways in which a visitor gives a file: dropped, pasted, chosen in a dialog, and the button that pastes. Each
// ends here and not in Gradio, which lets in what the browser calls an image, by the file's name, and refuses all else
// in the browser's language. Whether a file is a picture is for the server to decide, by its content.

import { picture, unpress } from "../js/picture.js";

const listenedTo = new WeakSet(); // fields for a file

const picker = () => document.querySelector(".chosen");
const fileField = () => picker()?.querySelector("input[type=file]");
const isInPicker = ({ target }) => Boolean(target.closest?.(".chosen"));

// On the document, so as to come before Gradio.
const listen = (name, act) => document.addEventListener(name, act, true);

const stop = (event) => {
  event.preventDefault();
  event.stopImmediatePropagation();
};

const addressOf = (path) => {
  const { root, api_prefix: prefix } = window.gradio_config;
  return new URL(root, location).pathname.replace(/\/$/, "") + prefix + path;
};

// Where the server put a file, or null if it did not arrive.
const send = async (file) => {
  const form = new FormData();
  form.append("files", file, file.name || "image");
  try {
    const answer = await fetch(addressOf("/upload"), { method: "POST", body: form });
    return answer.ok ? (await answer.json())[0] : null;
  } catch {
    return null; // no connection, or a folder, which browsers pass for a file
  }
};

// What Gradio knows of a file that the server has.
const fileData = (path, file) => ({
  path,
  url: location.origin + addressOf(`/file=${path}`),
  orig_name: file.name,
  size: file.size,
  meta: { _type: "gradio.FileData" },
});

// The image in the clipboard; fails if that is forbidden or not offered by the browser, or if there is none.
const imageInClipboard = async () => {
  const items = await navigator.clipboard.read();
  const [item, type] = items
    .flatMap((one) => one.types.map((kind) => [one, kind]))
    .find(([, kind]) => kind.startsWith("image/"));
  return new File([await item.getType(type)], `image.${type.slice("image/".length)}`, { type });
};

// The two lines under the picker: what went wrong, and that a file is under way.
const linesOf = (element) => {
  const [banner, status] = [element.querySelector("[role=alert]"), element.querySelector("[role=status]")];
  const say = (sentence) => {
    banner.removeAttribute("data-judged"); // what stands here is not the server's; see picker_note.js
    banner.textContent = sentence;
    banner.hidden = !sentence;
  };
  const sending = (isUnderWay) => {
    status.hidden = !isUnderWay;
  };
  return { say, sending };
};

// Why a file is not even sent; empty if it is.
const refusalOf = (file, sentences) => {
  if (!file) return sentences.kind;
  if (file.size > Number(sentences.limit)) return sentences.large;
  return file.size === 0 ? sentences.empty : "";
};

const takeFrom = (event) => {
  const [file, ...others] = event.target.files;
  stop(event);
  event.target.value = ""; // so that the same file can be chosen again
  if (file) give(file, others.length);
};

const takeChosen = () =>
  listen("change", (event) => {
    if (isInPicker(event) && event.target.type === "file") takeFrom(event);
  });

// A picture that comes while a dialog is open takes the place of the field that the dialog is for: what is chosen then
// reaches nobody but who listens to the field itself.
const takeFromLostField = (field) => {
  if (!field || listenedTo.has(field)) return;
  listenedTo.add(field);
  field.addEventListener("change", takeFrom, true);
};

const takeDropped = (give) => {
  for (const name of ["dragenter", "dragover", "dragleave", "drop"]) {
    listen(name, (event) => {
      if (!isInPicker(event)) return;
      stop(event);
      picker().classList.toggle("dropping", name === "dragenter" || name === "dragover");
      if (name !== "drop") return;
      const [file, ...others] = event.dataTransfer?.files ?? [];
      give(file, others.length);
    });
  }
};

const takePasted = (give) =>
  listen("paste", (event) => {
    const [file] = event.clipboardData?.files ?? [];
    const isForText = event.target.closest?.("input:not([type=file]), textarea, [contenteditable]");
    if (!file || !picker()?.offsetParent || isForText) return;
    stop(event);
    give(file);
  });

// An example, or none, makes an end of what was refused or is under way. Gradio's own two buttons would first empty the
// picker, whatever comes of the dialog.
const takeClicks = (quiet, paste) =>
  listen("click", (event) => {
    if (event.target.closest?.("button[data-key], .chosen .icon-button-wrapper button")) quiet();
    const button = event.target.closest?.(".source-selection button");
    if (!button || !isInPicker(event)) return;
    stop(event);
    if (button.matches(":last-child")) paste();
    else fileField().click();
  });

// A file that the browser cannot show leaves the plate dark until the server has drawn it, and no broken picture.
const hideBroken = () => {
  for (const name of ["error", "load"]) {
    listen(name, (event) => {
      if (isInPicker(event) && event.target.matches("img")) event.target.classList.toggle("unshown", name === "error");
    });
  }
};

// Gradio makes its buttons, and the field, anew with each picture, the former in the browser's language.
const nameButtons = ({ remove, browse, clipboard }, place) => {
  const call = (selector, label) => {
    for (const one of picker()?.querySelectorAll(selector) ?? []) {
      one.setAttribute("aria-label", label);
      if (one.tagName === "BUTTON") one.title = label;
    }
  };
  const rename = () => {
    call(".icon-button-wrapper button", remove);
    call(".source-selection button", browse);
    call(".source-selection button:last-child", clipboard);
    call("button.upload-container, input[type=file]", browse);
    fileField()?.removeAttribute("accept"); // a DICOM file often has no name that a dialog would know
    takeFromLostField(fileField());
  };
  new MutationObserver(rename).observe(place, { childList: true, subtree: true });
  rename();
};

// What the component gives once Gradio has made it: its sentences, its two lines, and the event that tells Gradio.
let prepare;
const component = new Promise((resolve) => {
  prepare = resolve;
});

export const mount = ({ element, trigger }) => {
  const sentences = element.querySelector("[data-words]").dataset;
  hideBroken();
  nameButtons(sentences, element.closest(".picker"));
  picture.announceAgain = () => trigger("apply");
  prepare({ sentences, trigger, ...linesOf(element) });
};

const quiet = async () => {
  const { say, sending } = await component;
  say("");
  sending(false);
};

const give = async (file, others = 0) => {
  const { sentences, trigger, say, sending } = await component;
  const refusal = refusalOf(file, sentences);
  say(refusal);
  if (refusal) return;
  const turn = picture.takeTurn();
  sending(true);
  const path = await send(file);
  if (!picture.isLast(turn)) return; // something else has been chosen since
  sending(false);
  say(!path ? sentences.lost : others > 0 ? sentences.first : "");
  if (!path) return;
  unpress();
  picture.given = fileData(path, file);
  trigger("upload");
};

const paste = async () => {
  const turn = picture.takeTurn();
  try {
    const file = await imageInClipboard();
    if (picture.isLast(turn)) give(file);
  } catch {
    const { sentences, say } = await component;
    if (picture.isLast(turn)) say(sentences.paste);
  }
};

// From the page's first moment: a file that is given before Gradio has made the picker must not go another way.
export const takeFiles = () => {
  takeChosen();
  takeDropped(give);
  takePasted(give);
  takeClicks(quiet, paste);
};
