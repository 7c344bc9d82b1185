"""What is printed reaches the terminal, whatever file names it holds."""

import sys


def printable_output() -> None:
    """Lets stdout and stderr write every text: what their encoding lacks comes out as its number.

    Names from old archives are not always text, and a Windows console knows few letters; neither may stop the work.
    To be called first in a program's main.
    """
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):  # not where a notebook or a test has put a stream of its own
            stream.reconfigure(errors="backslashreplace")
