"""Reading the weights that PyTorch saved, without PyTorch, and without running anything that a file asks for.

    read_weights(path)      {name: array}

The form is that of `torch.save` before version 1.6: a magic number, a version and a note on the machine; the
parameters, pickled, each a window on a storage; the storages' names; then each storage, its length before its numbers
(`torch/serialization.py`, `_legacy_save`). Of what a pickle can call, two things are allowed, and neither is called: an
ordered dictionary, and the function that would make a tensor, whose arguments say all that is needed.
"""

import pickle
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np

_MAGIC = 0x1950A86A20F9469CFC6C
_NUMBERS = {"FloatStorage": np.dtype("<f4"), "LongStorage": np.dtype("<i8")}


@dataclass(frozen=True)
class _Window:
    """A parameter: which numbers of which storage it shows."""

    storage: str
    first: int
    shape: tuple[int, ...]
    steps: tuple[int, ...]


def read_weights(path: Path) -> dict[str, np.ndarray]:
    """The parameters of a network that PyTorch saved.

    Args:
        path: of the file.

    Returns:
        Arrays of any shape by their names there: float32, for a convolution of F filters that see C maps (F, C, K, L);
        int64 for what counts.

    Raises:
        ValueError: if the file is no such file.
    """
    try:
        with open(path, "rb") as file:
            return _read(file)
    except (OSError, EOFError, KeyError, IndexError, AttributeError, TypeError, pickle.UnpicklingError) as error:
        raise ValueError(f"{path} holds no weights that can be read: {error}") from error


def _read(file: BinaryIO) -> dict[str, np.ndarray]:
    if _Reader(file).load() != _MAGIC:
        raise pickle.UnpicklingError("it does not begin as PyTorch's files did")
    for _ in ("version", "machine"):
        _Reader(file).load()
    reader = _Reader(file)
    windows, names = reader.load(), _Reader(file).load()
    storages = {name: _storage(file, reader.numbers[name]) for name in names}
    return {name: _seen(storages[window.storage], window) for name, window in windows.items()}


class _Reader(pickle.Unpickler):
    """An unpickler that calls nothing."""

    def __init__(self, file: BinaryIO) -> None:
        super().__init__(file)
        self.numbers: dict[str, np.dtype] = {}  # kind of the numbers in each storage

    def find_class(self, module: str, name: str) -> Any:
        found: dict[tuple[str, str], Callable[..., Any]] = {
            ("collections", "OrderedDict"): OrderedDict,
            ("torch._utils", "_rebuild_tensor_v2"): _window,
        }
        if module == "torch" and name in _NUMBERS:
            return _NUMBERS[name]
        if (module, name) not in found:
            raise pickle.UnpicklingError(f"it asks for {module}.{name}")
        return found[module, name]

    def persistent_load(self, pid: Any) -> str:
        """A storage, told by its kind, its name, the machine's part and its length."""
        _, kind, name, *_ = pid
        self.numbers[name] = kind
        return name


def _window(storage: str, first: int, shape: tuple[int, ...], steps: tuple[int, ...], *_: Any) -> _Window:
    return _Window(storage, first, shape, steps)


def _storage(file: BinaryIO, kind: np.dtype) -> np.ndarray:
    length = int(np.frombuffer(file.read(8), "<i8")[0])
    content = file.read(length * kind.itemsize)
    if len(content) != length * kind.itemsize:
        raise EOFError("it ends in the middle")
    return np.frombuffer(content, kind)


def _seen(storage: np.ndarray, window: _Window) -> np.ndarray:
    """The numbers of a window, which must all lie in its storage."""
    last = window.first + sum((side - 1) * step for side, step in zip(window.shape, window.steps, strict=True))
    if window.first < 0 or min(window.steps, default=0) < 0 or last >= len(storage):
        raise IndexError("a parameter lies outside of what was saved")
    steps = [step * storage.itemsize for step in window.steps]
    return np.lib.stride_tricks.as_strided(storage[window.first :], window.shape, steps).copy()
