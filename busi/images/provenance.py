"""A simulated picture says so in its file, so that it is known again wherever it comes back from.

A PNG may carry words beside its pixels (a tEXt chunk: PNG specification, W3C 2003, section 11.3.4.3). Pixels stay as
they are, so the network sees the same.
"""

import struct
import zlib

_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_WORDS = b"Source\x00simulated by demystifions-ia; not a patient's image"
_AFTER_HEADER = 33  # the signature and the IHDR chunk


def mark_simulated(png: bytes) -> bytes:
    """The same picture, with the words in it.

    Args:
        png: a PNG file.

    Raises:
        ValueError: if it is no PNG.
    """
    if not png.startswith(_SIGNATURE):
        raise ValueError("only a PNG can be marked as simulated")
    chunk = b"tEXt" + _WORDS
    marked = struct.pack(">I", len(_WORDS)) + chunk + struct.pack(">I", zlib.crc32(chunk))
    return png[:_AFTER_HEADER] + marked + png[_AFTER_HEADER:]


def is_marked(file: bytes) -> bool:
    """Whether a file carries the words of a simulated picture, where any program that keeps them would put them."""
    return file.startswith(_SIGNATURE) and b"tEXt" + _WORDS in file[:4096]
