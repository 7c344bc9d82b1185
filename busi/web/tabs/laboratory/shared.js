// A page whose address carries a lesion opens with the laboratory.

export const mount = ({ trigger }) => {
  if (/[?&]lesion=/.test(location.search)) trigger("apply");
};
