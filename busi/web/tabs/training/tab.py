"""The tab L'entraînement: the curves that were, what they teach, the code behind them, and a training to watch live."""

import json
from dataclasses import dataclass
from html import escape
from typing import Any

import gradio as gr
import numpy as np

from busi.bundle.files import SIMULATED, Bundle
from busi.data.simulated import held_out_seeds
from busi.web.figures import data_attributes, heading, next_tab, rich
from busi.web.files import read
from busi.web.page import Page
from busi.web.source import code
from busi.web.tabs.training.live import legend, live_training
from busi.words.text import Words

_CHART_JS = read("tabs/training/chart.js")
_CURVES_JS = _CHART_JS + read("tabs/training/curves.js")
_BATCHES_JS = read("tabs/training/batches.js")
_MEASURES = ("loss", "accuracy", "auc")
_SAID = (
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
        criterion: "val_loss" or "val_auc", what chose it.
        first_kept: the first epoch that could be chosen.
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
    first_kept: int = 1

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
    words, workshop, _picture = page.words, page.workshop, page.picture
    stages = stages_of(workshop.bundle)
    with gr.Tab(words("training.tab"), id="training", elem_id="tab-training"):
        gr.HTML(heading(words, "training"))
        with gr.Row(elem_classes="side-by-side"):
            with gr.Column(scale=3, min_width=300):
                gr.HTML(curves(words, stages), js_on_load=_CURVES_JS)
            with gr.Column(scale=2, min_width=280):
                gr.HTML(honesty(words, workshop.bundle, stages))
        with gr.Row(elem_classes="side-by-side"):
            if stages[0].batches:
                with gr.Column(scale=3, min_width=300):
                    gr.HTML(batches(words, stages[0]), js_on_load=_BATCHES_JS)
            with gr.Column(scale=2, min_width=280):
                gr.HTML(overfitting(words, stages[0]))
        live_training(words, workshop)
        gr.HTML(code(words, workshop.bundle.info.get("training", {}).get("recipe", {}).get("arch", "atelier")))
        gr.Markdown(words.lesson("training"), elem_classes="lesson")
        gr.HTML(next_tab(words, "evaluation"))


def stages_of(bundle: Bundle) -> tuple[Stage, ...]:
    """The training of a bundle, and after it in the list, before it in time, its head start if it had one.

    Args:
        bundle: an opened bundle; what its bundle.json does not tell is left out or read from the curves.
    """
    told = bundle.info.get("training") or {}
    recipe = told.get("recipe", {})
    criterion = recipe.get("keep", "val_loss")
    before = told.get("pretraining")
    images = int(bundle.info["data"]["parts"]["train"]["images"])
    size = recipe.get("batch_size")
    if size and bundle.population == SIMULATED:
        size *= 2  # as in the simulated stage, which such a training is
    rows, first = bundle.history[list(_COLUMNS)].to_numpy().tolist(), int(told.get("first_kept", 1))
    main = Stage(
        name=bundle.population,
        images=images,
        val_images=bundle.metrics("validation")["auc"].n,
        rows=rows,
        best=int(told.get("best_epoch") or _best_of(rows, criterion, first)),
        criterion=criterion,
        batch_size=size,
        rehearsed=min(round(before["rehearsal"] * images), before["images"]) if before else 0,
        first_kept=first,
    )
    return (main, _head_start(before, criterion)) if before else (main,)


def curves(words: Words, stages: tuple[Stage, ...]) -> str:
    """The curves, with what is chosen about them, as HTML; the browser draws.

    Args:
        words: of the reader's language.
        stages: from `stages_of`.
    """
    main = stages[0]
    kept = main.criterion.removeprefix("val_") + ("_late" if main.first_kept > 1 else "")
    data = {
        "stages": json.dumps([_for_browser(words, stage) for stage in stages]),
        **{measure: words.unfilled(f"training.said_{measure}") for measure in _MEASURES},
        **{side: words.unfilled(f"training.gap_{side}") for side in ("above", "below", "same")},
        **{name: words.unfilled(f"training.{name}") for name in _SAID},
        **{name: words(f"training.legend_{name}") for name in ("seen", "held")},
        "kept": words.unfilled(f"training.kept_{kept}"),
    }
    return (
        f'<section class="curves" {data_attributes(data)}>'
        f'<div class="choices">{_choices(words, "measure", _MEASURES)}{_stage_choice(words, stages)}</div>'
        f'<p class="aside" data-population></p>{legend(words)}<div class="plot"></div>{_epoch_slider(words, main)}'
        f'<p class="said" role="status" data-said></p>{_guess(words, main)}</section>'
    )


def honesty(words: Words, bundle: Bundle, stages: tuple[Stage, ...]) -> str:
    """What these numbers cannot say, as HTML.

    Args:
        words: of the reader's language.
        bundle: whose they are.
        stages: from `stages_of`.
    """
    auc = bundle.metrics("validation")["auc"]
    value, low, high = (words.number(number, 2) for number in (auc.value, auc.low, auc.high))
    said = [words("training.flattering"), words("training.noise", n=auc.n, auc=value, low=low, high=high)]
    if len(stages) > 1:
        before = stages[1]
        told = {"epochs": len(before.rows), "images": words.number(before.images)}
        said.insert(0, words("training.head_start", **told))
    if bundle.info.get("training", {}).get("recipe", {}).get("outline"):
        said.insert(0, words("training.outline"))
    paragraphs = "".join(f'<p class="note">{rich(text)}</p>' for text in said)
    return f'<section class="notes">{paragraphs}</section>'


def batches(words: Words, stage: Stage) -> str:
    """What an epoch and a batch are, with one square per batch, as HTML.

    Args:
        words: of the reader's language.
        stage: the training, its batch size known.
    """
    numbers = {
        "images": words.number(stage.images),
        "simulated": words.number(stage.rehearsed),
        "size": stage.batch_size,
        "batches": words.number(stage.batches),
        "epochs": len(stage.rows),
        "steps": words.number(stage.batches * len(stage.rows)),
    }
    shown = words("training.epoch_mixed" if stage.rehearsed else "training.epoch_plain", **numbers)
    data = {"size": stage.batch_size, "images": stage.shown, "words": words.unfilled("training.batch_said")}
    return (
        f'<section class="batches" {data_attributes(data)}>'
        f"<h3>{escape(words('training.batches_title', **numbers))}</h3>"
        f'<p class="note">{rich(shown)} {rich(words("training.batch_text", **numbers))}</p>'
        f'<div class="squares" aria-hidden="true">{"<i></i>" * stage.batches}</div>'
        f'<div class="turn"><label>{escape(words("training.batch_slider"))}'
        f'<input type="range" min="0" max="{stage.batches}" value="1" step="1"></label>'
        f'<button type="button" class="choice">{escape(words("training.batch_play"))}</button></div>'
        f'<p class="said" data-said></p></section>'
    )


def overfitting(words: Words, stage: Stage) -> str:
    """What happened to the two losses after the best epoch, as HTML.

    Args:
        words: of the reader's language.
        stage: the training.
    """
    best, last, first = (stage.at(int(epoch)) for epoch in (stage.best, stage.rows[-1][0], stage.rows[0][0]))
    fell, rose = best["loss"] - last["loss"], last["val_loss"] - best["val_loss"]
    kind = "last" if best == last else "yes" if fell > 0 and rose > 0 else "unclear"
    text = words(
        f"training.overfit_{kind}",
        best=stage.best,
        last=int(last["epoch"]),
        n=words.number(stage.images),
        val_n=words.number(stage.val_images),
        seen_best=words.number(best["loss"], 3),
        seen_last=words.number(last["loss"], 3),
        held_best=words.number(best["val_loss"], 3),
        held_last=words.number(last["val_loss"], 3),
    )
    gaps = (row["val_loss"] - row["loss"] for row in (first, best, last))
    names = ("gap_first", "gap_best", "gap_last")
    shown = {name: words.number(gap, 3) for name, gap in zip(names, gaps, strict=True)}
    told = words("training.overfit_gap", best=stage.best, last=int(last["epoch"]), **shown)
    more = "" if kind == "last" else f'<p class="note">{rich(told)}</p>'
    title = escape(words("training.overfit_title"))
    return f'<section class="widening"><h3>{title}</h3><p class="note">{rich(text)}</p>{more}</section>'


def _best_of(rows: list[list[float]], criterion: str, first: int) -> int:
    column = _COLUMNS.index(criterion)
    rows = [row for row in rows if row[0] >= first] or rows[-1:]
    values = np.array([row[column] for row in rows])
    return int(rows[int(values.argmin() if criterion == "val_loss" else values.argmax())][0])


def _head_start(told: dict[str, Any], criterion: str) -> Stage:
    return Stage(
        name=SIMULATED,
        images=int(told["images"]),
        val_images=len(held_out_seeds("validation")),
        rows=[[row[column] for column in _COLUMNS] for row in told["history"]],
        best=int(told["best_epoch"]),
        criterion=criterion,
        batch_size=int(told["batch_size"]),
    )


def _for_browser(words: Words, stage: Stage) -> dict[str, Any]:
    numbers = {"n": words.number(stage.images), "val_n": words.number(stage.val_images), "epochs": len(stage.rows)}
    return {
        "name": stage.name,
        "n": stage.images,
        "valN": stage.val_images,
        "rows": [[int(row[0]), *row[1:]] for row in stage.rows],
        "best": stage.best,
        "first": stage.first_kept,
        "criterion": _COLUMNS.index(stage.criterion),
        "population": words(f"training.population_{stage.name}", **numbers),
    }


def _choices(words: Words, kind: str, names: tuple[str, ...]) -> str:
    """Buttons of which one is pressed, the first to begin with."""
    buttons = "".join(
        f'<button type="button" class="choice" data-{kind}="{name}" aria-pressed="{str(not number).lower()}">'
        f"{escape(words(f'training.{kind}_{name}'))}</button>"
        for number, name in enumerate(names)
    )
    return f'<div role="group" aria-label="{escape(words(f"training.{kind}"))}">{buttons}</div>'


def _stage_choice(words: Words, stages: tuple[Stage, ...]) -> str:
    return _choices(words, "stage", tuple(stage.name for stage in stages)) if len(stages) > 1 else ""


def _epoch_slider(words: Words, stage: Stage) -> str:
    first, last = int(stage.rows[0][0]), int(stage.rows[-1][0])
    label = escape(words("training.slider"))
    disabled = " disabled" if first == last and not stage.rehearsed else ""
    return (
        f'<label class="epoch"><span>{label} <b data-number>{last}</b></span>'
        f'<input type="range" min="{first}" max="{last}" value="{last}" step="1" data-epoch{disabled}></label>'
    )


def _guess(words: Words, stage: Stage) -> str:
    if len(stage.rows) < 2:
        return "<div data-guess hidden><p data-revealed></p></div>"
    late = f" {rich(words('training.guess_late', first=stage.first_kept))}" if stage.first_kept > 1 else ""
    return (
        f'<div class="guess" data-guess><p>{rich(words("training.guess"))}{late}</p>'
        f'<button type="button" class="choice" data-reveal>{escape(words("training.reveal"))}</button>'
        f'<p role="status" data-revealed></p></div>'
    )
