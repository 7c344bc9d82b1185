"""Whatever visitors upload: a made corpus, and files damaged at random. Each is a picture or one clear sentence."""

import io
import json
import struct
import subprocess
import sys
import uuid
import zipfile
import zlib
from functools import cache
from pathlib import Path

import cv2
import httpx
import numpy as np
import pytest
from PIL import Image

from busi.images import ImageRefused, read_image
from busi.web.refusals import refusal, refusal_sentence
from busi.words.text import LANGUAGES, Words
from tests.integration.test_keeps_going import hear
from tests.support.bombs import chunk, saved
from tests.support.drawings import drawn_ultrasound
from tests.support.places import ROOT

FUZZED = 2400
PICTURE = "data:image/"  # what an answer shows, and a refusal does not
EXTREMES = [b"\xff\xff\xff\xff", b"\0\0\0\0", b"\x7f\xff\xff\xff", b"\x80\0\0\0"]
WORDS = {language: Words(language) for language in LANGUAGES}
SECONDS, MEGABYTES = 2, 300  # that one file may cost


def png_of(width: int, height: int, data: bytes) -> bytes:
    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(data)) + chunk(b"IEND", b"")


def zip_named_png() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.png", bytes(5_000_000))
    return out.getvalue()


def half_float_tiff(gray: np.ndarray) -> bytes:
    """Floats of 16 bits, which Pillow cannot write: uncompressed, one strip, little-endian."""
    height, width = gray.shape
    strip = (gray / 255).astype("<f2").tobytes()
    tags = {256: width, 257: height, 258: 16, 259: 1, 262: 1, 273: 8, 277: 1, 278: height, 279: len(strip), 339: 3}
    entries = b"".join(struct.pack("<HHII", tag, 4, 1, value) for tag, value in tags.items())
    head = b"II*\0" + struct.pack("<I", 8 + len(strip))
    return head + strip + struct.pack("<H", len(tags)) + entries + bytes(4)


def screenshot() -> np.ndarray:
    page = np.full((600, 800, 3), 255, np.uint8)
    for row in range(40, 560, 40):
        cv2.putText(page, "Compte rendu : lesion ovale, contours nets", (20, row), 0, 0.8, (30, 30, 30), 2)
    return page


