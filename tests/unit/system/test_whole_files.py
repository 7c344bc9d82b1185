"""What is written appears whole or not at all, and what was there before stays until then."""

import os

import pytest

from busi.system.whole_files import left_unfinished, whole_file, whole_folder


def names(folder):
    return sorted(path.name for path in folder.iterdir())


def test_a_file_appears_at_the_end_of_the_block(tmp_path):
    path = tmp_path / "scores.csv"
    with whole_file(path) as partial:
        partial.write_text("all of it")
        assert not path.exists() and partial.parent == tmp_path and partial.name.startswith(".")
    assert path.read_text() == "all of it" and names(tmp_path) == ["scores.csv"]


def test_a_file_that_is_there_stays_until_the_new_one_is_whole(tmp_path):
    path = tmp_path / "scores.csv"
    path.write_text("older")
    with pytest.raises(RuntimeError), whole_file(path) as partial:
        partial.write_text("half")
        raise RuntimeError("the disk, or Control-C")
    assert path.read_text() == "older" and names(tmp_path) == ["scores.csv"]
    with whole_file(path) as partial:
        partial.write_text("newer")
    assert path.read_text() == "newer" and names(tmp_path) == ["scores.csv"]


def test_a_file_that_nobody_wrote_is_an_error(tmp_path):
    with pytest.raises(FileNotFoundError), whole_file(tmp_path / "scores.csv"):
        pass
    assert names(tmp_path) == []


def test_a_folder_appears_at_the_end_of_the_block_and_the_folder_above_is_made(tmp_path):
    folder = tmp_path / "runs" / "mine"
    with whole_folder(folder) as partial:
        (partial / "a.txt").write_text("a")
        assert not folder.exists()
    assert names(folder) == ["a.txt"] and names(tmp_path / "runs") == ["mine"]


def test_a_folder_takes_the_place_of_an_older_one_whole(tmp_path):
    folder = tmp_path / "mine"
    folder.mkdir()
    (folder / "old.txt").write_text("old")
    with pytest.raises(RuntimeError), whole_folder(folder) as partial:
        (partial / "new.txt").write_text("half")
        raise RuntimeError
    assert names(folder) == ["old.txt"] and names(tmp_path) == ["mine"]
    with whole_folder(folder) as partial:
        (partial / "new.txt").write_text("whole")
    assert names(folder) == ["new.txt"] and names(tmp_path) == ["mine"]


def test_an_older_folder_comes_back_if_the_new_one_cannot_take_its_place(tmp_path):
    folder = tmp_path / "mine"
    folder.mkdir()
    (folder / "old.txt").write_text("old")
    with pytest.raises(OSError), whole_folder(folder) as partial:
        partial.rmdir()  # as if another process had swept it
    assert names(folder) == ["old.txt"] and names(tmp_path) == ["mine"]


def test_what_a_killed_process_left_is_found_by_what_it_was_going_to_be(tmp_path):
    with whole_folder(tmp_path / "epoch-0007") as partial:
        assert left_unfinished(tmp_path, "epoch-*") == [partial]
        assert partial.name == f".epoch-0007.partial-{os.getpid()}"
        assert left_unfinished(tmp_path, "bundle") == []
    assert left_unfinished(tmp_path, "epoch-*") == []
