"""The same network at another hospital: a guess, the truth, the threshold and calibration set again there, and groups.

Nothing here follows the bar of the tab, since a threshold that travels is the subject: it stays the network's own.
"""

import re
from itertools import pairwise

import gradio as gr
from markupsafe import Markup

from busi.bundle.files import BREAST, BUSI, Bundle
from busi.bundle.measured import measured
from busi.data.birads import Category
from busi.data.split import TEST
from busi.lessons.elsewhere import LARGE, OLDER, UNKNOWN, Group, apart, groups_elsewhere
from busi.model.metrics import Confusion, Estimate
from busi.web.page import Page
from busi.web.parts.cells import Question, let_open_cells, population_name, populations, rows_of_cell
from busi.web.parts.thumbnails import PICK_JS
from busi.web.scripts import mount
from busi.web.sentences import interval
from busi.words.text import Words

LIMIT = "4b"  # the category whose point is told in words
NUMBERS = ("auc", "sensitivity", "specificity")
MEASURES = (*NUMBERS, "calibration_error")

_TEMPLATE = "tabs/evaluation/elsewhere.html"


def another_hospital(page: Page) -> None:
    """Lays out the section and wires it; nothing where the network was not asked elsewhere.

    Args:
        page: that it stands on.
    """
    if not page.bundle.knows_another_hospital:
        return
    guesses = mount("tabs/evaluation/elsewhere.js")
    truth = gr.HTML(guess_and_truth(page), js_on_load=guesses)
    pictures = gr.HTML("", js_on_load=PICK_JS + mount("tabs/evaluation/cases.js"))
    gr.HTML(what_follows(page), js_on_load=guesses + mount("tabs/evaluation/local_bench.js"))
    let_open_cells(page, truth, pictures)


def guess_and_truth(page: Page) -> Markup:
    """Three guesses, and what waits for them: the numbers, the curves, the radiologist, the way to the pictures."""
    words, bundle = page.words, page.bundle
    threshold, counted = words.threshold(bundle.threshold), populations(bundle)
    named = population_name(words, counted[TEST])
    found = measured().radiologist
    return page.template(_TEMPLATE).guess_and_truth(
        intro=words("elsewhere.intro_busi" if bundle.data_kind == BUSI else "elsewhere.intro_other"),
        images=[words("elsewhere.images", n=len(counted[BREAST]), threshold=threshold), *_untouched(words, bundle)],
        at_home=_at_home(words, bundle),
        threshold=threshold,
        populations=[named, population_name(words, counted[BREAST])],
        numbers={name: [_cell(words, bundle, name, part) for part in (TEST, BREAST)] for name in MEASURES},
        legend={
            "away": words("elsewhere.legend_away", n=len(counted[BREAST]), threshold=threshold),
            "home": words("elsewhere.legend_home", population=named),
            "radiologist": words("elsewhere.legend_radiologist"),
        },
        radiologist={"auc": found.auc.value, "points": radiologist_points(found)},
        stories=_stories(words, bundle),
        reading=words("elsewhere.roc_fallen" if _has_fallen(bundle) else "elsewhere.roc_other"),
        radiologist_told=_radiologist(words, bundle, found),
        pictures=_openable(page),
    )


def _untouched(words: Words, bundle: Bundle) -> list[str]:
    """What the network is worth on the half that judged no trial, where the other one judged some of its kind."""
    if bundle.elsewhere == BREAST:
        return []
    found, n = bundle.metrics(bundle.elsewhere), bundle.metrics(BREAST)["auc"].n
    value, about = words.number(found["auc"].value, 2), _two(words, found["auc"])
    shares = {name: words.percent(found[name].value) for name in ("sensitivity", "specificity")}
    return [
        words("elsewhere.untouched", n=found["auc"].n, others=n - found["auc"].n, auc=value, interval=about, **shares)
    ]


def what_follows(page: Page) -> Markup:
    """What waits for the guesses too: the bench of local cases, the groups, and what to remember."""
    words, bundle = page.words, page.bundle
    alarms = words.percent(1 - bundle.metrics(BREAST)["specificity"].value)
    lost = [words("elsewhere.lesson_lost")] if _has_fallen(bundle) else []
    return page.template(_TEMPLATE).what_follows(
        target=bundle.info["target_sensitivity"],
        target_text=words.percent(bundle.info["target_sensitivity"]),
        groups=groups(page),
        lesson=[
            " ".join([words("elsewhere.lesson_threshold", alarms=alarms), *lost]),
            words("elsewhere.lesson_check"),
            words("elsewhere.lesson_home"),
        ],
    )


