"""The bench of the exercise on groups."""
