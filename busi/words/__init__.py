"""The words: the classes, the exercises, and all that a visitor reads, in French and in English (content/)."""
