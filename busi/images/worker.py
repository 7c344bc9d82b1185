"""A process that decodes pictures and nothing else, so that it can be ended: `python -m busi.images.worker`.

It reads requests from its standard input and answers on its standard output until the input ends, as it does when the
process that started it is no more. A request is a line of JSON, {"bytes", "most_bytes", "megabytes", "seconds"}, and
the bytes of a file; an answer a line of JSON and the pixels of its arrays, in order:

    {"arrays": [[shape, dtype], ...], "colour", "original": [shape, low, high]}    read
    {"refused": [reason, message, details]}                                        refused
    {"elsewhere": true}                                                            over "most_bytes", not read

Where the system can, a request that takes more memory than "megabytes" fails, and one that takes more than "seconds"
of the processor ends the process.
"""

import json
import os
import signal
import sys
from collections.abc import Sequence
from typing import Any, BinaryIO

import numpy as np

from busi.images.read import Reading, read_picture
from busi.images.refused import ImageRefused, NotHere, no_more_than

READY = b"ready\n"


def main() -> None:
    """Answers until the input ends."""
    requests, answers = _pipes()
    for interrupt in (signal.SIGINT, signal.SIGTERM):  # meant for the process that started this one, which ends it
        signal.signal(interrupt, signal.SIG_IGN)
    _make_ready()
    answers.write(READY)
    answers.flush()
    own_memory = _own_memory()
    while line := requests.readline():
        request = json.loads(line)
        _limit(request, own_memory)
        header, arrays = _answer(requests.read(request["bytes"]), request["most_bytes"])
        _limit({"megabytes": None, "seconds": 0}, own_memory)
        answers.write(json.dumps(header).encode() + b"\n")
        for array in arrays:
            answers.write(np.ascontiguousarray(array).data.cast("B"))
        answers.flush()


def _pipes() -> tuple[BinaryIO, BinaryIO]:
    """Requests and answers; whatever a library prints goes nowhere instead of among the answers."""
    answers = os.fdopen(os.dup(1), "wb")
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    os.dup2(nowhere, 2)
    return sys.stdin.buffer, answers


def _make_ready() -> None:
    """Loads decoders before a picture waits for them, and keeps each to one thread."""
    import imagecodecs  # noqa: F401
    import pillow_heif
    import pydicom.pixels  # noqa: F401
    import tifffile  # noqa: F401
    from PIL import AvifImagePlugin, Image

    Image.init()
    pillow_heif.options.DECODE_THREADS = 1
    AvifImagePlugin.DEFAULT_MAX_THREADS = 1


def _answer(file: bytes, most_bytes: int) -> tuple[dict[str, Any], Sequence[np.ndarray]]:
    try:
        with no_more_than(most_bytes):
            return _header_of(read_picture(file, original=True, reduced=True))
    except NotHere:
        return {"elsewhere": True}, ()
    except ImageRefused as error:
        return {"refused": [error.reason, str(error), error.details]}, ()


def _header_of(reading: Reading) -> tuple[dict[str, Any], Sequence[np.ndarray]]:
    original, arrays = reading.need_original(), [reading.image]
    if not np.array_equal(original.pixels, reading.image):
        arrays.append(original.pixels)
    header = {
        "arrays": [[array.shape, array.dtype.name] for array in arrays],
        "colour": reading.colour,
        "original": [original.shape, original.low, original.high],
    }
    return header, arrays


def _own_memory() -> int | None:
    """Bytes of memory of its own that the process has now; None where nobody can tell."""
    try:
        with open("/proc/self/status", encoding="ascii") as status:
            return next(int(line.split()[1]) * 1024 for line in status if line.startswith("VmData"))
    except (OSError, StopIteration):
        return None


def _limit(request: dict[str, Any], own_memory: int | None) -> None:
    """Sets what one request may take, as far as the system can hold it to that."""
    if hasattr(signal, "setitimer"):
        signal.setitimer(signal.ITIMER_PROF, request["seconds"])  # whose signal ends a process that does not ask for it
    if own_memory is None:
        return
    import resource

    hard = resource.getrlimit(resource.RLIMIT_DATA)[1]
    megabytes = request["megabytes"]
    resource.setrlimit(resource.RLIMIT_DATA, (hard if megabytes is None else own_memory + megabytes * 1_000_000, hard))


if __name__ == "__main__":
    main()
