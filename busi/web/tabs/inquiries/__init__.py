"""The tab Enquêtes: short experiments in one frame."""
