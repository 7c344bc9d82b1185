"""train.py in a test: small images, few of them, one epoch."""

from pathlib import Path

import pytest

from busi.model.network import ATELIER
from busi.training.recipe import RECIPES

SMALL = ("--image-size", "64", "--pretrain", "20", "--arch", ATELIER)  # half the time of the default's deeper one
HELD_OUT = 40


def arguments(data: Path, out: Path, *more: str) -> list[str]:
    """The command line of a small training; what comes in `more` counts where it differs."""
    return ["--data", str(data), "--out", str(out), "--epochs", "1", "--seed", "3", *SMALL, *more]


def hurry(patch: pytest.MonkeyPatch) -> None:
    """Fewer simulated images and epochs than a user's run."""
    patch.setattr("busi.data.simulated.HELD_OUT_IMAGES", HELD_OUT)
    for settings in RECIPES.values():
        patch.setitem(settings, "pretrain_epochs", 2)
