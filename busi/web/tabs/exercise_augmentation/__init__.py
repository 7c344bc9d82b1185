"""The bench of the exercise on augmentation."""