def groups(page: Page) -> Markup:
    """The network's errors by group, and what so few images can and cannot say; nothing of images outside the box."""
    words, bundle = page.words, page.bundle
    try:
        found = groups_elsewhere(bundle)
    except ValueError:
        return Markup()
    rows = {
        words(f"elsewhere.by_{name}"): [
            (_group_name(words, group), group, _group_cells(words, group)) for group in some
        ]
        for name, some in found.items()
    }
    intro = words(
        "elsewhere.groups_intro", n=bundle.metrics(BREAST)["auc"].n, threshold=words.threshold(bundle.threshold)
    )
    return page.template(_TEMPLATE).groups(intro, rows, groups_told(words, found))


def groups_told(words: Words, found: dict[str, tuple[Group, ...]]) -> list[str]:
    """What the groups show and what they do not, in sentences.

    Args:
        words: of the reader's language.
        found: from `groups_elsewhere`.
    """
    clear = [sentence for some in found.values() for sentence in _clear(words, some)]
    told = [words("elsewhere.groups_clear_none")]
    if clear:
        told = [" ".join([words("elsewhere.groups_clear_intro"), *clear, words("elsewhere.groups_clear_others")])]
    followed = next((group for group in found["verification"] if group.name == "followed"), None)
    if followed and not followed.malignant:
        told.append(words("elsewhere.groups_followed", n=followed.benign))
    return [*told, words("elsewhere.groups_few", widest=words.number(100 * _widest(found)))]


def radiologist_points(found: Category) -> list[tuple[str, float, float]]:
    """The radiologist's curve: each category from which on an alert would be raised, its false alarms and its finds.

    Args:
        found: what the category is worth.

    Returns:
        (category, share of benign ones alarmed, share of malignant ones found), from the highest to the lowest.
    """
    return [
        (limit.category, 1 - limit.counts.specificity().value, limit.counts.sensitivity().value)
        for limit in reversed(found.limits)
    ]


def _at_home(words: Words, bundle: Bundle) -> dict[str, str]:
    """What each guess starts from."""
    home = bundle.metrics(TEST)
    return {
        "auc": words.number(home["auc"].value, 2),
        "found": words.number(100 * home["sensitivity"].value),
        "alarms": words.number(100 * (1 - home["specificity"].value)),
    }


def _cell(words: Words, bundle: Bundle, name: str, part: str) -> dict[str, object]:
    """A number of a part of the data: how it is written, its interval and what it was counted on."""
    found = bundle.metrics(part)[name]
    n = words("evaluation.n", n=found.n)
    if name == "calibration_error":
        points = words("evaluation.error_points", points=words.number(100 * found.value, 1))
        return _written(points, interval(words, found, lambda share: words.number(100 * share, 1)), n, found)
    if name == "auc":
        return _written(words.number(found.value, 2), _two(words, found), n, found)
    return _rate(words, bundle.confusion(part), name)


def _rate(words: Words, counts: Confusion, name: str) -> dict[str, object]:
    found = counts.sensitivity() if name == "sensitivity" else counts.specificity()
    part = counts.true_positives if name == "sensitivity" else counts.true_negatives
    of = words("evaluation.share_of", part=part, n=found.n)
    return _written(words.percent(found.value), interval(words, found, words.percent), of, found)


def _written(value: str, told: str, of: str, found: Estimate) -> dict[str, object]:
    return {"value": value, "interval": told, "of": of, "estimate": found}


def _two(words: Words, found: Estimate) -> str:
    """An interval to two decimals."""
    return interval(words, found, lambda value: words.number(value, 2))


