"""The tabs and the exercises, a folder each: layout, callbacks, markup, looks and scripts."""
