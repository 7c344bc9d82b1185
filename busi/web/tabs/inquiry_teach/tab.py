"""Taught by a visitor: two boxes of pictures, a short training, and what the network made of them.

What is in the boxes is checked, the run takes its turn on the server. Names stay in the browser.
"""

from collections.abc import Iterator, Mapping
from dataclasses import asdict
from statistics import mean

import gradio as gr
from markupsafe import Markup

from busi.lessons.teach import FEWEST, MOST, Boxes, Sorted, others, presets, recorded, wall, watch
from busi.web.events import Message, message_of
from busi.web.page import Page
from busi.web.pictures import simulated_picture, with_address
from busi.web.tabs.inquiries.live import live_bench
from busi.web.tabs.inquiry_teach.notebook import as_link, notebook
from busi.words.text import Words

CHOICES = ("meant", "other", "nothing")
SHOWN = 6  # of the surest on each side
WEAK = 0.6  # below, chance could do it: among 160 pictures it lies within 0.1 of a half in 19 of 20 cases

_TEMPLATE = "tabs/inquiry_teach/tab.html"
_NAMES = {
    "brightness": "inquiry_teach.by_brightness",
    "contrast": "inquiry_teach.by_contrast",
    "size": "inquiry_teach.by_size",
    "depth": "inquiry_teach.by_depth",
    "class": "inquiry_teach.by_class",
}


class Given(Message):
    """What a bench sends: places on the wall."""

    first: list[int]
    second: list[int]
    seed: int


def teach_bench(page: Page) -> None:
    """Lays out the bench and wires it."""

    def run_what_is_given(event: gr.EventData) -> Iterator[Markup]:
        return run(page, message_of(event, Given))

    live_bench(page, bench_of(page), "tabs/inquiry_teach/tab.js", run_what_is_given)


def bench_of(page: Page) -> Markup:
    """The guess, the wall, the boxes, and where a run is shown.

    Args:
        page: that it stands on.
    """
    pictures = [with_address(simulated_picture(image)) for image in wall()]
    ready = {name: asdict(boxes) for name, boxes in presets().items()}
    size, by_class = (recorded()[name] for name in ("size", "class"))
    data = {
        "presets": ready,
        "fewest": FEWEST,
        "most": MOST,
        "runs": len(size["size"]),
        "bySize": mean(size["size"]),
        "byBrightness": mean(size["brightness"]),
    }
    diagnosis = {
        "runs": len(by_class["class"]),
        "dark": page.words.percent(1 - mean(by_class["brightness"])),
        "diagnosis": page.words.percent(mean(by_class["class"])),
    }
    return page.template(_TEMPLATE).bench(CHOICES, data, pictures, list(ready), diagnosis)


def run(page: Page, given: Given | None) -> Iterator[Markup]:
    """What a run shows after each epoch; nothing if nothing can be learned from the boxes.

    Args:
        page: that it is shown on.
        given: what the bench sent; None if that made no sense.
    """
    try:
        boxes = Boxes(tuple(given.first), tuple(given.second), given.seed) if given else None
    except ValueError:
        boxes = None
    for found in watch(boxes) if boxes else ():
        yield panel(page, found)


def panel(page: Page, found: Sorted) -> Markup:
    """How far a run is, and at the end how it sorts, which properties its order follows, and a notebook.

    Args:
        page: that it is shown on.
        found: from `watch`.
    """
    markup, progress = page.template(_TEMPLATE), (found.epoch, found.epochs)
    if found.order is None or found.follows is None:
        return markup.panel(progress)
    images = others()
    ends = (found.order[:SHOWN], found.order[::-1][:SHOWN])
    first, second = ([simulated_picture(images[place]) for place in end] for end in ends)
    follows = _whichever_way(found.follows)
    taken_home = as_link(notebook(page.words, found.weights, images[0]))
    return markup.panel(progress, first, second, _bars(page.words, follows), _told(page.words, follows), taken_home)


def _whichever_way(follows: Mapping[str, float]) -> dict[str, float]:
    """Of each property how far the order follows it or its contrary, from one half on; the most followed first."""
    shares = {name: max(share, 1 - share) for name, share in follows.items()}
    return dict(sorted(shares.items(), key=lambda item: -item[1]))


def _bars(words: Words, follows: Mapping[str, float]) -> dict[str, tuple[str, float]]:
    """Of each property how far the order follows it: in words, and as a share from 50 % on."""
    return {name: (words.percent(share), round(200 * (share - 0.5), 1)) for name, share in follows.items()}


def _told(words: Words, follows: Mapping[str, float]) -> str:
    """What it followed most, by the numbers."""
    most, share = next(iter(follows.items()))
    if share < WEAK:
        return words("inquiry_teach.told_nothing")
    return words("inquiry_teach.told_most", name=words(_NAMES[most]), share=words.percent(share))
