"""Nothing of a visitor's stays behind, whatever ends the app."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from busi.server.temporary_folder import PREFIX, own_folder, sweep
from tests.support.places import ROOT

HOLDS = """
import time
from busi.server.temporary_folder import own_folder
with own_folder() as folder:
    print(folder, flush=True)
    time.sleep(60)
"""


@pytest.fixture
def among(tmp_path, monkeypatch) -> Path:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    return tmp_path


def started(among: Path) -> tuple[subprocess.Popen, Path]:
    process = subprocess.Popen(
        [sys.executable, "-c", HOLDS],
        cwd=ROOT,
        env={**os.environ, "TMPDIR": str(among)},
        stdout=subprocess.PIPE,
        text=True,
    )
    return process, Path(process.stdout.readline().strip())


def test_a_folder_is_gone_when_its_process_ends(among):
    with own_folder() as folder:
        (folder / "picture.png").write_bytes(b"x")
    assert not folder.exists()


@pytest.mark.skipif(os.name == "nt", reason="there are no signals there")
def test_the_folder_of_a_killed_process_goes_when_the_next_starts_and_that_of_a_living_one_stays(among):
    (dead, left), (alive, kept) = started(among), started(among)
    try:
        (left / "picture.png").write_bytes(b"x")
        (kept / "picture.png").write_bytes(b"x")
        dead.kill()
        dead.wait()
        assert left.exists()
        with own_folder() as own:
            assert not left.exists() and (kept / "picture.png").exists() and own.exists()
    finally:
        alive.kill()
        alive.wait()


def test_what_is_not_ours_is_left_alone(among, tmp_path):
    precious = tmp_path / "precious"
    precious.mkdir()
    (precious / "file").write_bytes(b"x")
    (among / f"{PREFIX}link").symlink_to(precious, target_is_directory=True)
    (among / f"{PREFIX}file").write_bytes(b"x")
    (among / "another").mkdir()
    young = among / f"{PREFIX}young"
    young.mkdir()
    assert sweep(among) == [] and (precious / "file").exists() and young.exists()
