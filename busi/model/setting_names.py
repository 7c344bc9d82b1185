"""What bundle.json and checkpoints call the settings of a training, where that is not their name in the code.

Bundles that are out there keep opening, so a key stays as it is when a better name is found for a setting.
"""

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

KEYS = {"burn_in": "settling", "cosine_decay": "falling", "contrast_both_ways": "flatter"}

_LEFT_OUT_WHERE_OFF = ("folds", "drawn")  # so that what has none is written as it was before there were any


def as_in_bundle(settings: "DataclassInstance") -> dict[str, Any]:
    """A recipe, or settings of augmentation, as bundle.json keeps them.

    Args:
        settings: a dataclass, which may hold others.
    """
    kept = {name: value for name, value in asdict(settings).items() if value or name not in _LEFT_OUT_WHERE_OFF}
    if "drawn" not in kept:
        kept.pop("drawn_epochs", None)
    return _with_keys(kept)


def _with_keys(values: dict[str, Any]) -> dict[str, Any]:
    return {
        KEYS.get(name, name): _with_keys(value) if isinstance(value, dict) else value for name, value in values.items()
    }
