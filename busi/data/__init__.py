"""Data sets as tables of images, without a leak between their parts: BUSI, or a folder like it, or simulated images."""
