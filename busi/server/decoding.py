"""Visitors' pictures are decoded in processes of their own, which can be ended, and once each.

A decoder that is fed a bomb, hangs or crashes takes its process with it, not the room. Two lanes:

    small    two processes, always ready; a quarter of a second and 16 MB for a picture, which is far more than any
             photograph of an ultrasound screen cut to size takes
    large    one process, started when it is needed, for what was too much for the small lane; one picture at a time,
             one waits, others are told to come back

So whoever sends a usual picture never waits behind a huge one. A picture that was read is kept for a while, by its
content, as is why one was refused: the page asks for the same picture some eight times.

    read_upload(path) -> Reading
"""

import hashlib
import json
import math
import os
import queue
import subprocess
import sys
import threading
import time
from collections import OrderedDict
from collections.abc import Iterator, Sequence
from concurrent.futures import Future
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import cache
from io import BufferedReader
from pathlib import Path
from typing import Any, BinaryIO, cast

import numpy as np

from busi.images import ImageRefused, NotHere, Original, Reading, read_picture, too_costly
from busi.system.places import repository

READY = b"ready\n"
WORKER = ("-m", "busi.images.worker")
ROOT = repository()
STARTS_IN = 60.0  # seconds at most, on a busy machine
SPARES = 2  # processes of the small lane: while one has been ended, the other answers
MOST_WAITING = 1  # pictures before the large lane
PIPE = 2**20  # bytes
GLANCE = 0.2  # seconds between two looks at the clock
IDLE = 30.0  # seconds after which the process of the large lane is ended
KEPT = 48_000_000  # bytes of pictures that are kept


# One thread, and memory that goes back to the system after each picture (names of glibc; others ignore them).
_FRUGAL = {
    **dict.fromkeys(("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS", "MALLOC_ARENA_MAX"), "1"),
    "MALLOC_MMAP_THRESHOLD_": "2097152",
    "MALLOC_TRIM_THRESHOLD_": "4194304",
}


@dataclass(frozen=True)
class Limits:
    """What one picture may take.

    Attributes:
        most_bytes: that reading it may hold, told from its header.
        megabytes: of memory that its process may take, whatever the header said.
        seconds: of the processor.
        patience: seconds by the clock, after which its process is ended.
    """

    most_bytes: int
    megabytes: int
    seconds: float
    patience: float


SMALL = Limits(16_000_000, 80, 0.25, 3.0)
LARGE = Limits(200_000_000, 250, 1.7, 5.0)


class Lost(Exception):
    """The process ended, or was ended, before it answered."""


class DecodingProcess:
    """A process that decodes one picture after the other; not safe to share between threads."""

    def __init__(self, command: Sequence[str]) -> None:
        """Starts it, and does not wait until it is ready.

        Args:
            command: what runs `busi.images.worker`, or something that speaks like it.

        Raises:
            OSError: if it cannot be started.
        """
        modules = {"PYTHONPATH": os.pathsep.join([str(ROOT), *filter(None, sys.path)]), "PYTHONSAFEPATH": "1"}
        environment, pipe = {**os.environ, **modules, **_FRUGAL}, subprocess.PIPE
        self._process = subprocess.Popen(
            command, env=environment, start_new_session=True, stdin=pipe, stdout=pipe, stderr=subprocess.DEVNULL
        )
        self._requests = cast("BinaryIO", self._process.stdin)
        self._answers = cast("BufferedReader", self._process.stdout)
        for pipe in (self._requests, self._answers):
            _widen(pipe)
        self._ready, self._deadline, self._ended = False, math.inf, threading.Event()
        threading.Thread(target=self._watch, name="watch-decoding", daemon=True).start()

    def wait(self) -> None:
        """Waits until it is ready to decode.

        Raises:
            Lost: if it never is.
        """
        if self._ready:
            return
        with self._ended_after(STARTS_IN):
            if self._answers.readline(len(READY)) != READY:
                raise Lost
        self._ready = True

    def read(self, file: bytes, leash: Limits) -> Reading:
        """Decodes a file.

        Args:
            file: its bytes.
            leash: what it may take.

        Raises:
            ImageRefused: as `read_picture` does.
            NotHere: if it would take more than the leash allows, told from its header.
            Lost: if the process ended instead.
        """
        self.wait()
        request = {
            "bytes": len(file),
            "most_bytes": leash.most_bytes,
            "megabytes": leash.megabytes,
            "seconds": leash.seconds,
        }
        with self._ended_after(leash.patience):
            try:
                self._requests.write(json.dumps(request).encode() + b"\n" + file)
                self._requests.flush()
                answer = json.loads(self._answers.readline())
                arrays = [self._array(*one) for one in answer.get("arrays", ())]
            except (OSError, ValueError) as error:
                raise Lost from error
        return _outcome(answer, arrays)

    def end(self) -> None:
        """Ends it at once, whatever it does."""
        self._ended.set()
        self._process.kill()
        for pipe in (self._requests, self._answers):
            with suppress(OSError):  # what was still to be written cannot be any more
                pipe.close()
        self._process.wait()

    def _array(self, shape: Sequence[int], kind: str) -> np.ndarray:
        array = np.empty(shape, kind)
        if self._answers.readinto(array.reshape(-1).data.cast("B")) != array.nbytes:
            raise ValueError("the answer ends too early")
        return array

    @contextmanager
    def _ended_after(self, seconds: float) -> Iterator[None]:
        """Within the block, the process is ended when the time is over, so that whoever reads from it reads its end."""
        self._deadline = time.monotonic() + seconds
        try:
            yield
        finally:
            self._deadline = math.inf

    def _watch(self) -> None:
        """Looks at the clock now and then, which costs a small picture less than a clock that is set for each."""
        while not self._ended.wait(GLANCE):
            if time.monotonic() > self._deadline:
                self._process.kill()


