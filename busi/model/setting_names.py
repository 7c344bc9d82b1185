"""What bundle.json and checkpoints call the settings of a training, where that is not their name in the code.

Bundles that are out there keep opening, so a key stays as it is when a better name is found for a setting.
"""

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

KEYS = {"burn_in": "settling", "cosine_decay": "falling", "contrast_both_ways": "flatter"}

# So that what has none is written as it was before there were any.
_LEFT_OUT_WHERE_OFF = {"folds": 0, "drawn": 0, "weights": "random"}
_OF_DRAWN = ("drawn_epochs", "drawn_real_epochs")


def as_in_bundle(settings: "DataclassInstance") -> dict[str, Any]:
    """A recipe, or settings of augmentation, as bundle.json keeps them.

    Args:
        settings: a dataclass, which may hold others.
    """
    of_all = asdict(settings).items()
    kept = {
        name: value for name, value in of_all if name not in _LEFT_OUT_WHERE_OFF or value != _LEFT_OUT_WHERE_OFF[name]
    }
    left_out = () if "drawn" in kept else _OF_DRAWN
    return _with_keys({name: value for name, value in kept.items() if name not in left_out})


def _with_keys(values: dict[str, Any]) -> dict[str, Any]:
    return {
        KEYS.get(name, name): _with_keys(value) if isinstance(value, dict) else value for name, value in values.items()
    }
