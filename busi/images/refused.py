"""Why a picture cannot be used."""

MIN_SIDE = 32
MAX_PIXELS = 40_000_000


class ImageRefused(ValueError):
    """A picture that cannot be used, with a reason that the page can put into the visitor's words.

    Attributes:
        reason: one of "missing", "not_an_image", "unreadable_kind", "empty", "truncated", "too_small", "too_large",
            "bad_values", "flat".
        details: what belongs to the reason: width, height, limit, or the kind of file.
    """

    def __init__(self, reason: str, message: str, **details: int | str) -> None:
        """Keeps the reason and its details beside the English message."""
        super().__init__(message)
        self.reason = reason
        self.details = details


def unreadable(kind: str) -> ImageRefused:
    """A picture of a kind that is known, in a variety that is not.

    Args:
        kind: its name, as "TIFF".
    """
    return ImageRefused("unreadable_kind", f"this kind of {kind} cannot be read", kind=kind)


def check_size(width: int, height: int, bytes_per_pixel: int = 4) -> None:
    """Refuses a picture by its declared size, before anything of it is decoded.

    Args:
        width: in pixels.
        height: in pixels.
        bytes_per_pixel: of the decoded picture; beyond four, fewer pixels are let in.

    Raises:
        ImageRefused: if a side is under 32 pixels, or the picture over 40 megapixels.
    """
    most = MAX_PIXELS * 4 // max(4, bytes_per_pixel)
    if width * height > most:
        limit = most // 1_000_000
        message = f"a picture may have {limit} megapixels at most, got {width} x {height}"
        raise ImageRefused("too_large", message, width=width, height=height, limit=limit)
    if min(width, height) < MIN_SIDE:
        message = f"a picture must have {MIN_SIDE} pixels a side at least, got {width} x {height}"
        raise ImageRefused("too_small", message, width=width, height=height, limit=MIN_SIDE)
