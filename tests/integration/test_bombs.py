"""Bombs: no file takes two seconds or 300 MB to open. What others notice meanwhile is in test_siege.py."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.integration.test_uploads import MEGABYTES, SECONDS
from tests.support.bombs import FAMILY
from tests.support.places import ROOT

# What becomes of each: why it is refused, or None if it is read.
EXPECTED = {
    "PNG, gray": None,
    "PNG, RGB": None,
    "PNG, RGBA": "too_large",
    "PNG, RGBA, interlaced": "too_large",
    "PNG, gray and alpha": "too_large",
    "PNG, palette with opacities": "too_large",
    "PNG, gray of 16 bits": None,
    "PNG, RGBA of 16 bits": "too_large",
    "JPEG, RGB": None,
    "JPEG, CMYK": None,
    "JPEG, progressive RGB": "too_large",
    "JPEG, 10 MB of padding": None,
    "GIF, palette": "too_large",
    "BMP, runs, 40 megapixels": "truncated",
    "WebP, lossless RGBA": "too_large",
    "WebP, lossless RGBA, 12 megapixels": "too_large",
    "AVIF, RGB, 12 megapixels": None,
    "HEIC, RGB, 4 megapixels": None,
    "TIFF, RGB": "too_large",
    "TIFF, RGBA": "too_large",
    "TIFF, 16 bits": "too_large",
    "TIFF, 32 bits": "too_large",
    "TIFF, floats of 32 bits": "too_large",
    "TIFF, floats of 64 bits": "too_large",
    "TIFF, 12 bits": "too_large",
    "TIFF, 1 bit": "flat",
    "TIFF, 100 samples": "too_large",
    "TIFF, a strip that unpacks to 300 MB": "unreadable_kind",
    "TIFF, 300,000 pages": "truncated",
    "a zip of blanks": "not_an_image",
}
# Each file in a process of its own, a copy of one that has loaded everything.
WORKER = """
import json, os, sys, time
from pathlib import Path
import imagecodecs, pillow_heif, pydicom.pixels, tifffile
from PIL import Image
from busi.images import ImageRefused, read_picture

Image.init()

def peak():
    return int(next(line for line in open("/proc/self/status") if line.startswith("VmHWM")).split()[1]) / 1024

for path in sorted(Path(sys.argv[1]).iterdir(), key=lambda path: int(path.name)):
    sys.stdout.flush()
    if os.fork():
        os.wait()
        continue
    file, reason = path.read_bytes(), None
    Path("/proc/self/clear_refs").write_text("5")  # the highest is what is held now
    before, start = peak(), time.process_time()
    try:
        read_picture(file, original=True, reduced=True)
    except ImageRefused as error:
        reason = error.reason
    seconds, megabytes = time.process_time() - start, peak() - before
    print(json.dumps([int(path.name), reason, seconds, megabytes]), flush=True)
    os._exit(0)
"""


@pytest.fixture(scope="module")
def files(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("bombs")
    for number, make in enumerate(FAMILY.values()):
        (folder / str(number)).write_bytes(make())
    return folder


def test_all_of_them_are_let_in_by_their_weight(files):
    assert all(path.stat().st_size < 11_000_000 for path in files.iterdir())
    assert set(EXPECTED) < set(FAMILY)


@pytest.mark.skipif(not Path("/proc/self/clear_refs").exists(), reason="memory is measured in /proc")
def test_no_file_takes_two_seconds_or_300_megabytes(files):
    command = [sys.executable, "-W", "ignore", "-c", WORKER, str(files)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=300)
    told = {list(FAMILY)[number]: rest for number, *rest in map(json.loads, done.stdout.splitlines())}
    assert list(told) == list(FAMILY), done.stderr[-2000:]
    for name, (reason, seconds, megabytes) in told.items():
        assert reason == EXPECTED.get(name, "too_costly"), name
        assert seconds < SECONDS and megabytes < MEGABYTES, (name, seconds, megabytes)
