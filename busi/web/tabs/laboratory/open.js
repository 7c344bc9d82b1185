// Once, when the tab opens: the lesion that the page's address carries.

export const mount = ({ trigger }) => trigger("apply", { query: location.search });
