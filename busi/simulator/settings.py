"""Settings refuse what cannot be drawn, by name."""

from collections.abc import Mapping
from dataclasses import fields
from typing import Any

from busi.system.ranges import check_number


def check_settings(settings: Any, ranges: Mapping[str, tuple[float, float]]) -> None:
    """Makes sure that each number of a dataclass is in its range.

    Args:
        settings: a dataclass.
        ranges: lowest and highest value by the name of an attribute; others are not looked at.

    Raises:
        ValueError: naming the attribute, its range and the value received.
    """
    for field in fields(settings):
        if field.name in ranges:
            check_number(field.name, getattr(settings, field.name), *ranges[field.name], whole=field.type is int)
