"""Pictures are decoded in processes that can be ended, once each, and small ones never wait behind large ones."""

import os
import signal
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from busi.images import ImageRefused, read_picture
from busi.server import decoding
from busi.server.decoding import Limits, UploadReader
from tests.support.bombs import pattern
from tests.support.drawings import drawn_ultrasound
from tests.support.places import ROOT

# A worker like ours but for one thing: a picture of 200 pixels a side makes it do something that decoders do.
STRANGE = """
import sys, time, os
import busi.images.worker as worker
honest = worker.read_picture
def read_picture(file, **settings):
    reading = honest(file, **settings)
    if reading.image.shape == (200, 200):
        {deed}
    with open({log!r}, "a") as log:
        log.write(str(reading.image.shape) + "\\n")
    return reading
worker.read_picture = read_picture
worker.main()
"""
DEEDS = {
    "it hangs": "time.sleep(60)",
    "it computes": "[None for _ in iter(int, 1)]",
    "it crashes": "os.kill(os.getpid(), 11)",
    "it leaves": "os._exit(0)",
    "it takes memory": "reading.image.repeat(40_000)",
}


@pytest.fixture
def reader():
    reader = UploadReader()
    yield reader
    reader.close()


def written(folder: Path, name: str, side: int = 100, seed: int = 1) -> Path:
    path = folder / f"{name}.png"
    Image.fromarray(drawn_ultrasound(seed, size=(side, side))[0]).save(path)
    return path


def large(folder: Path, number: int) -> Path:
    """A picture that is too much for the small lane: 5,000 pixels a side."""
    path = folder / f"large {number}.png"
    Image.fromarray(np.roll(pattern(5000), 16 * number, axis=1)).save(path, compress_level=1)
    return path


def strange_reader(folder: Path, deed: str, **leashes: Limits) -> UploadReader:
    code = STRANGE.format(deed=deed, log=str(folder / "log"))
    return UploadReader(worker=("-c", code), **leashes)


def decoded(folder: Path) -> list[str]:
    """The shapes of the pictures that processes decoded."""
    log = folder / "log"
    return log.read_text().splitlines() if log.exists() else []


def wait_until(holds, seconds: float = 10) -> None:
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def reason(reader: UploadReader, path: Path) -> str | None:
    try:
        reader.read(path)
    except ImageRefused as error:
        return error.reason
    return None


def children() -> set[int]:
    return {int(one) for one in Path(f"/proc/self/task/{os.getpid()}/children").read_text().split()}


def test_a_picture_comes_back_as_it_is_read_here(reader, tmp_path):
    rng = np.random.default_rng(0)
    pictures = {"gray": (80, 90), "colour": (80, 90, 3), "opacity": (300, 90, 4)}
    for name, shape in pictures.items():
        path = tmp_path / f"{name}.png"
        Image.fromarray(rng.integers(0, 255, shape).astype(np.uint8)).save(path)
        given, expected = reader.read(path), read_picture(path, original=True)
        np.testing.assert_array_equal(given.image, expected.image)
        np.testing.assert_array_equal(given.original.pixels, expected.original.pixels)
        assert given.colour == expected.colour
        assert (given.original.shape, given.original.low) == (expected.original.shape, expected.original.low)
        with pytest.raises(ValueError, match="read-only"):
            given.image[0, 0] = 1


def test_a_refusal_comes_back_with_its_reason_and_details(reader, tmp_path):
    small, text = written(tmp_path, "small"), tmp_path / "text.png"
    Image.new("L", (20, 40)).save(small)
    text.write_text("no picture")
    with pytest.raises(ImageRefused) as refused:
        reader.read(small)
    assert refused.value.reason == "too_small" and refused.value.details == {"width": 20, "height": 40, "limit": 32}
    assert (reason(reader, text), reason(reader, tmp_path / "gone.png")) == ("not_an_image", "missing")


@pytest.mark.parametrize("deed", DEEDS.values(), ids=DEEDS)
def test_a_decoder_that_goes_wrong_is_ended_and_the_next_picture_is_read(deed, tmp_path):
    reader = strange_reader(tmp_path, deed, small=Limits(10**7, 80, 0.2, 0.7), large=Limits(10**8, 200, 0.5, 0.9))
    try:
        usual = written(tmp_path, "usual")
        assert reason(reader, usual) is None
        start = time.monotonic()
        assert reason(reader, written(tmp_path, "bad", side=200)) == "too_costly"
        assert time.monotonic() - start < 8  # processes that start anew among it
        assert reason(reader, written(tmp_path, "next", seed=2)) is None
        assert decoded(tmp_path) == ["(100, 100)", "(100, 100)"]
    finally:
        reader.close()


def test_a_picture_is_decoded_once_though_five_ask_at_once(tmp_path):
    reader = strange_reader(tmp_path, "pass")
    try:
        path = written(tmp_path, "slow", side=300)
        copy = tmp_path / "another name.png"
        copy.write_bytes(path.read_bytes())
        with ThreadPoolExecutor(5) as pool:
            readings = list(pool.map(reader.read, [path, copy, path, copy, path]))
        assert reader.read(path) is readings[0] and len({id(one) for one in readings}) == 1
        assert decoded(tmp_path) == ["(300, 300)"]
        Image.fromarray(drawn_ultrasound(9, size=(120, 110))[0]).save(path)  # the same name, another picture
        assert reader.read(path).image.shape == (110, 120)
    finally:
        reader.close()


