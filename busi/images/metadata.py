"""What stands beside the pixels of a PNG, a JPEG or a GIF: left out before decoding.

So broken words break no picture, and many words cost nothing. Of all of it only the orientation matters to us, and how
numbers become colours. Structure of the files: PNG specification (W3C 2003), section 5; ITU T.81, annex B; GIF89a
(CompuServe 1990), sections 15 to 26.
"""

import re
import struct
from collections.abc import Iterator

from PIL import Image

from busi.images.cost import LONGEST_METADATA, MOST_BLOCKS, MOST_PARTS
from busi.images.refused import too_costly

PNG = b"\x89PNG\r\n\x1a\n"
JPEG = b"\xff\xd8\xff"
GIF = (b"GIF87a", b"GIF89a")
ORIENTATION = 0x0112
# Of the chunks that a decoder may do without, those that change a gray level.
_NEEDED_CHUNKS = {b"tRNS"}
_EXIF, _ADOBE, _JFIF = 0xE1, 0xEE, 0xE0
_PADDING = re.compile(rb"\xff*")
_EXTENSION, _CONTROL, _PICTURE = 0x21, 0xF9, 0x2C
# How a picture is turned, by the value of the tag (Exif 2.32, section 4.6.4).
_TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}


def pixels_alone(file: bytes) -> tuple[bytes, int]:
    """A PNG, a JPEG or a GIF without what stands beside its pixels.

    Args:
        file: any file.

    Returns:
        The file, shorter or as it was, and its Exif orientation: 1 if it is to be shown as it is.

    Raises:
        ImageRefused: if it is cut into more parts than any program writes.
    """
    if file.startswith(GIF):
        return _gif_alone(file), 1
    if file.startswith(PNG):
        return _png_alone(file)
    if file.startswith(JPEG):
        return _jpeg_alone(file)
    return file, 1


def orientation_of(exif: bytes) -> int:
    """The orientation that an Exif block names; 1 if it names none, or cannot be read.

    Args:
        exif: with or without "Exif" before it.
    """
    try:
        block = Image.Exif()
        block.load(exif)
        value = int(block.get(ORIENTATION, 1))
    except Exception:  # broken words are no broken picture, and Pillow raises almost anything for them
        return 1
    return value if value in _TURNS else 1


def turned(picture: Image.Image, orientation: int) -> Image.Image:
    """The picture as it is to be seen.

    Args:
        picture: decoded.
        orientation: the value of the Exif tag; values that mean nothing change nothing.
    """
    return picture.transpose(_TURNS[orientation]) if orientation in _TURNS else picture


def significant_bits(file: bytes) -> int | None:
    """How many bits of each number a PNG says to be meant (sBIT); None if it says nothing."""
    for name, data, _ in _chunks(file):
        if name == b"IDAT":  # it stands before the pixels
            return None
        if name == b"sBIT" and data:
            return data[0]
    return None


def _chunks(file: bytes) -> Iterator[tuple[bytes, bytes, bytes]]:
    """Name, data and all bytes of each chunk, as far as whole ones follow each other."""
    place, count = len(PNG), 0
    while place + 12 <= len(file):
        if (count := count + 1) > MOST_PARTS:
            raise too_costly(f"a PNG of more than {MOST_PARTS:,} chunks")
        length, name = struct.unpack_from(">I4s", file, place)
        end = place + 12 + length
        if end > len(file):
            return
        yield name, file[place + 8 : end - 4], file[place:end]
        place = end


def _png_alone(file: bytes) -> tuple[bytes, int]:
    kept, orientation, read = [PNG], 1, len(PNG)
    for name, data, whole in _chunks(file):
        read += len(whole)
        needed = name[:1].isupper()  # the fifth bit of a chunk's name says so
        if needed or name in _NEEDED_CHUNKS:
            kept.append(whole)
        elif name == b"eXIf":
            orientation = orientation_of(data)
        if name == b"IEND":
            return b"".join(kept), orientation
    return b"".join([*kept, file[read:]]), orientation  # cut short: whoever decodes it will say so


def _jpeg_alone(file: bytes) -> tuple[bytes, int]:
    kept, orientation, place, count = [file[:2]], 1, 2, 0
    while place + 4 <= len(file) and file[place] == 0xFF:
        if (count := count + 1) > MOST_PARTS:
            raise too_costly(f"a JPEG of more than {MOST_PARTS:,} segments")
        if (padding := _PADDING.match(file, place)) is None:
            break
        place = padding.end() - 1  # any number of fill bytes may stand before a marker
        marker, length = (
            file[place + 1] if place + 1 < len(file) else 0,
            int.from_bytes(file[place + 2 : place + 4], "big"),
        )
        if marker == 0x01 or 0xD0 <= marker <= 0xD9:  # markers that stand alone
            kept.append(file[place : place + 2])
            place += 2
            continue
        segment = file[place : place + 2 + length]
        if marker == 0xDA or length < 2:  # from here on the pixels
            break
        if marker == _EXIF and segment[4:10] == b"Exif\0\0":
            orientation = orientation_of(segment[4:])
        elif not _is_comment(marker):
            kept.append(segment)
        place += 2 + length
    return b"".join([*kept, file[place:]]), orientation


def _gif_alone(file: bytes) -> bytes:
    """The first picture of a GIF, with what says which of its colours is none."""
    start = 13 + _colours(file[10:11])
    place, control = start, b""
    while place < len(file) and file[place] == _EXTENSION:
        end = _after_blocks(file, place + 2)
        if file[place + 1 : place + 2] == bytes([_CONTROL]):
            control = file[place:end]
        place = end
        if place - start > LONGEST_METADATA:
            raise too_costly("a GIF with a long text before its picture")
    if file[place : place + 1] != bytes([_PICTURE]):
        return file  # damaged: whoever decodes it will say so
    end = _after_blocks(file, place + 10 + _colours(file[place + 9 : place + 10]) + 1)
    return file[:start] + control + file[place:end] + (b";" if end < len(file) else b"")


def _colours(flags: bytes) -> int:
    """Bytes of the table of colours that a header announces."""
    return 3 * 2 ** ((flags[0] & 7) + 1) if flags and flags[0] & 0x80 else 0


def _after_blocks(file: bytes, place: int) -> int:
    """Where the blocks end that begin at a place: each says its length, and one of none is the last."""
    count = 0
    while place < len(file) and file[place]:
        place += 1 + file[place]
        if (count := count + 1) > MOST_BLOCKS:
            raise too_costly("a GIF of very short blocks")
    return min(place + 1, len(file))


def _is_comment(marker: int) -> bool:
    """Whether a JPEG decodes the same without a segment: comments, and what applications write, but two."""
    return marker == 0xFE or (0xE0 <= marker <= 0xEF and marker not in (_ADOBE, _JFIF))
