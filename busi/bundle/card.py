"""The model card: what a bundle is, what it is for and what it scored, in French and in English.

Everything is taken from bundle.json, but for how many images set the simulator and what BrEaST's radiologist made of
the same lesions (`measured.py`); the sentences are in content/: card.md, card_elsewhere.md and card.toml.
"""

import re
from collections.abc import Collection, Mapping
from string import Template
from typing import Any

from busi.bundle.files import BREAST, FIGURES, figure_file, part_elsewhere, simulators_differ
from busi.bundle.measured import measured
from busi.data.origin import BREAST as ORIGIN_BREAST
from busi.data.origin import BUSI, SIMULATED, Origin, origin_of
from busi.model.metrics import rate
from busi.words.text import LANGUAGES, Words

# The bundle's measures by the names that the Hub gives them.
HUB_METRICS = {"auc": "roc_auc", "accuracy": "accuracy", "sensitivity": "recall", "specificity": "specificity"}
ALARM_FROM = "4a"  # the category from which a biopsy is mostly advised


def model_card(info: Mapping[str, Any], figures: Collection[str] = ()) -> str:
    """Writes the card.

    Args:
        info: what bundle.json says.
        figures: those that are in the bundle, by their names of `bundle.files.FIGURE_FILES`.

    Returns:
        Markdown, French first.
    """
    return "\n".join(_fill(Words(language), info, figures) for language in LANGUAGES)


def _fill(words: Words, info: Mapping[str, Any], figures: Collection[str]) -> str:
    test, training = info["metrics"]["test"], info["training"]
    return Template(words.lesson("card")).substitute(
        _numbers(words, test),
        arch=training["recipe"]["arch"],
        parameters=words.number(training["parameters"]),
        size=info["image"]["size"],
        epochs=training["epochs"],
        best_epoch=training["best_epoch"],
        command=training["command"],
        threshold=words.number(info["threshold"], 3),
        created=words.date(info["created"]),
        always_benign=_always_benign(words, test["confusion"]),
        tasks=_tasks(words, info),
        chosen=_chosen(words, info),
        start=_start(words, info),
        looks=f" {words('card.mirrored')}" if info.get("mirrored") else "",
        elsewhere=_elsewhere(words, info),
        figures=_figures(words, info, figures),
        **(_of_simulated(words, info) if info["data"]["name"] == SIMULATED else _of_real(words, info)),
    )


def _tasks(words: Words, info: Mapping[str, Any]) -> str:
    """What the network practises, and what becomes of the outlines that it draws."""
    if fusion := info.get("fusion"):
        drawn = words.number(info["training"]["drawing"]["images"])
        return words("card.tasks_draws", features=len(fusion["shape_model"]["features"]), drawn=drawn)
    return words("card.tasks_outline" if info["training"]["recipe"].get("outline") else "card.tasks_class")


def _chosen(words: Words, info: Mapping[str, Any]) -> str:
    """On which answers threshold and calibration were chosen."""
    folds = info["training"]["recipe"].get("folds")
    if not folds:
        return words("card.chosen_validation")
    return words("card.chosen_in_folds", n=info["metrics"]["validation"]["auc"]["n"], folds=folds)


def _numbers(words: Words, metrics: Mapping[str, Any]) -> dict[str, object]:
    """Each number of a population with its interval, and the four counts."""
    numbers = {name: _with_interval(words, number) for name, number in metrics.items() if name != "confusion"}
    return {**numbers, **{f"c_{name}": count for name, count in metrics["confusion"].items()}}


def _elsewhere(words: Words, info: Mapping[str, Any]) -> str:
    """What the network is worth on BrEaST, beside the radiologist; empty if it was not asked there."""
    if BREAST not in info["metrics"]:
        return ""
    part = part_elsewhere(info)
    found, everything = info["metrics"][part], info["metrics"][BREAST]
    told = measured().radiologist
    counts = told.at(ALARM_FROM)
    section = Template(words.lesson("card_elsewhere")).substitute(
        _numbers(words, found),
        n=found["auc"]["n"],
        all=everything["auc"]["n"],
        others=_set_the_simulator(words, info) if part == BREAST else _judged_trials(words, found, everything),
        radiologist=_with_interval(words, told.auc.to_dict()),
        biopsied=_with_interval(words, told.auc_biopsied.to_dict()),
        found=counts.true_positives,
        malignant=counts.true_positives + counts.false_negatives,
        reassured=counts.true_negatives,
        benign=counts.true_negatives + counts.false_positives,
    )
    return f"{section}\n"


