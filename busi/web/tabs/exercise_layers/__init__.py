"""The bench of the exercise on layers."""
