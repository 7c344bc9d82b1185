"""Hide the lesion: a gray patch over a part of a real picture, and the network that is open answers again.

What it comes to on all pictures of one hospital was asked of the shipped network beforehand (`busi.lessons.hidden`).
"""

from functools import lru_cache

import gradio as gr
from markupsafe import Markup

from busi.bundle.files import MODEL, BundleError
from busi.data.box import lesions
from busi.lessons.elsewhere import visible_lesions
from busi.lessons.hidden import LESION, NOTHING, WAYS, Patch, gray_of, hide, patch_elsewhere, recorded, worth
from busi.model.metrics import Estimate
from busi.serving.gallery import Example
from busi.web.events import EACH, Message, ask, message_of
from busi.web.page import Page
from busi.web.scripts import mount
from busi.web.sentences import interval

CHOICES = ("nothing", "half", "most")
OWN = "own"  # where the visitor puts the patch
OFFERED = 3  # pictures of each class

_TEMPLATE = "tabs/inquiry_hidden/tab.html"


class Chosen(Message):
    """What a bench sends: a picture by its place, how it is hidden, and where the visitor's patch begins."""

    case: int
    way: str
    top: float
    left: float


def hidden_bench(page: Page) -> None:
    """Lays out the bench and wires it; a sentence where the pictures in the box are not at hand."""
    cases = cases_of(page)
    if not cases:
        gr.HTML(page.macros.card(page.words("inquiry_hidden.none_title"), page.words("inquiry_hidden.none")))
        return
    shown = gr.HTML("", js_on_load=mount("tabs/inquiries/arrived.js"), elem_classes="arrived")
    bench = gr.HTML(bench_of(page, cases), js_on_load=mount("tabs/inquiry_hidden/tab.js"))

    def answer_what_is_chosen(event: gr.EventData) -> Markup | object:
        return answered(page, message_of(event, Chosen)) or gr.skip()

    ask(bench.apply, answer_what_is_chosen, outputs=[shown], **EACH)


def bench_of(page: Page, cases: list[Example]) -> Markup:
    """The guess, the pictures with what may be hidden, and what it comes to on all of them.

    Args:
        page: that it stands on.
        cases: the pictures that are offered.
    """
    found, words = _worth(), page.words
    patches = [patch_of(case.image_id) for case in cases]
    data = {
        "cases": [
            {"patch": _box(patch), "elsewhere": _box(patch_elsewhere(patch)), "gray": gray_of(case.image)}
            for case, patch in zip(cases, patches, strict=True)
        ],
        "whole": found[NOTHING].value,
        "hidden": found[LESION].value,
    }
    rows = {name: _row(page, one) for name, one in found.items()}
    here = recorded()["network"] == page.bundle.info["files"][MODEL]
    size = words.number(found["size"].value, 2)
    return page.template(_TEMPLATE).bench(CHOICES, data, cases, (*WAYS, OWN), rows, here, size)


def answered(page: Page, chosen: Chosen | None) -> Markup | None:
    """What the network says of a picture, and of the same with a part hidden; None if what was chosen is not offered.

    Args:
        page: that it is shown on.
        chosen: what the bench sent; None if that made no sense.
    """
    cases = cases_of(page)
    if not chosen or not 0 <= chosen.case < len(cases) or chosen.way not in (*WAYS, OWN):
        return None
    case, way = cases[chosen.case], chosen.way
    patch = patch_of(case.image_id)
    if way == OWN:
        top, left = min(max(chosen.top, 0.0), 1 - patch.height), min(max(chosen.left, 0.0), 1 - patch.width)
        patch, way = Patch(top, left, patch.height, patch.width), LESION
    try:
        classifier = page.workshop.classifier.get()
    except BundleError:
        return page.network_refused()
    image = case.image
    before, after = (float(one) for one in classifier.probabilities([image, hide(image, patch, way)]))
    threshold = page.bundle.threshold
    return page.template(_TEMPLATE).panel(before, after, threshold, case.label)


def cases_of(page: Page) -> list[Example]:
    """The pictures that are offered, benign and malignant in turn; none where those of the box are not at hand."""
    found = [page.workshop.find(name) for name in visible_lesions(lesions()["image_id"], OFFERED)]
    return [one for one in found if one] if all(found) else []


@lru_cache(maxsize=1)
def _worth() -> dict[str, Estimate]:
    return worth(recorded()["answers"])


def patch_of(image_id: str) -> Patch:
    """The box around a lesion in the box of pictures, as it was hidden when the network was asked."""
    return Patch(*recorded()["answers"][image_id]["patch"])


def _box(patch: Patch) -> list[float]:
    return [patch.top, patch.left, patch.height, patch.width]


def _row(page: Page, found: Estimate) -> tuple[str, str, str, int]:
    """An AUC in words, how long its bar is from 0.5 to 1, its interval and n."""

    def written(value: float) -> str:
        return page.words.number(value, 2)

    width = f"{min(max(200 * (found.value - 0.5), 0), 100):.1f}"
    return written(found.value), width, interval(page.words, found, written), found.n
