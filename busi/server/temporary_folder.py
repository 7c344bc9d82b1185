"""A folder of this process alone for all that is temporary: gone when it stops; if it is killed, when the next starts.

A process that is killed erases nothing. So each holds a lock on its folder for as long as it lives, which the system
lets go whatever ends it; whoever starts looks for folders that nobody holds, and erases them.
"""

import atexit
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

PREFIX, LOCK, TO_THE_END = "demystifions-app-", ".in-use", "other"


@contextmanager
def own_folder() -> Iterator[Path]:
    """The folder, in the system's folder for such things. A folder `TO_THE_END` in it goes with the process only.

    Raises:
        OSError: if none can be made.
    """
    sweep()
    folder = Path(tempfile.mkdtemp(prefix=PREFIX))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)  # after what is imported later has cleaned up
    try:
        with _in_use(folder):
            yield folder
    finally:
        _empty(folder)


def _empty(folder: Path) -> None:
    """Erases what is in a folder, but what libraries still count on; and the folder, if that is nothing."""
    for entry in list(folder.iterdir()) if folder.is_dir() else ():
        if entry.name != TO_THE_END:
            shutil.rmtree(entry, ignore_errors=True) if entry.is_dir() else entry.unlink(missing_ok=True)
    for left in (folder / TO_THE_END, folder):
        with suppress(OSError):
            left.rmdir()


@contextmanager
def _in_use(folder: Path) -> Iterator[None]:
    """Within it, the folder is seen to be in use. On a disk that knows no locks it is never swept, which is safe."""
    with tempfile.NamedTemporaryFile(dir=folder, prefix=LOCK, delete=False) as lock:
        with suppress(OSError):
            _hold(lock.fileno())
            os.link(lock.name, folder / LOCK)  # by now it is held: nobody finds it free
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
        if _is_ours(folder) and _is_left(folder):
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


def _is_left(folder: Path) -> bool:
    """Whether no process holds it."""
    try:
        with (folder / LOCK).open("r+") as lock:
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
