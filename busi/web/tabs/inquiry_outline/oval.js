// The path of an oval, in shares of a picture's sides, for whoever draws with knobs instead of a finger.

const PLACES = 60;

export const oval = ({ across, down, width, height }) =>
  Array.from({ length: PLACES }, (_, number) => {
    const turn = (2 * Math.PI * number) / PLACES;
    const place = [across + (width / 2) * Math.cos(turn), down + (height / 2) * Math.sin(turn)];
    return place.map((share) => Math.min(1, Math.max(0, share)));
  });
