"""What a picture costs to decode, told before it is: how many bytes, and how many steps.

Bytes for each pixel were measured by format (`tests/integration/test_bombs.py` holds them): the decoder's own planes,
the picture that it makes, and the gray levels made of that, strip by strip. Steps are counted where a file of few
pixels can ask for many: scans of a progressive JPEG, which all go over the whole picture; chunks, segments and blocks,
which are looked at one by one; runs of one pixel.
"""

import re
import struct

from PIL import Image

from busi.images.refused import check_size, too_costly

# Real encoders write some ten scans; a phone's file may hold a second and a third picture.
MOST_SCANS = 100
MOST_SCANNED = 400_000_000  # pixels times scans: ten scans of the largest picture
MOST_PARTS = 50_000  # chunks of a PNG, segments of a JPEG: programs write them some kilobytes long
MOST_BLOCKS = 200_000  # of a GIF's picture: programs write them of 255 bytes
MOST_RUNS = 1_000_000  # of a compressed BMP, which Pillow unpacks in Python
LONGEST_METADATA = 1_000_000  # bytes of a GIF before its first picture

_GRAY = 1  # what comes out
_DEEP = {"I;16": 2, "I;16B": 2, "I;16L": 2, "I;16N": 2, "I": 16, "F": 16}
# More than is held: what takes long to bring to eight bits, to lay on black or to turn into red, green and blue.
_DEEP_COLOUR, _TRANSPARENT, _INK = 40, 10, 8
# Beyond the picture that Pillow makes: planes, a canvas for the animation, the frame as bytes.
_DECODERS = {"WEBP": 14, "AVIF": 4.5, "HEIF": 4.5, "GIF": 4}
_SCAN = b"\xff\xda"
_FRAME = re.compile(rb"\xff[\xc0-\xc3\xc5-\xc7\xc9-\xcb\xcd-\xcf\xf7](..)(.)(..)(..)(.)", re.DOTALL)


def check_cost(
    picture: Image.Image, file: bytes, deep_colour: bool = False, true_size: tuple[int, int] | None = None
) -> None:
    """Refuses a picture by what decoding it would take.

    Args:
        picture: opened by Pillow, not decoded.
        file: its bytes.
        deep_colour: whether its colours have 16 bits, of which Pillow tells eight.
        true_size: width and height that its file has, if it is to be decoded at a smaller size.

    Raises:
        ImageRefused: if it is too small, too large for its kind, or would take too many steps.
    """
    scans, (width, height) = 1, true_size or picture.size
    if picture.format in ("JPEG", "MPO"):
        scans = check_scans(file, width * height)
    share = picture.width * picture.height / max(1, width * height)
    check_size(width, height, _DEEP_COLOUR if deep_colour else _bytes_per_pixel(picture, scans, share))
    if picture.format in ("BMP", "DIB") and file[30:31] in (b"\1", b"\2") and len(file) > 2 * MOST_RUNS:
        raise too_costly(f"a compressed BMP of {len(file):,} bytes")


def check_webp(file: bytes) -> None:
    """Refuses a WebP that is too large before it is opened, since opening it makes room for all of it.

    Args:
        file: its bytes (RFC 9649, sections 2.5 to 2.7).

    Raises:
        ImageRefused: if it is too large.
    """
    if file[:4] != b"RIFF" or file[8:12] != b"WEBP" or len(file) < 30:
        return
    if file[12:16] == b"VP8X":
        width, height = (1 + int.from_bytes(file[place : place + 3], "little") for place in (24, 27))
    elif file[12:16] == b"VP8L":
        sizes = int.from_bytes(file[21:25], "little")
        width, height = 1 + (sizes & 0x3FFF), 1 + (sizes >> 14 & 0x3FFF)
    else:
        width, height = (int.from_bytes(file[place : place + 2], "little") & 0x3FFF for place in (26, 28))
    check_size(width, height, 4 + _GRAY + _DECODERS["WEBP"])


def check_scans(jpeg: bytes, pixels: int) -> int:
    """Counts the scans of a JPEG, none too few.

    Args:
        jpeg: the file.
        pixels: of the picture.

    Returns:
        How many there are at most.

    Raises:
        ImageRefused: if there are more than any encoder writes for a picture of this size.
    """
    scans = jpeg.count(_SCAN)
    if scans > MOST_SCANS or (scans > 1 and scans * pixels > MOST_SCANNED):
        raise too_costly(f"a JPEG of {scans:,} scans")
    return scans


def check_jpeg_inside(jpeg: bytes, width: int, height: int) -> None:
    """Refuses a JPEG within another file that is larger than that says, or has too many scans.

    Args:
        jpeg: the bytes of one strip, tile or frame.
        width: that the file around it declares, in pixels.
        height: in pixels.

    Raises:
        ImageRefused: if it would cost more than was declared.
    """
    for frame in _FRAME.finditer(jpeg[:LONGEST_METADATA]):
        inner_height, inner_width = (struct.unpack(">H", frame[part])[0] for part in (3, 4))
        if inner_width * inner_height > 2 * width * height + 256 * 256 and _is_frame(frame):
            raise too_costly(f"a JPEG of {inner_width} x {inner_height} where {width} x {height} was declared")
    check_scans(jpeg, width * height)


def check_jpeg_2000_inside(codestream: bytes, width: int, height: int) -> None:
    """The same for JPEG 2000, whose size stands behind its first marker (ISO/IEC 15444-1, A.5.1).

    Args:
        codestream: the bytes of one strip, tile or frame, with or without a JP2 file around it.
        width: that the file around it declares, in pixels.
        height: in pixels.

    Raises:
        ImageRefused: if it is larger than was declared.
    """
    start = codestream.find(b"\xff\x4f\xff\x51")
    if start < 0 or len(codestream) < start + 40:
        raise too_costly("a JPEG 2000 that does not say its size")
    right, bottom, left, top = struct.unpack_from(">4I", codestream, start + 8)
    if (right - left) * (bottom - top) > 2 * width * height + 256 * 256:
        raise too_costly(f"a JPEG 2000 of {right - left} x {bottom - top} where {width} x {height} was declared")


def _is_frame(found: re.Match) -> bool:
    """Whether what looks like the start of a frame is one: its length fits its number of components."""
    return struct.unpack(">H", found[1])[0] == 8 + 3 * found[5][0]


def _bytes_per_pixel(picture: Image.Image, scans: int, share: float) -> float:
    stored = 1 if picture.mode in ("1", "L", "P") else 4
    per_pixel = _DEEP.get(picture.mode, stored) + _GRAY + _DECODERS.get(picture.format or "", 0)
    if picture.has_transparency_data:
        per_pixel = max(per_pixel, _TRANSPARENT)
    if picture.mode == "CMYK":
        per_pixel = max(per_pixel, _INK)
    return per_pixel * share + (_coefficients(picture) if scans > 1 else 0)


def _coefficients(picture: Image.Image) -> float:
    """Bytes that libjpeg holds for each pixel between one scan and the next: two for each of a component's numbers."""
    layers = getattr(picture, "layer", None) or [(0, 1, 1, 0)] * 4
    widest, tallest = max(one[1] for one in layers), max(one[2] for one in layers)
    return 2 * sum(one[1] * one[2] for one in layers) / max(1, widest * tallest)
