"""Visitors' files stay for their time by a clock that only grows, and all together fill so much."""

import os

import pytest

from busi.server.temporary_folder import LOCK
from busi.server.uploads import Keeper


@pytest.fixture
def now() -> list[float]:
    return [1000.0]


@pytest.fixture
def keeper(tmp_path, now) -> Keeper:
    forgotten: list[str] = []
    keeper = Keeper(tmp_path, stays=100, looks=10, most=1000, clock=lambda: now[0], forget=forgotten.extend)
    keeper.forgotten = forgotten
    return keeper


def put(folder, name: str, size: int = 10):
    path = folder / name / "a.png"
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(bytes(size))
    return path


def test_a_file_is_erased_when_its_time_has_come_whatever_its_date(keeper, tmp_path, now):
    early, late = put(tmp_path, "early"), put(tmp_path, "late")
    os.utime(early, (4e9, 4e9))
    os.utime(late, (0, 0))
    keeper.look()
    now[0] += 60
    later = put(tmp_path, "later")
    keeper.look()
    now[0] += 50
    keeper.look()
    assert not early.exists() and not late.exists() and later.exists()
    assert sorted(keeper.forgotten) == sorted([str(early), str(late)])
    assert not early.parent.exists(), "nor is its folder left"


def test_a_picture_that_comes_in_again_stays_for_its_whole_time(keeper, tmp_path, now):
    path = put(tmp_path, "one")
    keeper.look()
    now[0] += 90
    path.unlink()
    put(tmp_path, "one")
    os.utime(path, (5, 5))
    keeper.look()
    now[0] += 90
    keeper.look()
    assert path.exists()
    now[0] += 20
    keeper.look()
    assert not path.exists()


def test_of_too_much_the_oldest_goes_first(keeper, tmp_path, now):
    paths = []
    for number in range(5):
        paths.append(put(tmp_path, f"p{number}", 300))
        keeper.look()
        now[0] += 1
    assert [path.exists() for path in paths] == [False, False, True, True, True]


def test_of_too_many_the_oldest_goes_first(keeper, tmp_path, now, monkeypatch):
    monkeypatch.setattr("busi.server.uploads.MOST_STAYING", 2)
    paths = []
    for number in range(4):
        paths.append(put(tmp_path, f"p{number}"))
        keeper.look()
        now[0] += 1
    assert [path.exists() for path in paths] == [False, False, True, True]


def test_the_lock_and_what_the_pages_show_stay(tmp_path, now):
    own, lock = put(tmp_path, "shown", 5000), tmp_path / LOCK
    lock.write_bytes(b"")
    keeper = Keeper(tmp_path, stays=1, most=1000, clock=lambda: now[0], spared=[str(own)])
    for _ in range(3):
        keeper.look()
        now[0] += 100
    assert own.exists() and lock.exists()
