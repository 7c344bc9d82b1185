"""One line for each kind of trouble and minute, so that nobody can fill a disk with a log.

What is reported in between is counted, and the count is told with the next line of its kind. Three sources are
bounded so: what this package reports itself, what uvicorn and asyncio log, and the tracebacks that Gradio prints for
each question that fails.

    reports.tell(kind, line)      now, or a number later
    bound_logs()                  the other two
"""

import logging
import sys
import threading
import time
import traceback
from collections import OrderedDict
from collections.abc import Callable
from types import SimpleNamespace
from typing import TextIO

EVERY = 60.0  # seconds between two lines of a kind
MOST_KINDS = 200  # that are remembered; beyond, the kind told longest ago is forgotten
LONGEST = 4000  # characters of one report


class Reports:
    """What was told, by kind. May be used from any thread."""

    def __init__(self, clock: Callable[[], float] = time.monotonic, out: TextIO | None = None) -> None:
        """Begins with nothing told.

        Args:
            clock: seconds, that only grow.
            out: where lines go; None for stderr, whatever that is by then.
        """
        self._clock, self._out = clock, out
        self._told: OrderedDict[str, tuple[float, int]] = OrderedDict()  # when, and how many were held back since
        self._lock = threading.Lock()

    def tell(self, kind: str, line: str) -> bool:
        """Prints a line, unless one of its kind was printed within the minute.

        Args:
            kind: what lines have in common.
            line: one, or several.

        Returns:
            Whether it was printed.
        """
        held = self.due(kind)
        if held is None:
            return False
        more = f" ({held} more like it since the last such line)" if held else ""
        print(f"{line[:LONGEST]}{more}", file=self._out or sys.stderr, flush=True)
        return True

    def due(self, kind: str) -> int | None:
        """How many of a kind were held back, if it is time for the next; None if this one is held back too."""
        now = self._clock()
        with self._lock:
            last, held = self._told.get(kind, (-EVERY, 0))
            if now - last < EVERY:
                self._told[kind] = (last, held + 1)
                return None
            self._told[kind] = (now, 0)
            self._told.move_to_end(kind)
            if len(self._told) > MOST_KINDS:
                self._told.popitem(last=False)
            return held


reports = Reports()


class OncePerMinute(logging.Filter):
    """Lets one record of a kind through per minute: of one logger, one text before it is filled in, one exception."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Whether a record is to be written."""
        raised = type(record.exc_info[1]).__name__ if record.exc_info else ""
        held = reports.due(f"{record.name} {record.msg if isinstance(record.msg, str) else ''} {raised}"[:300])
        if held:
            record.msg = f"{record.getMessage()} ({held} more like it since the last such line)"
            record.args = ()
        return held is not None


def bound_logs() -> None:
    """Puts the bound upon the loggers of uvicorn and asyncio, and upon the tracebacks that Gradio prints."""
    from gradio import queueing, routes  # here, because what is replaced is Gradio's, and this module is not

    for name in ("uvicorn.error", "uvicorn.access", "asyncio", "httpx"):
        logger = logging.getLogger(name)
        if not any(isinstance(known, OncePerMinute) for known in logger.filters):
            logger.addFilter(OncePerMinute())
    told = SimpleNamespace(**{**vars(traceback), "print_exc": _print_exception})
    queueing.traceback = routes.traceback = told


def _print_exception(*_: object, **__: object) -> None:
    """As `traceback.print_exc` does, once a minute for each kind of exception and place that it comes from."""
    error = sys.exc_info()[1]
    if error is None:
        return
    places = traceback.extract_tb(error.__traceback__)
    where = f"{places[-1].filename}:{places[-1].lineno}" if places else ""
    lines = traceback.format_exception(error)
    reports.tell(f"{type(error).__name__} {where}", "".join(lines)[-LONGEST:].rstrip())
