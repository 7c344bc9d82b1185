// Stands in the page's head, before everything else, and is no module: `atelier.mount(paths, context)` gives a component
// its scripts. `context` is what Gradio has for a component's js_on_load: element, props, watch, trigger, server, upload.
window.atelier = (() => {
  const { base, imports } = document.currentScript.dataset;
  const importsOf = JSON.parse(imports); // of each module, by path
  const announced = new Set(); // modules that the browser was told to fetch, by path
  const root = new URL(base, document.baseURI).href;
  const loaded = {}; // modules, by path
  const listening = new WeakSet(); // elements with a script, there or on its way
  const failures = {}; // how often each could not be loaded, by path

  // Browsers remember that an address failed, so the next try has another one.
  const addressOf = (path) => root + path + (failures[path] ? `?again=${failures[path]}` : "");

  // Tells the browser to fetch a module and whatever it imports, all at once, so that none waits for another.
  const announce = (path) => {
    if (announced.has(path)) return;
    announced.add(path);
    document.head.append(Object.assign(document.createElement("link"), { rel: "modulepreload", href: root + path }));
    for (const imported of importsOf[path]) announce(imported);
  };

  // The module, or undefined if it cannot be had now (the network may be lost), which is told once.
  const load = async (path) => {
    announce(path);
    try {
      loaded[path] = await import(addressOf(path));
    } catch (error) {
      if (!failures[path]) console.error(`The script ${path} could not be loaded:`, error);
      failures[path] = (failures[path] ?? 0) + 1;
    }
    return loaded[path];
  };

  // A value that changes while the module is still on its way is told to it as soon as it is mounted.
  const mountLater = async (path, context) => {
    let isChanged = false;
    context.watch("value", () => {
      isChanged = true;
    });
    const module = await load(path);
    const watchers = [];
    const watch = (names, act) => {
      watchers.push(act);
      context.watch(names, act);
    };
    module?.mount({ ...context, watch });
    if (isChanged) for (const act of watchers) act();
  };

  // What is done while nobody listens yet is done again as soon as somebody does: settings that were moved, then the last
  // button that was pressed.
  const actAgain = async (element, mounted) => {
    const moved = new Set();
    let pressed = null;
    const remember = ({ type, target }) => {
      if (type === "input") moved.add(target);
      else pressed = target.closest("button");
    };
    for (const type of ["input", "click"]) element.addEventListener(type, remember, { capture: true });
    await mounted;
    for (const type of ["input", "click"]) element.removeEventListener(type, remember, { capture: true });
    for (const one of moved) if (one.isConnected) one.dispatchEvent(new Event("input", { bubbles: true }));
    if (pressed?.isConnected) pressed.click();
  };

  const mount = (paths, context) => {
    const late = paths.filter((path) => !loaded[path]);
    for (const path of paths) if (loaded[path]) loaded[path].mount(context);
    const mounted = Promise.all(late.map((path) => mountLater(path, context)));
    if (late.length === paths.length && !listening.has(context.element)) actAgain(context.element, mounted);
    listening.add(context.element);
  };

  // All modules of a folder, as "tabs/data/".
  const announceFolder = (folder) => {
    for (const path of Object.keys(importsOf)) if (path.startsWith(folder)) announce(path);
  };

  return { mount, announceFolder };
})();
