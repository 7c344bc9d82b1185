"""Files and folders that are there whole or not at all.

Each is written under a temporary name beside its place and renamed into it when nothing is missing: whoever opens the
place sees what was there before, or all of what is new. A process that is killed leaves at most the temporary name,
which begins with a dot and says what it was going to be (`left_unfinished`).

    with whole_file(path) as partial:
        partial.write_text("all of it")
"""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path


@contextmanager
def whole_file(path: Path) -> Iterator[Path]:
    """A temporary path to write a file to, which takes its place at the end of the block, or is gone if that fails.

    Args:
        path: where the file shall be, in place of what is there; its folder must be there.

    Raises:
        OSError: if it cannot be put there.
    """
    partial = _sibling(path, "partial")
    try:
        yield partial
        partial.replace(path)
    finally:
        with suppress(OSError):
            partial.unlink()


@contextmanager
def whole_folder(folder: Path) -> Iterator[Path]:
    """An empty temporary folder, which takes its place at the end of the block, or is gone if that fails.

    Args:
        folder: where it shall be, in place of what is there, which stays until the new one can stand in its place;
            the folder above is made if needed.

    Raises:
        OSError: if it cannot be put there.
    """
    partial = _sibling(folder, "partial")
    try:
        partial.mkdir(parents=True)
        yield partial
        _replace(folder, partial)
    finally:
        shutil.rmtree(partial, ignore_errors=True)


def left_unfinished(above: Path, pattern: str) -> list[Path]:
    """What processes left that were killed while they wrote, or are still writing.

    Args:
        above: the folder to look in.
        pattern: of the names that were going to be, as "epoch-*".
    """
    return sorted(above.glob(f".{pattern}.partial-*"))


def _replace(folder: Path, partial: Path) -> None:
    """Renames; a folder that is there cannot be written over, so it steps aside, and comes back if that fails."""
    older = _sibling(folder, "older")
    if folder.exists():
        folder.rename(older)
    try:
        partial.rename(folder)
    except OSError:
        if older.exists():
            older.rename(folder)
        raise
    shutil.rmtree(older, ignore_errors=True)


def _sibling(path: Path, kind: str) -> Path:
    return path.with_name(f".{path.name}.{kind}-{os.getpid()}")
