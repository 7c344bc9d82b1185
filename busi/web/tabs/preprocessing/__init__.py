"""The tab Prétraitement."""
