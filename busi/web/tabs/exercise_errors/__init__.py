"""The bench of the exercise on errors."""