@cache
def corpus() -> dict[str, tuple[bytes, str | None]]:
    """Files by name: their bytes, and why they are refused (None for a picture)."""
    gray, rng = drawn_ultrasound(3)[0], np.random.default_rng(0)
    picture, colour = Image.fromarray(gray), Image.fromarray(rng.integers(0, 255, (300, 400, 3)).astype(np.uint8))
    kinds = {"png": "PNG", "jpg": "JPEG", "tif": "TIFF", "webp": "WEBP", "gif": "GIF", "bmp": "BMP"}
    whole = {name: saved(picture, kind) for name, kind in kinds.items()}
    frames = [Image.fromarray(np.roll(gray, 3 * number, axis=1)) for number in range(200)]
    exif = Image.Exif()
    exif[0x0112] = 6
    nan = gray.astype(np.float32)
    nan[5, 5] = np.nan
    pictures = {
        **{f"whole.{name}": content for name, content in whole.items()},
        "sixteen.tif": saved(Image.fromarray(gray.astype(np.uint16) * 257), "TIFF"),
        "float.tif": saved(Image.fromarray(gray.astype(np.float32) / 255), "TIFF"),
        "cmyk.jpg": saved(colour.convert("CMYK"), "JPEG"),
        "frames.gif": saved(frames[0], "GIF", save_all=True, append_images=frames[1:]),
        "turned.jpg": saved(picture, "JPEG", exif=exif.tobytes()),
        "colour.jpg": saved(colour, "JPEG"),
        "screenshot.png": saved(Image.fromarray(screenshot()), "PNG"),
        "../../🩺 sein.png": whole["png"],
        "palette.png": saved(picture.convert("P"), "PNG"),
        "one bit.png": saved(picture.convert("1"), "PNG"),
        "half float.tif": half_float_tiff(gray),
        "large.png": saved(Image.fromarray(np.tile(np.arange(6300) // 32, (6300, 1)).astype(np.uint8)), "PNG"),
    }
    refused = {
        "header.png": (png_of(60_000, 60_000, bytes(99)), "too_large"),
        "bomb.png": (png_of(20_000, 20_000, bytes(1_000_000)), "too_large"),
        "one.png": (saved(Image.new("L", (1, 1)), "PNG"), "too_small"),
        "line.png": (saved(Image.new("L", (1, 5000)), "PNG"), "too_small"),
        "black.png": (saved(Image.new("L", (300, 200)), "PNG"), "flat"),
        "white.png": (saved(Image.new("L", (300, 200), 255), "PNG"), "flat"),
        "clear.png": (saved(Image.new("RGBA", (64, 64), (0, 0, 0, 0)), "PNG"), "flat"),
        "jpeg 2000.jp2": (saved(picture, "JPEG2000"), "unreadable_kind"),
        "nan.tif": (saved(Image.fromarray(nan), "TIFF"), "bad_values"),
        "drawing.png": (b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>', "not_an_image"),
        "page.png": (b"<!doctype html><html><script>alert(1)</script></html>", "not_an_image"),
        "archive.png": (zip_named_png(), "not_an_image"),
        "scan.dcm": (bytes(128) + b"DICM" + bytes(2000), "not_an_image"),
        "random.png": (rng.bytes(50_000_000), "not_an_image"),
        "empty.png": (b"", "empty"),
        **{f"half.{name}": (content[: len(content) // 2], "truncated") for name, content in whole.items()},
    }
    return {name: (content, None) for name, content in pictures.items()} | refused


def judged(content: bytes) -> str | None:
    """Why a file is refused, after checking that what comes back is a picture or a sentence."""
    try:
        image = read_image(content)
    except ImageRefused as error:
        for language in LANGUAGES:
            sentence = refusal_sentence(WORDS[language], error)
            assert sentence and "{" not in sentence and "Traceback" not in sentence and sentence[-1] in ".!?"
        return error.reason
    assert image.dtype == np.uint8 and image.ndim == 2 and min(image.shape) >= 32
    return None


@pytest.mark.parametrize("name", corpus())
def test_each_file_is_a_picture_or_refused_for_its_own_reason(name):
    content, reason = corpus()[name]
    assert judged(content) == reason


def test_pictures_come_out_as_they_are():
    files, gray = corpus(), drawn_ultrasound(3)[0]
    for name in ("whole.png", "whole.tif", "whole.bmp", "whole.gif", "../../🩺 sein.png", "sixteen.tif", "frames.gif"):
        assert np.array_equal(read_image(files[name][0]), gray), name
    turned = read_image(files["turned.jpg"][0])
    right, wrong = (np.abs(turned.astype(int) - np.rot90(gray, times)).mean() for times in (-1, 1))
    assert right < 8 < 20 < wrong


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_app_answers_each_file_in_the_visitor_s_language_and_then_the_next(running_app, language):
    with httpx.Client(base_url=running_app.url, timeout=60) as client:
        event = events(client, "show_answer")[list(LANGUAGES).index(language)]
        assert PICTURE in shown(client, event, "a.png", corpus()["whole.png"][0])
        before = peak_memory(running_app.server.pid)
        for name, (content, _) in corpus().items():
            told = shown(client, event, name.encode("ascii", "replace").decode().replace("?", "%3F"), content)
            try:
                read_image(content)
            except ImageRefused as error:
                too_large = len(content) > 10_000_000  # stopped before it is looked at
                assert "413" in told if too_large else told == refusal(WORDS[language], error), name
            else:
                assert PICTURE in told, name
        assert PICTURE in shown(client, event, "a.png", corpus()["whole.png"][0])
        assert peak_memory(running_app.server.pid) - before < MEGABYTES


def events(client: httpx.Client, name: str) -> list[int]:
    """The numbers of a function's events, page by page."""
    asked = client.get("/config").json()["dependencies"]
    return [one["id"] for one in asked if (one["api_name"] or "").rstrip("_0123456789") == name]


def shown(client: httpx.Client, event: int, name: str, content: bytes) -> str:
    """What the page shows of a file; of one that is not let in, the number of the refusal."""
    sent = client.post("/gradio_api/upload", files={"files": (name, content, "image/png")})
    if sent.status_code != 200:
        return str(sent.status_code)
    session, given = uuid.uuid4().hex, {"path": sent.json()[0], "meta": {"_type": "gradio.FileData"}}
    body = {"data": [given], "fn_index": event, "session_hash": session}
    assert client.post("/gradio_api/queue/join", json=body).status_code == 200
    return hear(client, session)["output"]["data"][0]


def peak_memory(process: int) -> float:
    """Megabytes that a process has held at most."""
    lines = Path(f"/proc/{process}/status").read_text().splitlines()
    return int(next(line for line in lines if line.startswith("VmHWM")).split()[1]) / 1024


# In a process of its own, so that what it costs is its own.
WORKER = """
import json, resource, sys, time
import numpy as np
from tests.integration import test_uploads as t

def peak():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024

work = sys.argv[1]
if work == "corpus":
    files = t.corpus()
    t.judged(files["whole.png"][0])
    before, slowest = peak(), ("", 0.0)
    for name, (content, _) in files.items():
        start = time.process_time()
        t.judged(content)
        slowest = max(slowest, (name, time.process_time() - start), key=lambda one: one[1])
    print(json.dumps({"megabytes": peak() - before, "slowest": slowest}))
else:
    rng, seeds = np.random.default_rng(int(sys.argv[2])), [c for c, _ in t.corpus().values() if len(c) < 400_000]
    t.judged(seeds[0])
    before, slowest, reasons = peak(), 0.0, {}
    for number in range(int(sys.argv[3])):
        damaged = t.damaged(seeds[number % len(seeds)], rng)
        start = time.process_time()
        why = t.judged(damaged)
        slowest = max(slowest, time.process_time() - start)
        reasons[str(why)] = reasons.get(str(why), 0) + 1
    print(json.dumps({"megabytes": peak() - before, "slowest": ["", slowest], "reasons": reasons}))
"""


def damaged(content: bytes, rng: np.random.Generator) -> bytes:
    """A file with a few of its bytes flipped, cut, doubled, overwritten or set to the extremes that parsers fear."""
    data = bytearray(content)
    for _ in range(int(rng.integers(1, 6))):
        if not data:
            return bytes(data)
        place, length = int(rng.integers(len(data))), int(rng.integers(1, 65))
        kind = int(rng.integers(6))
        if kind == 0:
            data[place] ^= 1 << int(rng.integers(8))
        elif kind == 1:
            del data[place : place + length]
        elif kind == 2:
            data[place:place] = data[place : place + length]
        elif kind == 3:
            data[place : place + length] = rng.bytes(length)
        elif kind == 4:
            data[place : place + 4] = EXTREMES[int(rng.integers(len(EXTREMES)))]
        else:  # near the head, where sizes and kinds stand
            data[int(rng.integers(min(len(data), 64)))] = int(rng.integers(256))
    return bytes(data) if rng.random() > 0.05 else bytes(data[: int(rng.integers(len(data) + 1))])


def worked(*arguments: str) -> dict:
    command = [sys.executable, "-W", "ignore", "-c", WORKER, *arguments]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr[-2000:]
    return json.loads(done.stdout)


def test_no_file_of_the_corpus_takes_long_or_much_memory():
    cost = worked("corpus")
    assert cost["slowest"][1] < SECONDS and cost["megabytes"] < MEGABYTES, cost


def test_files_damaged_at_random_crash_nothing_hang_nothing_and_leave_nothing(tmp_path):
    before = {path for path in Path("/tmp").glob("*.png")} if Path("/tmp").is_dir() else set()
    cost = worked("fuzz", "7", str(FUZZED))
    assert cost["slowest"][1] < SECONDS and cost["megabytes"] < MEGABYTES, cost
    assert sum(cost["reasons"].values()) == FUZZED and len(cost["reasons"]) >= 4, cost
    if Path("/tmp").is_dir():
        assert {path for path in Path("/tmp").glob("*.png")} <= before
