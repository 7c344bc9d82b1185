"""The tab L'entraînement: the curves that were, what they teach, the code behind them, and a training to watch live."""

import ast
import json
import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import Any

import gradio as gr
import numpy as np

from busi.bundle import SIMULATED, Bundle, BundleError
from busi.classes import CLASSES, MALIGNANT
from busi.live import (
    DRAWING,
    EPOCHS,
    FINISHED,
    OUT_OF_TIME,
    OUTCOMES,
    RATES,
    SIDE,
    SIZES,
    TRAINING,
    UNCLEAR,
    VALIDATION_IMAGES,
    WEIGHTS,
    Row,
    Settings,
    State,
    always_benign,
    outcome,
    train,
    training_images,
)
from busi.metrics import rate
from busi.simulated import held_out_seeds
from busi.text import Words
from busi.ui.components import Picture
from busi.ui.figures import card, class_word, figure, heading, next_tab, rich, simulated_picture
from busi.workshop import Workshop

STOPPED = "stopped"
# One visitor at a time for the whole server, whatever the language of the page.
ALONE = {"concurrency_id": "live training", "concurrency_limit": 1}
SHOWN_CODE = (
    ("recipe", "recipe.py", "Recipe"),
    ("network", "network.py", "_atelier"),
    ("augmentation", "augment.py", "augmentation"),
    ("batches", "training.py", "epoch_batches"),
    ("epoch", "training.py", "_run_epoch"),
    ("live", "live.py", "_Learner"),
)

_HERE = Path(__file__).parent
_CHART_JS = (_HERE / "training_chart.js").read_text(encoding="utf-8")
_CURVES_JS = _CHART_JS + (_HERE / "training.js").read_text(encoding="utf-8")
_BATCHES_JS = (_HERE / "training_batches.js").read_text(encoding="utf-8")
_LIVE_JS = _CHART_JS + (_HERE / "live.js").read_text(encoding="utf-8")
_MEASURES = ("loss", "accuracy", "auc")
_COLUMNS = ("epoch", "loss", "accuracy", "auc", "val_loss", "val_accuracy", "val_auc")
_OFF_SCALE = 2.5  # losses above it leave the live chart
_TILES = 4  # pictures in a row, when they are few


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


@dataclass(frozen=True)
class Watched:
    """A live training as its visitor sees it.

    Attributes:
        state: where it stands.
        guess: one of `OUTCOMES`, or None.
    """

    state: State
    guess: str | None


@dataclass(frozen=True)
class Bench:
    """The components of the live training: what is chosen, the two buttons, what is shown, and what is kept of it."""

    images: gr.Radio
    rate: gr.Radio
    changes: gr.Checkbox
    guess: gr.Radio
    start: gr.Button
    stop: gr.Button
    panel: gr.HTML
    pictures: gr.HTML
    watched: gr.State


def training_tab(words: Words, workshop: Workshop, picture: Picture) -> None:
    """Lays out the tab and wires it.

    Args:
        words: of the page's language.
        workshop: what the pages work with.
        picture: the component that holds the chosen image.
    """
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
        bench = _lay_out_live(words)
        gr.HTML(code(words))
        gr.Markdown(words.lesson("training"), elem_classes="lesson")
        gr.HTML(next_tab(words, "evaluation"))
    _wire_live(words, workshop, bench)


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
    rows = bundle.history[list(_COLUMNS)].to_numpy().tolist()
    main = Stage(
        name=bundle.population,
        images=images,
        val_images=bundle.metrics("validation")["auc"].n,
        rows=rows,
        best=int(told.get("best_epoch") or _best_of(rows, criterion)),
        criterion=criterion,
        batch_size=size,
        rehearsed=min(round(before["rehearsal"] * images), before["images"]) if before else 0,
    )
    return (main, _head_start(before, criterion)) if before else (main,)


def source_of(file: str, name: str) -> tuple[int, str]:
    """A function or class of this package, as it stands in its file.

    Args:
        file: of the package busi.
        name: of the function or class.

    Returns:
        The number of its first line, and its lines.

    Raises:
        KeyError: if the file has no such name.
    """
    text = (_HERE.parent / file).read_text(encoding="utf-8")
    for node in ast.parse(text).body:
        if getattr(node, "name", None) == name:
            first = min([node.lineno, *(decorator.lineno for decorator in node.decorator_list)])
            return first, "\n".join(text.splitlines()[first - 1 : node.end_lineno])
    raise KeyError(f"{file} has no function or class {name!r}")


