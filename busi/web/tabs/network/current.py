"""The image that the tab Le réseau (CNN) looks at: the chosen one, or one that stands in until one is chosen."""

from dataclasses import dataclass

import numpy as np

from busi.lessons.first_pair import first_pair
from busi.server.decoding import read_upload
from busi.serving.gallery import Example, source_of
from busi.web.page import Page


@dataclass(frozen=True)
class Current:
    """The image that is looked at.

    Attributes:
        image: uint8 (H, W).
        source: where it is from, as `Example.source`; empty for a visitor's own.
        chosen: whether the visitor chose it; else it stands in until one is chosen.
        key: what the gallery calls it; empty for a visitor's own.
    """

    image: np.ndarray
    source: str
    chosen: bool
    key: str = ""

    @classmethod
    def of(cls, example: Example, chosen: bool) -> "Current":
        """An example of the gallery; `chosen` as above."""
        return cls(example.image, example.source, chosen, example.key)


def current_image(page: Page, path: str | None) -> Current:
    """The chosen image, or the one that stands in while there is none.

    Args:
        page: whose gallery it may be of.
        path: of the chosen image's file, if any.

    Raises:
        ImageRefused: if the file is no picture that can be used.
    """
    if path is None:
        return Current.of(stand_in(page), chosen=False)
    example = page.workshop.gallery.recognise(path)
    if example and example.key:
        return Current.of(example, chosen=True)
    return Current(read_upload(path).image, source_of(example), chosen=True)


def stand_in(page: Page) -> Example:
    """The case that a visitor meets first, where the network alerts without need; else the gallery's first.

    Args:
        page: of whose gallery.
    """
    gallery = page.workshop.gallery
    if pair := first_pair(gallery, page.bundle):
        return pair[0]
    return next(iter(gallery.page(0, gallery.ultrasound)), next(iter(gallery.examples.values())))
