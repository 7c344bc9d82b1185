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
        suppressed = self.due(kind)
        if suppressed is not None:
            self._print(line, suppressed)
        return suppressed is not None

    def tell_exception(self, error: BaseException) -> bool:
        """Prints an exception with its traceback, unless one of its type from the same place was within the minute.

        Args:
            error: that was caught.

        Returns:
            Whether it was printed.
        """
        last = error.__traceback__
        while last is not None and last.tb_next is not None:
            last = last.tb_next
        where = f"{last.tb_frame.f_code.co_filename}:{last.tb_lineno}" if last else ""
        suppressed = self.due(f"{type(error).__name__} {where}")
        if suppressed is not None:  # only now: to put a traceback into words takes longer than many an answer
            self._print("".join(traceback.format_exception(error))[-LONGEST:].rstrip(), suppressed)
        return suppressed is not None

    def _print(self, line: str, suppressed: int) -> None:
        more = f" ({suppressed} more like it since the last such line)" if suppressed else ""
        print(f"{line[:LONGEST]}{more}", file=self._out or sys.stderr, flush=True)

    def due(self, kind: str) -> int | None:
        """How many of a kind were held back, if it is time for the next; None if this one is held back too."""
        now = self._clock()
        with self._lock:
            last, suppressed = self._told.get(kind, (-EVERY, 0))
            if now - last < EVERY:
                self._told[kind] = (last, suppressed + 1)
                return None
            self._told[kind] = (now, 0)
            self._told.move_to_end(kind)
            if len(self._told) > MOST_KINDS:
                self._told.popitem(last=False)
            return suppressed


reports = Reports()


class OncePerMinute(logging.Filter):
    """Lets one record of a kind through per minute: of one logger, one text before it is filled in, one exception."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Whether a record is to be written."""
        raised = type(record.exc_info[1]).__name__ if record.exc_info else ""
        suppressed = reports.due(f"{record.name} {record.msg if isinstance(record.msg, str) else ''} {raised}"[:300])
        if suppressed:
            record.msg = f"{record.getMessage()} ({suppressed} more like it since the last such line)"
            record.args = ()
        return suppressed is not None


def bound_logs() -> None:
    """Puts the bound upon the loggers of uvicorn and asyncio, and upon the tracebacks that Gradio prints."""
    from busi.server.gradio_internals import print_exceptions_with  # here, because nothing else here needs Gradio

    for name in ("uvicorn.error", "uvicorn.access", "asyncio", "httpx"):
        logger = logging.getLogger(name)
        if not any(isinstance(known, OncePerMinute) for known in logger.filters):
            logger.addFilter(OncePerMinute())
    print_exceptions_with(_print_exception)


def _print_exception(*_: object, **__: object) -> None:
    """In the place of `traceback.print_exc`."""
    if (error := sys.exc_info()[1]) is not None:
        reports.tell_exception(error)
