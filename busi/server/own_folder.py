"""A folder of this process alone for what visitors send: gone when it stops, and if it is killed, when the next starts.

A process that is killed erases nothing. So each holds a lock on its folder for as long as it lives, which the system
lets go whatever ends it; whoever starts looks for folders that nobody holds, and erases them.
"""

import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

PREFIX, LOCK = "demystifions-", ".in-use"
OLD = 86_400  # seconds


@contextmanager
def own_folder() -> Iterator[Path]:
    """The folder, in the system's folder for such things.

    Raises:
        OSError: if none can be made.
    """
    sweep()
    with tempfile.TemporaryDirectory(prefix=PREFIX, ignore_cleanup_errors=True) as name, _held(Path(name)):
        yield Path(name)


@contextmanager
def _held(folder: Path) -> Iterator[None]:
    """Within it, the folder is seen to be in use. On a disk that knows no locks it is never swept, which is safe."""
    unready = folder / f"{LOCK}-unready"
    with unready.open("w") as lock:
        with suppress(OSError):
            _hold(lock.fileno())
            if os.name != "nt":  # there, an open file keeps its name
                unready.rename(folder / LOCK)  # by now it is held: nobody finds it free
        yield


def sweep(among: str | os.PathLike | None = None) -> list[Path]:
    """Erases the folders of processes that have ended without doing it.

    Args:
        among: the folder that they are in; None for the system's.

    Returns:
        Those that were erased.
    """
    erased = []
    for folder in Path(among or tempfile.gettempdir()).glob(f"{PREFIX}*"):
        if _is_ours(folder) and (_is_left(folder) if _lock_of(folder) else _is_old(folder)):
            shutil.rmtree(folder, ignore_errors=True)
            erased.append(folder)
    return erased


def _is_ours(folder: Path) -> bool:
    """Whether it is a folder, no link to one, and of this account."""
    try:
        about = folder.lstat()
    except OSError:
        return False
    own = getattr(os, "getuid", lambda: about.st_uid)()
    return folder.is_dir() and not folder.is_symlink() and about.st_uid == own


def _lock_of(folder: Path) -> Path | None:
    """What its process holds; None in a folder of a version that held nothing."""
    return next((found for found in (folder / LOCK, folder / f"{LOCK}-unready") if found.exists()), None)


def _is_old(folder: Path) -> bool:
    with suppress(OSError):
        return time.time() - folder.stat().st_mtime > OLD
    return False


def _is_left(folder: Path) -> bool:
    """Whether no process holds it. What is not ready yet is held, but for a moment in which it is young."""
    lock_file = _lock_of(folder)
    if lock_file is None or (os.name != "nt" and lock_file.name != LOCK and not _is_old(folder)):
        return False
    try:
        with lock_file.open("r+") as lock:
            _hold(lock.fileno())
    except OSError:
        return False
    return True


def _hold(descriptor: int) -> None:
    """Takes the lock, which goes with the process.

    Raises:
        OSError: if another process has it.
    """
    if os.name == "nt":
        import msvcrt

        msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
    else:
        import fcntl

        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
