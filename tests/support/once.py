"""What takes long to make is made once, though several processes share the tests out between them."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from filelock import FileLock


def made_once(factory: pytest.TempPathFactory, name: str, make: Callable[[Path], object]) -> Path:
    """A folder of this run of pytest, made by whichever process asks first; the others wait until it is whole.

    Args:
        factory: of pytest.
        name: of the folder.
        make: fills it; it exists, and is empty.

    Returns:
        The folder, which no test may change.
    """
    base = factory.getbasetemp()
    folder = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / name
    with FileLock(f"{folder}.lock"):
        if not Path(f"{folder}.made").exists():
            folder.mkdir()
            make(folder)
            Path(f"{folder}.made").touch()
    return folder
