"""DICOM: the first frame of an image, in gray levels as its header asks for them, and nothing else of the header.

Only the tags that say how pixels are stored and shown are read; names, dates and numbers of patients never enter the
program's memory as such, nor a message. How stored numbers become gray levels: DICOM PS3.3, C.11.1 (modality LUT) and
C.11.2 (VOI LUT, or a window), C.7.6.3.1.2 for MONOCHROME1.
"""

import io
import logging
import warnings
import zlib
from collections.abc import Callable
from itertools import count
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image

from busi.images.cost import MOST_RUNS, check_jpeg_2000_inside, check_jpeg_inside
from busi.images.levels import Range, is_flat, to_levels
from busi.images.refused import ImageRefused, check_size, too_costly, unreadable

if TYPE_CHECKING:
    from pydicom import Dataset

_PREAMBLE = 128
_TAGS = [
    "SamplesPerPixel",
    "PhotometricInterpretation",
    "PlanarConfiguration",
    "NumberOfFrames",
    "Rows",
    "Columns",
    "BitsAllocated",
    "BitsStored",
    "HighBit",
    "PixelRepresentation",
    "WindowCenter",
    "WindowWidth",
    "VOILUTFunction",
    "VOILUTSequence",
    "RescaleIntercept",
    "RescaleSlope",
    "RescaleType",
    "ModalityLUTSequence",
    "RedPaletteColorLookupTableDescriptor",
    "GreenPaletteColorLookupTableDescriptor",
    "BluePaletteColorLookupTableDescriptor",
    "RedPaletteColorLookupTableData",
    "GreenPaletteColorLookupTableData",
    "BluePaletteColorLookupTableData",
    "SegmentedRedPaletteColorLookupTableData",
    "SegmentedGreenPaletteColorLookupTableData",
    "SegmentedBluePaletteColorLookupTableData",
    "PixelData",
    "ExtendedOffsetTable",
    "ExtendedOffsetTableLengths",
]
# Compressed kinds that pydicom leaves to others, by the end of their name; imagecodecs decodes them.
_CODECS = {
    "4.51": "jpeg8_decode",
    "4.57": "jpeg_decode",
    "4.70": "jpeg_decode",
    "4.80": "jpegls_decode",
    "4.81": "jpegls_decode",
    "4.90": "jpeg2k_decode",
    "4.91": "jpeg2k_decode",
}
_SYNTAXES = "1.2.840.10008.1.2."
_LONG = (b"OB", b"OD", b"OF", b"OL", b"OV", b"OW", b"SQ", b"SV", b"UC", b"UN", b"UR", b"UT", b"UV")
_DEFLATED, _RUNS = f"{_SYNTAXES}1.99", f"{_SYNTAXES}5"
MOST_ELEMENTS = 20_000  # before the pixels; an image has some hundred
MOST_UNPACKED = 50_000_000  # bytes of a deflated file


def is_dicom(file: bytes) -> bool:
    """Whether a file is DICOM, with or without the 128 bytes before its mark.

    Without, the first element must be of one of the first groups, as files written before 1993 begin.
    """
    if file[_PREAMBLE : _PREAMBLE + 4] == b"DICM":
        return True
    explicit = file[4:6].isalpha() and file[4:6].isupper()
    return file[:2] in (b"\x02\0", b"\x08\0") and file[3:4] == b"\0" and (explicit or file[6:8] == b"\0\0")


