// Two boxes of places on the wall: none is in both, and an address can hold them.

export const EMPTY = { first: [], second: [] };

// A place goes from the wall into the first box, then into the second, then back.
export const moved = ({ first, second }, place) => {
  const without = (box) => box.filter((one) => one !== place);
  if (first.includes(place)) return { first: without(first), second: [...second, place] };
  if (second.includes(place)) return { first, second: without(second) };
  return { first: [...first, place], second };
};

export const asText = ({ first, second }) => ({ first: first.join("."), second: second.join(".") });

// The boxes of an address, or none if they make no sense on a wall of so many places.
export const fromText = ({ first, second } = {}, places) => {
  const [one, other] = [first, second].map((text) => (text ?? "").split(".").filter(Boolean).map(Number));
  const all = [...one, ...other];
  const isSound = all.every((place) => Number.isInteger(place) && place >= 0 && place < places);
  return isSound && new Set(all).size === all.length ? { first: one, second: other } : EMPTY;
};

// What hinders learning: "too_few", "too_many", or nothing.
export const hindrance = ({ first, second }, { fewest, most }) => {
  if (Math.min(first.length, second.length) < fewest) return "too_few";
  return Math.max(first.length, second.length) > most ? "too_many" : "";
};
