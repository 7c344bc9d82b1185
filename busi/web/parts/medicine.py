"""What a radiologist would add: what breast ultrasound is for, how it is read, what its signs and labels are worth.

Each function gives one passage for one tab, with its words in content/<language>/medicine.toml.
"""

from functools import lru_cache

import numpy as np
from markupsafe import Markup

from busi.bundle.files import BUSI, Bundle
from busi.data.split import TEST
from busi.lessons.distortions import LEVELS, Distortions, distortions
from busi.model.metrics import Estimate
from busi.simulator import Lesion, Scene, simulate
from busi.web.page import Page
from busi.web.pictures import picture_address
from busi.words.classes import MALIGNANT
from busi.words.text import Words

# Which share of the lesions in a category proves malignant, from above `low` to `high`: BI-RADS, 5th edition (American
# College of Radiology, 2013). Category 5 begins at 95 %.
CATEGORIES: dict[str, tuple[float, float]] = {
    "2": (0.0, 0.0),
    "3": (0.0, 0.02),
    "4a": (0.02, 0.10),
    "4b": (0.10, 0.50),
    "4c": (0.50, 0.95),
    "5": (0.95, 1.0),
}
WATCHED = 0.02  # at most: category 3
LAYERS = ("skin", "fat", "gland", "muscle")

_SCENE = Scene(
    width_mm=40,
    depth_mm=34,
    rows=204,
    columns=240,
    skin_mm=1.8,
    fat_mm=7,
    gland_mm=15,
    strands=0.4,
    texture=0.35,
    contact=0,
    attenuation=0.55,
    looks=6,
    gain_db=1,
    dynamic_range_db=46,
    density=0.9,
    retromammary_mm=0.5,
    muscle_mm=15,
    ducts=0,
)
_LESION = Lesion(size_mm=9, depth_mm=15.5, offset_mm=6, aspect=0.6, echo_db=-14)
_TEMPLATE = "parts/medicine.html"
_SEED = 9  # whose layers lie flat; a small picture, since every visitor's page carries it


def ultrasound(page: Page) -> Markup:
    """What breast ultrasound is for and what it is not, how an image is read downwards, and three tasks that differ."""
    return page.template(_TEMPLATE).ultrasound(layers(page))


def layers(page: Page) -> Markup:
    """From skin to muscle: a simulated breast with the names of its layers, and what each looks like."""
    return page.template(_TEMPLATE).layers(picture_address(_breast()), layer_places())


def layer_places() -> dict[str, tuple[float, float]]:
    """Where each layer of the shown breast begins and ends, as shares of its depth; as drawn, they wave about that."""
    ends = np.cumsum([_SCENE.skin_mm, _SCENE.fat_mm, _SCENE.gland_mm]) / _SCENE.depth_mm
    return dict(zip(LAYERS, zip([0.0, *ends], [*ends, 1.0], strict=True), strict=True))


def truth_of_labels(page: Page) -> Markup:
    """What is known of how BUSI's labels were made, and who looked at them again; nothing for other images."""
    return page.template(_TEMPLATE).truth_of_labels() if page.bundle.data_kind == BUSI else Markup()


def signs_changed(page: Page) -> Markup:
    """What squaring and CLAHE do to the signs of a report, counted on BUSI."""
    return page.template(_TEMPLATE).signs_changed(_changes(page.words, page.bundle))


def _changes(words: Words, bundle: Bundle) -> list[str]:
    """What squaring changes; and what CLAHE does, if its settings are those that were measured."""
    found = distortions()
    square = words(
        "medicine.signs_square",
        n=words.number(found.taller_before.n),
        before=_share(words, found.taller_before),
        after=_share(words, found.taller_after),
    )
    worth = words(
        "medicine.signs_worth",
        before=_share(words, found.malignant_before),
        n_before=found.malignant_before.n,
        after=_share(words, found.malignant_after),
        n_after=found.malignant_after.n,
    )
    measured = [_changes_by_clahe(words, found)] if bundle.image == found.contract else []
    return [square, worth, *measured, words("medicine.signs_eye")]


def _changes_by_clahe(words: Words, found: Distortions) -> str:
    uneven, behind = _share(words, found.more_uneven), _share(words, found.behind_changed)
    return words("medicine.signs_clahe", uneven=uneven, behind=behind, levels=LEVELS)


def third_answer(page: Page) -> Markup:
    """BI-RADS categories, and where the threshold of a network that was trained and calibrated on BUSI lies in them."""
    of_busi = page.bundle.data_kind == BUSI
    here = category_of(page.bundle.threshold) if of_busi else None
    sentences = _threshold_in_categories(page.words, page.bundle) if of_busi else []
    return page.template(_TEMPLATE).third_answer(CATEGORIES, here, sentences)


def category_of(share: float) -> str:
    """The category into whose range a share of malignant lesions falls.

    Args:
        share: in [0, 1].

    Returns:
        One of `CATEGORIES`: 0.088 gives "4a"; 0.02 still "3", 0.95 already "5".
    """
    if share >= CATEGORIES["5"][0]:
        return "5"
    return next(name for name, (_, high) in CATEGORIES.items() if share <= high)


def _threshold_in_categories(words: Words, bundle: Bundle) -> list[str]:
    """Where the threshold would lie, how many test images are below what is watched, and why the scales differ."""
    rows = bundle.predictions
    test = rows[(rows["split"] == TEST) & (rows["source"] == BUSI)]
    low = test[test["probability"] <= WATCHED]
    return [
        words(
            "medicine.birads_threshold",
            threshold=words.number(100 * bundle.threshold, 1),
            category=words(f"medicine.birads_{category_of(bundle.threshold)}"),
        ),
        words("medicine.birads_watched", n=len(test), count=len(low), malignant=int((low["label"] == MALIGNANT).sum())),
        words("medicine.birads_caution", share=words.percent(float((test["label"] == MALIGNANT).mean()))),
    ]


@lru_cache(maxsize=1)
def _breast() -> np.ndarray:
    return simulate(_LESION, _SCENE, _SEED)[0]


def _share(words: Words, share: Estimate) -> str:
    """A share with its interval: "4,8 % (de 3,4 à 6,7)"."""
    value, low, high = (words.number(100 * part, 1) for part in (share.value, share.low, share.high))
    return words("medicine.share", value=value, low=low, high=high)