def _widen(pipe: BinaryIO) -> None:
    """Lets a usual picture through at once, where the system can, instead of in four parts and as many waits."""
    with suppress(ImportError, AttributeError, OSError):
        import fcntl

        fcntl.fcntl(pipe, fcntl.F_SETPIPE_SZ, PIPE)


def _outcome(answer: dict[str, Any], arrays: Sequence[np.ndarray]) -> Reading:
    if "elsewhere" in answer:
        raise NotHere("busy", "the picture takes more than is allowed here")
    if "refused" in answer:
        reason, message, details = answer["refused"]
        raise ImageRefused(reason, message, **details)
    shape, low, high = answer["original"]
    return Reading(arrays[0], answer["colour"], Original(arrays[-1], tuple(shape), low, high))


class Unavailable(Exception):
    """No process can be started on this machine."""


class _Starter:
    """Starts processes, and knows whether one ever was ready: if not, none ever will be."""

    def __init__(self, command: Sequence[str]) -> None:
        self._command, self._ever_ready = command, False

    def start(self) -> DecodingProcess | None:
        """A process; None if the system has none to give."""
        try:
            return DecodingProcess(self._command)
        except OSError:
            return None

    def wait(self, process: DecodingProcess | None) -> DecodingProcess:
        """Waits until a process is ready, and gives it back."""
        try:
            if process is None:
                raise Lost
            process.wait()
        except Lost as error:
            if not self._ever_ready:
                raise Unavailable from error
            raise
        self._ever_ready = True
        return process


class _SmallLane:
    """Processes that are always ready; one that was ended is replaced at once."""

    def __init__(self, starter: _Starter, leash: Limits) -> None:
        self._starter, self._leash = starter, leash
        self._processes: queue.LifoQueue[DecodingProcess | None] = queue.LifoQueue()  # the one used last is warm
        for _ in range(SPARES):
            self._processes.put(None)  # to be started by whoever takes it

    def start(self) -> None:
        for process in [self._processes.get() for _ in range(SPARES)]:
            if process:
                self._processes.put(process)
            else:
                self._renew()

    def read(self, file: bytes) -> Reading:
        process = self._processes.get()
        try:
            ready = process
            if ready is None:
                process = self._starter.start()
                ready = self._starter.wait(process)
            return ready.read(file, self._leash)
        except ImageRefused:
            raise
        except BaseException:
            if process:
                process.end()
            process = None
            raise
        finally:
            if process:
                self._processes.put(process)
            else:
                self._renew()

    def _renew(self) -> None:
        """Puts another process in the place of one that was ended, once it is ready: nobody waits for it till then."""
        threading.Thread(target=self._add, name="start-decoding", daemon=True).start()

    def _add(self) -> None:
        process = self._starter.start()
        try:
            self._starter.wait(process)
        except (Lost, Unavailable):
            if process:
                process.end()
            process = None  # whoever takes it finds out why
        self._processes.put(process)

    def close(self) -> None:
        for process in [self._processes.get() for _ in range(SPARES)]:
            if process:
                process.end()
            self._processes.put(None)


class _LargeLane:
    """One process, while it is needed; one picture at a time, and few that wait."""

    def __init__(self, starter: _Starter, leash: Limits) -> None:
        self._starter, self._leash = starter, leash
        self._alone, self._line = threading.Lock(), threading.Semaphore(1 + MOST_WAITING)
        self._process: DecodingProcess | None = None
        self._idle: threading.Timer | None = None

    def read(self, file: bytes) -> Reading:
        if not self._line.acquire(blocking=False):
            raise ImageRefused("busy", "other large pictures are being opened: try again in a moment")
        try:
            with self._alone:
                return self._read(file)
        finally:
            self._line.release()

    def _read(self, file: bytes) -> Reading:
        if self._idle:
            self._idle.cancel()
        try:
            self._process = self._process or self._starter.start()
            return self._starter.wait(self._process).read(file, self._leash)
        except ImageRefused:
            raise
        except BaseException:
            self._end()
            raise
        finally:
            self._idle = threading.Timer(IDLE, self.close)
            self._idle.daemon = True
            self._idle.start()

    def _end(self) -> None:
        if self._process:
            self._process.end()
        self._process = None

    def close(self) -> None:
        with self._alone:
            if self._idle:
                self._idle.cancel()
            self._end()


