// What our charts use of d3; `make vendor` bundles it, with all that it needs, into ../d3.js.
export { scaleLinear } from "d3-scale";
export { area, line } from "d3-shape";
