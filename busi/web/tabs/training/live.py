"""A small training to watch: what a visitor chooses and expects, its curves while they grow, and what came of it.

One visitor at a time for the whole server; the others read that they wait. Who pauses gives the turn back: the network
rests in the visitor's own session, and goes on from there. Runs that are over stay on the page (`runs.js`).
"""

import json
import secrets
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any

import gradio as gr
import numpy as np
from markupsafe import Markup

from busi.bundle.files import BundleError
from busi.lessons.album import SIDE
from busi.lessons.small_training import (
    EPOCHS,
    FINISHED,
    OUT_OF_TIME,
    OUTCOMES,
    PAUSED,
    RATES,
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
from busi.web.parts.curious import for_the_curious
from busi.web.pictures import simulated_picture
from busi.web.scripts import mount
from busi.web.signs import OPEN, RIGHT, WRONG
from busi.words.classes import CLASSES, MALIGNANT
from busi.words.text import Words

Update = dict[gr.components.Component, Any]  # new values, by the component that gets them
STOPPED, WAITING = "stopped", "waiting"
# One visitor at a time for the whole server, whatever the language of the page.
ALONE = {"concurrency_id": "live training", "concurrency_limit": 1}
# What the lesson wants compared, by the name of the button: one after the other, from the same start.
COMPARISONS = {
    "images": ({"images": 12}, {"images": 240}),
    "changes": ({"images": 240}, {"images": 240, "changes": True}),
}

_TEMPLATE = "tabs/training/live.html"
_OFF_SCALE = 2.5  # losses above it leave the live chart
_TILES = 4  # pictures in a row, when they are few


@dataclass(frozen=True)
class Watched:
    """A live training as its visitor sees it.

    Attributes:
        state: where it stands.
        guess: one of `OUTCOMES`, or None.
        then: what is to be trained after it.
        name: that tells it from the other runs of the visit.
    """

    state: State
    guess: str | None = None
    then: tuple[Settings, ...] = ()
    name: str = field(default_factory=lambda: secrets.token_hex(4))

    @property
    def can_go_on(self) -> bool:
        """Whether it rests, and can be taken up again."""
        return self.state.phase in (PAUSED, OUT_OF_TIME) and self.state.resting is not None


@dataclass(frozen=True)
class Bench:
    """The components of the live training: what is chosen, the buttons, what is shown, and the state behind it."""

    compare: dict[str, gr.Button]
    images: gr.Radio
    rate: gr.Radio
    changes: gr.Checkbox
    guess: gr.Radio
    start: gr.Button
    pause: gr.Button
    step: gr.Button
    stop: gr.Button
    panel: gr.HTML
    pictures: gr.HTML
    watched: gr.State
    asked: gr.State

    @property
    def choices(self) -> list[gr.components.Component]:
        """What is chosen before a start."""
        return [self.images, self.rate, self.changes, self.guess]

    @property
    def controls(self) -> list[gr.components.Component]:
        """All that can or cannot be used, as the training stands."""
        return [*self.compare.values(), *self.choices, self.start, self.pause, self.step, self.stop]


def live_training(page: Page) -> None:
    """Lays out the bench and wires it."""
    with gr.Column(elem_classes="small-training"):
        _wire(page, _lay_out(page))


def panel(page: Page, watched: Watched, phase: str | None = None) -> Markup:
    """A live training: where it stands, its two charts, and at the end what became of it.

    Args:
        page: that it stands on.
        watched: the training, with one row at least.
        phase: WAITING for a turn, PAUSED or STOPPED by the visitor; default: that of its state.
    """
    words, state = page.words, watched.state
    phase = phase or state.phase
    return page.template(_TEMPLATE).panel(
        data={"run": json.dumps(_for_browser(watched)), "epochs": words("training.epochs")},
        progress=(state.rows[-1].epoch, EPOCHS),
        phase=_phase_text(words, state, phase),
        result=_result(page, watched) if phase == FINISHED else "",
        now=_now(words, state),
        charts=_charts(words, state.rows),
        kept=_kept(page, state) if phase not in (TRAINING, WAITING) and len(state.rows) > 1 else "",
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
    words, template = page.words, page.template(_TEMPLATE)
    gr.HTML(template.intro(VALIDATION_IMAGES, words.number(WEIGHTS), SIDE))
    with gr.Row(elem_classes="live-compare"):
        compare = {name: gr.Button(words(f"training.live_compare_{name}"), min_width=200) for name in COMPARISONS}
    gr.HTML(template.own_choice())
    with gr.Row(elem_classes="live-bench"):
        with gr.Column(min_width=280):
            sizes = [(words.number(size), size) for size in SIZES]
            images = gr.Radio(sizes, value=SIZES[0], label=words("training.live_images"))
            changes = gr.Checkbox(False, label=words("training.live_changes"), info=words("training.live_changes_info"))
            with for_the_curious(page, words("training.live_rate")):
                rates = [(words(f"training.live_rate_{name}", rate=_rate(words, name)), name) for name in RATES]
                rate_here = gr.Radio(rates, value="good", label=words("training.live_rate"), show_label=False)
        with gr.Column(min_width=280):
            guesses = [(_bet(words, name), name) for name in OUTCOMES if name != UNCLEAR]
            guess = gr.Radio(guesses, label=words("training.live_guess"), elem_classes="guesses")
    with gr.Row(elem_classes="live-buttons"):
        start = gr.Button(words("training.live_start"), variant="primary", elem_classes="live-start", min_width=150)
        pause, step, stop = (
            gr.Button(
                words(f"training.live_{name}"),
                interactive=name == "step",
                elem_classes=f"live-{name} quiet",
                min_width=110,
            )
            for name in ("pause", "step", "stop")
        )
    live = gr.HTML(_card(page, "ready"), js_on_load=mount("tabs/training/live.js"))
    gr.HTML(template.runs(words.unfilled("training.run_gone")), js_on_load=mount("tabs/training/runs.js"))
    shown = gr.HTML("")
    return Bench(
        compare, images, rate_here, changes, guess, start, pause, step, stop, live, shown, gr.State(None), gr.State("")
    )


def _wire(page: Page, bench: Bench) -> None:
    def wait(watched: Watched | None) -> Update:
        settled = {bench.asked: "", **_controls(page, bench, WAITING)}
        if watched and watched.can_go_on:
            return {bench.panel: panel(page, watched, WAITING), **settled}
        return {bench.panel: _card(page, "waiting", kind="waiting"), bench.watched: None, bench.pictures: "", **settled}

    def wait_anew() -> Update:
        return wait(None)

    def watch_training(
        watched: Watched | None, images: int, rate_name: str, changes: bool, guess: str | None
    ) -> Iterator[Update]:
        yield from watch(watched if watched and watched.can_go_on else chosen(images, rate_name, changes, guess))

    def watch_epoch(
        watched: Watched | None, images: int, rate_name: str, changes: bool, guess: str | None
    ) -> Iterator[Update]:
        going = watched if watched and watched.can_go_on else chosen(images, rate_name, changes, guess)
        yield from watch(going, epochs=1)

    def chosen(images: int, rate_name: str, changes: bool, guess: str | None) -> Watched:
        settings = Settings(images, rate_name, bool(changes), secrets.randbelow(2**31))
        return Watched(State(settings, TRAINING), guess)

    def comparison(name: str) -> Callable[[], Iterator[Update]]:
        def watch_comparison() -> Iterator[Update]:
            seed = secrets.randbelow(2**31)
            first, *others = (Settings(seed=seed, **choices) for choices in COMPARISONS[name])
            yield from watch(Watched(State(first, TRAINING), then=tuple(others)))

        return watch_comparison

    def watch(watched: Watched, epochs: int = EPOCHS) -> Iterator[Update]:
        try:
            page.workshop.classifier.get()  # its threads and ours would otherwise both wait for TensorFlow
        except BundleError:
            yield {bench.panel: page.network_refused()}
            return
        for going in _in_turn(watched, epochs):
            update: Update = {bench.panel: panel(page, going), bench.watched: going}
            if len(going.state.rows) == 1:
                update[bench.pictures] = pictures(page, going.state.settings)
            yield update

    def halted(watched: Watched | None, phase: str) -> Markup:
        if watched and watched.state.rows:
            return panel(page, watched, phase)
        return page.macros.card(page.words("training.live_stopped_title"), page.words("training.live_stopped_early"))

    def paused(watched: Watched | None) -> Update:
        # The buttons wait for `ready`, which Gradio calls once the training is really cancelled: a training that
        # began before that would be lost.
        return {bench.panel: halted(watched, PAUSED), bench.asked: PAUSED}

    def stopped(watched: Watched | None) -> Update:
        update: Update = {bench.panel: halted(watched, STOPPED), bench.asked: STOPPED}
        if watched and watched.can_go_on:  # nothing runs that `ready` would be called after
            update |= {bench.watched: _ended(watched, STOPPED), **_controls(page, bench, STOPPED)}
        return update

    def ready(watched: Watched | None, asked: str) -> Update:
        # A last state may have come after the click, and taken the place of what `paused` or `stopped` wrote.
        if watched is None or watched.state.phase != TRAINING:
            phase = PAUSED if watched and watched.can_go_on else STOPPED
            return {bench.panel: gr.skip(), bench.watched: gr.skip(), **_controls(page, bench, phase)}
        ended = _ended(watched, asked or STOPPED)
        return {bench.panel: panel(page, ended), bench.watched: ended, **_controls(page, bench, ended.state.phase)}

    shown = [bench.panel, bench.watched, bench.pictures]
    begun = [*shown, bench.asked, *bench.controls]
    runs = []
    for button, answer in ((bench.start, watch_training), (bench.step, watch_epoch)):
        waiting = ask(button.click, wait, [bench.watched], begun, queue=False)
        runs.append(ask(waiting.then, answer, [bench.watched, *bench.choices], shown, **ALONE))
    for name, button in bench.compare.items():
        waiting = ask(button.click, wait_anew, outputs=begun, queue=False)
        runs.append(ask(waiting.then, comparison(name), outputs=shown, **ALONE))
    for run in runs:
        ask(run.then, ready, [bench.watched, bench.asked], [bench.panel, bench.watched, *bench.controls], queue=False)
    ask(bench.pause.click, paused, [bench.watched], [bench.panel, bench.asked], cancels=runs, queue=False)
    ask(
        bench.stop.click,
        stopped,
        [bench.watched],
        [bench.panel, bench.asked, bench.watched, *bench.controls],
        cancels=runs,
        queue=False,
    )


def _in_turn(watched: Watched, epochs: int) -> Iterator[Watched]:
    """A training, and what is to be trained after it."""
    while True:
        paused = watched.state if watched.state.resting else None
        for state in train(watched.state.settings, paused=paused, epochs=epochs):
            watched = replace(watched, state=state)
            yield watched
        if watched.state.phase != FINISHED or not watched.then:
            return
        following, *later = watched.then
        watched = Watched(State(following, TRAINING), then=tuple(later))


def _ended(watched: Watched, phase: str) -> Watched:
    """A training that its visitor paused or stopped; a stopped one cannot go on, so its network need not be kept."""
    resting = watched.state.resting if phase == PAUSED else None
    return replace(watched, state=replace(watched.state, phase=phase, resting=resting))


def _controls(page: Page, bench: Bench, phase: str) -> Update:
    """What can be used while a training is under way (WAITING), when it is paused, and when there is none (STOPPED)."""
    free, resting = phase not in (WAITING, PAUSED, OUT_OF_TIME), phase in (PAUSED, OUT_OF_TIME)
    start = gr.update(
        interactive=phase != WAITING, value=page.words("training.live_resume" if resting else "training.live_start")
    )
    return {
        **{button: gr.update(interactive=phase != WAITING) for button in bench.compare.values()},
        **{choice: gr.update(interactive=free) for choice in bench.choices},
        bench.start: start,
        bench.pause: gr.update(interactive=phase == WAITING),
        bench.step: gr.update(interactive=phase != WAITING),
        bench.stop: gr.update(interactive=not free),
    }


def _card(page: Page, name: str, kind: str = "") -> Markup:
    return page.macros.card(page.words(f"training.live_{name}_title"), page.words(f"training.live_{name}"), kind)


def _rate(words: Words, name: str) -> str:
    return words.number(RATES[name], {"small": 7, "good": 3, "large": 1}[name])


def _for_browser(watched: Watched) -> dict[str, Any]:
    """The curves so far, for their script to draw."""
    return {
        "name": watched.name,
        "rows": [[row.epoch, *(round(value, 4) for value in _values(row))] for row in watched.state.rows],
        "epochs": EPOCHS,
        "baseline": always_benign(),
    }


def _values(row: Row) -> tuple[float, float, float, float]:
    return row.loss, row.accuracy, row.val_loss, row.val_accuracy


def _phase_text(words: Words, state: State, phase: str) -> str:
    epoch = state.rows[-1].epoch
    if phase == FINISHED:
        return words("training.live_finished", epochs=EPOCHS, seconds=words.number(state.rows[-1].seconds))
    if phase == TRAINING:
        return words("training.live_epoch", epoch=epoch, epochs=EPOCHS)
    return words(f"training.live_{phase}_at", epoch=epoch)


def _now(words: Words, state: State) -> str:
    return words("training.live_now", **_numbers(words, state.settings, state.rows[-1]))


def settings_in_words(words: Words, settings: Settings) -> str:
    """What was chosen, short enough for a title.

    Args:
        words: of the reader's language.
        settings: of the training.
    """
    parts = [words("training.run_images", n=settings.images)]
    parts.append(words("training.run_changed" if settings.changes else "training.run_unchanged"))
    if settings.rate != "good":
        parts.append(words(f"training.run_rate_{settings.rate}"))
    return ", ".join(parts)


def _kept(page: Page, state: State) -> Markup:
    """A run as it stays beside the others: its settings, its end, two numbers."""
    words, last = page.words, state.rows[-1]
    happened = outcome(state.rows) if state.phase == FINISHED else ""
    ending = (
        words(f"training.live_title_{happened}") if happened else words("training.run_unfinished", epoch=last.epoch)
    )
    data = {"alt": _chart_alt(words, state.rows, "loss", lambda loss: words.number(loss, 2))}
    numbers = _numbers(words, state.settings, last)
    return page.template(_TEMPLATE).kept(settings_in_words(words, state.settings), data, ending, numbers)


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
    happened, numbers = outcome(state.rows), _numbers(words, state.settings, state.rows[-1])
    title, text = words(f"training.live_title_{happened}"), words(f"training.live_result_{happened}", **numbers)
    details = words("training.live_details", **numbers)
    bet = {"guess": watched.guess or "", "truth": happened}
    return page.template(_TEMPLATE).result(title, text, *_verdict(words, watched.guess, happened), details, bet)


def _verdict(words: Words, guess: str | None, happened: str) -> tuple[str, str]:
    """What a bet was worth: its mark and a sentence; both empty without one."""
    if guess is None:
        return "", ""
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
