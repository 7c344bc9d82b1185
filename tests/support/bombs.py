"""Files that cost far more to open than to send: a family for every format. All of them pass the limit of 10 MB."""

import io
import struct
import zipfile
import zlib
from collections.abc import Callable

import numpy as np
from PIL import Image

SIDE = 6300  # some 40 megapixels, the most that is let in


def saved(picture: Image.Image, kind: str, **settings) -> bytes:
    out = io.BytesIO()
    picture.save(out, kind, **settings)
    return out.getvalue()


def chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))


def blank_png(colour_type: int, bits: int = 8, side: int = SIDE, interlaced: int = 0, between: bytes = b"") -> bytes:
    """A PNG whose lines are all alike, as zlib packs a thousand to one."""
    channels = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}[colour_type]
    line = (1 + side * channels * bits // 8) * b"\x01"
    packed = zlib.compress(line * (side + side // 4 if interlaced else side), 1)
    header = chunk(b"IHDR", struct.pack(">IIBBBBB", side, side, bits, colour_type, 0, 0, interlaced))
    palette = chunk(b"PLTE", bytes(range(256)) * 3) if colour_type == 3 else b""
    return b"\x89PNG\r\n\x1a\n" + header + palette + between + chunk(b"IDAT", packed) + chunk(b"IEND", b"")


def many_chunks(kind: bytes) -> bytes:
    png = saved(Image.fromarray(pattern(64)), "PNG")
    return png[:33] + chunk(kind, b"") * (9_900_000 // 12) + png[33:]


def pattern(side: int) -> np.ndarray:
    return np.tile(np.arange(side) // 16 * 9 % 256, (side, 1)).astype(np.uint8)


def scans(side: int, count: int, colour: bool = False) -> bytes:
    """A progressive JPEG whose last scan, which adds nothing, is repeated."""
    plain = Image.fromarray(pattern(side))
    jpeg = saved(plain.convert("RGB") if colour else plain, "JPEG", progressive=True)
    last = jpeg.rindex(b"\xff\xda")
    tables = jpeg.rindex(b"\xff\xc4")
    start = tables if tables > jpeg.rindex(b"\xff\xda", 0, last) else last
    return jpeg[:-2] + jpeg[start:-2] * count + b"\xff\xd9"


def in_many_segments(segment: bytes) -> bytes:
    jpeg = saved(Image.fromarray(pattern(64)), "JPEG")
    return jpeg[:2] + segment * (9_900_000 // len(segment)) + jpeg[2:]


def gif_of_comments() -> bytes:
    gif = saved(Image.fromarray(pattern(64)), "GIF")
    start = 13 + 3 * 2 ** ((gif[10] & 7) + 1)
    return gif[:start] + b"\x21\xfe" + (b"\x01x" * 4_900_000) + b"\0" + gif[start:]


def rle_bmp(side: int, length: int) -> bytes:
    """Runs of one pixel, two bytes each."""
    codes = (b"\x01\x05" * length) + b"\0\1"
    palette = bytes(1024)
    head = struct.pack("<IiiHHIIiiII", 40, side, side, 1, 8, 1, len(codes), 2835, 2835, 256, 0)
    return b"BM" + struct.pack("<IHHI", 54 + 1024 + len(codes), 0, 0, 1078) + head + palette + codes


def tiff(
    width: int, height: int, strips: list[bytes], bits: int = 8, samples: int = 1, packing: int = 8, **more
) -> bytes:
    """A little-endian TIFF; `more` are further tags, as `t339=3`; strips that are alike are written once."""
    body, places, counts = bytearray(b"II*\0\0\0\0\0"), [], []
    known: dict[int, int] = {}
    for strip in strips:
        if id(strip) not in known:
            known[id(strip)] = len(body)
            body += strip
        places.append(known[id(strip)])
        counts.append(len(strip))
    rows = -(-height // len(strips))
    tags = {256: width, 257: height, 259: packing, 262: 1 if samples < 3 else 2, 277: samples, 278: rows}
    tags |= {int(name[1:]): value for name, value in more.items()}
    lists = {258: [bits] * samples, 273: places, 279: counts}
    entries = []
    for tag, value in sorted({**tags, **lists}.items()):
        values = value if isinstance(value, list) else [value]
        if len(values) == 1:
            entries.append(struct.pack("<HHII", tag, 4, 1, values[0]))
        else:
            entries.append(struct.pack("<HHII", tag, 4, len(values), len(body)))
            body += struct.pack(f"<{len(values)}I", *values)
    place = len(body)
    body += struct.pack("<H", len(entries)) + b"".join(entries) + bytes(4)
    body[4:8] = struct.pack("<I", place)
    return bytes(body)


def deflated_tiff(side: int, bits: int, samples: int = 1, **more) -> bytes:
    strip = zlib.compress(bytes(side * 100 * samples * bits // 8), 1)
    return tiff(side, side, [strip] * (side // 100), bits, samples, **more)


def many_tags(pages: int) -> bytes:
    """Pages of 4,000 tags each."""
    one, body = 4_000, bytearray(b"II*\0\x08\0\0\0")
    entries = b"".join(struct.pack("<HHII", 60_000 + tag % 5000, 4, 1, tag) for tag in range(one))
    for number in range(pages):
        size = 2 + 12 * one + 4
        body += (
            struct.pack("<H", one) + entries + struct.pack("<I", 8 + size * (number + 1) if number < pages - 1 else 0)
        )
    return bytes(body)


def many_pages(count: int) -> bytes:
    body = bytearray(b"II*\0\x08\0\0\0")
    for number in range(count):
        entries = b"".join(struct.pack("<HHII", tag, 4, 1, 64) for tag in (256, 257))
        following = 8 + 30 * (number + 1) if number < count - 1 else 0
        body += struct.pack("<H", 2) + entries + struct.pack("<I", following)
    return bytes(body)


def element(group: int, number: int, kind: bytes, value: bytes) -> bytes:
    value += b"\0" * (len(value) % 2)
    if kind in (b"OB", b"OW", b"SQ", b"UN"):
        return struct.pack("<HH2sHI", group, number, kind, 0, len(value)) + value
    return struct.pack("<HH2sH", group, number, kind, len(value)) + value


def dicom(
    syntax: str, rows: int, columns: int, pixels: bytes, before: bytes = b"", samples: int = 1, bits: int = 8
) -> bytes:
    """A DICOM file; `before` are elements before those of the image."""
    meta = element(2, 0x10, b"UI", syntax.encode())
    meta = element(2, 0, b"UL", struct.pack("<I", len(meta))) + meta
    short = {2: samples, 0x10: rows, 0x11: columns, 0x100: bits, 0x101: bits, 0x102: bits - 1, 0x103: 0}
    if samples == 3:
        short[6] = 0
    kind = b"RGB" if samples == 3 else b"MONOCHROME2"
    image = {number: element(0x28, number, b"US", struct.pack("<H", value)) for number, value in short.items()}
    image[4] = element(0x28, 4, b"CS", kind)
    body = before + b"".join(image[number] for number in sorted(image)) + pixels
    if syntax.endswith("1.99"):
        packer = zlib.compressobj(1, zlib.DEFLATED, -15)
        body = packer.compress(body) + packer.flush()
    return bytes(128) + b"DICM" + meta + body


def encapsulated(frame: bytes) -> bytes:
    frame += b"\0" * (len(frame) % 2)
    items = struct.pack("<HHI", 0xFFFE, 0xE000, 0) + struct.pack("<HHI", 0xFFFE, 0xE000, len(frame)) + frame
    return struct.pack("<HH2sHI", 0x7FE0, 0x10, b"OB", 0, 0xFFFFFFFF) + items + struct.pack("<HHI", 0xFFFE, 0xE0DD, 0)


def native(pixels: bytes) -> bytes:
    return element(0x7FE0, 0x10, b"OW", pixels)


def clear_webp(side: int) -> bytes:
    return saved(Image.new("RGBA", (side, side), (9, 9, 9, 9)), "WEBP", lossless=True, method=0)


def heif(side: int, kind: str = "HEIF") -> bytes:
    import pillow_heif

    pillow_heif.register_heif_opener()
    return saved(Image.fromarray(pattern(side)).convert("RGB"), kind, quality=10)


LITTLE, DEFLATED, JPEG_DICOM, JPEG_2000_DICOM, RLE_DICOM = (
    "1.2.840.10008.1.2.1",
    "1.2.840.10008.1.2.1.99",
    "1.2.840.10008.1.2.4.50",
    "1.2.840.10008.1.2.4.90",
    "1.2.840.10008.1.2.5",
)


def zip_of_blanks(megabytes: int) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("config.json", b" " * (megabytes * 1_000_000))
    return out.getvalue()


FAMILY: dict[str, Callable[[], bytes]] = {
    "PNG, gray": lambda: blank_png(0),
    "PNG, RGB": lambda: blank_png(2),
    "PNG, RGBA": lambda: blank_png(6),
    "PNG, RGBA, interlaced": lambda: blank_png(6, interlaced=1),
    "PNG, gray and alpha": lambda: blank_png(4),
    "PNG, palette with opacities": lambda: blank_png(3, between=chunk(b"tRNS", bytes(range(256)))),
    "PNG, gray of 16 bits": lambda: blank_png(0, 16),
    "PNG, RGBA of 16 bits": lambda: blank_png(6, 16),
    "PNG, 800,000 empty chunks of pixels": lambda: many_chunks(b"IDAT"),
    "PNG, 800,000 chunks beside": lambda: many_chunks(b"tEXt"),
    "JPEG, RGB": lambda: saved(Image.fromarray(pattern(SIDE)).convert("RGB"), "JPEG", subsampling=0),
    "JPEG, CMYK": lambda: saved(Image.fromarray(pattern(SIDE)).convert("CMYK"), "JPEG"),
    "JPEG, progressive RGB": lambda: saved(
        Image.fromarray(pattern(SIDE)).convert("RGB"), "JPEG", progressive=True, subsampling=0
    ),
    "JPEG, 5,000 scans": lambda: scans(1000, 5000),
    "JPEG, 90 scans of 40 megapixels": lambda: scans(SIDE, 80, colour=True),
    "JPEG, 10 MB of padding": lambda: in_many_segments(b"\xff"),
    "JPEG, 10 MB of empty segments": lambda: in_many_segments(b"\xff\xdb\0\x02"),
    "JPEG, 10 MB of empty comments": lambda: in_many_segments(b"\xff\xfe\0\x02"),
    "GIF, palette": lambda: saved(Image.fromarray(pattern(SIDE)), "GIF", transparency=3),
    "GIF, 10 MB of comments": gif_of_comments,
    "BMP, runs of one pixel": lambda: rle_bmp(3000, 4_900_000),
    "BMP, runs, 40 megapixels": lambda: rle_bmp(SIDE, 1000),
    "WebP, lossless RGBA": lambda: saved(
        Image.new("RGBA", (SIDE, SIDE), (9, 9, 9, 9)), "WEBP", lossless=True, method=0
    ),
    "WebP, lossless RGBA, 12 megapixels": lambda: clear_webp(3400),
    "AVIF, RGB, 12 megapixels": lambda: saved(
        Image.fromarray(pattern(3460)).convert("RGB"), "AVIF", speed=10, quality=1
    ),
    "HEIC, RGB, 4 megapixels": lambda: heif(2000),
    "TIFF, RGB": lambda: deflated_tiff(SIDE, 8, 3),
    "TIFF, RGBA": lambda: deflated_tiff(SIDE, 8, 4, t338=2),
    "TIFF, 16 bits": lambda: deflated_tiff(SIDE, 16),
    "TIFF, 32 bits": lambda: deflated_tiff(SIDE, 32),
    "TIFF, floats of 32 bits": lambda: deflated_tiff(SIDE, 32, t339=3),
    "TIFF, floats of 64 bits": lambda: deflated_tiff(4400, 64, t339=3),
    "TIFF, 12 bits": lambda: deflated_tiff(SIDE, 12),
    "TIFF, 1 bit": lambda: tiff(6296, 6200, [zlib.compress(bytes(787 * 100), 1)] * 62, 1),
    "TIFF, 100 samples": lambda: deflated_tiff(1200, 8, 100),
    "TIFF, a strip that unpacks to 300 MB": lambda: tiff(64, 64, [zlib.compress(bytes(300_000_000), 1)], 16),
    "TIFF, 60,000 strips at one place": lambda: tiff(600, 60_000, [zlib.compress(bytes(1200))] * 60_000, 16),
    "TIFF, a JPEG of 40 megapixels inside": lambda: tiff(
        64, 64, [saved(Image.fromarray(pattern(SIDE)).convert("RGB"), "JPEG")], 8, 3, packing=7, t262=6
    ),
    "TIFF, 5,000 scans inside": lambda: tiff(1000, 1000, [scans(1000, 5000)], 8, 1, packing=7),
    "TIFF, 200 pages of 4,000 tags": lambda: many_tags(200),
    "TIFF, 300,000 pages": lambda: many_pages(300_000),
    "DICOM, deflated, 300 MB": lambda: dicom(
        DEFLATED, 64, 64, native(bytes(4096)), before=element(9, 1, b"OB", bytes(300_000_000))
    ),
    "DICOM, RGB of 16 bits, deflated": lambda: dicom(
        DEFLATED, 4400, 4400, native(bytes(4400 * 4400 * 6)), samples=3, bits=16
    ),
    "DICOM, a JPEG of 40 megapixels inside": lambda: dicom(
        JPEG_DICOM, 64, 64, encapsulated(saved(Image.fromarray(pattern(SIDE)).convert("RGB"), "JPEG"))
    ),
    "DICOM, 5,000 scans inside": lambda: dicom(JPEG_DICOM, 1000, 1000, encapsulated(scans(1000, 5000))),
    "DICOM, a JPEG 2000 of 9 megapixels inside": lambda: dicom(
        JPEG_2000_DICOM,
        64,
        64,
        encapsulated(saved(Image.fromarray(pattern(3000)), "JPEG2000", irreversible=True, quality_layers=[900])),
    ),
    "DICOM, 10 MB of runs": lambda: dicom(
        RLE_DICOM, 3000, 3000, encapsulated(struct.pack("<16I", 1, 64, *[0] * 14) + b"\0\x01" * 4_900_000)
    ),
    "DICOM, 1,200,000 elements": lambda: dicom(
        LITTLE, 64, 64, native(bytes(4096)), before=element(9, 1, b"LO", b"") * 1_200_000
    ),
    "a zip of blanks": lambda: zip_of_blanks(100),
}
