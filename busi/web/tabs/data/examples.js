// Examples of each class: their outlines, switched on and off, and the next ones, which the server draws.

export const mount = ({ element, watch, trigger }) => {
  let isOutlined = false; // also when other examples come

  const showOutlines = () => element.querySelector(".example-rows").classList.toggle("outlined", isOutlined);

  element.addEventListener("input", ({ target }) => {
    if (!target.matches("[data-outline]")) return;
    isOutlined = target.checked;
    showOutlines();
  });
  element.addEventListener("click", ({ target }) => {
    const button = target.closest("button[data-page]");
    if (!button) return;
    isOutlined = element.querySelector("[data-outline]").checked;
    trigger("apply", { page: Number(button.dataset.page) });
  });
  watch("value", () => {
    const toggle = element.querySelector("[data-outline]");
    if (!toggle) return;
    toggle.checked = isOutlined;
    showOutlines();
  });
  if (element.querySelector("[data-to-come]")) trigger("apply", { page: 0 });
};