def _stories(words: Words, bundle: Bundle) -> list[str]:
    """That the lower AUC is no chance, where many images of BUSI say so too."""
    found = measured()
    grouped, away = found.grouped.pooled_auc, bundle.metrics(BREAST)["auc"]
    if not found.is_of(bundle.info.get("training", {}).get("recipe", {})) or grouped.low <= away.high:
        return []
    values = {"n": grouped.n, "auc": words.number(grouped.value, 2), "interval": _two(words, grouped)}
    return [words("elsewhere.beyond_chance", **values)]


def _radiologist(words: Words, bundle: Bundle, found: Category) -> str:
    limit, network = found.at(LIMIT), bundle.confusion(BREAST)
    return words(
        "elsewhere.radiologist",
        auc=words.number(found.auc.value, 2),
        interval=_two(words, found.auc),
        n=found.auc.n,
        auc_biopsied=words.number(found.auc_biopsied.value, 2),
        interval_biopsied=_two(words, found.auc_biopsied),
        n_biopsied=found.auc_biopsied.n,
        found=limit.true_positives,
        malignant=limit.sensitivity().n,
        reassured=limit.true_negatives,
        benign=limit.specificity().n,
        network_found=network.true_positives,
        network_reassured=network.true_negatives,
    )


def _openable(page: Page) -> dict[str, dict]:
    """The cells of errors whose pictures are at hand, each as the question that opens it."""
    bundle, found = page.bundle, {}
    for cell in ("fp", "fn"):
        question = Question(population=BREAST, cell=cell, threshold=bundle.threshold)
        rows = rows_of_cell(bundle, question)
        if len(rows) and all(page.workshop.find(image_id) for image_id in rows["image_id"]):
            found[cell] = question.model_dump()
    return found


def _group_name(words: Words, group: Group) -> str:
    return words(f"elsewhere.group_{group.name}", large=LARGE, older=OLDER)


def _group_cells(words: Words, group: Group) -> list[dict[str, object] | str]:
    """AUC, sensitivity and specificity of a group, or why there is none."""
    absent = words("elsewhere.groups_none_malignant" if not group.malignant else "elsewhere.groups_none_benign")
    written: list[dict[str, object] | str] = [words("elsewhere.groups_no_auc") if not group.malignant else absent]
    if group.auc:
        n = words("evaluation.n", n=group.auc.n)
        written = [_written(words.number(group.auc.value, 2), _two(words, group.auc), n, group.auc)]
    for name, n in (("sensitivity", group.malignant), ("specificity", group.benign)):
        written.append(_rate(words, group.counts, name) if n else absent)
    return written


def _clear(words: Words, some: tuple[Group, ...]) -> list[str]:
    """The numbers in which the two groups of a property are apart; those of whom nothing is known are no such group."""
    sentences = []
    for one, other in pairwise(group for group in some if group.name != UNKNOWN):
        for number in NUMBERS:
            first, second = _number_of(one, number), _number_of(other, number)
            if first and second and apart(first, second):
                values = {"measure": _plain(words, number), "one_name": _group_name(words, one)}
                values |= {"one": _short(words, number, first), "other": _short(words, number, second)}
                sentences.append(words("elsewhere.groups_clear", **values, other_name=_group_name(words, other)))
    return sentences


def _number_of(group: Group, number: str) -> Estimate | None:
    if number == "auc":
        return group.auc
    n, rate_of = (
        (group.malignant, group.counts.sensitivity)
        if number == "sensitivity"
        else (group.benign, group.counts.specificity)
    )
    return rate_of() if n else None


def _widest(found: dict[str, tuple[Group, ...]]) -> float:
    """How much the widest interval of all groups spans."""
    numbers = [_number_of(group, number) for some in found.values() for group in some for number in NUMBERS]
    return max(one.high - one.low for one in numbers if one)


def _has_fallen(bundle: Bundle) -> bool:
    """Whether the network tells the classes apart less well elsewhere, and alarms more."""
    home, away = bundle.metrics(TEST), bundle.metrics(BREAST)
    return all(away[name].value < home[name].value for name in ("auc", "specificity"))


def _short(words: Words, number: str, found: Estimate) -> str:
    return words.number(found.value, 2) if number == "auc" else words.percent(found.value)


def _plain(words: Words, number: str) -> str:
    """The name of a number without its link, as a sentence's first word or inside one."""
    return re.sub(r"\[([^\]]+)\]\([^)]+\)", r"\1", words(f"elsewhere.{number}"))
