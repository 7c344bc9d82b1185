"""Answering: from an image to a Prediction, the images to choose from, and what the pages work with."""