def curves(words: Words, stages: tuple[Stage, ...]) -> str:
    """The curves, with what is chosen about them, as HTML; the browser draws.

    Args:
        words: of the reader's language.
        stages: from `stages_of`.
    """
    main = stages[0]
    data = {
        "stages": json.dumps([_for_browser(words, stage) for stage in stages]),
        **{measure: words.unfilled(f"training.said_{measure}") for measure in _MEASURES},
        **{side: words.unfilled(f"training.gap_{side}") for side in ("above", "below", "same")},
        **{name: words.unfilled(f"training.{name}") for name in ("points", "epochs", "best", "alt", "exact", "other")},
        **{name: words(f"training.legend_{name}") for name in ("seen", "held")},
        "kept": words.unfilled(f"training.kept_{main.criterion.removeprefix('val_')}"),
    }
    return (
        f'<section class="curves" {_attributes(data)}>'
        f'<div class="choices">{_choices(words, "measure", _MEASURES)}{_stage_choice(words, stages)}</div>'
        f'<p class="aside" data-population></p>{_legend(words)}<div class="plot"></div>{_epoch_slider(words, main)}'
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
        f'<section class="batches" {_attributes(data)}><h3>{escape(words("training.batches_title", **numbers))}</h3>'
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


def code(words: Words) -> str:
    """The code that trained, as it stands in the repository, each piece behind something to open, as HTML."""
    pieces = "".join(_piece(words, name, file, function) for name, file, function in SHOWN_CODE)
    title, intro = escape(words("training.code_title")), rich(words("training.code_intro"))
    return f'<section class="sources"><h3>{title}</h3><p class="note">{intro}</p>{pieces}</section>'


def panel(words: Words, watched: Watched, phase: str | None = None) -> str:
    """A live training: where it stands, its two charts, and at the end what became of it, as HTML.

    Args:
        words: of the reader's language.
        watched: the training.
        phase: STOPPED if the visitor stopped it; default: that of its state.
    """
    state = watched.state
    phase = phase or state.phase
    rows, last = state.rows, state.rows[-1] if state.rows else None
    run = {
        "rows": [[row.epoch, *(round(value, 4) for value in _values(row))] for row in rows],
        "epochs": EPOCHS,
        "baseline": always_benign(),
    }
    data = {"run": json.dumps(run), "epochs": words("training.epochs")}
    now = f'<p class="said">{rich(_now(words, state.settings, last))}</p>' if last else ""
    charts = f'{_legend(words)}<div class="live-charts">{_charts(words, state)}</div>' if last else ""
    return (
        f'<section class="live" {_attributes(data)}>{_bar(words, state)}'
        f'<p class="phase">{escape(_phase(words, state, phase))}</p>{_result(words, watched, phase)}{now}{charts}'
        f"<p hidden data-announce>{escape(_news(words, watched, phase))}</p></section>"
    )


def pictures(words: Words, settings: Settings) -> str:
    """What a live training learns from, class by class, as HTML.

    Args:
        words: of the reader's language.
        settings: of the training.
    """
    images, labels = training_images(settings.images)
    groups = "".join(_group(words, label, images[labels == (label == MALIGNANT)]) for label in CLASSES)
    title = escape(words("training.live_pictures", n=words.number(settings.images)))
    return f'<section class="learned"><h4>{title}</h4><div>{groups}</div></section>'


def _lay_out_live(words: Words) -> Bench:
    intro = words("training.live_intro", weights=words.number(WEIGHTS), side=SIDE)
    title = escape(words("training.live_title"))
    gr.HTML(f'<section class="live-intro"><h3>{title}</h3><p class="note">{rich(intro)}</p></section>')
    with gr.Row(elem_classes="live-bench"):
        with gr.Column(min_width=280):
            sizes = [(words.number(size), size) for size in SIZES]
            images = gr.Radio(sizes, value=SIZES[0], label=words("training.live_images"))
            rates = [(words(f"training.live_rate_{name}", rate=_rate(words, name)), name) for name in RATES]
            rate_here = gr.Radio(rates, value="good", label=words("training.live_rate"))
            changes = gr.Checkbox(False, label=words("training.live_changes"), info=words("training.live_changes_info"))
        with gr.Column(min_width=280):
            guesses = [(words(f"training.live_guess_{name}"), name) for name in OUTCOMES if name != UNCLEAR]
            guess = gr.Radio(guesses, label=words("training.live_guess"), elem_classes="guesses")
            with gr.Row():
                start = gr.Button(words("training.live_start"), variant="primary", elem_classes="live-start")
                stop = gr.Button(words("training.live_stop"), interactive=False, elem_classes="live-stop quiet")
    live = gr.HTML(card(words("training.live_ready_title"), words("training.live_ready")), js_on_load=_LIVE_JS)
    return Bench(images, rate_here, changes, guess, start, stop, live, gr.HTML(""), gr.State(None))


def _wire_live(words: Words, workshop: Workshop, bench: Bench) -> None:
    def ask() -> dict[gr.components.Component, Any]:
        waiting = card(words("training.live_waiting_title"), words("training.live_waiting"), "waiting")
        return {bench.panel: waiting, bench.watched: None, bench.pictures: "", **_buttons(bench, running=True)}

    def watch_training(
        images: int, rate_name: str, changes: bool, guess: str | None
    ) -> Iterator[dict[gr.components.Component, Any]]:
        try:
            workshop.classifier.get()  # its threads and ours would otherwise both wait for TensorFlow
        except BundleError:
            refused = card(words("refused.network_title"), words("refused.network"), "alert")
            yield {bench.panel: refused, **_buttons(bench, running=False)}
            return
        settings = Settings(images, rate_name, bool(changes), secrets.randbelow(2**31))
        for state in train(settings):
            watched = Watched(state, guess)
            update: dict[gr.components.Component, Any] = {bench.panel: panel(words, watched), bench.watched: watched}
            if len(state.rows) == 1:
                update[bench.pictures] = pictures(words, settings)
            yield update

    def stopped(watched: Watched | None) -> str:
        # The buttons wait for `ready`, which Gradio calls once the training is really cancelled: a training asked for
        # before that would be lost.
        if watched and watched.state.rows:
            return panel(words, watched, STOPPED)
        return card(words("training.live_stopped_title"), words("training.live_stopped_early"))

    def ready() -> dict[gr.components.Component, Any]:
        return _buttons(bench, running=False)

    private = {"api_visibility": "private", "show_progress": "hidden"}
    buttons = [bench.start, bench.stop]
    shown = [bench.panel, bench.watched, bench.pictures]
    asked = bench.start.click(fn=ask, outputs=[*shown, *buttons], queue=False, **private)
    choices = [bench.images, bench.rate, bench.changes, bench.guess]
    training = asked.then(fn=watch_training, inputs=choices, outputs=[*shown, *buttons], **ALONE, **private)
    training.then(fn=ready, outputs=buttons, queue=False, **private)
    bench.stop.click(
        fn=stopped, inputs=[bench.watched], outputs=[bench.panel], cancels=[training], queue=False, **private
    )


def _buttons(bench: Bench, running: bool) -> dict[gr.components.Component, Any]:
    return {bench.start: gr.update(interactive=not running), bench.stop: gr.update(interactive=running)}


def _best_of(rows: list[list[float]], criterion: str) -> int:
    column = _COLUMNS.index(criterion)
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
        "criterion": _COLUMNS.index(stage.criterion),
        "population": words(f"training.population_{stage.name}", **numbers),
    }


