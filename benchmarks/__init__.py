"""Measurements. Each file prints one table, as ratios to a peer measured in the same run."""
