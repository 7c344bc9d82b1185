"""Training: from a recipe and a table of images to a bundle."""