def _attributes(data: dict[str, object]) -> str:
    return " ".join(f'data-{name}="{escape(str(value))}"' for name, value in data.items())


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


def _legend(words: Words) -> str:
    seen, held = escape(words("training.legend_seen")), escape(words("training.legend_held"))
    sample = '<svg viewBox="0 0 34 14" aria-hidden="true"><path class="{0}" d="M1 7H33"/>{1}</svg>'
    disc = sample.format("seen", '<circle class="seen" cx="17" cy="7" r="4.5"/>')
    diamond = sample.format("held", '<path class="held mark" d="M17 1l6 6-6 6-6-6z"/>')
    return f'<p class="lines"><span>{disc} {seen}</span><span>{diamond} {held}</span></p>'


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
    return (
        f'<div class="guess" data-guess><p>{rich(words("training.guess"))}</p>'
        f'<button type="button" class="choice" data-reveal>{escape(words("training.reveal"))}</button>'
        f'<p role="status" data-revealed></p></div>'
    )


def _piece(words: Words, name: str, file: str, function: str) -> str:
    line, text = source_of(file, function)
    place = escape(words("training.code_place", file=f"busi/{file}", line=line))
    return (
        f"<details><summary>{escape(words(f'training.code_{name}'))}</summary>"
        f'<p class="aside">{place}</p><pre tabindex="0"><code>{escape(text)}</code></pre></details>'
    )


def _rate(words: Words, name: str) -> str:
    return words.number(RATES[name], {"small": 7, "good": 3, "large": 1}[name])


def _values(row: Row) -> tuple[float, float, float, float]:
    return row.loss, row.accuracy, row.val_loss, row.val_accuracy


def _bar(words: Words, state: State) -> str:
    """How far the training is, as a bar: images to draw first, then epochs."""
    done, whole = (state.drawn, state.to_draw) if not state.rows else (state.rows[-1].epoch, EPOCHS)
    label = escape(words("training.live_progress"))
    return f'<progress max="{whole}" value="{done}" aria-label="{label}"></progress>'


