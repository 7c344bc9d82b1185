"""Gray levels are right or refused: every depth, byte order and kind of file, mostly written by other hands.

One picture is drawn, written in many ways, and must come back the same; tolerances are those of rounding, or of a
lossy codec.
"""

import io
import logging
import struct
import zlib

import cv2
import imagecodecs
import numpy as np
import pillow_heif
import pytest
import tifffile
from PIL import Image, ImageFile
from pydicom.dataset import FileDataset, FileMetaDataset
from pydicom.encaps import encapsulate
from pydicom.uid import (
    UID,
    ExplicitVRBigEndian,
    ExplicitVRLittleEndian,
    ImplicitVRLittleEndian,
    JPEG2000Lossless,
    JPEGBaseline8Bit,
    JPEGLosslessSV1,
    JPEGLSLossless,
    RLELossless,
    SecondaryCaptureImageStorage,
    generate_uid,
)

from busi.images import ImageRefused, colour_share, is_flat, read_image, read_picture
from busi.images.levels import to_levels
from busi.web.refusals import refusal_sentence
from busi.words.text import LANGUAGES, Words
from tests.support.drawings import drawn_ultrasound

NAME = "Curie^Marie"


@pytest.fixture(scope="module")
def picture() -> np.ndarray:
    """uint8 (96, 128) from 0 to 255."""
    levels = cv2.resize(drawn_ultrasound(3)[0], (128, 96), interpolation=cv2.INTER_AREA).astype(float)
    return np.rint((levels - levels.min()) / (levels.max() - levels.min()) * 255).astype(np.uint8)


def in_bits(picture: np.ndarray, bits: int) -> np.ndarray:
    kind = np.uint16 if bits <= 16 else np.uint32
    return np.rint(picture / 255 * (2**bits - 1)).astype(kind)


def tiff(numbers: np.ndarray, **how) -> bytes:
    out = io.BytesIO()
    tifffile.imwrite(out, numbers, metadata=None, **how)
    return out.getvalue()


def packed_tiff(numbers: np.ndarray, bits: int, order: str, photometric: int = 1) -> bytes:
    """Rows of numbers of any depth, high bits first, each row from a whole byte on, written bit by bit."""
    places = np.arange(bits)[::-1]
    strip = np.packbits((numbers[..., None] >> places & 1).astype(np.uint8).reshape(len(numbers), -1), axis=1).tobytes()
    height, width = numbers.shape
    fields = {256: width, 257: height, 258: bits, 259: 1, 262: photometric, 273: 8, 277: 1, 278: height}
    entries = b"".join(
        struct.pack(order + "HHI", tag, 4, 1) + struct.pack(order + "I", value)
        for tag, value in {**fields, 279: len(strip)}.items()
    )
    mark = b"II" if order == "<" else b"MM"
    head = struct.pack(order + "2sHI", mark, 42, 8 + len(strip))
    return head + strip + struct.pack(order + "H", len(fields) + 1) + entries + bytes(4)


def png(picture: Image.Image, **how) -> bytes:
    out = io.BytesIO()
    picture.save(out, "PNG", **how)
    return out.getvalue()


def chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def with_chunk(file: bytes, name: bytes, data: bytes) -> bytes:
    return file[:33] + chunk(name, data) + file[33:]


def close(read: np.ndarray, wanted: np.ndarray, most: float = 0.6) -> None:
    assert read.shape == wanted.shape and read.dtype == np.uint8
    assert np.abs(read.astype(int) - wanted).mean() <= most


@pytest.mark.parametrize("bits", [8, 9, 10, 12, 14, 15, 16])
@pytest.mark.parametrize("order", ["<", ">"])
def test_numbers_of_some_bits_in_a_file_of_sixteen(picture, bits, order):
    close(read_image(tiff(in_bits(picture, bits), byteorder=order)), picture)
    close(read_image(cv2.imencode(".png", in_bits(picture, bits))[1].tobytes()), picture)


@pytest.mark.parametrize("compression", ["lzw", "zlib", "packbits", "lzma", "zstd"])
def test_compressed_tiffs(picture, compression):
    close(read_image(tiff(in_bits(picture, 12), compression=compression, rowsperstrip=7)), picture)
    close(read_image(tiff(in_bits(picture, 12), compression=compression, tile=(32, 32))), picture)
    close(read_image(cv2.imencode(".tiff", in_bits(picture, 12))[1].tobytes()), picture)  # LZW with a predictor


