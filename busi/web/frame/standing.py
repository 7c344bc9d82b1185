"""What a page says of itself: which network it is of and what that scored, where it came from, and what went wrong."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from busi.bundle.card import also_name, data_name
from busi.bundle.files import BREAST, BUSI, OWN, Bundle
from busi.bundle.hub import source_of
from busi.serving.workshop import Workshop
from busi.web.sentences import interval
from busi.words.text import Words

# Which sentence tells what a network was trained on, by what its weights began with: of BUSI, of one's own data.
_SERVED = {
    "photographs": ("page.served_photographs", "page.served_photographs_own"),
    "drawings": ("page.served_pretrained", "page.served_pretrained_own"),
    "chance": ("page.served", "page.served_own"),
}


def banner(words: Words, workshop: Workshop) -> str:
    """Why another network than the one asked for is in use, or an older copy of it; empty if all is well."""
    if workshop.refused_bundle:
        why = words(f"page.why_{workshop.refused_why or 'damaged'}", name=_short(workshop.refused_bundle))
        return f"{why} {words('page.embedded_instead')}"
    if workshop.fetched and workshop.fetched.stale:
        why = words(f"page.why_{workshop.fetched.stale.reason}", name=workshop.fetched.source.repo)
        return f"{why} {words('page.cached_instead', commit=workshop.fetched.commit[:7])}"
    if workshop.fetched and workshop.fetched.without_images:
        return words("page.without_images", name=workshop.fetched.source.repo)
    return ""


def _short(name: str) -> str:
    """A bundle's name for visitors: that on the Hub, or of its folder without the way to it."""
    return name if source_of(name) else Path(name).name


def footer(words: Words, workshop: Workshop) -> tuple[str, ...]:
    """Which network this is, what it scored, and at the end what becomes of images."""
    info, auc = workshop.bundle.info, workshop.bundle.metrics("test")["auc"]
    served = words(
        _served(workshop.bundle),
        train=words.number(workshop.bundle.own_images_learned),
        simulated=words.number(_head_start(workshop.bundle)),
        data=data_name(words, workshop.bundle.origin),
        created=words.date(info["created"]),
        n=auc.n,
        auc=words.number(auc.value, 2),
        low=words.number(auc.low, 2),
        high=words.number(auc.high, 2),
    )
    fetched = workshop.fetched
    source = [words("page.from_hub", repo=fetched.source.repo, commit=fetched.commit[:7])] if fetched else []
    elsewhere = [_elsewhere(words, workshop.bundle)] if workshop.bundle.knows_another_hospital else []
    return served, *_also(words, info["data"]), *elsewhere, *source, words("page.auc"), words("page.privacy")


def _also(words: Words, data: Mapping[str, Any]) -> tuple[str, ...]:
    """From which other sets it learned, if it did."""
    told = [
        words("page.also_one", n=words.number(one["images"]), name=also_name(words, one))
        for one in data.get("also", ())
    ]
    return (words("page.also", sets=", ".join(told)),) if told else ()


def _elsewhere(words: Words, bundle: Bundle) -> str:
    """What the network scored on BrEaST, from which it learned nothing."""
    found, counts = bundle.metrics(bundle.elsewhere), bundle.confusion(bundle.elsewhere)

    def points(value: float) -> str:
        return words.number(100 * value, 1)

    written = {
        "auc": (found["auc"], lambda value: words.number(value, 2)),
        "sensitivity": (found["sensitivity"], words.percent),
        "specificity": (found["specificity"], words.percent),
        "error": (found["calibration_error"], points),
    }
    told = words(
        "page.elsewhere",
        n=found["auc"].n,
        malignant=counts.true_positives + counts.false_negatives,
        benign=counts.true_negatives + counts.false_positives,
        **{name: write(number.value) for name, (number, write) in written.items()},
        **{f"{name}_interval": interval(words, number, write) for name, (number, write) in written.items()},
    )
    if bundle.elsewhere == BREAST:
        return told
    others = bundle.metrics(BREAST)["auc"].n - found["auc"].n
    return f"{told} {words('page.elsewhere_others', n=others)}"


def _served(bundle: Bundle) -> str:
    """Which sentence tells what the network was trained on."""
    if bundle.population != BUSI:
        return "page.served_simulated"
    photographs = bundle.info.get("training", {}).get("recipe", {}).get("weights") == "imagenet"
    begins = "photographs" if photographs else "drawings" if _head_start(bundle) else "chance"
    return _SERVED[begins][bundle.data_kind == OWN]


def _head_start(bundle: Bundle) -> int:
    """How many simulated images the network learned from before it saw a real one."""
    stage = bundle.info.get("training", {}).get("pretraining")
    return int(stage["images"]) if stage else 0
