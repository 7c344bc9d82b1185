"""The tab L'entraînement: a training to watch live, one to see again, the curves that were, and their code."""

import json
from dataclasses import dataclass
from typing import Any

import gradio as gr
import numpy as np
from markupsafe import Markup

from busi.bundle.files import SIMULATED, Bundle
from busi.data.simulated import held_out_seeds
from busi.web.page import Page
from busi.web.parts.thread import thread_step
from busi.web.scripts import mount
from busi.web.tabs.training.live import live_training
from busi.web.tabs.training.replay import training_seen_again
from busi.web.tabs.training.source import code
from busi.words.text import Words

_TEMPLATE = "tabs/training/tab.html"
_MEASURES = ("loss", "accuracy", "auc")
_SENTENCES = (
    "points",
    "epochs",
    "best",
    "excluded",
    "alt",
    "exact",
    "other",
    "other_near",
    "other_read_well",
    "other_excluded",
)
LAST = "last"  # what bundle.json says where nothing chose the epoch
IMAGENET = "imagenet"  # where its weights came from photographs
_COLUMNS = ("epoch", "loss", "accuracy", "auc", "val_loss", "val_accuracy", "val_auc")


@dataclass(frozen=True)
class Stage:
    """The curves of one training.

    Attributes:
        name: "busi" or "simulated", which images they were.
        images: that it learned from.
        val_images: that it was measured on.
        rows: one list per epoch, in the order of `_COLUMNS`.
        best: the epoch whose weights were kept.
        criterion: "val_loss" or "val_auc", what chose it, or "last": nothing did.
        first_eligible: the first epoch that could be chosen.
        folds: how many networks the curves are the mean of, each judged on the images held out from it; 0 for one.
        batch_size: images per step; None if the bundle does not tell.
        rehearsed: simulated images mixed in, in each epoch.
    """

    name: str
    images: int
    val_images: int
    rows: list[list[float]]
    best: int
    criterion: str
    batch_size: int | None
    rehearsed: int = 0
    first_eligible: int = 1
    folds: int = 0

    @property
    def first_epoch(self) -> int:
        """Its number, mostly 1."""
        return int(self.rows[0][0])

    @property
    def last_epoch(self) -> int:
        """Its number."""
        return int(self.rows[-1][0])

    @property
    def shown(self) -> int:
        """Images that an epoch shows."""
        return self.images + self.rehearsed

    @property
    def batches(self) -> int:
        """Batches in an epoch; the last one may be smaller. 0 if unknown."""
        return -(-self.shown // self.batch_size) if self.batch_size else 0

    def at(self, epoch: int) -> dict[str, float]:
        """The measures of an epoch, by the names of `_COLUMNS`."""
        return dict(zip(_COLUMNS, next(row for row in self.rows if row[0] == epoch), strict=True))


def training_tab(page: Page) -> None:
    """Lays out the tab and wires it."""
    words, bundle = page.words, page.bundle
    stages = stages_of(bundle)
    with gr.Tab(words("training.tab"), id="training", elem_id="tab-training"):
        gr.HTML(page.macros.heading("training"))
        live_training(page)
        training_seen_again(page)
        gr.HTML(curves(page, stages), js_on_load=mount("tabs/training/curves.js"))
        gr.HTML(overfitting(page, stages[0]))
        gr.HTML(honesty(page, stages))
        if stages[0].batches:
            gr.HTML(batches(page, stages[0]), js_on_load=mount("tabs/training/batches.js"))
        gr.HTML(code(page, bundle.info.get("training", {}).get("recipe", {}).get("arch", "atelier")))
        gr.Markdown(words.lesson("training"), elem_classes="lesson")
        gr.HTML(thread_step(page, "training"))
        gr.HTML(page.macros.next_tab("evaluation"))


def stages_of(bundle: Bundle) -> tuple[Stage, ...]:
    """The training of a bundle, and after it in the list, before it in time, its head start if it had one.

    Args:
        bundle: an opened bundle; what its bundle.json does not tell is left out or read from the curves.
    """
    training = bundle.info.get("training") or {}
    pretraining = training.get("pretraining")
    main = _main_stage(bundle, training, pretraining)
    return (main, _head_start(pretraining, main.criterion)) if pretraining else (main,)


def _main_stage(bundle: Bundle, training: dict[str, Any], pretraining: dict[str, Any] | None) -> Stage:
    recipe = training.get("recipe", {})
    criterion, size = recipe.get("keep", "val_loss"), recipe.get("batch_size")
    if size and bundle.population == SIMULATED:
        size *= 2  # as in the simulated stage, which such a training is
    images = bundle.own_images_learned
    simulated = pretraining or training.get("drawing")
    rows, first = bundle.history[list(_COLUMNS)].to_numpy().tolist(), int(training.get("first_kept", 1))
    return Stage(
        name=bundle.population,
        images=images,
        val_images=bundle.metrics("validation")["auc"].n,
        rows=rows,
        best=int(training.get("best_epoch") or _best_of(rows, criterion, first)),
        criterion=criterion,
        batch_size=size,
        rehearsed=min(round(recipe.get("rehearsal", 0) * images), int(simulated["images"])) if simulated else 0,
        first_eligible=first,
        folds=int(recipe.get("folds", 0)),
    )


def curves(page: Page, stages: tuple[Stage, ...]) -> Markup:
    """The curves, with what is chosen about them; the browser draws.

    Args:
        page: that they stand on.
        stages: from `stages_of`.
    """
    return page.template(_TEMPLATE).curves(_curve_data(page.words, stages), _MEASURES, stages)


def _curve_data(words: Words, stages: tuple[Stage, ...]) -> dict[str, str]:
    """The curves, and the sentences that their script fills."""
    criterion = stages[0].criterion
    late = "_late" if stages[0].first_eligible > 1 and criterion != LAST else ""
    choice = criterion.removeprefix("val_") + late
    return {
        "stages": json.dumps([_for_browser(words, stage) for stage in stages]),
        **{measure: words.unfilled(f"training.said_{measure}") for measure in _MEASURES},
        **{side: words.unfilled(f"training.gap_{side}") for side in ("above", "below", "same")},
        **{name: words.unfilled(f"training.{name}") for name in _SENTENCES},
        **{name: words(f"training.legend_{name}") for name in ("seen", "held")},
        "kept": words.unfilled(f"training.kept_{choice}"),
    }


def honesty(page: Page, stages: tuple[Stage, ...]) -> Markup:
    """What these numbers cannot say.

    Args:
        page: about the bundle whose they are.
        stages: from `stages_of`.
    """
    words, bundle = page.words, page.bundle
    auc = bundle.metrics("validation")["auc"]
    value, low, high = (words.number(number, 2) for number in (auc.value, auc.low, auc.high))
    recipe = bundle.info.get("training", {}).get("recipe", {})
    folds = recipe.get("folds")
    judged = words("training.in_folds", folds=folds, n=auc.n) if folds else words("training.flattering")
    paragraphs = [judged, words("training.noise", n=auc.n, auc=value, low=low, high=high)]
    if len(stages) > 1:
        pretraining = {"epochs": len(stages[1].rows), "images": words.number(stages[1].images)}
        paragraphs.insert(0, words("training.head_start", **pretraining))
    if recipe.get("outline"):
        paragraphs.insert(0, words("training.outline"))
    if recipe.get("weights") == IMAGENET:
        paragraphs.insert(0, words("training.photographs"))
    if drawing := bundle.info.get("training", {}).get("drawing"):
        paragraphs.insert(1, words("training.draws", images=words.number(drawing["images"])))
    return page.template(_TEMPLATE).honesty(paragraphs)


def batches(page: Page, stage: Stage) -> Markup:
    """What an epoch and a batch are, with one square per batch.

    Args:
        page: that it stands on.
        stage: the training, its batch size known.
    """
    words = page.words
    numbers = {
        "images": words.number(stage.images),
        "simulated": words.number(stage.rehearsed),
        "size": stage.batch_size,
        "batches": words.number(stage.batches),
        "epochs": len(stage.rows),
        "steps": words.number(stage.batches * len(stage.rows)),
    }
    data = {"size": stage.batch_size, "images": stage.shown, "words": words.unfilled("training.batch_said")}
    return page.template(_TEMPLATE).batches(stage, data, numbers)


def overfitting(page: Page, stage: Stage) -> Markup:
    """What happened to the two losses after the best epoch.

    Args:
        page: that it stands on.
        stage: the training.
    """
    best, last = stage.at(stage.best), stage.at(stage.last_epoch)
    paragraphs = [_losses_after_best(page.words, stage, best, last)]
    if best != last:
        paragraphs.append(_gaps(page.words, stage, best, last))
    return page.template(_TEMPLATE).overfitting(paragraphs)


def _losses_after_best(words: Words, stage: Stage, best: dict[str, float], last: dict[str, float]) -> str:
    fell, rose = best["loss"] - last["loss"], last["val_loss"] - best["val_loss"]
    kind = "last" if best == last else "yes" if fell > 0 and rose > 0 else "unclear"
    return words(
        f"training.overfit_{kind}",
        best=stage.best,
        last=stage.last_epoch,
        n=words.number(stage.images),
        val_n=words.number(stage.val_images),
        seen_best=words.number(best["loss"], 3),
        seen_last=words.number(last["loss"], 3),
        held_best=words.number(best["val_loss"], 3),
        held_last=words.number(last["val_loss"], 3),
    )


def _gaps(words: Words, stage: Stage, best: dict[str, float], last: dict[str, float]) -> str:
    """How far the two losses are apart at the first epoch, the best and the last."""
    epochs = {"gap_first": stage.at(stage.first_epoch), "gap_best": best, "gap_last": last}
    gaps = {name: words.number(at["val_loss"] - at["loss"], 3) for name, at in epochs.items()}
    return words("training.overfit_gap", best=stage.best, last=stage.last_epoch, **gaps)


def _measured(criterion: str) -> str:
    """The column that epochs are compared by: of a length that was fixed beforehand, the validation loss."""
    return "val_loss" if criterion == LAST else criterion


def _best_of(rows: list[list[float]], criterion: str, first: int) -> int:
    if criterion == LAST:
        return int(rows[-1][0])
    column = _COLUMNS.index(criterion)
    rows = [row for row in rows if row[0] >= first] or rows[-1:]
    values = np.array([row[column] for row in rows])
    return int(rows[int(values.argmin() if criterion == "val_loss" else values.argmax())][0])


def _head_start(pretraining: dict[str, Any], criterion: str) -> Stage:
    return Stage(
        name=SIMULATED,
        images=int(pretraining["images"]),
        val_images=len(held_out_seeds("validation")),
        rows=[[row[column] for column in _COLUMNS] for row in pretraining["history"]],
        best=int(pretraining["best_epoch"]),
        criterion=criterion,
        batch_size=int(pretraining["batch_size"]),
    )


def _for_browser(words: Words, stage: Stage) -> dict[str, Any]:
    numbers = {"n": words.number(stage.images), "val_n": words.number(stage.val_images), "epochs": len(stage.rows)}
    numbers |= {"folds": stage.folds}
    return {
        "name": stage.name,
        "n": stage.images,
        "valN": stage.val_images,
        "rows": [[int(row[0]), *row[1:]] for row in stage.rows],
        "best": stage.best,
        "first": stage.first_eligible,
        "criterion": _COLUMNS.index(_measured(stage.criterion)),
        "population": words(f"training.population_{'folds' if stage.folds else stage.name}", **numbers),
    }
