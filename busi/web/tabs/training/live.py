"""A small training to watch: what a visitor chooses and expects, its curves while they grow, and what came of it.

One visitor at a time for the whole server; the others are told that they wait.
"""

import json
import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from html import escape
from typing import Any

import gradio as gr
import numpy as np

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
from busi.serving.workshop import Workshop
from busi.web.figures import card, class_word, data_attributes, figure, rich, simulated_picture
from busi.web.files import read
from busi.web.guesses import OPEN, RIGHT, WRONG, judged
from busi.words.classes import CLASSES, MALIGNANT
from busi.words.text import Words

STOPPED = "stopped"
# One visitor at a time for the whole server, whatever the language of the page.
ALONE = {"concurrency_id": "live training", "concurrency_limit": 1}

_LIVE_JS = read("tabs/training/chart.js", "tabs/training/live.js")
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


def live_training(words: Words, workshop: Workshop) -> None:
    """Lays out the bench and wires it.

    Args:
        words: of the page's language.
        workshop: what the pages work with.
    """
    _wire(words, workshop, _lay_out(words))


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
    charts = f'{legend(words)}<div class="live-charts">{_charts(words, state)}</div>' if last else ""
    return (
        f'<section class="live" {data_attributes(data)}>{_bar(words, state)}'
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


def _lay_out(words: Words) -> Bench:
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


def _wire(words: Words, workshop: Workshop, bench: Bench) -> None:
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

    def ready(watched: Watched | None) -> dict[gr.components.Component, Any]:
        # A last state may have come after the click on stop, and taken the place of what `stopped` said.
        over = watched is None or watched.state.phase not in (DRAWING, TRAINING)
        return {bench.panel: gr.skip() if over else stopped(watched), **_buttons(bench, running=False)}

    private = {"api_visibility": "private", "show_progress": "hidden"}
    buttons = [bench.start, bench.stop]
    shown = [bench.panel, bench.watched, bench.pictures]
    asked = bench.start.click(fn=ask, outputs=[*shown, *buttons], queue=False, **private)
    choices = [bench.images, bench.rate, bench.changes, bench.guess]
    training = asked.then(fn=watch_training, inputs=choices, outputs=[*shown, *buttons], **ALONE, **private)
    training.then(fn=ready, inputs=[bench.watched], outputs=[bench.panel, *buttons], queue=False, **private)
    bench.stop.click(
        fn=stopped, inputs=[bench.watched], outputs=[bench.panel], cancels=[training], queue=False, **private
    )


def _buttons(bench: Bench, running: bool) -> dict[gr.components.Component, Any]:
    return {bench.start: gr.update(interactive=not running), bench.stop: gr.update(interactive=running)}


def legend(words: Words) -> str:
    """Which line is which: training and validation, each by its dash and its mark."""
    seen, held = escape(words("training.legend_seen")), escape(words("training.legend_held"))
    sample = '<svg viewBox="0 0 34 14" aria-hidden="true"><path class="{0}" d="M1 7H33"/>{1}</svg>'
    disc = sample.format("seen", '<circle class="seen" cx="17" cy="7" r="4.5"/>')
    diamond = sample.format("held", '<path class="held mark" d="M17 1l6 6-6 6-6-6z"/>')
    return f'<p class="lines"><span>{disc} {seen}</span><span>{diamond} {held}</span></p>'


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
        drawn.append(
            f'<figure><figcaption>{caption}</figcaption><div class="plot" {data_attributes(data)}></div></figure>'
        )
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
    return f'<div class="card outcome"><h4>{title}</h4><p>{rich(text)}</p><p>{guess}</p></div>'


def _compared(words: Words, guess: str | None, happened: str) -> str:
    """What a bet was worth, as HTML."""
    if guess is None:
        return escape(words("training.live_no_guess"))
    if guess == happened:
        return judged(RIGHT, f"<strong>{escape(words('training.live_right'))}</strong>")
    undecided = happened == UNCLEAR
    told = words("training.live_undecided" if undecided else "training.live_wrong", guess=_bet(words, guess))
    return judged(OPEN if undecided else WRONG, escape(told))


def _bet(words: Words, guess: str) -> str:
    return words(f"training.live_guess_{guess}")


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
