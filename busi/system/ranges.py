"""One way to refuse what is out of range or not offered, with the rule and the value received.

>>> check_number("rotation", 200, 0, 180)
Traceback (most recent call last):
    ...
ValueError: rotation must be a number from 0 to 180, got 200
"""

import reprlib
from collections.abc import Iterable
from numbers import Integral, Real
from typing import Any

_SHORT = reprlib.Repr()
_SHORT.maxstring = _SHORT.maxother = _SHORT.maxlong = 80


def check_number(name: str, value: Any, low: float, high: float | None = None, whole: bool = False) -> None:
    """Makes sure that a value is a number in a range, both ends included; true and false are none, nor is NaN.

    Args:
        name: what the message calls it.
        value: of any type.
        low: the lower end.
        high: the upper end; None if there is none.
        whole: whether only whole numbers will do.

    Raises:
        ValueError: with the rule and the value.
    """
    if not _is_number(value, whole) or not low <= value or not (high is None or value <= high):
        span = f"of {_plain(low)} or more" if high is None else f"from {_plain(low)} to {_plain(high)}"
        raise ValueError(f"{name} must be {'a whole number' if whole else 'a number'} {span}, got {brief(value)}")


def check_offered(name: str, value: Any, offered: Iterable[Any]) -> None:
    """Makes sure that a value is one of some.

    Args:
        name: what the message calls it.
        value: of any type.
        offered: what it may be.

    Raises:
        ValueError: with what it may be, and the value.
    """
    choices = tuple(offered)
    if value not in choices:
        raise ValueError(f"{name} must be one of {', '.join(map(str, choices))}, got {brief(value)}")


def brief(value: Any) -> str:
    """A value as it may stand in a message of one line, however long or odd it is."""
    shown = _SHORT.repr(value)
    return shown if shown.isprintable() else ascii(shown)


def _is_number(value: Any, whole: bool) -> bool:
    return isinstance(value, Integral if whole else Real) and not isinstance(value, bool)


def _plain(number: float) -> str:
    return f"{number:.15g}" if abs(number) < 100_000 else f"{number:,.15g}"