def _set_the_simulator(words: Words, info: Mapping[str, Any]) -> str:
    """That half of BrEaST set the simulator, where the network learned from what today's draws; else nothing."""
    learned_from_drawings = info["training"]["pretraining"] or info["training"].get("drawing")
    return f" {words('card.elsewhere_drawn')}" if learned_from_drawings and not simulators_differ(info) else ""


def _judged_trials(words: Words, found: Mapping[str, Any], everything: Mapping[str, Any]) -> str:
    """That the other half of BrEaST judged trials, and what all of it gives."""
    others = everything["auc"]["n"] - found["auc"]["n"]
    return f" {words('card.elsewhere_judged', n=others, auc=_with_interval(words, everything['auc']))}"


def _always_benign(words: Words, counts: Mapping[str, int]) -> str:
    """The accuracy of a machine that never raises an alert."""
    return _with_interval(
        words, rate(counts["false_positives"] + counts["true_negatives"], sum(counts.values())).to_dict()
    )


def _start(words: Words, info: Mapping[str, Any]) -> str:
    stage = info["training"]["pretraining"]
    if stage is None:
        photographs = info["training"]["recipe"].get("weights") == "imagenet"
        return words("card.start_imagenet" if photographs else "card.start_scratch")
    return words(
        "card.start_simulated",
        images=words.number(stage["images"]),
        simulator=words("card.simulator_earlier" if simulators_differ(info) else "card.simulator"),
        epochs=stage["epochs"],
        rehearsal=words.number(stage["rehearsal"], 0 if stage["rehearsal"] % 1 == 0 else 1),
        served=measured().served_the_simulator,
    )


def _figures(words: Words, info: Mapping[str, Any], there: Collection[str]) -> str:
    """The figures of this language that are there, each with an alternative text and a sentence on reading it."""
    shown = [(figure, name) for figure in FIGURES if (name := figure_file(figure, words.language)) in there]
    if not shown:
        return ""
    values = _figure_values(words, info)
    pieces = (
        f"![{words(f'figures.{figure}_alt', **values)}]({name})\n\n*{words(f'figures.{figure}_caption')}*\n"
        for figure, name in shown
    )
    return "\n".join((f"## {words('figures.heading')}\n", *pieces)) + "\n"


def _figure_values(words: Words, info: Mapping[str, Any]) -> dict[str, object]:
    """What the sentences on the figures say in numbers."""
    test, training = info["metrics"]["test"], info["training"]
    missed, alarmed = test["confusion"]["false_negatives"], test["confusion"]["false_positives"]
    found, reassured = test["confusion"]["true_positives"], test["confusion"]["true_negatives"]
    return {
        "epoch": training["best_epoch"],
        "epochs": training["epochs"],
        "auc": _with_interval(words, test["auc"]),
        "sensitivity": words.percent(test["sensitivity"]["value"]),
        "specificity": words.percent(test["specificity"]["value"]),
        "error": words.percent(test["calibration_error"]["value"], 1),
        **{"found": found, "missed": missed, "malignant": found + missed},
        **{"alarmed": alarmed, "reassured": reassured, "benign": alarmed + reassured},
        **{"wrong": missed + alarmed, "total": test["auc"]["n"]},
    }


def _of_real(words: Words, info: Mapping[str, Any]) -> dict[str, str]:
    data, simulated, origin = info["data"], info["metrics"][SIMULATED]["auc"], origin_of(info["data"])
    kind = "busi" if origin == BUSI else "own"
    return {
        "data": _also(words, data)
        + words(
            f"card.data_{kind}",
            data=data_name(words, origin),
            citation=f" ({origin.citation})" if origin.citation else "",
            twins=data["images_with_twins"],
            left_out=data["left_out"],
            seed=data["split_seed"],
            **_counts(words, info),
        ),
        "simulated": words(
            "card.simulated_beside",
            n=simulated["n"],
            auc=_with_interval(words, simulated),
            drawn=f" {words('card.simulated_later')}" if simulators_differ(info) else "",
        ),
        "limits": words(f"card.limits_{kind}"),
        "seen": f" {words('card.seen')}" if origin == BUSI else "",
    }


def _also(words: Words, data: Mapping[str, Any]) -> str:
    """Which other sets were learned from too, if any were."""
    told = []
    for one in data.get("also", ()):
        licence = f", {one['licence']}" if one.get("licence") else ""
        told.append(words("card.also_one", name=also_name(words, one), n=words.number(one["images"]), licence=licence))
    return words("card.also", sets=", ".join(told)) + " " if told else ""


