"""Why a picture cannot be used, and what reading one may cost.

A file of two kilobytes can ask for gigabytes. So what a decoder will hold is told from the header, as bytes for each
pixel, and a picture that would take too many is refused before anything of it is decoded.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

MIN_SIDE = 32
MAX_PIXELS = 40_000_000
MOST_BYTES = 200_000_000  # that reading a picture may hold at once

_allowed: ContextVar[int] = ContextVar("allowed", default=MOST_BYTES)


class ImageRefused(ValueError):
    """A picture that cannot be used, with a reason that the page can put into the visitor's words.

    Attributes:
        reason: one of "missing", "not_an_image", "unreadable_kind", "empty", "truncated", "too_small", "too_large",
            "too_costly", "busy", "bad_values", "flat".
        details: what belongs to the reason: width, height, limit, or the kind of file.
    """

    def __init__(self, reason: str, message: str, **details: int | str) -> None:
        """Keeps the reason and its details beside the English message."""
        super().__init__(message)
        self.reason = reason
        self.details = details


class NotHere(ImageRefused):
    """A picture that may be read, though not within what `no_more_than` allows for the moment."""


def unreadable(kind: str) -> ImageRefused:
    """A picture of a kind that is known, in a variety that is not.

    Args:
        kind: its name, as "TIFF".
    """
    return ImageRefused("unreadable_kind", f"this kind of {kind} cannot be read", kind=kind)


def too_costly(why: str) -> ImageRefused:
    """A picture that would take too long to decode, or too much memory.

    Args:
        why: what of it is too much.
    """
    return ImageRefused("too_costly", f"the picture takes too much work to open: {why}")


@contextmanager
def no_more_than(most_bytes: int) -> Iterator[None]:
    """Within the block, pictures that take more than this are not read.

    Args:
        most_bytes: that reading one may hold.
    """
    before = _allowed.set(most_bytes)
    try:
        yield
    finally:
        _allowed.reset(before)


def check_size(width: int, height: int, bytes_per_pixel: float = 1) -> None:
    """Refuses a picture by its declared size, before anything of it is decoded.

    Args:
        width: in pixels.
        height: in pixels.
        bytes_per_pixel: that reading holds at once, all copies together; beyond six, fewer pixels are let in.

    Raises:
        ImageRefused: if a side is under 32 pixels, or the picture over 40 megapixels, or over `MOST_BYTES` in all.
        NotHere: if it is over what `no_more_than` allows.
    """
    most = min(MAX_PIXELS, int(MOST_BYTES / max(1, bytes_per_pixel)))
    if width * height > most:
        limit = max(1, most // 1_000_000)
        message = f"such a picture may have {limit} megapixels at most, got {width} x {height}"
        raise ImageRefused("too_large", message, width=width, height=height, limit=limit)
    if min(width, height) < MIN_SIDE:
        message = f"a picture must have {MIN_SIDE} pixels a side at least, got {width} x {height}"
        raise ImageRefused("too_small", message, width=width, height=height, limit=MIN_SIDE)
    if width * height * bytes_per_pixel > _allowed.get():
        raise NotHere("busy", f"{width} x {height} pixels are too many to be read here")
