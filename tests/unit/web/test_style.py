"""Colours can be read, in the light and in the dark, and told apart by colour-blind readers."""

import re
from itertools import combinations

import numpy as np
import pytest

from tests.support.places import ROOT

CSS = (ROOT / "busi" / "web" / "frame" / "frame.css").read_text("utf-8")
GROUNDS = ("paper", "raised", "soft")  # what words stand on

# Simulation matrices on linear RGB: G. Machado et al., IEEE TVCG 15 (2009) 1291, severity 1.
COLOUR_BLINDNESS = {
    "protanopia": [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]],
    "deuteranopia": [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]],
    "tritanopia": [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.303900]],
}


def colours(mode: str) -> dict[str, str]:
    starts = {"light": r"^:root", "dark": r"\.dark"}
    blocks = {name: re.search(rf"{start} \{{(.*?)\}}", CSS, re.S | re.M) for name, start in starts.items()}
    found = dict(re.findall(r"--([\w-]+): (#\w{6})", blocks["light"].group(1)))
    return found if mode == "light" else found | dict(re.findall(r"--([\w-]+): (#\w{6})", blocks["dark"].group(1)))


def linear(colour: str) -> np.ndarray:
    levels = np.array([int(colour[i : i + 2], 16) for i in (1, 3, 5)]) / 255
    return np.where(levels <= 0.04045, levels / 12.92, ((levels + 0.055) / 1.055) ** 2.4)


def contrast(first: str, second: str) -> float:
    """WCAG 2 contrast ratio."""
    low, high = sorted(float(linear(colour) @ [0.2126, 0.7152, 0.0722]) for colour in (first, second))
    return (high + 0.05) / (low + 0.05)


def test_the_measure_itself():
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize("mode", ["light", "dark"])
def test_words_in_colour_can_be_read(mode):
    palette = colours(mode)
    for name in ("ink", "quiet-ink", "accent", "benign", "malignant"):
        for ground in GROUNDS:
            assert contrast(palette[name], palette[ground]) >= 4.5, (name, ground)
    assert contrast(palette["accent"], palette["accent-soft"]) >= 4.5, "the link to the part in view"
    assert contrast(palette["on-accent"], palette["accent"]) >= 4.5, "the button at the thumb"


@pytest.mark.parametrize("mode", ["light", "dark"])
@pytest.mark.parametrize("kind", COLOUR_BLINDNESS)
def test_the_classes_stay_apart_for_colour_blind_readers(mode, kind):
    palette = colours(mode)
    seen = {name: np.array(COLOUR_BLINDNESS[kind]) @ linear(palette[name]) for name in ("benign", "malignant")}
    for first, second in combinations(seen.values(), 2):
        assert np.abs(first - second).max() > 0.15
