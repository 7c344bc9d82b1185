"""Ports for what a test starts."""

import os
import random
import socket

FIRST, EACH = 20_000, 4_000  # below those that systems hand out by themselves, for connections among others
WORKER = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw")) % 3
TAKEN: set[int] = set()


def free_port() -> int:
    """A port of this machine that is free, that no other process of the tests draws, and that was not given before."""
    while True:
        port = FIRST + EACH * WORKER + random.randrange(EACH)
        if port in TAKEN:
            continue
        TAKEN.add(port)
        with socket.socket() as tried:
            try:
                tried.bind(("127.0.0.1", port))
            except OSError:
                continue
        return port
