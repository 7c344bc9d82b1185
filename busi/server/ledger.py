"""How much is coming in at the moment, over all requests of a kind; the largest is cut off when it is too much.

Whoever sends ten megabytes, slowly, in a hundred requests at once fills what each request by itself may. So all of them
together have a bound, and of those that are not whole yet the one that has sent most gives way: a picture of an
ordinary size comes in at once and is never that one.
"""

from collections.abc import Iterator, MutableMapping
from contextlib import contextmanager
from typing import Any

from busi.server.log_throttle import reports

TOO_MUCH = 429, "Too much is coming in at once; please send it again"  # what such a request hears


class CutOff(Exception):
    """A request that gave way to others."""


class Entry:
    """One request.

    Attributes:
        came: bytes of it so far.
    """

    def __init__(self, ledger: "Ledger", scope: MutableMapping[str, Any]) -> None:
        """Args: ledger, it is in; scope, of the request."""
        self.ledger, self.scope, self.came, self.cut = ledger, scope, 0, False

    def add(self, size: int) -> None:
        """Counts what came.

        Args:
            size: in bytes.

        Raises:
            CutOff: if this request has given way.
        """
        self.came += size
        self.ledger.make_room()
        if self.cut:
            raise CutOff


class Ledger:
    """The requests of a kind that are coming in. One event loop, no threads."""

    def __init__(self, most: int) -> None:
        """Args: most, bytes of all of them."""
        self.most = most
        self.entries: set[Entry] = set()

    @contextmanager
    def entry(self, scope: MutableMapping[str, Any]) -> Iterator[Entry]:
        """A request, for as long as it is being taken in.

        Args:
            scope: its own; with our connections (`connections`) it can be cut off while it says nothing.
        """
        entry = Entry(self, scope)
        self.entries.add(entry)
        try:
            yield entry
        finally:
            self.entries.discard(entry)

    def make_room(self) -> None:
        """Cuts off the largest, until the rest is not too much."""
        while sum(entry.came for entry in self.entries) > self.most:
            largest = max(self.entries, key=lambda entry: entry.came)
            largest.cut = True
            self.entries.discard(largest)
            reports.tell("too much at once", "cut off a request: too much is coming in at once")
            if connection := largest.scope.get("extensions", {}).get("workshop.connection"):
                connection.drop("too much at once")
