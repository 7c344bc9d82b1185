// The page's language, which its address tells: English under /en, French elsewhere.

export const languageOf = (path) => (/\/en\/?$/.test(path) ? "en" : "fr");

export const language = languageOf(globalThis.location?.pathname ?? "/");