def read_dicom(file: bytes) -> Image.Image:
    """The first frame of an image.

    Args:
        file: the bytes of a DICOM file.

    Returns:
        A decoded picture of eight bits a channel, gray or RGB.

    Raises:
        ImageRefused: if it holds no image, is damaged, too small or too large, or compressed in a way that is unknown.
    """
    header = _header(file)
    if not all(name in header for name in ("Rows", "Columns", "PixelData")):
        raise ImageRefused("not_an_image", "this DICOM file holds no image")
    try:
        numbers = max(1, header.BitsAllocated // 8) * max(1, header.get("SamplesPerPixel", 1))
        check_size(int(header.Columns), int(header.Rows), 4.5 * numbers + 3)
        _check_frame(header)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return Image.fromarray(_levels(header))
    except ImageRefused:
        raise
    except Exception as error:  # whatever a decoder raises, the file is at fault; its words may hold a patient's
        raise unreadable("DICOM") from error.__class__("the decoder's own words are left out")


def _header(file: bytes) -> "Dataset":
    from pydicom import config, filereader  # here, because few pictures need it

    logging.getLogger("pydicom").setLevel(logging.CRITICAL)
    config.settings.reading_validation_mode = config.IGNORE
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            _check_unpacked(file)
            return filereader.read_partial(io.BytesIO(file), _counted(), force=True, specific_tags=_tags())
    except ImageRefused:
        raise
    except Exception as error:  # a damaged header makes it raise almost anything
        raise ImageRefused("truncated", "the DICOM file is damaged or incomplete") from type(error)("left out")


def _tags() -> list:
    from pydicom.tag import Tag

    return [Tag(name) for name in _TAGS]


def _counted() -> Callable[..., bool]:
    """Never stops the reading, but for a file of so many elements that it would take seconds."""
    elements = count(1)

    def stop(*_) -> bool:
        if next(elements) > MOST_ELEMENTS:
            raise too_costly(f"a DICOM file of more than {MOST_ELEMENTS:,} elements")
        return False

    return stop


def _check_unpacked(file: bytes) -> None:
    """Refuses a deflated file that unpacks to very much, before it is unpacked (PS3.5, A.5)."""
    if _DEFLATED.encode() not in file[:4096]:
        return
    unpacker = zlib.decompressobj(-zlib.MAX_WBITS)
    left, unpacked = file[_after_meta(file) :], 0
    while left and unpacked <= MOST_UNPACKED:
        part = unpacker.decompress(left, 2**20)
        unpacked, left = unpacked + len(part), unpacker.unconsumed_tail
    if unpacked > MOST_UNPACKED:
        raise too_costly(f"a deflated DICOM file of more than {MOST_UNPACKED // 1_000_000} MB")


def _after_meta(file: bytes) -> int:
    """Where the elements of group 2 end, which are never deflated, and always explicit (PS3.10, 7.1)."""
    place = _PREAMBLE + 4 if file[_PREAMBLE : _PREAMBLE + 4] == b"DICM" else 0
    while file[place : place + 2] == b"\2\0":
        long = file[place + 4 : place + 6] in _LONG
        length = int.from_bytes(file[place + 8 : place + 12] if long else file[place + 6 : place + 8], "little")
        place += (12 if long else 8) + length
    return place


def _check_frame(header: "Dataset") -> None:
    """Refuses a compressed frame that is larger than the header says, or would take too many steps."""
    from pydicom.encaps import get_frame

    syntax = str(header.file_meta.get("TransferSyntaxUID", "")) if hasattr(header, "file_meta") else ""
    jpeg_2000 = syntax.startswith((f"{_SYNTAXES}4.9", f"{_SYNTAXES}4.20"))
    if not jpeg_2000 and not syntax.startswith((f"{_SYNTAXES}4.", _RUNS)):
        return
    frame = get_frame(header.PixelData, 0, number_of_frames=int(header.get("NumberOfFrames", 1) or 1))
    if syntax == _RUNS:
        if len(frame) > 2 * MOST_RUNS:
            raise too_costly(f"a DICOM frame of {len(frame):,} bytes of runs")
    elif jpeg_2000:
        check_jpeg_2000_inside(frame, int(header.Columns), int(header.Rows))
    else:
        check_jpeg_inside(frame, int(header.Columns), int(header.Rows))


def _levels(header: "Dataset") -> np.ndarray:
    """uint8 (H, W) or (H, W, 3) of the first frame."""
    from pydicom.pixels.processing import apply_color_lut

    numbers, kind = _numbers(header), str(header.PhotometricInterpretation)
    if kind == "PALETTE COLOR":
        return to_levels(apply_color_lut(numbers, header))
    if numbers.ndim == 3:
        return to_levels(numbers, _stored(header, numbers))
    shown, declared = _as_header_says(numbers, header)
    levels = to_levels(shown, declared)
    if is_flat(levels):  # a window that shows nothing was not meant
        levels = to_levels(numbers, _stored(header, numbers))
    return 255 - levels if kind == "MONOCHROME1" else levels


def _numbers(header: "Dataset") -> np.ndarray:
    """The stored numbers of the first frame: (H, W), or (H, W, 3) in RGB."""
    from pydicom.pixels.utils import pixel_array

    try:
        numbers = pixel_array(header, index=0)
    except Exception:  # pydicom asks for a library that is not here
        numbers = _decompressed(header)
    expected = (int(header.Rows), int(header.Columns))
    if numbers.shape not in (expected, (*expected, 3)):
        raise unreadable("DICOM")
    return numbers


def _decompressed(header: "Dataset") -> np.ndarray:
    import imagecodecs
    from pydicom.encaps import get_frame

    syntax = str(header.file_meta.TransferSyntaxUID)
    name = _CODECS.get(syntax.removeprefix(_SYNTAXES)) if syntax.startswith(_SYNTAXES) else None
    if name is None:
        raise unreadable("DICOM")
    frame = get_frame(header.PixelData, 0, number_of_frames=int(header.get("NumberOfFrames", 1) or 1))
    numbers = getattr(imagecodecs, name)(frame)
    return numbers.view(f"i{numbers.dtype.itemsize}") if header.get("PixelRepresentation") == 1 else numbers


def _stored(header: "Dataset", numbers: np.ndarray) -> Range | None:
    """The range that the header declares by its bits, where it says more than the size of a number."""
    bits = int(header.get("BitsStored", 0) or 0)
    fits = 0 < bits < numbers.dtype.itemsize * 8 and numbers.dtype.kind == "u"
    return (0.0, float(2**bits - 1)) if fits and numbers.max() < 2**bits else None


def _as_header_says(numbers: np.ndarray, header: "Dataset") -> tuple[np.ndarray, Range | None]:
    """The numbers through the header's tables or window, and the range that they then have."""
    from pydicom.pixels.processing import apply_modality_lut, apply_voi_lut

    try:
        real = apply_modality_lut(numbers, header)
        if header.get("VOILUTSequence"):
            return apply_voi_lut(real, header), (0.0, float(2 ** header.VOILUTSequence[0].LUTDescriptor[2] - 1))
        if header.get("WindowWidth") is not None and header.get("WindowCenter") is not None:
            ends = apply_voi_lut(np.array([[-1e12, 1e12]]), header)[0]
            return apply_voi_lut(real, header), (float(ends.min()), float(ends.max()))
    except Exception:  # a broken table or window is no broken picture
        return numbers, _stored(header, numbers)
    return real, _stored(header, numbers) if real is numbers or np.array_equal(real, numbers) else None
