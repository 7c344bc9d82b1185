// Stands in for d3-interpolate when d3 is bundled: our scales map numbers to pixels, never colours, dates or texts.
export { default as interpolate, default as interpolateNumber } from "../../../../node_modules/d3-interpolate/src/number.js";
export { default as piecewise } from "../../../../node_modules/d3-interpolate/src/piecewise.js";
export { default as interpolateRound } from "../../../../node_modules/d3-interpolate/src/round.js";