class _OutcomeCache:
    """The latest outcomes by the content of their files, as many as `KEPT` bytes hold."""

    def __init__(self) -> None:
        self._outcomes: OrderedDict[bytes, Reading | ImageRefused] = OrderedDict()
        self._bytes = 0

    def get(self, key: bytes) -> Reading | ImageRefused | None:
        if key in self._outcomes:
            self._outcomes.move_to_end(key)
        return self._outcomes.get(key)

    def add(self, key: bytes, outcome: Reading | ImageRefused) -> None:
        self._outcomes[key] = outcome
        self._bytes += _size(outcome)
        while self._bytes > KEPT:
            self._bytes -= _size(self._outcomes.popitem(last=False)[1])


def _size(outcome: Reading | ImageRefused) -> int:
    arrays = [outcome.image, outcome.need_original().pixels] if isinstance(outcome, Reading) else []
    return 1000 + sum({id(array): array.nbytes for array in arrays}.values())


def _file(path: str | os.PathLike) -> bytes:
    try:
        return Path(path).read_bytes()
    except OSError as error:
        raise ImageRefused("missing", f"cannot read {path}: {error.strerror}") from error


class UploadReader:
    """Reads what visitors send. Safe to call from several threads."""

    def __init__(self, worker: Sequence[str] = WORKER, small: Limits = SMALL, large: Limits = LARGE) -> None:
        """Prepares; no process is started before `start` or `read`.

        Args:
            worker: arguments of Python that run the process.
            small: what a picture may take in the small lane.
            large: in the large lane.
        """
        starter = _Starter((sys.executable or "python", *worker))
        self._small, self._large = _SmallLane(starter, small), _LargeLane(starter, large)
        self._lock, self._here = threading.Lock(), threading.Lock()
        self._under_way: dict[bytes, Future] = {}
        self._kept = _OutcomeCache()
        self._possible = True
        self._starting, self._started = threading.Lock(), False

    def start(self) -> None:
        """Starts the small lane's processes, and returns before they are ready."""
        with self._starting:
            if not self._started:
                self._small.start()
            self._started = True

    def close(self) -> None:
        """Ends all processes; they would be started again for whoever reads."""
        with self._starting:
            self._small.close()
            self._large.close()
            self._started = False

    def read(self, path: str | os.PathLike) -> Reading:
        """Reads a file, as `images.read_picture` does.

        Args:
            path: of the file.

        Returns:
            The picture, with its original; its arrays cannot be written into, since others are given the same.

        Raises:
            ImageRefused: as `read_picture` does; also "busy" if it is large and others are before it.
        """
        outcome = self._once(_file(path))
        if isinstance(outcome, ImageRefused):
            raise ImageRefused(outcome.reason, str(outcome), **outcome.details)
        return outcome

    def _once(self, file: bytes) -> Reading | ImageRefused:
        """What a file is; whoever asks while that is being found out waits for the same answer."""
        key = hashlib.sha256(file).digest()
        with self._lock:
            if (known := self._kept.get(key)) is not None:
                return known
            pending, mine = self._under_way.get(key), Future()
            if pending is None:
                self._under_way[key] = mine
        if pending is not None:
            return pending.result()
        try:
            mine.set_result(self._outcome(file))
        except BaseException as error:
            mine.set_exception(error)
        with self._lock:
            del self._under_way[key]
            if mine.exception() is None and getattr(mine.result(), "reason", "") != "busy":
                self._kept.add(key, mine.result())
        return mine.result()

    def _outcome(self, file: bytes) -> Reading | ImageRefused:
        try:
            reading = self._decoded(file)
        except ImageRefused as error:  # a new one, since this one's traceback holds on to the file
            return ImageRefused(error.reason, str(error), **error.details)
        reading.image.flags.writeable = reading.need_original().pixels.flags.writeable = False
        return reading

    def _decoded(self, file: bytes) -> Reading:
        if self._possible:
            try:
                return self._in_a_process(file)
            except Unavailable:
                self._possible = False
                print("warning: no process can be started, so pictures are opened in this one", file=sys.stderr)
        with self._here:
            return read_picture(file, original=True, reduced=True)

    def _in_a_process(self, file: bytes) -> Reading:
        self.start()
        try:
            return self._small.read(file)
        except (NotHere, Lost):
            pass  # a larger picture than most, or one that takes longer
        except ImageRefused as error:
            if error.reason != "too_costly":
                raise
        try:
            return self._large.read(file)
        except (NotHere, Lost) as error:
            raise too_costly("its process was ended") from error


@cache
def reader() -> UploadReader:
    """The one of this process."""
    return UploadReader()


def read_upload(path: str | os.PathLike) -> Reading:
    """Reads what a visitor sent, in a process that can be ended, and once however often it is asked for.

    Args:
        path: of the file.

    Returns:
        The picture, with its original; its arrays cannot be written into.

    Raises:
        ImageRefused: as `images.read_picture` does; also "busy" if it is large and others are before it.
    """
    return reader().read(path)
