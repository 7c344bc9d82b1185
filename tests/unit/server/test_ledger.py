"""What comes in at once has a bound, and the largest gives way."""

import pytest

from busi.server.ledger import CutOff, Ledger


def test_the_largest_gives_way_and_hears_of_it():
    ledger, dropped = Ledger(100), []

    class Connection:
        def drop(self, why):
            dropped.append(why)

    with ledger.entry({"extensions": {"workshop.connection": Connection()}}) as large, ledger.entry({}) as small:
        large.add(90)
        small.add(10)
        small.add(5)
        assert dropped and not small.cut
        with pytest.raises(CutOff):
            large.add(1)
    assert not ledger.entries


def test_one_alone_that_is_too_large_gives_way_to_nobody_but_the_bound():
    with Ledger(100).entry({}) as entry:
        entry.add(100)
        with pytest.raises(CutOff):
            entry.add(1)