def test_only_so_many_bytes_are_kept(reader, tmp_path, monkeypatch):
    monkeypatch.setattr(decoding, "KEPT", 30_000)
    paths = [written(tmp_path, str(seed), seed=seed) for seed in range(4)]  # of 10,000 bytes each
    first = [reader.read(path) for path in paths]
    assert reader.read(paths[3]) is first[3]
    again = reader.read(paths[0])
    assert again is not first[0] and np.array_equal(again.image, first[0].image)


def test_small_pictures_are_read_while_a_large_one_is(reader, tmp_path):
    paths, huge = [written(tmp_path, str(seed), seed=seed) for seed in range(12)], large(tmp_path, 1)
    for path in paths[:2]:
        reader.read(path)
    with ThreadPoolExecutor(1) as pool:
        asked = pool.submit(reader.read, huge)
        slowest = 0.0
        for path in paths[2:]:
            start = time.monotonic()
            reader.read(path)
            slowest = max(slowest, time.monotonic() - start)
        assert not asked.done() and slowest < 0.5
        assert asked.result().image.shape == (2500, 2500), "read at half its size"


def test_one_large_picture_is_read_one_waits_and_others_are_told_to_come_back(tmp_path):
    reader = strange_reader(tmp_path, "pass", small=Limits(10**7, 80, 0.25, 3))
    try:
        paths = [large(tmp_path, number) for number in range(5)]
        with ThreadPoolExecutor(5) as pool:
            told = list(pool.map(lambda path: reason(reader, path), paths))
        assert sorted(told, key=str) == [None, None, "busy", "busy", "busy"]
        assert [reason(reader, path) for path in paths] == [None] * 5  # that others were before it is not kept
    finally:
        reader.close()


def test_a_machine_without_processes_reads_in_this_one_and_says_so_once(tmp_path, monkeypatch, capsys):
    def refuse(*_, **__):
        raise PermissionError("no processes here")

    monkeypatch.setattr(subprocess, "Popen", refuse)
    reader = UploadReader()
    for seed in (1, 2):
        assert reader.read(written(tmp_path, str(seed), seed=seed)).image.shape == (100, 100)
    assert capsys.readouterr().err.count("pictures are opened in this one") == 1


def test_a_program_that_is_no_python_counts_as_none(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(sys, "executable", "/bin/false")
    assert UploadReader().read(written(tmp_path, "one")).image.shape == (100, 100)
    assert "pictures are opened in this one" in capsys.readouterr().err


@pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="processes are counted in /proc")
def test_processes_end_with_the_reader_and_the_large_one_when_it_idles(tmp_path, monkeypatch):
    monkeypatch.setattr(decoding, "IDLE", 0.3)
    before = children()
    reader = UploadReader()
    reader.read(written(tmp_path, "one"))
    wait_until(lambda: len(children() - before) == decoding.SPARES)
    reader.read(large(tmp_path, 1))
    assert len(children() - before) == decoding.SPARES + 1
    wait_until(lambda: len(children() - before) == decoding.SPARES)
    reader.close()
    assert children() == before
    assert reader.read(written(tmp_path, "two", seed=2)).image.shape == (100, 100)  # started again when needed
    reader.close()


@pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="processes are looked for in /proc")
@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGTERM])
def test_no_process_is_left_when_the_one_that_started_it_is_no_more(how, tmp_path):
    code = f"""
import os, time
from busi.server.decoding import read_upload
read_upload({str(written(tmp_path, "one"))!r})
time.sleep(1)
print(open(f"/proc/self/task/{{os.getpid()}}/children").read(), flush=True)
time.sleep(15)
"""
    with subprocess.Popen([sys.executable, "-c", code], cwd=ROOT, stdout=subprocess.PIPE, text=True) as parent:
        processes = [int(one) for one in parent.stdout.readline().split()]
        assert len(processes) == decoding.SPARES and all(Path(f"/proc/{one}").exists() for one in processes)
        parent.send_signal(how)
    wait_until(lambda: not any(_runs(one) for one in processes))


def _runs(process: int) -> bool:
    try:
        return Path(f"/proc/{process}/stat").read_text().rsplit(")")[1].split()[0] != "Z"
    except OSError:
        return False


def test_a_worker_loads_neither_tensorflow_nor_gradio_nor_opencv():
    code = (
        "import sys, busi.images.worker as w; w._make_ready();"
        "sys.exit(bool({'tensorflow', 'gradio', 'cv2', 'pandas', 'sklearn'} & set(sys.modules)))"
    )
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT).returncode == 0


def test_what_a_decoder_prints_is_no_answer(tmp_path):
    deed = "os.write(1, b'Warning!'); os.write(2, b'Warning!'); print('hello', flush=True)"
    reader = strange_reader(tmp_path, deed)
    try:
        assert reader.read(written(tmp_path, "one", side=200)).image.shape == (200, 200)
    finally:
        reader.close()


def test_threads_that_ask_for_many_pictures_each_get_their_own(reader, tmp_path):
    paths = [written(tmp_path, str(seed), side=60 + seed, seed=seed) for seed in range(20)]
    shapes: dict[int, tuple[int, ...]] = {}
    threads = [
        threading.Thread(target=lambda number=number: shapes.update({number: reader.read(paths[number]).image.shape}))
        for number in range(20)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert shapes == {number: (60 + number, 60 + number) for number in range(20)}
