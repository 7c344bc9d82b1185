"""Parts of a page that several tabs share: each with its markup, looks and script beside it, under its name."""
