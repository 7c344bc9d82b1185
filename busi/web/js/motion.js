// Motion only for those who have not asked for none.

export const prefersStillness = () => matchMedia("(prefers-reduced-motion: reduce)").matches;
