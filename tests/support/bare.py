"""A virtual environment that holds requirements.txt and what that asks for, and nothing else; made without a network.

The files are those of the environment that the tests run in, linked: what is missing from requirements.txt is missing
here too, as on a machine where pip has just installed it.
"""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from pathlib import Path

from packaging.requirements import Requirement


def bare_environment(folder: Path, requirements: Path) -> Path:
    """Makes the environment.

    Args:
        folder: where; must not exist yet.
        requirements: names what it holds.

    Returns:
        Its interpreter.
    """
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(folder)], check=True)
    (site,) = folder.glob("lib/python*/site-packages")
    for found in _closure(requirements.read_text("utf-8").splitlines()):
        for file in found.files or ():
            if ".." not in file.parts:
                _link(Path(found.locate_file(file)), site / file)
    return folder / "bin" / "python"


def _closure(lines: list[str]) -> Iterator[Distribution]:
    """The distributions that the lines ask for, and what those ask for in turn."""
    wanted = [Requirement(line) for line in lines if line.strip() and not line.startswith("#")]
    seen: set[tuple[str, frozenset[str]]] = set()
    while wanted:
        asked = wanted.pop()
        key = (re.sub(r"[-_.]+", "-", asked.name).lower(), frozenset(asked.extras))
        if key in seen:
            continue
        seen.add(key)
        try:
            found = distribution(asked.name)
        except PackageNotFoundError:
            continue  # for another system; what is really missing fails at import
        assert found.version in asked.specifier or not asked.specifier, f"{asked} asked for, {found.version} is here"
        for line in found.requires or ():
            needed = Requirement(line)
            extras = ("", *asked.extras)
            if needed.marker is None or any(needed.marker.evaluate({"extra": extra}) for extra in extras):
                wanted.append(needed)
        yield found


def _link(there: Path, here: Path) -> None:
    if not there.is_file():
        return
    here.parent.mkdir(parents=True, exist_ok=True)
    try:
        os.link(there, here)
    except FileExistsError:
        return
    except OSError:  # another disk
        shutil.copy2(there, here)
