// An image taken to the experiment, a way to make it worse, or the same for many images: the server does it.

export const mount = ({ element, trigger }) => {
  element.addEventListener("click", ({ target }) => {
    const { try: image, way, many } = target.closest("button")?.dataset ?? {};
    if (image) {
      const shown = document.querySelector(".groups-trial")?.dataset.way;
      trigger("apply", { image, way: way ?? shown ?? "blur" });
      if (!way) document.getElementById("groups-trial").scrollIntoView({ block: "start" });
    }
    if (many) trigger("apply", { way: many });
  });
};
