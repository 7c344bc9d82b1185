// What is printed while the ending is open: itself and nothing else, black on white, on a sheet that is there as long as
// the printing takes. Wherever else somebody prints, the page prints as it is.

const SHEET = "print-sheet";

const sheetOf = (ending, notice) => {
  const sheet = document.createElement("div");
  sheet.className = SHEET;
  const title = document.createElement("h1");
  title.textContent = document.title;
  const foot = document.createElement("p");
  foot.className = "notice-of";
  foot.textContent = notice;
  sheet.append(title, ending.cloneNode(true), foot);
  return sheet;
};

export const printAlone = (ending, notice) => {
  const begin = () => {
    if (!ending.offsetParent || document.querySelector(`.${SHEET}`)) return;
    document.body.append(sheetOf(ending, notice));
  };
  const end = () => document.querySelector(`.${SHEET}`)?.remove();
  window.addEventListener("beforeprint", begin);
  window.addEventListener("afterprint", end);
};
