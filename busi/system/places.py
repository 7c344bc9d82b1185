"""Where the files of this package are, whichever module asks and wherever it stands."""

from importlib.util import find_spec
from pathlib import Path


def folder_of(package: str) -> Path:
    """The folder of a package, found by its name and not imported.

    Args:
        package: its dotted name, as "busi.words".

    Raises:
        ModuleNotFoundError: if there is no such package.
    """
    spec = find_spec(package)
    if spec is None or not spec.submodule_search_locations:
        raise ModuleNotFoundError(f"there is no package {package!r}")
    return Path(next(iter(spec.submodule_search_locations)))


def repository() -> Path:
    """The folder that holds the package: with app.py and requirements.txt, where the repository was cloned."""
    return folder_of("busi").parent
