"""What finished runs leave: results that are never written over, and folders whose networks belong together."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import keras

from busi.system.whole_files import whole_file


def results(path: Path) -> dict[str, Any]:
    """The results in a file, by the names of the experiments; none if there is no file.

    Args:
        path: of the file.
    """
    return json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}


def is_finished(path: Path, name: str, identity: Mapping[str, Any]) -> bool:
    """Whether a file holds the result of an experiment.

    Args:
        path: of the file.
        name: of the experiment.
        identity: what must be the same for it to be that result; plain values.

    Raises:
        ValueError: if the file holds a result of this name that is of something else.
    """
    found = results(path).get(name)
    if found is None:
        return False
    if differing := [entry for entry, value in identity.items() if found.get(entry) != value]:
        raise ValueError(
            f"{path} holds a finished result of {name!r} that differs in {' and '.join(differing)}: it is not written"
            " over, choose another --out and --runs"
        )
    return True


def add_result(path: Path, name: str, found: Mapping[str, Any]) -> None:
    """Adds a result to a file, whole or not at all.

    Args:
        path: of the file; its folder is made if needed.
        name: of the experiment.
        found: plain values.

    Raises:
        ValueError: if the file holds a result of this name and `found` does not say all that it says.
    """
    kept = results(path)
    if not kept.get(name, {}).items() <= found.items():
        raise ValueError(f"{path} already holds {name!r}, which is not written over")
    path.parent.mkdir(parents=True, exist_ok=True)
    with whole_file(path) as unfinished:
        unfinished.write_text(json.dumps({**kept, name: found}, indent=1) + "\n", encoding="utf-8", newline="\n")


def check_same_run(folder: Path, identity: Mapping[str, Any]) -> None:
    """Makes a folder of runs, or makes sure that what is in it belongs to the same experiment.

    Args:
        folder: of the runs.
        identity: what must be the same; plain values.

    Raises:
        ValueError: if the folder was begun with something else.
    """
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "run.json"
    if path.is_file() and (found := json.loads(path.read_text(encoding="utf-8"))) != identity:
        differing = " and ".join(name for name in identity if found.get(name) != identity[name])
        raise ValueError(f"{folder} holds networks that differ in {differing}: choose another --runs")
    with whole_file(path) as unfinished:
        unfinished.write_text(json.dumps(identity, indent=1) + "\n", encoding="utf-8")


def save_network(model: keras.Model, path: Path) -> None:
    """Saves a network whole or not at all.

    Args:
        model: the network.
        path: of its file, which ends in .keras.
    """
    with whole_file(path) as unfinished:
        named = unfinished.with_name(f"{unfinished.name}.keras")  # Keras looks at the ending
        model.save(named)
        named.replace(unfinished)
