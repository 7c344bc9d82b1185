// The map that a visitor chose among the network's own, as it is passed on: for the pooling that stands below.

const EVENT = "network-map";
let last = null; // { map, size, name }

export const announceMap = (found) => {
  last = found;
  document.dispatchEvent(new CustomEvent(EVENT));
};

// Calls `act` with the map, now if there is one and whenever it is another.
export const followMap = (act) => {
  document.addEventListener(EVENT, () => act(last));
  if (last) act(last);
};
