"""A simulated picture says so in its file, so that it is known again wherever it comes back from.

A PNG may carry words beside its pixels (a tEXt chunk: PNG specification, W3C 2003, section 11.3.4.3). Pillow writes
the chunk, and the file stays as it is around it: pixels are not compressed again, which would take ten times as long
as the first time, and the network sees the same.
"""

import io
from functools import cache

from PIL.PngImagePlugin import PngInfo, putchunk

_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_WORDS = "simulated by demystifions-ia; not a patient's image"
_AFTER_HEADER = 33  # the signature and the IHDR chunk


@cache
def _chunk() -> bytes:
    info, written = PngInfo(), io.BytesIO()
    info.add_text("Source", _WORDS)
    for kind, content, *_ in info.chunks:
        putchunk(written, kind, content)
    return written.getvalue()


def mark_simulated(png: bytes) -> bytes:
    """The same picture, with the words in it.

    Args:
        png: a PNG file.

    Raises:
        ValueError: if it is no PNG.
    """
    if not png.startswith(_SIGNATURE):
        raise ValueError("only a PNG can be marked as simulated")
    return png[:_AFTER_HEADER] + _chunk() + png[_AFTER_HEADER:]


def is_marked(file: bytes) -> bool:
    """Whether a file carries the words of a simulated picture, where any program that keeps them would put them."""
    return file.startswith(_SIGNATURE) and _chunk() in file[:4096]
