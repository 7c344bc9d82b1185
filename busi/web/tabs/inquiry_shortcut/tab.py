"""The shortcut: a small network learns from pictures of which malignant ones carry a mark, then the marks go.

What a visitor chooses is checked, the run takes its turn on the server, and each epoch is shown as it comes.
"""

from collections.abc import Iterator

import numpy as np
from markupsafe import Markup

from busi.lessons.shortcut import MARKS, SHARES, SIDES, Seen, Shortcut, recorded, stamped, watch
from busi.lessons.small_training import always_benign, training_images
from busi.web.events import Message, message_of
from busi.web.page import Page
from busi.web.pictures import simulated_picture, veil_picture, with_address
from busi.web.sentences import interval
from busi.web.tabs.inquiries.live import live_bench

CHOICES = ("as_good", "less", "blind")
SHOWN = 3  # pictures of each class

_TEMPLATE = "tabs/inquiry_shortcut/tab.html"


class Chosen(Message):
    """What a bench sends."""

    mark: str
    share: int
    seed: int


def shortcut_bench(page: Page) -> None:
    """Lays out the bench and wires it."""
    live_bench(page, bench_of(page), "tabs/inquiry_shortcut/tab.js", lambda event: run(page, message_of(event, Chosen)))


def bench_of(page: Page) -> Markup:
    """The guess, what can be chosen, and where a run is shown.

    Args:
        page: that it stands on.
    """
    examples = {mark: _pictures(mark) for mark in MARKS}
    benign = [with_address(simulated_picture(image)) for image in _of_class(False)]
    data = {"recorded": recorded(), "sides": list(SIDES), "always": always_benign()}
    return page.template(_TEMPLATE).bench(CHOICES, data, MARKS, SHARES, examples, benign)


def run(page: Page, chosen: Chosen | None) -> Iterator[Markup]:
    """What a run shows after each epoch; nothing if what was chosen is not offered.

    Args:
        page: that it is shown on.
        chosen: what the bench sent; None if that made no sense.
    """
    try:
        shortcut = Shortcut(chosen.mark, chosen.share, chosen.seed) if chosen else None
    except ValueError:
        shortcut = None
    for seen in watch(shortcut) if shortcut else ():
        yield panel(page, shortcut, seen)


def panel(page: Page, chosen: Shortcut, seen: Seen) -> Markup:
    """How far a run is: the share of right answers on each side, and at the end where the evidence lies.

    Args:
        page: that it is shown on.
        chosen: what was chosen.
        seen: from `watch`.
    """
    words = page.words
    bars = {
        side: (words.percent(found.value), f"{100 * found.value:.1f}", interval(words, found, words.percent), found.n)
        for side, found in seen.right.items()
    }
    looked = [] if seen.pictures is None or seen.evidence is None else _looked_at(seen.pictures, seen.evidence)
    return page.template(_TEMPLATE).panel(
        bars=bars,
        always=f"{100 * always_benign():.1f}",
        progress=(seen.epoch, seen.epochs),
        looked=looked,
        told=_told(page, chosen, seen) if seen.epoch == seen.epochs else "",
    )


def _told(page: Page, chosen: Shortcut, seen: Seen) -> str:
    """What came of it, by its numbers."""
    same, gone, swapped = (seen.right[side] for side in SIDES)
    if not chosen.share:
        return page.words("inquiry_shortcut.told_none")
    key = "inquiry_shortcut.told_blind" if gone.low <= always_benign() else "inquiry_shortcut.told_half"
    values = {"same": same.value, "gone": gone.value, "swapped": swapped.value, "always": always_benign()}
    return page.words(key, **{name: page.words.percent(value) for name, value in values.items()})


def _looked_at(pictures: np.ndarray, evidence: np.ndarray) -> list[tuple[str, str]]:
    """Each picture, and a veil over the places that spoke for malignant."""
    most = float(evidence.max())
    veils = np.clip(evidence / most, 0, 1) if most > 0 else np.zeros_like(evidence)
    return [(simulated_picture(one), veil_picture(veil)) for one, veil in zip(pictures, veils, strict=True)]


def _pictures(mark: str) -> list[str]:
    images = _of_class(True)
    marked = stamped(images, np.ones(len(images), bool), mark, np.random.default_rng(3))
    return [with_address(simulated_picture(image)) for image in marked]


def _of_class(malignant: bool) -> np.ndarray:
    images, labels = training_images(60)
    return images[labels == malignant][:SHOWN]
