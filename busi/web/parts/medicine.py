"""What a radiologist would add: what breast ultrasound is for, how it is read, what its signs and labels are worth.

Each function gives one passage for one tab, as HTML, with its words in content/<language>/medicine.toml.
"""

from functools import lru_cache
from html import escape

import numpy as np

from busi.bundle.files import BUSI, Bundle
from busi.data.split import TEST
from busi.lessons.distortions import LEVELS, distortions
from busi.model.metrics import Estimate
from busi.simulator import Lesion, Scene, simulate
from busi.web.figures import light_picture, rich
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
)
_LESION = Lesion(size_mm=9, depth_mm=15.5, offset_mm=6, aspect=0.6, echo_db=-14)
_SEED = 44  # whose layers lie flat; a small picture, since every visitor's page carries it


def ultrasound(words: Words) -> str:
    """What breast ultrasound is for and what it is not, how an image is read downwards, and three tasks that differ.

    Args:
        words: of the reader's language.
    """
    return (
        f'<section class="medicine"><h3>{escape(words("medicine.before_title"))}</h3>'
        f"{_folded(words('medicine.use_title'), _paragraphs(words, 'use_for', 'use_not', 'use_one'))}"
        f"{_folded(words('medicine.layers_title'), layers(words))}"
        f"{_folded(words('medicine.tasks_title'), _paragraphs(words, 'tasks_three', 'tasks_ours'))}</section>"
    )


def layers(words: Words) -> str:
    """From skin to muscle: a simulated breast with its layers named beside it, and what each looks like.

    Args:
        words: of the reader's language.
    """
    bands = "".join(
        f'<span style="top:{top:.1%};height:{bottom - top:.1%}">{escape(words(f"medicine.layer_{name}"))}</span>'
        for name, (top, bottom) in layer_places().items()
    )
    told = "".join(
        f"<dt>{escape(words(f'medicine.layer_{name}'))}</dt><dd>{escape(words(f'medicine.layer_{name}_told'))}</dd>"
        for name in LAYERS
    )
    source, alt = light_picture(_breast()), escape(words("medicine.layers_alt"))
    return (
        f"<p>{escape(words('medicine.layers_intro'))}</p>"
        f'<figure class="layers"><div class="layers-names" aria-hidden="true">{bands}</div>'
        f'<span class="plate"><img src="{source}" alt="{alt}" width="240" height="204">'
        f'<span class="badge">{escape(words("laboratory.simulated"))}</span></span></figure>'
        f"<dl>{told}</dl><p>{escape(words('medicine.layers_below'))}</p><p>{escape(words('medicine.layers_trap'))}</p>"
    )


def layer_places() -> dict[str, tuple[float, float]]:
    """Where each layer of the shown breast begins and ends, as shares of its depth; as drawn, they wave about that."""
    ends = np.cumsum([_SCENE.skin_mm, _SCENE.fat_mm, _SCENE.gland_mm]) / _SCENE.depth_mm
    return dict(zip(LAYERS, zip([0.0, *ends], [*ends, 1.0], strict=True), strict=True))


def truth_of_labels(words: Words, bundle: Bundle) -> str:
    """What is known of how BUSI's labels were made, and who looked at them again; nothing for other images.

    Args:
        words: of the reader's language.
        bundle: whose data.
    """
    if bundle.data_kind != BUSI:
        return ""
    told = _paragraphs(words, "labels_told", "labels_critique")
    return f'<section class="medicine">{_folded(words("medicine.labels_title"), told)}</section>'


def signs_changed(words: Words, bundle: Bundle) -> str:
    """What squaring and CLAHE do to the signs of a report, counted on BUSI.

    Args:
        words: of the reader's language.
        bundle: whose images are prepared in some way; what CLAHE does is told only for the way that was measured.
    """
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
    told = [square, worth]
    if bundle.image == found.contract:
        uneven, behind = _share(words, found.more_uneven), _share(words, found.behind_changed)
        told.append(words("medicine.signs_clahe", uneven=uneven, behind=behind, levels=LEVELS))
    inside = "".join(f"<p>{rich(sentence)}</p>" for sentence in [*told, words("medicine.signs_eye")])
    source = f'<p class="aside">{escape(words("medicine.signs_source"))}</p>'
    return f'<section class="medicine">{_folded(words("medicine.signs_title"), inside + source)}</section>'


def third_answer(words: Words, bundle: Bundle) -> str:
    """BI-RADS categories beside the network's two answers, and where its threshold would lie among them.

    Args:
        words: of the reader's language.
        bundle: whose threshold; compared only if it was trained and calibrated on BUSI.
    """
    columns = ("category", "share", "next")
    heads = "".join(f'<th scope="col">{escape(words(f"medicine.birads_head_{name}"))}</th>' for name in columns)
    rows = "".join(_category_row(words, name, bundle) for name in CATEGORIES)
    return (
        f'<section class="medicine birads"><h3>{escape(words("medicine.birads_title"))}</h3>'
        f"<p>{rich(words('medicine.birads_told'))}</p>"
        f"<table><caption>{escape(words('medicine.birads_caption'))}</caption>"
        f"<thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table>{_beside_threshold(words, bundle)}</section>"
    )


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


def _category_row(words: Words, name: str, bundle: Bundle) -> str:
    here = bundle.data_kind == BUSI and name == category_of(bundle.threshold)
    mark = f" <small>{escape(words('medicine.birads_here'))}</small>" if here else ""
    cells = "".join(f"<td>{escape(words(f'medicine.birads_{name}_{part}'))}</td>" for part in ("share", "next"))
    title = escape(words(f"medicine.birads_{name}"))
    return f'<tr{" class=here" if here else ""}><th scope="row">{title}{mark}</th>{cells}</tr>'


def _beside_threshold(words: Words, bundle: Bundle) -> str:
    """Where the threshold would lie, how many test images are below what is watched, and why the scales differ."""
    if bundle.data_kind != BUSI:
        return ""
    held = bundle.predictions
    test = held[(held["split"] == TEST) & (held["source"] == BUSI)]
    low = test[test["probability"] <= WATCHED]
    threshold = words(
        "medicine.birads_threshold",
        threshold=words.number(100 * bundle.threshold, 1),
        category=words(f"medicine.birads_{category_of(bundle.threshold)}"),
    )
    watched = words(
        "medicine.birads_watched", n=len(test), count=len(low), malignant=int((low["label"] == MALIGNANT).sum())
    )
    caution = words("medicine.birads_caution", share=words.percent(float((test["label"] == MALIGNANT).mean())))
    return f"<p>{rich(threshold)}</p><p>{rich(watched)}</p><p>{rich(caution)}</p>"


@lru_cache(maxsize=1)
def _breast() -> np.ndarray:
    return simulate(_LESION, _SCENE, _SEED)[0]


def _paragraphs(words: Words, *names: str) -> str:
    return "".join(f"<p>{rich(words(f'medicine.{name}'))}</p>" for name in names)


def _folded(title: str, inside: str) -> str:
    """A passage that opens at a click on its title."""
    return f"<details><summary>{escape(title)}</summary>{inside}</details>"


def _share(words: Words, share: Estimate) -> str:
    """A share with its interval: "4,8 % (de 3,4 à 6,7)"."""
    value, low, high = (words.number(100 * part, 1) for part in (share.value, share.low, share.high))
    return words("medicine.share", value=value, low=low, high=high)