def _phase(words: Words, state: State, phase: str) -> str:
    epoch = state.rows[-1].epoch if state.rows else 0
    if phase == FINISHED:
        seconds = words.number(state.rows[-1].seconds)
        return words("training.live_finished", epochs=EPOCHS, seconds=seconds)
    if phase == STOPPED:
        return words("training.live_stopped", epoch=epoch)
    if phase == OUT_OF_TIME:
        return words("training.live_out_of_time", epoch=epoch)
    if phase == DRAWING:
        return words("training.live_drawing", drawn=state.drawn, total=state.to_draw)
    return words("training.live_epoch", epoch=epoch, epochs=EPOCHS)


def _now(words: Words, settings: Settings, row: Row) -> str:
    return words("training.live_now", **_numbers(words, settings, row))


def _numbers(words: Words, settings: Settings, row: Row) -> dict[str, str]:
    """The numbers of an epoch, as sentences of content/ ask for them."""
    held = rate(round(row.val_accuracy * VALIDATION_IMAGES), VALIDATION_IMAGES)
    return {
        "n": words.number(settings.images),
        "val_n": words.number(VALIDATION_IMAGES),
        "loss": words.number(row.loss, 3),
        "val_loss": words.number(row.val_loss, 3),
        "accuracy": words.percent(row.accuracy),
        "val_accuracy": words.percent(row.val_accuracy),
        "low": words.percent(held.low),
        "high": words.percent(held.high),
        "baseline": words.percent(always_benign()),
    }


def _charts(words: Words, state: State) -> str:
    first, last = state.rows[0], state.rows[-1]
    level = words("training.live_level", share=words.percent(always_benign()))
    off = max(max(row.loss, row.val_loss) for row in state.rows)
    note = words("training.live_off_scale", value=words.number(off, 1)) if off > _OFF_SCALE else ""
    shown = (("loss", words.number, (2,), note), ("accuracy", words.percent, (), ""))
    drawn = []
    for measure, write, digits, small in shown:
        pairs = [(getattr(row, measure), getattr(row, f"val_{measure}")) for row in (first, last)]
        (seen_first, held_first), (seen_last, held_last) = ([write(value, *digits) for value in pair] for pair in pairs)
        name = words(f"training.measure_{measure}")
        alt = words(
            "training.alt",
            measure=name,
            first=first.epoch,
            last=last.epoch,
            seen_first=seen_first,
            seen_last=seen_last,
            held_first=held_first,
            held_last=held_last,
        )
        data = {"chart": measure, "alt": alt, "level": level}
        caption = f"{escape(name)}<small>{escape(small)}</small>" if small else escape(name)
        drawn.append(f'<figure><figcaption>{caption}</figcaption><div class="plot" {_attributes(data)}></div></figure>')
    return "".join(drawn)


def _result(words: Words, watched: Watched, phase: str) -> str:
    """What became of a training that came to its end, beside what the visitor had expected."""
    if phase != FINISHED:
        return ""
    state = watched.state
    happened = outcome(state.rows)
    text = words(f"training.live_result_{happened}", **_numbers(words, state.settings, state.rows[-1]))
    title = escape(words(f"training.live_title_{happened}"))
    guess = _compared(words, watched.guess, happened)
    return f'<div class="card outcome"><h4>{title}</h4><p>{rich(text)}</p><p>{escape(guess)}</p></div>'


def _compared(words: Words, guess: str | None, happened: str) -> str:
    if guess is None:
        return words("training.live_no_guess")
    if guess == happened:
        return words("training.live_right")
    return words("training.live_wrong", guess=words(f"training.live_guess_{guess}"))


def _news(words: Words, watched: Watched, phase: str) -> str:
    """What a screen reader shall say: not every epoch, but each change of phase and the end."""
    if phase == TRAINING:
        return words("training.live_began", n=watched.state.settings.images, val_n=VALIDATION_IMAGES)
    if phase == DRAWING:
        return words("training.live_draws", total=watched.state.to_draw)
    said = _phase(words, watched.state, phase)
    return f"{said} {words(f'training.live_title_{outcome(watched.state.rows)}')}" if phase == FINISHED else said


def _group(words: Words, label: str, images: np.ndarray) -> str:
    """The images of one class as one picture, with their number."""
    count = words.number(len(images))
    alt = words("training.live_pictures_alt", n=count, label=words(f"class.{label}"))
    shown = figure(simulated_picture(_sheet(images)), alt, alt, badge=words("page.images_simulated"))
    return f"<div><p>{class_word(words, label)}</p>{shown}</div>"


def _sheet(images: np.ndarray) -> np.ndarray:
    """Many small images side by side on black, at half their size if they are many: uint8 (H, W)."""
    few = len(images) <= 2 * _TILES
    small, across = (images, _TILES) if few else (images[:, ::2, ::2], 3 * _TILES)
    side, down = small.shape[1] + 2, -(-len(small) // across)
    framed = np.pad(small, ((0, across * down - len(small)), (1, 1), (1, 1)))
    return framed.reshape(down, across, side, side).swapaxes(1, 2).reshape(down * side, across * side)
