"""The tab Les données."""