def also_name(words: Words, told: Mapping[str, Any]) -> str:
    """What a further set is called in a sentence.

    Args:
        words: of the reader's language.
        told: what bundle.json says of it, under "data", "also".
    """
    origin = Origin(told["name"])
    return data_name(words, origin) if origin.is_named else words("page.also_own")


def _of_simulated(words: Words, info: Mapping[str, Any]) -> dict[str, str]:
    return {
        "data": words("card.data_simulated", served=measured().served_the_simulator, **_counts(words, info)),
        "simulated": words("card.simulated_itself"),
        "limits": words("card.limits_simulated"),
        "seen": "",
    }


def _counts(words: Words, info: Mapping[str, Any]) -> dict[str, str]:
    parts = info["data"]["parts"]
    names = {"train": "train", "validation": "validation", "n": "test"}
    return {name: words.number(parts[split]["images"]) for name, split in names.items()}


def _with_interval(words: Words, estimate: Mapping[str, float]) -> str:
    value, low, high = (words.number(estimate[name], 3) for name in ("value", "low", "high"))
    return f"{value} [{low} – {high}], n = {estimate['n']}"


def data_name(words: Words, origin: Origin) -> str:
    """What real images are called in a sentence: "vos données" where they have no name.

    Args:
        words: of the reader's language.
        origin: whose they are.
    """
    if origin == BUSI:
        return origin.name
    return words("page.named_data", name=origin.name) if origin.is_named else words("page.own_data")


def without_missing(card: str, figures: Collection[str]) -> str:
    """A card without the figures that it names and that are not there, and without the sentence under each.

    Args:
        card: Markdown, from `model_card`.
        figures: those that are there, by their names in the bundle.
    """
    for language in LANGUAGES:
        if not any(figure_file(name, language) in figures for name in FIGURES):
            card = card.replace(f"## {Words(language)('figures.heading')}\n\n", "")
    shown = r"!\[.*\]\((\S+)\)\n\n\*.*\*\n\n"
    return re.sub(shown, lambda found: found[0] if found[1] in figures else "", card)


def hub_card(info: Mapping[str, Any], card: str, repo: str, with_images: bool = False) -> str:
    """The card as the Hub reads it: the front matter with a model-index, then the card in both languages.

    Args:
        info: what bundle.json says.
        card: the bundle's own, from `model_card`.
        repo: USER/REPO, where the bundle will be found.
        with_images: whether the test images go along; the card then cites them and tells their licence.

    Returns:
        Markdown with YAML front matter.
    """
    from huggingface_hub import EvalResult, ModelCardData  # here, because the card of a bundle needs no Hub

    metrics, data = info["metrics"], info["data"]
    origin = origin_of(data)
    judged = {f"{origin.name}, {data.get('split', 'test part')}": (origin, metrics["test"])}
    if BREAST in metrics:
        part = part_elsewhere(info)
        lesions = "all lesions" if part == BREAST else "the half that judged no trial"
        judged[f"{ORIGIN_BREAST.name}, another hospital, {lesions}"] = (ORIGIN_BREAST, metrics[part])
    results = [
        EvalResult(
            task_type="image-classification",
            task_name="benign or malignant, for teaching only",
            dataset_type=re.sub(r"[^a-z0-9]+", "-", of.name.lower()).strip("-") or "own-data",
            dataset_name=title,
            dataset_split="test",
            metric_type=kind,
            metric_name="{name}, 95 % interval {low:.3f} to {high:.3f}, n = {n}".format(name=name, **found[name]),
            metric_value=found[name]["value"],
        )
        for title, (of, found) in judged.items()
        for name, kind in HUB_METRICS.items()
    ]
    front = ModelCardData(
        language=list(LANGUAGES),
        license="apache-2.0",
        library_name="keras",
        pipeline_tag="image-classification",
        tags=["education", "ultrasound", "breast", "not-for-diagnosis"],
        model_name=info.get("name", "demystifions-ia"),
        eval_results=results,
    )
    images = "\n".join(f"{_images(Words(language), origin)}\n" for language in LANGUAGES) if with_images else ""
    return f"---\n{front.to_yaml()}\n---\n\n{card}\n{images}{_loading(repo)}"


def _images(words: Words, origin: Origin) -> str:
    """Whose the test images are that come along."""
    if origin == BUSI:
        return words("card.images")
    citation = f" ({origin.citation})" if origin.citation else ""
    return words("card.images_own", data=data_name(words, origin), licence=origin.licence, citation=citation)


def _loading(repo: str) -> str:
    sections = (f"{Words(language)('card.loading')}" for language in LANGUAGES)
    return "\n\n".join(sections) + f"\n\n```bash\npython app.py --bundle {repo}\n```\n"
