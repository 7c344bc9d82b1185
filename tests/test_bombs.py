"""Bombs: no file takes two seconds or 300 MB to open, and while they are sent, others are answered."""

import itertools
import json
import os
import subprocess
import sys
import threading
import time
from pathlib import Path

import httpx
import numpy as np
import pytest

from tests.bombs import FAMILY
from tests.running import ROOT, started_app
from tests.test_uploads import MEGABYTES, PICTURE, SECONDS, corpus, events, shown

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
    "JPEG, CMYK": "too_large",
    "JPEG, progressive RGB": "too_large",
    "JPEG, 10 MB of padding": None,
    "GIF, palette": "too_large",
    "BMP, runs, 40 megapixels": "truncated",
    "WebP, lossless RGBA": "too_large",
    "WebP, lossless RGBA, 12 megapixels": "flat",
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
        read_picture(file, original=True)
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


def memory(process: int) -> float:
    """Megabytes that a process and its children hold now."""
    children = Path(f"/proc/{process}/task/{process}/children").read_text().split()
    total = 0.0
    for one in (process, *children):
        try:
            lines = Path(f"/proc/{one}/status").read_text().splitlines()
        except OSError:  # ended meanwhile
            continue
        total += sum(int(line.split()[1]) / 1024 for line in lines if line.startswith(("RssAnon", "RssShmem")))
    return total


@pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="memory is measured in /proc")
def test_while_bombs_are_sent_an_innocent_visitor_is_answered_within_a_second(small_bundle, files, tmp_path):
    bombs = [path.read_bytes() for path in files.iterdir() if path.stat().st_size < 10_000_000]
    innocent = corpus()["whole.png"][0]
    with (
        started_app(small_bundle, TMPDIR=str(tmp_path)) as (url, server),
        httpx.Client(base_url=url, timeout=60) as client,
    ):
        event = events(client, "show_answer")[0]
        assert PICTURE in shown(client, event, "a.png", innocent)
        before, over = memory(server.pid), threading.Event()
        attackers = [threading.Thread(target=_attack, args=(url, bombs, seed, over)) for seed in range(3)]
        for attacker in attackers:
            attacker.start()
        took, highest = _visit(client, event, innocent, server.pid)
        over.set()
        for attacker in attackers:
            attacker.join()
        assert PICTURE in shown(client, event, "a.png", innocent)
    print("seconds", np.round(took, 3), "MB", round(before), round(highest))
    assert float(np.quantile(took, 0.95)) <= 1, took
    assert highest - before < 1000, (before, highest)


def _visit(client: httpx.Client, event: int, picture: bytes, process: int) -> tuple[list[float], float]:
    """An innocent visitor, who predicts once a second, each time another picture: how long each took."""
    took, highest = [], 0.0
    for number in range(12):
        start = time.monotonic()
        assert PICTURE in shown(client, event, "mine.png", picture[:-12] + _comment(number) + picture[-12:])
        took.append(time.monotonic() - start)
        while time.monotonic() - start < 1:
            highest = max(highest, memory(process))
            time.sleep(0.05)
    return took, highest


def _comment(number: int) -> bytes:
    from tests.bombs import chunk

    return chunk(b"tEXt", f"Comment\0{number} of {os.getpid()}".encode())


def _attack(url: str, bombs: list[bytes], seed: int, over: threading.Event) -> None:
    """Sends bombs, each a little different from the last time, until it is over."""
    order = np.random.default_rng(seed).permutation(len(bombs))
    with httpx.Client(base_url=url, timeout=60) as client:
        event = events(client, "show_answer")[0]
        for number in itertools.count():
            if over.is_set():
                return
            bomb = bombs[order[number % len(order)]]
            shown(client, event, "bomb.png", bomb + f"{seed} {number}".encode())
