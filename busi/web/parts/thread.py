"""The thread: one real case, met on the first screen, and what each part of the workshop tells of it.

Every number is the bundle's or the box's own. Where the first picture is none of BrEaST there is no thread.
"""

from dataclasses import dataclass
from typing import Any

import pandas as pd
from markupsafe import Markup

from busi.bundle.files import BREAST, Bundle
from busi.lessons.first_pair import first_pair
from busi.serving.gallery import Example
from busi.serving.predict import Answer
from busi.web.markup import rich
from busi.web.page import Page
from busi.web.parts.radiologist import known_from, lesion_of, radiologist_wrote
from busi.words.classes import BENIGN, MALIGNANT

STEPS = ("data", "preprocessing", "network", "training", "evaluation", "prediction")

_TEMPLATE = "parts/thread.html"


@dataclass(frozen=True)
class Case:
    """The real case that goes through the workshop.

    Attributes:
        example: its picture.
        lesion: its row of the box's table.
        answer: the network's.
    """

    example: Example
    lesion: dict[str, Any]
    answer: Answer

    @property
    def is_alerted(self) -> bool:
        """Whether the network raises the alert."""
        return self.answer.label == MALIGNANT


def case_of(page: Page) -> Case | None:
    """The case; None where the first picture is none of BrEaST.

    Args:
        page: that tells of it.
    """
    pair = first_pair(page.workshop.gallery, page.bundle)
    lesion = lesion_of(pair[0].image_id) if pair else None
    if pair is None or lesion is None:
        return None
    return Case(pair[0], lesion, Answer(_score(page.bundle, pair[0].image_id), page.bundle.threshold))


def thread_step(page: Page, part: str) -> Markup:
    """What a part tells of the case; empty where there is none.

    Args:
        page: that it stands on.
        part: one of `STEPS`.

    Raises:
        ValueError: if the part is none of them.
    """
    if part not in STEPS:
        raise ValueError(f"the thread goes through {', '.join(STEPS)}, got {part!r}")
    case = case_of(page)
    if case is None:
        return Markup()
    told = rich(page.words.unfilled(f"thread.{_sentence(page.bundle, part)}"), **_numbers(page, case))
    end = _end(page, case) if part == STEPS[-1] else ""
    return page.template(_TEMPLATE).step(case.example.source, STEPS.index(part) + 1, len(STEPS), told, end)


def _sentence(bundle: Bundle, part: str) -> str:
    """Which sentence of content/ a part tells; older bundles do not say how many weights their network has."""
    is_counted = bundle.info.get("training", {}).get("parameters")
    return "training_uncounted" if part == "training" and not is_counted else part


def _end(page: Page, case: Case) -> Markup:
    """What the radiologist wrote, what the biopsy showed, and what would have followed from either decision."""
    wrote = radiologist_wrote(page.words, case.lesion)
    known = known_from(page.words, case.lesion)
    label = case.lesion["label"]
    is_harmless_biopsy = label == BENIGN and case.lesion["verification"] == "biopsy"
    calm = "calm_benign_biopsy" if is_harmless_biopsy else f"calm_{label}"
    followed = [page.words(f"thread.{key}") for key in (f"alert_{label}", calm)]
    return page.template(_TEMPLATE).end(wrote, known, followed, case.is_alerted)


def _numbers(page: Page, case: Case) -> dict[str, str]:
    """All that the sentences of the steps may name."""
    words, bundle = page.words, page.bundle
    height, width = case.example.image.shape
    side = bundle.image.size
    rows = _elsewhere(bundle)
    score, threshold = words.score_and_threshold(case.answer.probability, case.answer.threshold)
    same = rows[rows["label"] == case.lesion["label"]]
    malignant = rows[rows["label"] == MALIGNANT]
    return {
        "train": words.number(bundle.info["data"]["parts"]["train"]["images"]),
        "width": words.number(width),
        "height": words.number(height),
        "side": words.number(side),
        "pixels": words.number(side * side),
        "given": words.number(width * height),
        "weights": words.number(bundle.info.get("training", {}).get("parameters") or 0),
        "score": score,
        "threshold": threshold,
        "does": words("thread.alerts" if case.is_alerted else "thread.alerts_not"),
        "same": words.number(len(same)),
        "alerted": words.number(int((same["probability"] >= case.answer.threshold).sum())),
        "missed": words.number(int((malignant["probability"] <= case.answer.probability).sum())),
        "malignant": words.number(len(malignant)),
        "class": words(f"thread.class_{case.lesion['label']}"),
    }


def _elsewhere(bundle: Bundle) -> pd.DataFrame:
    return bundle.predictions[bundle.predictions["source"] == BREAST]


def _score(bundle: Bundle, image_id: str) -> float:
    rows = _elsewhere(bundle)
    return float(rows.loc[rows["image_id"] == image_id, "probability"].iloc[0])
