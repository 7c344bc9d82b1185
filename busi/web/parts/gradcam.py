"""Grad-CAM over the image: where the answer comes from, for one class and for the other."""

from typing import NamedTuple

import cv2
import numpy as np
from markupsafe import Markup

from busi.bundle.files import BUSI, MODEL, SIMULATED
from busi.bundle.measured import Measured, measured
from busi.images import gray_levels
from busi.model.activations import gradcam, strongest_place
from busi.serving.gallery import Example, source_of
from busi.serving.predict import Classifier, Prediction
from busi.web.page import Page
from busi.web.pictures import exact_picture, outline_path, simulated_picture, veil_picture
from busi.web.scripts import mount
from busi.web.sentences import interval
from busi.words.classes import CLASSES
from busi.words.text import Words

GRADCAM_JS = mount("parts/gradcam.js")

_TEMPLATE = "parts/gradcam.html"


class Heat(NamedTuple):
    """What spoke for one class.

    Attributes:
        label: the class.
        values: float array (S, S) in [0, 1].
        sentence: where it is strongest.
        is_shown: whether it is the class that the network named, whose veil is shown first.
    """

    label: str
    values: np.ndarray
    sentence: str
    is_shown: bool

    @property
    def veil(self) -> str:
        """The picture that is laid over the image, as a data URI."""
        return veil_picture(self.values)


def gradcam_panel(page: Page, classifier: Classifier, image: np.ndarray, example: Example | None) -> Markup:
    """The image as the network saw it under a veil of colours, with what to make of it.

    Args:
        page: that it stands on.
        classifier: who answered.
        image: uint8 array of shape (H, W), as given.
        example: the example that the image is, if it is one.
    """
    words = page.words
    if not classifier.inside.with_maps:
        return page.macros.card(words("gradcam.title"), words("gradcam.no_maps"), "invitation")
    prediction = classifier.predict(image)
    evidence = classifier.inside.evidence(prediction.model_input)
    mask = _mask(example, len(prediction.model_input))
    heats = _heats(words, evidence, prediction, mask)
    source = source_of(example)
    rows, columns = evidence.shape
    caution = words("gradcam.caution", rows=rows, columns=columns)
    counted = _pointing(words, classifier, SIMULATED if source == SIMULATED else BUSI)
    picture = _picture(page, gray_levels(prediction.model_input), heats, mask, source)
    return page.template(_TEMPLATE).panel(picture, heats, mask is not None, caution, counted)


def _heats(words: Words, evidence: np.ndarray, prediction: Prediction, mask: np.ndarray | None) -> list[Heat]:
    maps = {label: gradcam(evidence, label, len(prediction.model_input)) for label in CLASSES}
    return [
        Heat(label, values, _sentence(words, label, values, mask), label == prediction.label)
        for label, values in maps.items()
    ]


def _pointing(words: Words, classifier: Classifier, source: str) -> str:
    """How often this network's strongest place is in the lesion; nothing if that was not measured of it."""
    found = measured()
    if classifier.bundle.info.get("files", {}).get(MODEL) != found.network:
        return ""
    return pointing(words, found, source)


def pointing(words: Words, found: Measured, source: str) -> str:
    """How often Grad-CAM's strongest place is in the lesion, and how often the middle of the image is.

    Args:
        words: of the reader's language.
        found: the numbers.
        source: "busi" or "simulated", which images they are of.
    """
    of_all, malignant = found.pointing[source], found.pointing_malignant[source]
    shares = words(
        f"gradcam.pointing_{source}",
        n=of_all.strongest.n,
        share=words.percent(of_all.strongest.value),
        interval=interval(words, of_all.strongest, words.percent),
        middle=words.percent(of_all.middle.value),
        middle_interval=interval(words, of_all.middle, words.percent),
    )
    verdict = words("gradcam.pointing_better" if of_all.is_clearly_better else "gradcam.pointing_no_better")
    alone = words(
        "gradcam.pointing_malignant",
        share=words.percent(malignant.strongest.value),
        middle=words.percent(malignant.middle.value),
        n=malignant.strongest.n,
    )
    return f"{shares} {verdict} {alone}"


def _picture(page: Page, seen: np.ndarray, heats: list[Heat], mask: np.ndarray | None, source: str) -> Markup:
    picture = simulated_picture(seen) if source == SIMULATED else exact_picture(seen)
    edge = "" if mask is None else outline_path(mask)
    shown = next(heat for heat in heats if heat.is_shown)
    return page.template(_TEMPLATE).picture(picture, heats, edge, source, _where(page.words, shown.values))


def _sentence(words: Words, label: str, heat: np.ndarray, mask: np.ndarray | None) -> str:
    if not heat.any():
        return words(f"gradcam.nothing_{label}")
    strongest = words(f"gradcam.strongest_{label}", where=_where(words, heat))
    return strongest if mask is None else f"{strongest} {_from_lesion(words, label, strongest_place(heat), mask)}"


def _from_lesion(words: Words, label: str, place: tuple[int, int], mask: np.ndarray) -> str:
    """Whether a place is in the lesion, under it, or elsewhere, and which signs lie there."""
    if mask[place]:
        return words("gradcam.inside")
    if is_under(place, mask):
        return words(f"gradcam.under_{label}")
    return words("gradcam.elsewhere")


def is_under(place: tuple[int, int], mask: np.ndarray) -> bool:
    """Whether the sound that reaches a place has crossed the lesion: shadow and enhancement lie there.

    Args:
        place: row and column.
        mask: bool array (S, S), true inside the lesion.
    """
    row, column = place
    return not mask[row, column] and bool(mask[:row, column].any())


def _where(words: Words, heat: np.ndarray) -> str:
    """The strongest place in words: one of nine fields."""
    row, column = strongest_place(heat)
    down, across = (min(2, 3 * place // len(heat)) for place in (row, column))
    return words(f"gradcam.place_{down}{across}")


def _mask(example: Example | None, size: int) -> np.ndarray | None:
    """The lesion of an example, bool (S, S), if somebody outlined it."""
    if example is None or example.mask is None or not example.mask.any():
        return None
    return cv2.resize(np.uint8(example.mask), (size, size), interpolation=cv2.INTER_NEAREST).astype(bool)
