"""The tab Laboratoire."""
