"""The bench of the exercise on confidence."""