@pytest.mark.parametrize("bits", [2, 4, 6, 10, 11, 12, 14, 20])
@pytest.mark.parametrize("order", ["<", ">"])
def test_packed_numbers_declare_their_range(picture, bits, order):
    numbers = np.rint(picture / 255 * (2**bits - 1)).astype(np.uint32)
    wanted = numbers / (2**bits - 1) * 255
    close(read_image(packed_tiff(numbers, bits, order)), wanted)
    close(read_image(packed_tiff(numbers, bits, order, photometric=0)), 255 - wanted)
    if bits > 8:  # what is declared holds, even where the picture is dark
        close(read_image(packed_tiff(numbers // 3, bits, order)), wanted / 3)


@pytest.mark.parametrize("order", ["<", ">"])
def test_long_and_signed_numbers(picture, order):
    for numbers in (
        picture.astype(np.uint32) * 0x01010101,
        picture.astype(np.uint32),
        in_bits(picture, 12).astype(np.uint32),
        in_bits(picture, 12).astype(np.int16),
        in_bits(picture, 24).astype(np.int32),
        in_bits(picture, 12).astype(np.int16) - 1024,
        picture.astype(np.int16) - 128,
    ):
        close(read_image(tiff(numbers, byteorder=order)), picture, 1)


@pytest.mark.parametrize("kind", [np.float16, np.float32, np.float64])
def test_floats_are_stretched_and_dead_pixels_decide_nothing(picture, kind):
    close(read_image(tiff((picture / 255).astype(kind))), picture, 1)
    for wrong in (10_000, -10_000):
        numbers = (picture / 255).astype(kind)
        numbers[5, 7] = wrong
        read = read_image(tiff(numbers))
        assert read[5, 7] == (255 if wrong > 0 else 0)
        close(read, picture, 2)


def test_a_dead_pixel_in_whole_numbers_decides_nothing(picture):
    numbers = in_bits(picture, 12)
    numbers[5, 7] = 65535
    close(read_image(tiff(numbers)), picture, 1)
    close(read_image(cv2.imencode(".png", numbers)[1].tobytes()), picture, 1)


def test_a_mark_of_many_pixels_is_no_dead_pixel(picture):
    numbers = in_bits(picture, 10)
    numbers[10:20, 10:20] = 65535
    read = read_image(tiff(numbers))
    assert (read[10:20, 10:20] == 255).all() and read[30:].max() < 8


@pytest.mark.parametrize("kind", [np.uint8, np.uint16, np.float32])
@pytest.mark.parametrize("order", ["<", ">"])
def test_white_may_be_zero(picture, kind, order):
    numbers = {np.uint8: picture, np.uint16: in_bits(picture, 16), np.float32: (picture / 255).astype(np.float32)}[kind]
    close(read_image(tiff(numbers, photometric="miniswhite", byteorder=order)), 255 - picture, 1)


def test_a_palette_of_small_numbers_is_taken_as_it_was_meant(picture):
    for shift in (0, 8):
        colours = np.tile(np.arange(256, dtype=np.uint16)[::-1] << shift, (3, 1))
        close(read_image(tiff(picture, photometric="palette", colormap=colours)), 255 - picture)


def test_colour_of_sixteen_bits_keeps_its_depth(picture):
    for bits in (8, 12, 16):
        numbers = np.stack([in_bits(picture, bits)] * 3, axis=-1)
        close(read_image(tiff(numbers, photometric="rgb")), picture, 1)
        close(read_image(tiff(np.moveaxis(numbers, -1, 0), photometric="rgb", planarconfig="separate")), picture, 1)
        close(read_image(cv2.imencode(".png", numbers)[1].tobytes()), picture, 1)
        opaque = np.dstack([numbers, np.full(picture.shape, 65535, np.uint16)])
        close(read_image(tiff(opaque, photometric="rgb", extrasamples=["unassalpha"])), picture, 1)
        close(read_image(imagecodecs.png_encode(opaque)), picture, 1)
        close(read_image(imagecodecs.png_encode(np.ascontiguousarray(opaque[..., 2:]))), picture, 1)


def test_a_png_that_says_how_many_bits_are_meant_is_believed(picture):
    dark = in_bits(picture, 12) // 5  # needs ten bits only
    file = cv2.imencode(".png", dark)[1].tobytes()
    close(read_image(with_chunk(file, b"sBIT", b"\x0c")), picture / 5, 1)
    spread = cv2.imencode(".png", in_bits(picture, 16))[1].tobytes()
    close(read_image(with_chunk(spread, b"sBIT", b"\x0c")), picture)


def test_lab_is_read_by_its_lightness(picture):
    levels = cv2.cvtColor(np.dstack([picture] * 3).astype(np.float32) / 255, cv2.COLOR_RGB2LAB)[..., 0]
    for kind, most in ((np.uint8, 255), (np.uint16, 65535)):
        numbers = np.zeros((*picture.shape, 3), kind)
        numbers[..., 0] = np.rint(levels / 100 * most)
        close(read_image(tiff(numbers, photometric="cielab")), picture, 1)


def test_opacity_that_is_zero_everywhere_was_not_meant(picture):
    unset = np.zeros_like(picture)
    colour = np.dstack([picture] * 3)
    for channels in (np.dstack([picture, unset]), np.dstack([colour, unset])):
        np.testing.assert_array_equal(read_image(png(Image.fromarray(channels))), picture)
        np.testing.assert_array_equal(read_image(channels), picture)
    deep = np.dstack([in_bits(colour, 16), unset.astype(np.uint16)])
    np.testing.assert_array_equal(read_image(imagecodecs.png_encode(deep)), picture)
    np.testing.assert_array_equal(read_image(tiff(deep, photometric="rgb", extrasamples=["unassalpha"])), picture)
    nearly = np.dstack([colour, unset])
    nearly[0, 0, 3] = 255
    np.testing.assert_array_equal(read_image(png(Image.fromarray(nearly))), picture)


def test_of_several_pages_the_largest_is_taken_whatever_stands_first(picture):
    small = cv2.resize(picture, (44, 33))
    for first, second in ((small, picture), (picture, small)):
        out = io.BytesIO()
        with tifffile.TiffWriter(out) as writer:
            writer.write(first, metadata=None)
            writer.write(second, metadata=None)
        np.testing.assert_array_equal(read_image(out.getvalue()), picture)
    out = io.BytesIO()
    with tifffile.TiffWriter(out) as writer:
        writer.write(cv2.resize(picture, (256, 192)), subfiletype=1, metadata=None)  # calls itself a copy
        writer.write(in_bits(picture, 12), metadata=None)
    close(read_image(out.getvalue()), picture)
    out = io.BytesIO()
    with tifffile.TiffWriter(out) as writer:  # a picture inside of its thumbnail, as cameras write them
        writer.write(small, subfiletype=1, subifds=1, metadata=None)
        writer.write(picture, metadata=None)
    np.testing.assert_array_equal(read_image(out.getvalue()), picture)


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("kind", [np.uint8, np.uint16])
def test_a_tiff_is_turned_as_it_says(picture, orientation, kind):
    numbers = picture if kind is np.uint8 else in_bits(picture, 16)
    exif = Image.Exif()
    exif[274] = orientation
    out = io.BytesIO()
    Image.fromarray(picture).save(out, "PNG", exif=exif)
    file = tiff(numbers, extratags=[(274, "H", 1, orientation, True)])
    np.testing.assert_array_equal(read_image(file), read_image(out.getvalue()))


def test_a_tiff_that_is_cut_is_refused_and_one_of_an_unknown_kind_is_named(picture):
    whole = tiff(in_bits(picture, 12), rowsperstrip=10)
    for length in (4, 9, 200, len(whole) // 2, len(whole) - 300):
        with pytest.raises(ImageRefused) as refused:
            read_image(whole[:length])
        assert refused.value.reason in ("truncated", "not_an_image"), length
    with pytest.raises(ImageRefused) as refused:
        read_image(tiff(picture.astype(np.complex64)))
    assert refused.value.reason in ("unreadable_kind", "bad_values")
    with pytest.raises(ImageRefused) as refused:  # a photometric interpretation that nobody knows
        read_image(packed_tiff(picture, 8, "<", photometric=77))
    assert refused.value.reason == "unreadable_kind" and refused.value.details == {"kind": "TIFF"}
    for language in LANGUAGES:
        assert "TIFF" in refusal_sentence(Words(language), refused.value)


def test_a_picture_that_shows_nothing_is_refused():
    spot = np.zeros((200, 300), np.uint8)
    spot[4, 4] = 255
    nothing = [np.zeros((40, 40), np.uint8), np.full((40, 40), 200, np.uint8), spot, np.eye(64, dtype=np.uint8)]
    for levels in nothing:
        for source in (levels, png(Image.fromarray(levels)), tiff(levels)):
            with pytest.raises(ImageRefused) as refused:
                read_image(source)
            assert refused.value.reason == "flat"
    clear = Image.new("RGBA", (64, 64), (0, 0, 0, 0))
    with pytest.raises(ImageRefused, match="one gray level"):
        read_image(png(clear))


def test_broken_words_beside_the_pixels_break_no_picture(picture):
    plain = png(Image.fromarray(picture))
    rotten = b"\xff" * 40
    for name, data in {
        b"eXIf": rotten,
        b"zTXt": b"Comment\0\0" + zlib.compress(b"x" * 3_000_000),
        b"iTXt": rotten,
        b"tEXt": b"\xff\xfe",
        b"iCCP": b"profile\0\0" + rotten,
        b"pHYs": b"\0",
        b"tIME": b"",
        b"gAMA": b"\0",
        b"cHRM": b"\0",
        b"zZZz": rotten,
    }.items():
        np.testing.assert_array_equal(read_image(with_chunk(plain, name, data)), picture)
    wrong_sum = bytearray(with_chunk(plain, b"tEXt", b"a\0b"))
    wrong_sum[33 + 8 + 3] ^= 0xFF
    np.testing.assert_array_equal(read_image(bytes(wrong_sum)), picture)
    jpeg = cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, 100])[1].tobytes()
    for marker in range(0xE0, 0xF0):
        for words in (rotten, b"Exif\0\0" + rotten, b"ICC_PROFILE\0\x09\x01" + rotten, b"MPF\0" + rotten, b""):
            if marker in (0xE0, 0xEE):  # these two mean something
                continue
            segment = b"\xff" + bytes([marker]) + struct.pack(">H", len(words) + 2) + words
            np.testing.assert_array_equal(read_image(jpeg[:2] + segment + jpeg[2:]), read_image(jpeg))


def test_heic_and_avif(picture):
    for source in (Image.fromarray(picture), Image.fromarray(np.dstack([picture] * 3))):
        out = io.BytesIO()
        pillow_heif.from_pillow(source).save(out, quality=95)
        close(read_image(out.getvalue()), picture, 3)
        with pytest.raises(ImageRefused):
            read_image(out.getvalue()[: len(out.getvalue()) // 2])
        out = io.BytesIO()
        source.convert("RGB").save(out, "AVIF", quality=95)
        close(read_image(out.getvalue()), picture, 3)
    deep = pillow_heif.from_bytes("RGB;16", (128, 96), np.stack([in_bits(picture, 16)] * 3, -1).tobytes())
    out = io.BytesIO()
    deep.save(out, quality=95)
    close(read_image(out.getvalue()), picture, 3)


def test_a_heic_photo_is_turned(picture):
    exif = Image.Exif()
    exif[274] = 6
    out = io.BytesIO()
    pillow_heif.from_pillow(Image.fromarray(np.dstack([picture] * 3))).save(out, quality=95, exif=exif.tobytes())
    close(read_image(out.getvalue()), np.rot90(picture, -1), 3)


def test_kinds_that_stay_unreadable_are_named(picture):
    for begin, kind in ((b"\0\0\0\x0cjP  \r\n\x87\n", "JPEG 2000"), (b"8BPS\0\1", "Photoshop")):
        with pytest.raises(ImageRefused, match=kind) as refused:
            read_image(begin + bytes(300))
        assert refused.value.reason == "unreadable_kind"


# DICOM


def dicom(numbers: np.ndarray, frames: list[bytes] | None = None, syntax=ExplicitVRLittleEndian, **tags) -> bytes:
    """A secondary capture with a patient's name in it; `frames` are compressed ones."""
    meta = FileMetaDataset()
    syntax = UID(syntax)
    meta.TransferSyntaxUID, meta.MediaStorageSOPInstanceUID = syntax, generate_uid()
    meta.MediaStorageSOPClassUID = SecondaryCaptureImageStorage
    kind = {"is_implicit_VR": syntax.is_implicit_VR, "is_little_endian": syntax.is_little_endian}
    made = FileDataset("", {}, file_meta=meta, preamble=bytes(128), **kind)
    made.PatientName, made.PatientID, made.PatientBirthDate = NAME, "secret-17", "18671107"
    made.SOPClassUID, made.SOPInstanceUID = meta.MediaStorageSOPClassUID, meta.MediaStorageSOPInstanceUID
    colour = numbers.shape[-1] == 3
    made.Rows, made.Columns = numbers.shape[-3:-1] if colour else numbers.shape[-2:]
    made.NumberOfFrames = len(numbers) if numbers.ndim == (4 if colour else 3) else 1
    made.SamplesPerPixel, made.PhotometricInterpretation = (3, "RGB") if colour else (1, "MONOCHROME2")
    made.BitsAllocated = made.BitsStored = numbers.dtype.itemsize * 8
    made.PixelRepresentation = int(numbers.dtype.kind == "i")
    if colour:
        made.PlanarConfiguration = 0
    for name, value in tags.items():
        setattr(made, name, value)
    made.HighBit = made.BitsStored - 1
    order = ">" if syntax == ExplicitVRBigEndian else "<"
    data = numbers.astype(numbers.dtype.newbyteorder(order)).tobytes()
    made.PixelData = encapsulate(frames) if frames else data + b"\0" * (len(data) % 2)
    made["PixelData"].VR = "OB" if numbers.dtype.itemsize == 1 or frames else "OW"
    out = io.BytesIO()
    made.save_as(out, enforce_file_format=True)
    return out.getvalue()


@pytest.mark.parametrize("syntax", [ImplicitVRLittleEndian, ExplicitVRLittleEndian, ExplicitVRBigEndian])
def test_dicom_of_every_order_and_depth(picture, syntax):
    close(read_image(dicom(picture, syntax=syntax)), picture)
    for bits in (8, 10, 12, 16):
        close(read_image(dicom(in_bits(picture, bits), syntax=syntax, BitsStored=bits)), picture)
    close(read_image(dicom(in_bits(picture, 12), syntax=syntax)), picture)  # 12 bits, said to be 16
    close(read_image(dicom(in_bits(picture, 12) // 4, syntax=syntax, BitsStored=12)), picture / 4)
    close(read_image(dicom(255 - picture, syntax=syntax, PhotometricInterpretation="MONOCHROME1")), picture)


def test_dicom_window_rescale_and_table(picture):
    numbers = in_bits(picture, 12)
    shown = np.clip((numbers - 1023.5) / 2047 * 255, 0, 255)
    close(read_image(dicom(numbers, BitsStored=12, WindowCenter=2048, WindowWidth=2048)), shown, 1)
    close(read_image(dicom(numbers, BitsStored=12, WindowCenter=[2048, 50], WindowWidth=[2048, 9])), shown, 1)
    close(read_image(dicom(numbers, WindowCenter=2048, WindowWidth=2048)), shown, 1)
    moved = {"RescaleSlope": 2, "RescaleIntercept": -1000, "WindowCenter": 3096, "WindowWidth": 4096}
    close(read_image(dicom(numbers, BitsStored=12, **moved)), shown, 1)
    nothing = {"WindowCenter": 1e6, "WindowWidth": 2}  # a window that shows nothing
    close(read_image(dicom(numbers, BitsStored=12, **nothing)), picture)
    close(read_image(dicom(numbers, BitsStored=12, WindowCenter=5, WindowWidth=0)), picture)
    inverted = {"PhotometricInterpretation": "MONOCHROME1", "WindowCenter": 2048, "WindowWidth": 2048}
    close(read_image(dicom(numbers, BitsStored=12, **inverted)), 255 - shown, 1)
    signed = numbers.astype(np.int16) - 2048
    close(read_image(dicom(signed, WindowCenter=0, WindowWidth=4096)), picture, 1)


def test_dicom_of_several_frames_gives_its_first(picture):
    close(read_image(dicom(np.stack([picture, 255 - picture, picture // 2]))), picture)
    colour = np.stack([picture] * 3, axis=-1)
    close(read_image(dicom(np.stack([colour, 255 - colour]))), picture)


def test_dicom_in_colour(picture):
    colour = np.stack([picture] * 3, axis=-1)
    close(read_image(dicom(colour)), picture)
    red = colour.copy()
    red[..., 1:] = 0
    assert colour_share(dicom(red)) > 0.3 and colour_share(dicom(colour)) == 0
    ybr = cv2.cvtColor(red, cv2.COLOR_RGB2YCrCb)[..., [0, 2, 1]]
    close(read_image(dicom(ybr, PhotometricInterpretation="YBR_FULL")), read_image(red), 1.5)


def test_compressed_dicom(picture):
    colour = np.stack([picture] * 3, axis=-1)
    jpeg = cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, 98])[1].tobytes()
    close(read_image(dicom(picture, [jpeg], JPEGBaseline8Bit)), picture, 1.5)
    in_colour = cv2.imencode(".jpg", colour, [cv2.IMWRITE_JPEG_QUALITY, 98])[1].tobytes()
    close(
        read_image(dicom(colour, [in_colour], JPEGBaseline8Bit, PhotometricInterpretation="YBR_FULL_422")), picture, 2
    )
    for numbers, bits in ((picture, 8), (in_bits(picture, 12), 12)):
        for frame, syntax in (
            (imagecodecs.ljpeg_encode(numbers, bitspersample=bits), JPEGLosslessSV1),
            (imagecodecs.jpegls_encode(numbers), JPEGLSLossless),
            (imagecodecs.jpeg2k_encode(numbers, level=0, codecformat="j2k"), JPEG2000Lossless),
        ):
            close(read_image(dicom(numbers, [frame], syntax, BitsStored=bits)), picture, 1)
    with pytest.raises(ImageRefused) as refused:  # a film
        read_image(dicom(picture, [bytes(2000)], "1.2.840.10008.1.2.4.102"))
    assert refused.value.reason == "unreadable_kind"


def test_run_length_dicom(picture):
    from pydicom import dcmread

    out, made = io.BytesIO(), dcmread(io.BytesIO(dicom(in_bits(picture, 12), BitsStored=12)))
    made.compress(RLELossless)
    made.save_as(out)
    close(read_image(out.getvalue()), picture)


def test_nothing_of_a_dicom_header_is_said_or_kept(picture, caplog, capfd, recwarn):
    whole = dicom(in_bits(picture, 12), BitsStored=12)
    odd = dicom(picture, PatientBirthDate="a date that is none", StudyDate="tomorrow")
    with caplog.at_level(logging.DEBUG):
        for file in (whole, odd, whole[: len(whole) // 2], whole[:-7], whole.replace(b"OW", b"ZZ")):
            try:
                read_picture(file)
            except ImageRefused as error:
                said = repr(error) + repr(error.__cause__) + repr(error.details)
                assert "Curie" not in said and "secret" not in said
    heard = caplog.text + "".join(capfd.readouterr()) + "".join(str(one.message) for one in recwarn)
    assert "Curie" not in heard and "secret" not in heard and "tomorrow" not in heard


def test_dicom_without_its_mark_and_without_an_image(picture):
    whole = dicom(picture)
    close(read_image(whole[132:]), picture)
    for file in (whole[:400], bytes(128) + b"DICM" + bytes(2000)):
        with pytest.raises(ImageRefused) as refused:
            read_image(file)
        assert refused.value.reason in ("not_an_image", "truncated")
    cut = whole[: len(whole) - len(picture.tobytes()) // 2]
    with pytest.raises(ImageRefused) as refused:
        read_image(cut)
    assert refused.value.reason in ("truncated", "unreadable_kind")


# The rule by itself


def test_scaling_worked_by_hand():
    np.testing.assert_array_equal(to_levels(np.array([[0, 2048, 4095]], np.uint16)), [[0, 128, 255]])
    np.testing.assert_array_equal(to_levels(np.array([[0, 257, 65535]], np.uint16)), [[0, 1, 255]])
    np.testing.assert_array_equal(to_levels(np.array([[-1.0, 0.0, 3.0]]), (-1.0, 3.0)), [[0, 63, 255]])
    np.testing.assert_array_equal(to_levels(np.array([[True, False]]), white_is_zero=True), [[0, 255]])
    assert is_flat(np.array([[7, 8]], np.uint8)) and not is_flat(np.array([[7, 17]], np.uint8))


def test_numbers_beyond_what_a_file_declares_are_refused_not_clipped(picture, monkeypatch):
    numbers = in_bits(picture, 12)
    monkeypatch.setattr(tifffile.TiffPage, "asarray", lambda page, **how: numbers * 16)
    with pytest.raises(ImageRefused, match="this kind of TIFF"):
        read_image(packed_tiff(numbers, 12, "<"))


def test_pillow_s_limits_stay_as_they_are():
    """Metadata is left out before decoding; no limit of Pillow was lifted for it."""
    from PIL import PngImagePlugin

    assert PngImagePlugin.MAX_TEXT_CHUNK == 1024 * 1024 and not ImageFile.LOAD_TRUNCATED_IMAGES
