"""Three maps for one opinion: Grad-CAM, occlusion and Shapley values of the same answer, and with shuffled weights.

Maps of the examples, and what all lesions of one hospital show, were asked of the shipped network beforehand
(`busi.lessons.three_maps`); those of any other picture, or network, are computed while one waits.
"""

from functools import lru_cache
from typing import Any

import cv2
import gradio as gr
import numpy as np
from markupsafe import Markup

from busi.bundle.files import MODEL, BundleError
from busi.data.box import lesions, outline
from busi.lessons.three_maps import (
    KINDS,
    PAIRS,
    WHOSE,
    Maps,
    agree,
    agreement,
    both_networks,
    chance_to_agree,
    examples,
    lesions_covered,
    maps_of,
    pointing,
    points_into,
    recorded,
    strongest,
    together,
)
from busi.model.metrics import Estimate
from busi.serving.gallery import Example
from busi.web.events import Message, ask, message_of
from busi.web.page import Page
from busi.web.pictures import outline_path, veil_picture
from busi.web.scripts import mount
from busi.web.sentences import interval

CHOICES = ("seldom", "half", "nearly_all")
# One visitor at a time computes maps that are not kept.
IN_TURN = {"trigger_mode": "multiple", "concurrency_id": "three maps", "concurrency_limit": 1}
SIDE = 240  # pixels of a veil

_TEMPLATE = "tabs/inquiry_maps/tab.html"


class Chosen(Message):
    """What a bench sends: a picture by its place, or by a seed where it is past the last, and whose weights."""

    case: int
    seed: int
    whose: str


def maps_bench(page: Page) -> None:
    """Lays out the bench and wires it; a sentence where the pictures in the box are not at hand."""
    cases = cases_of(page)
    if not cases:
        gr.HTML(page.macros.card(page.words("inquiry_maps.none_title"), page.words("inquiry_maps.none")))
        return
    shown = gr.HTML("", js_on_load=mount("tabs/inquiries/arrived.js"), elem_classes="arrived")
    bench = gr.HTML(bench_of(page, cases), js_on_load=mount("tabs/inquiry_maps/tab.js"))
    networks = _networks_of(page)

    def show_maps(event: gr.EventData) -> Markup | object:
        return explained(page, message_of(event, Chosen), networks) or gr.skip()

    ask(bench.apply, show_maps, outputs=[shown], **IN_TURN)


def bench_of(page: Page, cases: list[Example]) -> Markup:
    """The guess, the pictures, and what the maps of all of them show.

    Args:
        page: that it stands on.
        cases: the pictures that are offered.
    """
    found, words = _counted(), page.words
    here = recorded()["network"] == page.bundle.info["files"][MODEL]
    rows = {kind: {whose: _written(page, found["pointing"][whose][kind]) for whose in WHOSE} for kind in KINDS}
    pairs = {pair: _written(page, found["agreement"][pair]) for pair in PAIRS}
    numbers = {
        "together": words.percent(found["together"].value),
        "chance": words.percent(found["chance"]),
        "covered": words.percent(found["covered"]),
        "n": found["together"].n,
    }
    data = {"together": found["together"].value, "n": found["together"].n, "cases": len(cases)}
    return page.template(_TEMPLATE).bench(CHOICES, data, cases, WHOSE, rows, pairs, numbers, here)


def explained(page: Page, chosen: Chosen | None, networks: Any) -> Markup | None:
    """The three maps of a picture; None if what was chosen is not offered.

    Args:
        page: that they are shown on.
        chosen: what the bench sent; None if that made no sense.
        networks: gives both networks, from `_networks_of`.
    """
    cases = cases_of(page)
    if not chosen or chosen.whose not in WHOSE or not 0 <= chosen.case <= len(cases):
        return None
    table = lesions()["image_id"]
    name = cases[chosen.case].image_id if chosen.case < len(cases) else str(table.iloc[chosen.seed % len(table)])
    case = page.workshop.find(name)
    if case is None:
        return None
    try:
        found = _maps(page, name, networks)[chosen.whose]
    except BundleError:
        return page.network_refused()
    inside = outline(name)
    places = {kind: strongest(one) for kind, one in found.items()}
    figures = {kind: (veil_picture(_smooth(one)), points_into(places[kind], inside)) for kind, one in found.items()}
    pairs = sum(agree(places[one], places[other]) for one, other in PAIRS)
    return page.template(_TEMPLATE).panel(case, outline_path(inside), figures, pairs, chosen.whose)


def cases_of(page: Page) -> list[Example]:
    """The pictures that are offered; none where those of the box are not at hand."""
    found = [page.workshop.find(name) for name in examples()]
    return [one for one in found if one] if all(found) else []


def _maps(page: Page, name: str, networks: Any) -> dict[str, Maps]:
    """By whose weights: kept ones where it is the shipped network's example, else computed now."""
    told = recorded()
    if name in told["maps"] and told["network"] == page.bundle.info["files"][MODEL]:
        return {
            whose: {kind: np.array(one) for kind, one in some.items()} for whose, some in told["maps"][name].items()
        }
    classifier, both = networks()
    return maps_of(name, classifier, both)


def _networks_of(page: Page) -> Any:
    """What gives the classifier, and both networks, made once when they are first asked for."""

    @lru_cache(maxsize=1)
    def networks() -> tuple:
        classifier = page.workshop.classifier.get()
        return classifier, both_networks(classifier)

    return networks


@lru_cache(maxsize=1)
def _counted() -> dict[str, Any]:
    found = recorded()
    return {
        "pointing": pointing(found),
        "agreement": agreement(found),
        "together": together(found),
        "covered": lesions_covered(found),
        "chance": chance_to_agree(),
    }


def _smooth(one: np.ndarray) -> np.ndarray:
    """A map as large as a veil: float (SIDE, SIDE) in [0, 1]."""
    large = np.clip(cv2.resize(one.astype(np.float32), (SIDE, SIDE), interpolation=cv2.INTER_CUBIC), 0, None)
    return large / large.max() if large.max() > 0 else large


def _written(page: Page, found: Estimate) -> tuple[str, str]:
    """A share in words, and its interval."""
    return page.words.percent(found.value), interval(page.words, found, page.words.percent)
