"""A small training to watch: what a visitor chooses and expects, its curves while they grow, and what came of it.

One visitor at a time for the whole server; the others read that they wait.
"""

import json
import secrets
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import gradio as gr
import numpy as np
from markupsafe import Markup

from busi.bundle.files import BundleError
from busi.lessons.small_training import (
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
from busi.model.metrics import rate
from busi.web.events import ask
from busi.web.page import Page
from busi.web.pictures import simulated_picture
from busi.web.scripts import mount
from busi.web.signs import OPEN, RIGHT, WRONG
from busi.words.classes import CLASSES, MALIGNANT
from busi.words.text import Words

Update = dict[gr.components.Component, Any]  # new values, by the component that gets them
STOPPED = "stopped"
# One visitor at a time for the whole server, whatever the language of the page.
ALONE = {"concurrency_id": "live training", "concurrency_limit": 1}

_TEMPLATE = "tabs/training/live.html"
_OFF_SCALE = 2.5  # losses above it leave the live chart
_TILES = 4  # pictures in a row, when they are few


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
    """The components of the live training: what is chosen, the two buttons, what is shown, and the state behind it."""

    images: gr.Radio
    rate: gr.Radio
    changes: gr.Checkbox
    guess: gr.Radio
    start: gr.Button
    stop: gr.Button
    panel: gr.HTML
    pictures: gr.HTML
    watched: gr.State


def live_training(page: Page) -> None:
    """Lays out the bench and wires it."""
    _wire(page, _lay_out(page))


def panel(page: Page, watched: Watched, phase: str | None = None) -> Markup:
    """A live training: where it stands, its two charts, and at the end what became of it.

    Args:
        page: that it stands on.
        watched: the training.
        phase: STOPPED if the visitor stopped it; default: that of its state.
    """
    words, state = page.words, watched.state
    phase = phase or state.phase
    return page.template(_TEMPLATE).panel(
        data={"run": json.dumps(_for_browser(state)), "epochs": words("training.epochs")},
        progress=_progress(state),
        phase=_phase_text(words, state, phase),
        result=_result(page, watched) if phase == FINISHED else "",
        now=_now(words, state),
        charts=_charts(words, state.rows),
        news=_news(words, state, phase),
    )


def pictures(page: Page, settings: Settings) -> Markup:
    """What a live training learns from, class by class.

    Args:
        page: that it stands on.
        settings: of the training.
    """
    words = page.words
    images, labels = training_images(settings.images)
    groups = [_group(words, label, images[labels == (label == MALIGNANT)]) for label in CLASSES]
    return page.template(_TEMPLATE).pictures(words.number(settings.images), groups)


def _lay_out(page: Page) -> Bench:
    words = page.words
    gr.HTML(page.template(_TEMPLATE).intro(words.number(WEIGHTS), SIDE))
    with gr.Row(elem_classes="live-bench"):
        with gr.Column(min_width=280):
            sizes = [(words.number(size), size) for size in SIZES]
            images = gr.Radio(sizes, value=SIZES[0], label=words("training.live_images"))
            rates = [(words(f"training.live_rate_{name}", rate=_rate(words, name)), name) for name in RATES]
            rate_here = gr.Radio(rates, value="good", label=words("training.live_rate"))
            changes = gr.Checkbox(False, label=words("training.live_changes"), info=words("training.live_changes_info"))
        with gr.Column(min_width=280):
            guesses = [(_bet(words, name), name) for name in OUTCOMES if name != UNCLEAR]
            guess = gr.Radio(guesses, label=words("training.live_guess"), elem_classes="guesses")
            with gr.Row():
                start = gr.Button(words("training.live_start"), variant="primary", elem_classes="live-start")
                stop = gr.Button(words("training.live_stop"), interactive=False, elem_classes="live-stop quiet")
    live = gr.HTML(_card(page, "ready"), js_on_load=mount("tabs/training/live.js"))
    return Bench(images, rate_here, changes, guess, start, stop, live, gr.HTML(""), gr.State(None))


def _wire(page: Page, bench: Bench) -> None:
    def wait() -> Update:
        waiting = _card(page, "waiting", kind="waiting")
        return {bench.panel: waiting, bench.watched: None, bench.pictures: "", **_buttons(bench, running=True)}

    def watch_training(images: int, rate_name: str, changes: bool, guess: str | None) -> Iterator[Update]:
        try:
            page.workshop.classifier.get()  # its threads and ours would otherwise both wait for TensorFlow
        except BundleError:
            yield {bench.panel: page.network_refused(), **_buttons(bench, running=False)}
            return
        settings = Settings(images, rate_name, bool(changes), secrets.randbelow(2**31))
        for state in train(settings):
            watched = Watched(state, guess)
            update: Update = {bench.panel: panel(page, watched), bench.watched: watched}
            if len(state.rows) == 1:
                update[bench.pictures] = pictures(page, settings)
            yield update

    def stopped(watched: Watched | None) -> Markup:
        # The buttons wait for `ready`, which Gradio calls once the training is really cancelled: a training that
        # began before that would be lost.
        if watched and watched.state.rows:
            return panel(page, watched, STOPPED)
        return page.macros.card(page.words("training.live_stopped_title"), page.words("training.live_stopped_early"))

    def ready(watched: Watched | None) -> Update:
        # A last state may have come after the click on stop, and taken the place of what `stopped` wrote.
        over = watched is None or watched.state.phase not in (DRAWING, TRAINING)
        return {bench.panel: gr.skip() if over else stopped(watched), **_buttons(bench, running=False)}

    buttons = [bench.start, bench.stop]
    shown = [bench.panel, bench.watched, bench.pictures]
    choices = [bench.images, bench.rate, bench.changes, bench.guess]
    waiting = ask(bench.start.click, wait, outputs=[*shown, *buttons], queue=False)
    training = ask(waiting.then, watch_training, choices, [*shown, *buttons], **ALONE)
    ask(training.then, ready, [bench.watched], [bench.panel, *buttons], queue=False)
    ask(bench.stop.click, stopped, [bench.watched], [bench.panel], cancels=[training], queue=False)


def _buttons(bench: Bench, running: bool) -> Update:
    return {bench.start: gr.update(interactive=not running), bench.stop: gr.update(interactive=running)}


def _card(page: Page, name: str, kind: str = "") -> Markup:
    return page.macros.card(page.words(f"training.live_{name}_title"), page.words(f"training.live_{name}"), kind)


def _rate(words: Words, name: str) -> str:
    return words.number(RATES[name], {"small": 7, "good": 3, "large": 1}[name])


def _for_browser(state: State) -> dict[str, Any]:
    """The curves so far, for their script to draw."""
    return {
        "rows": [[row.epoch, *(round(value, 4) for value in _values(row))] for row in state.rows],
        "epochs": EPOCHS,
        "baseline": always_benign(),
    }


def _values(row: Row) -> tuple[float, float, float, float]:
    return row.loss, row.accuracy, row.val_loss, row.val_accuracy


def _progress(state: State) -> tuple[int, int]:
    """How far the training is, and how far it goes: images to draw first, then epochs."""
    return (state.rows[-1].epoch, EPOCHS) if state.rows else (state.drawn, state.to_draw)


def _phase_text(words: Words, state: State, phase: str) -> str:
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


def _now(words: Words, state: State) -> str:
    return words("training.live_now", **_numbers(words, state.settings, state.rows[-1])) if state.rows else ""


def _numbers(words: Words, settings: Settings, row: Row) -> dict[str, str]:
    """The numbers of an epoch, by their names in the sentences of content/."""
    validation = rate(round(row.val_accuracy * VALIDATION_IMAGES), VALIDATION_IMAGES)
    return {
        "n": words.number(settings.images),
        "val_n": words.number(VALIDATION_IMAGES),
        "loss": words.number(row.loss, 3),
        "val_loss": words.number(row.val_loss, 3),
        "accuracy": words.percent(row.accuracy),
        "val_accuracy": words.percent(row.val_accuracy),
        "low": words.percent(validation.low),
        "high": words.percent(validation.high),
        "baseline": words.percent(always_benign()),
    }


def _charts(words: Words, rows: tuple[Row, ...]) -> list[dict[str, Any]]:
    """The two charts, loss and accuracy: the name of each, a note to it, and what its script needs."""
    if not rows:
        return []
    level = words("training.live_level", share=words.percent(always_benign()))
    highest = max(max(row.loss, row.val_loss) for row in rows)
    note = words("training.live_off_scale", value=words.number(highest, 1)) if highest > _OFF_SCALE else ""
    charts = []
    for measure, write, small in (("loss", lambda loss: words.number(loss, 2), note), ("accuracy", words.percent, "")):
        data = {"chart": measure, "alt": _chart_alt(words, rows, measure, write), "level": level}
        charts.append({"name": words(f"training.measure_{measure}"), "note": small, "data": data})
    return charts


def _chart_alt(words: Words, rows: tuple[Row, ...], measure: str, write: Callable[[float], str]) -> str:
    """A chart in a sentence: both its curves, at the first epoch and at the last."""
    first, last = rows[0], rows[-1]
    return words(
        "training.alt",
        measure=words(f"training.measure_{measure}"),
        first=first.epoch,
        last=last.epoch,
        seen_first=write(getattr(first, measure)),
        seen_last=write(getattr(last, measure)),
        held_first=write(getattr(first, f"val_{measure}")),
        held_last=write(getattr(last, f"val_{measure}")),
    )


def _result(page: Page, watched: Watched) -> Markup:
    """What became of a training that came to its end, and what the visitor had expected."""
    words, state = page.words, watched.state
    happened = outcome(state.rows)
    title = words(f"training.live_title_{happened}")
    text = words(f"training.live_result_{happened}", **_numbers(words, state.settings, state.rows[-1]))
    return page.template(_TEMPLATE).result(title, text, *_verdict(words, watched.guess, happened))


def _verdict(words: Words, guess: str | None, happened: str) -> tuple[str, str]:
    """What a bet was worth: its mark, if any, and a sentence."""
    if guess is None:
        return "", words("training.live_no_guess")
    if guess == happened:
        return RIGHT, words("training.live_right")
    if happened == UNCLEAR:
        return OPEN, words("training.live_undecided", guess=_bet(words, guess))
    return WRONG, words("training.live_wrong", guess=_bet(words, guess))


def _bet(words: Words, guess: str) -> str:
    return words(f"training.live_guess_{guess}")


def _news(words: Words, state: State, phase: str) -> str:
    """What a screen reader shall say: not every epoch, but each change of phase and the end."""
    if phase == TRAINING:
        return words("training.live_began", n=state.settings.images, val_n=VALIDATION_IMAGES)
    if phase == DRAWING:
        return words("training.live_draws", total=state.to_draw)
    news = _phase_text(words, state, phase)
    return f"{news} {words(f'training.live_title_{outcome(state.rows)}')}" if phase == FINISHED else news


def _group(words: Words, label: str, images: np.ndarray) -> tuple[str, str, str]:
    """The images of one class: their label, one picture of them, and how many they are."""
    text = words("training.live_pictures_alt", n=words.number(len(images)), label=words(f"class.{label}"))
    return label, simulated_picture(_sheet(images)), text


def _sheet(images: np.ndarray) -> np.ndarray:
    """Many small images side by side on black, at half their size if they are many: uint8 (H, W)."""
    few = len(images) <= 2 * _TILES
    small, across = (images, _TILES) if few else (images[:, ::2, ::2], 3 * _TILES)
    side, down = small.shape[1] + 2, -(-len(small) // across)
    framed = np.pad(small, ((0, across * down - len(small)), (1, 1), (1, 1)))
    return framed.reshape(down, across, side, side).swapaxes(1, 2).reshape(down * side, across * side)
