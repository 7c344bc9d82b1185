"""Grad-CAM over the image: where the answer comes from, for one class and for the other."""

from collections.abc import Mapping
from html import escape
from typing import Any

import cv2
import numpy as np

from busi.bundle.files import BUSI, MODEL, SIMULATED
from busi.bundle.measured import Measured, measured
from busi.model.activations import gradcam, strongest_place
from busi.serving.gallery import Example
from busi.serving.predict import Classifier
from busi.web.figures import card, exact_picture, interval, outline_path, rich, simulated_picture, veil_picture
from busi.web.files import read
from busi.words.classes import CLASSES, MALIGNANT
from busi.words.text import Words

GRADCAM_JS = read("parts/gradcam.js")


def gradcam_panel(words: Words, classifier: Classifier, image: np.ndarray, example: Example | None) -> str:
    """The image as the network saw it under a veil of colours, with what to make of it, as HTML.

    Args:
        words: of the reader's language.
        classifier: who answered.
        image: uint8 array of shape (H, W), as given.
        example: the example that the image is, if it is one.
    """
    if not classifier.inside.with_maps:
        return card(words("gradcam.title"), words("gradcam.no_maps"), "invitation")
    prediction = classifier.predict(image)
    evidence = classifier.inside.evidence(prediction.model_input)
    heats = {label: gradcam(evidence, label, len(prediction.model_input)) for label in CLASSES}
    mask = _mask(example, len(prediction.model_input))
    simulated = example is not None and example.source == SIMULATED
    seen = np.rint(prediction.model_input[..., 0] * 255).astype(np.uint8)
    picture = _picture(words, seen, heats, prediction.label, mask, simulated)
    return (
        f'<section class="gradcam"><h3>{escape(words("gradcam.title"))}</h3><div class="gradcam-both">{picture}'
        f'<div class="reading">{_choice(words, prediction.label, mask is not None)}'
        f"{_told(words, heats, mask, prediction.label)}{_caution(words, evidence)}"
        f"{_pointing(words, classifier.bundle.info, SIMULATED if simulated else BUSI)}</div></div></section>"
    )


def _pointing(words: Words, info: Mapping[str, Any], source: str) -> str:
    """How often this network's strongest place is in the lesion, as HTML; nothing if that was not measured of it."""
    found = measured()
    if info.get("files", {}).get(MODEL) != found.network:
        return ""
    return f'<p class="aside">{escape(pointing(words, found, source))}</p>'


def pointing(words: Words, found: Measured, source: str) -> str:
    """How often Grad-CAM's strongest place is in the lesion, beside the middle of the image, and what that shows.

    Args:
        words: of the reader's language.
        found: the numbers.
        source: "busi" or "simulated", which images they are of.
    """
    of_all, malignant = found.pointing[source], found.pointing_malignant[source]
    told = words(
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
    return f"{told} {verdict} {alone}"


def _picture(
    words: Words, seen: np.ndarray, heats: dict[str, np.ndarray], label: str, mask: np.ndarray | None, simulated: bool
) -> str:
    source = simulated_picture(seen) if simulated else exact_picture(seen)
    veils = "".join(
        f'<img class="veil" data-class="{name}" src="{veil_picture(heat)}" alt=""{"" if name == label else " hidden"}>'
        for name, heat in heats.items()
    )
    badge = f'<span class="badge">{escape(words("laboratory.simulated"))}</span>' if simulated else ""
    edge = ""
    if mask is not None:
        edge = (
            '<svg class="edge" viewBox="0 0 100 100" preserveAspectRatio="none" aria-hidden="true" hidden>'
            f'<path d="{outline_path(mask)}"/></svg>'
        )
    alt = escape(words("gradcam.alt", where=_where(words, heats[label])))
    return (
        f'<figure><span class="plate"><img src="{source}" alt="{alt}">{veils}{edge}{badge}</span>'
        f'<figcaption class="scale"><span>{escape(words("gradcam.little"))}</span><i></i>'
        f"<span>{escape(words('gradcam.much'))}</span></figcaption></figure>"
    )


def _choice(words: Words, label: str, outlined: bool) -> str:
    """Which class is shown, how much of the veil, and the outline."""
    buttons = "".join(
        f'<button type="button" data-show="{name}" aria-pressed="{str(name == label).lower()}">'
        f"{_direction(words, name)}</button>"
        for name in reversed(CLASSES)
    )
    outline = ""
    if outlined:
        outline = f'<label><input type="checkbox" data-outline> {escape(words("gradcam.outline"))}</label>'
    return (
        f'<div class="gradcam-choice" role="group" aria-label="{escape(words("gradcam.towards"))}">'
        f"<span>{escape(words('gradcam.towards'))}</span>{buttons}</div>"
        f'<label class="veil-strength">{escape(words("gradcam.veil"))} '
        f'<input type="range" min="0" max="100" value="65" data-veil></label>{outline}'
    )


def _direction(words: Words, label: str) -> str:
    """Which way the score was moved: up is towards malignant."""
    arrow, told = ("↑", "gradcam.raises") if label == MALIGNANT else ("↓", "gradcam.lowers")
    return f'<span aria-hidden="true">{arrow}</span> {escape(words(told))}'


def _told(words: Words, heats: dict[str, np.ndarray], mask: np.ndarray | None, label: str) -> str:
    """Where each class' strongest place is; only that of the shown class is visible."""
    return "".join(
        f'<p data-class="{name}"{"" if name == label else " hidden"}>{rich(_sentence(words, name, heat, mask))}</p>'
        for name, heat in heats.items()
    )


def _sentence(words: Words, label: str, heat: np.ndarray, mask: np.ndarray | None) -> str:
    if not heat.any():
        return words(f"gradcam.nothing_{label}")
    told = words(f"gradcam.strongest_{label}", where=_where(words, heat))
    if mask is not None:
        told += " " + _beside_lesion(words, label, strongest_place(heat), mask)
    return told


def _beside_lesion(words: Words, label: str, place: tuple[int, int], mask: np.ndarray) -> str:
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


def _caution(words: Words, evidence: np.ndarray) -> str:
    rows, columns = evidence.shape
    return f'<p class="aside">{rich(words("gradcam.caution", rows=rows, columns=columns))}</p>'


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
