"""How far each random change goes: when the network was trained, and as a visitor wants it."""

from collections.abc import Collection, Mapping
from typing import Annotated, Any

from pydantic import Field, FiniteFloat, ValidationError, ValidationInfo, ValidatorFunctionWrapHandler, field_validator

from busi.bundle.files import Bundle
from busi.web.events import Message, or_else

# Each knob with its highest setting here and its step; those of training are in bundle.json.
KNOBS = {
    "rotation": (90, 1),
    "zoom": (0.5, 0.01),
    "translation": (0.5, 0.01),
    "brightness": (0.6, 0.01),
    "contrast": (0.9, 0.01),
}
# What switches add, as far as training had it.
MORE = {"scanner": ("gamma", "shading", "softness", "grain"), "marks": ("marks",)}
USUAL = {"rotation": 15, "zoom": 0.15, "translation": 0.1, "brightness": 0.15, "contrast": 0.25}

_HIGHEST_SEED = 2**31 - 1

_Switch = Annotated[bool, or_else(False)]


class Wanted(Message):
    """What a visitor wants to see; a setting that makes no sense becomes the usual one.

    Attributes:
        image: key of an example; empty for the chosen image.
        rotation: how far this change may go, as those that follow.
        zoom: as a share.
        translation: as a share of the image's side.
        brightness: as a share of the range.
        contrast: as a share.
        flip: whether half of the variants are mirrored.
        scanner: whether they show what `MORE` calls so, as `marks`.
        marks: the same.
        seed: decides what is drawn.
    """

    image: Annotated[str, or_else("")] = ""
    rotation: FiniteFloat = USUAL["rotation"]
    zoom: FiniteFloat = USUAL["zoom"]
    translation: FiniteFloat = USUAL["translation"]
    brightness: FiniteFloat = USUAL["brightness"]
    contrast: FiniteFloat = USUAL["contrast"]
    flip: _Switch = True
    scanner: _Switch = False
    marks: _Switch = False
    seed: Annotated[int, Field(ge=0, le=_HIGHEST_SEED), or_else(0)] = 0

    @field_validator(*KNOBS, mode="wrap")
    @classmethod
    def _within(cls, value: object, check: ValidatorFunctionWrapHandler, info: ValidationInfo) -> float:
        """A number from 0 to the knob's highest, whatever a browser sent."""
        name = str(info.field_name)
        try:
            return min(max(check(value), 0.0), KNOBS[name][0])
        except ValidationError:
            return USUAL[name]

    @property
    def knobs(self) -> dict[str, float]:
        """How far each change may go, by the names of `KNOBS`."""
        return {name: getattr(self, name) for name in KNOBS}

    @property
    def more(self) -> frozenset[str]:
        """Which of `MORE` the variants show too."""
        return frozenset(name for name in MORE if getattr(self, name))


def trained_with(bundle: Bundle) -> dict[str, float]:
    """How far each change went when the network was trained; the usual settings if the bundle does not tell.

    Args:
        bundle: of the network.
    """
    amounts = _augmentation_of(bundle)
    return {name: float(amounts.get(name, usual)) for name, usual in USUAL.items()}


def trained_with_more(bundle: Bundle) -> dict[str, dict[str, float]]:
    """What training changed apart from the knobs, by the names of `MORE`; without what it left alone.

    Args:
        bundle: of the network.
    """
    amounts = _augmentation_of(bundle)
    found = {
        choice: {name: float(amounts[name]) for name in names if amounts.get(name)} for choice, names in MORE.items()
    }
    return {choice: changed for choice, changed in found.items() if changed}


def loses_contrast(bundle: Bundle) -> bool:
    """Whether contrast was lost too when the network was trained, and not only gained.

    Args:
        bundle: of the network.
    """
    return _augmentation_of(bundle).get("flatter", False)


def settings_of(bundle: Bundle, knobs: Mapping[str, float], flip: bool, more: Collection[str] = ()) -> dict[str, Any]:
    """What `AugmentationSettings` takes, for what a visitor chose.

    Args:
        bundle: whose network's training says what else goes with a choice.
        knobs: how far each of `KNOBS` may go.
        flip: whether half of the variants are mirrored.
        more: which of `MORE` they show too; those that training left alone are passed over.
    """
    added = trained_with_more(bundle)
    amounts = {name: amount for choice in more for name, amount in added.get(choice, {}).items()}
    return {**knobs, "flip": flip, "contrast_both_ways": loses_contrast(bundle), **amounts}


def _augmentation_of(bundle: Bundle) -> Mapping[str, Any]:
    return bundle.info.get("training", {}).get("recipe", {}).get("augmentation", {})
