"""The shortcut: a small network learns to read a mark instead of a lesion."""
