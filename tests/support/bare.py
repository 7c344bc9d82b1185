"""A virtual environment that holds requirements.txt and what that asks for, and nothing else; made without a network.

The packages are those of the environment that the tests run in, linked: what is missing from requirements.txt is
missing here too, as on a machine where pip has just installed it. A folder that one distribution has for itself is
linked whole;
where several share one, as namespace packages do, its files are.
"""

import re
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from importlib.metadata import Distribution, PackageNotFoundError, distribution, distributions
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
    owners = _owners()
    for found in _closure(requirements.read_text("utf-8").splitlines()):
        for file in found.files or ():
            if ".." not in file.parts:
                part = Path(file.parts[0]) if owners[file.parts[0]] == 1 else file
                _link(Path(found.locate_file(part)), site / part)
    return folder / "bin" / "python"


def _owners() -> Counter[str]:
    """How many distributions have files in each folder of site-packages."""
    return Counter(top for found in distributions() for top in {file.parts[0] for file in found.files or ()})


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
    if there.exists() and not here.is_symlink():
        here.parent.mkdir(parents=True, exist_ok=True)
        here.symlink_to(there)
