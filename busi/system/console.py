"""What is printed reaches the terminal, whatever file names it holds, and nothing else does."""

import io
import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager


def printable_output() -> None:
    """Lets stdout and stderr write every text: what their encoding lacks comes out as its number.

    Names from old archives are not always text, and a Windows console knows few letters; neither may stop the work.
    To be called first in a program's main.
    """
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):  # not where a notebook or a test has put a stream of its own
            stream.reconfigure(errors="backslashreplace")


@contextmanager
def quiet_libraries() -> Iterator[None]:
    """Holds back what libraries write to the process's stderr from within, as TensorFlow does when it starts.

    If what is done in between raises, what was held back is written after all: it may say why. Not for a process in
    which other threads have something to say.
    """
    sys.stderr.flush()
    real_stderr = os.dup(2)
    with tempfile.TemporaryFile() as aside:
        os.dup2(aside.fileno(), 2)
        try:
            yield
        except BaseException:
            os.dup2(real_stderr, 2)
            aside.seek(0)
            os.write(2, aside.read())
            raise
        finally:
            os.dup2(real_stderr, 2)
            os.close(real_stderr)
