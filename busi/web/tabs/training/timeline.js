// The stages of a training on one line of time: the epochs of the second begin where those of the first end.

// { real: 6 }: how far each stage is moved to the right, by its name.
export const offsets = (curves) => {
  let at = 0;
  return Object.fromEntries(
    Object.entries(curves).map(([name, rows]) => {
      const begins = at;
      at += rows.at(-1)[0];
      return [name, begins];
    }),
  );
};

export const lengthOf = (curves) => Object.values(curves).reduce((sum, rows) => sum + rows.at(-1)[0], 0);

// What each of two losses is at an epoch: before the first there is none.
export const lossesAt = (curves, { stage, epoch }) => curves[stage]?.find(([number]) => number === epoch)?.slice(1);

// How strongly a place is coloured, 0 to 1: 1 is the strongest of all moments.
export const strength = (value, top) => (top > 0 ? Math.min(1, Math.abs(value) / top) : 0);

export const highest = (grids) => Math.max(0, ...grids.flat(2).map(Math.abs));
