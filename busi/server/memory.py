"""Memory that goes back to the system.

The C library keeps a store of freed memory for each thread, for as long as the process lives, and learns from the first
large block that it sees to keep such blocks too. Forty threads that each held a visitor's file once keep forty stores.
"""

import ctypes
from contextlib import suppress

# Names and numbers of glibc's mallopt (malloc.h); other C libraries have other ways, and are left alone.
_TRIM_THRESHOLD, _MMAP_THRESHOLD, _ARENA_MAX = -1, -3, -8
STORES = 2
LARGE = 4_000_000  # bytes of a block that goes back at once
KEPT = 8_000_000  # bytes that a store may keep


def return_freed_memory() -> bool:
    """Lets the C library give large blocks back at once, and share few stores. To be called before threads are started.

    Returns:
        Whether it could be told so.
    """
    with suppress(OSError, AttributeError, TypeError):
        adjust = ctypes.CDLL("libc.so.6").mallopt
        wanted = ((_ARENA_MAX, STORES), (_MMAP_THRESHOLD, LARGE), (_TRIM_THRESHOLD, KEPT))
        return all([adjust(which, value) for which, value in wanted])
    return False
