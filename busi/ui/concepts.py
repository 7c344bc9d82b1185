"""Six concepts to try (being written)."""

from busi.gallery import Gallery
from busi.text import Words
from busi.ui.components import Picture


def concepts(words: Words, gallery: Gallery, picture: Picture, weights: int | None = None) -> None:
    """Placeholder until the part is written."""
