"""What visitors try: computed for real when they ask, without a page."""
