"""The tab Pour aller plus loin."""
