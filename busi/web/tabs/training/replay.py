"""A training seen again: what the network answered at some moments to the pictures that a visitor knows, and why."""

import json
from dataclasses import dataclass
from typing import Any

import gradio as gr
import numpy as np
from markupsafe import Markup

from busi.bundle.replay import OWN, REAL, SIMULATED, Moment, Replay
from busi.data import box
from busi.images import gray_levels, prepare, read_image
from busi.web.page import Page
from busi.web.pictures import exact_picture, with_address
from busi.web.scripts import mount
from busi.web.sentences import interval
from busi.words.text import Words

_TEMPLATE = "tabs/training/replay.html"


@dataclass(frozen=True)
class Shown:
    """A picture that the network was asked about.

    Attributes:
        name: in BrEaST.
        label: its true class.
        source: the picture as the network saw it, a data URI.
        moments: what it answered at each moment, for the script to show.
    """

    name: str
    label: str
    source: str
    moments: list[dict[str, Any]]


def training_seen_again(page: Page) -> None:
    """Lays out the replay, or says that the bundle has none."""
    replay = page.bundle.replay
    if replay is None or not (shown := _shown(page, replay)):
        gr.HTML(page.template(_TEMPLATE).absent())
        return
    gr.HTML(replayed(page, replay, shown), js_on_load=mount("tabs/training/replay.js"))


def replayed(page: Page, replay: Replay, shown: list[Shown]) -> Markup:
    """The moments of a training, with the curve that they lie on.

    Args:
        page: that it stands on.
        replay: the recording.
        shown: its pictures, one at least.
    """
    words = page.words
    first = replay.moments[0]
    data = {
        "moments": json.dumps([_for_browser(words, replay, moment) for moment in replay.moments]),
        "curves": json.dumps({name: [list(row) for row in curve] for name, curve in replay.curves.items()}),
        "kept": json.dumps([replay.last_stage, replay.best_epoch]),
        "words": json.dumps(
            {
                **{stage: words(f"training.replay_stage_{stage}") for stage in (SIMULATED, REAL)},
                "epochs": words("training.epochs"),
                "alt": words("training.replay_alt"),
                "play": words("training.replay_play"),
                "halt": words("training.replay_halt"),
            }
        ),
    }
    return page.template(_TEMPLATE).replay(
        data=data,
        intro=_intro(page, replay),
        shown=shown,
        score=first.scores[shown[0].name],
        threshold=replay.threshold,
        last=len(replay.moments) - 1,
        drawn=bool(first.evidence),
        about=_about(page, replay),
    )


def _shown(page: Page, replay: Replay) -> list[Shown]:
    """Of its pictures those that this page shows first; else those that are in the box."""
    table = box.lesions().set_index("image_id")["label"]
    known = [name for name in replay.pictures if name in table.index]
    pair = page.bundle.first_pair or ()
    names = [name for name in pair if name in known] or known[:2]
    return [_picture(page, replay, name, str(table[name])) for name in names]


def _picture(page: Page, replay: Replay, name: str, label: str) -> Shown:
    seen = gray_levels(prepare(read_image(box.picture(name)), page.bundle.image))
    moments = [_answer(page.words, replay, moment, name) for moment in replay.moments]
    return Shown(name, label, with_address(exact_picture(seen)), moments)


def _answer(words: Words, replay: Replay, moment: Moment, name: str) -> dict[str, Any]:
    """What was answered at a moment to a picture: numbers for what is drawn, words for what is read."""
    score, alerts = moment.scores[name], moment.scores[name] >= replay.threshold
    written, at = words.score_and_threshold(score, replay.threshold)
    alert = words("score.alert" if alerts else "score.no_alert")
    grid = moment.evidence.get(name)
    return {
        "score": round(score, 4),
        "written": written,
        "bar": words("score.bar", score=written, threshold=at, alert=alert),
        "verdict": words("score.raises" if alerts else "score.raises_not"),
        "alerts": bool(alerts),
        "where": "" if grid is None else _where(words, grid),
        "grid": None if grid is None else [[round(float(value), 4) for value in row] for row in grid],
    }


def _where(words: Words, grid: np.ndarray) -> str:
    """Where it found most for malignant, in words: one of nine fields."""
    if not (grid > 0).any():
        return words("gradcam.nothing_malignant")
    place = np.unravel_index(int(np.argmax(grid)), grid.shape)
    down, across = (min(2, 3 * int(at) // side) for at, side in zip(place, grid.shape, strict=True))
    return words("gradcam.strongest_malignant", where=words(f"gradcam.place_{down}{across}"))


def _for_browser(words: Words, replay: Replay, moment: Moment) -> dict[str, Any]:
    return {"stage": moment.stage, "epoch": moment.epoch, "title": _title(words, replay, moment)}


def _title(words: Words, replay: Replay, moment: Moment) -> str:
    if moment is replay.moments[0] and moment.epoch == 0:
        return words("training.replay_start")
    title = words(
        f"training.replay_epoch_{moment.stage}", epoch=moment.epoch, epochs=replay.curves[moment.stage][-1][0]
    )
    return f"{title} {words('training.replay_kept')}" if replay.is_kept(moment) else title


def _intro(page: Page, replay: Replay) -> str:
    words, count = page.words, len(replay.moments)
    if replay.source == OWN:
        return words("training.replay_own", count=count)
    epochs, own = len(replay.curves[replay.last_stage]), len(page.bundle.history)
    return words("training.replay_sister", count=count, epochs=epochs, own_epochs=own)


def _about(page: Page, replay: Replay) -> list[str]:
    """For the curious: what was recorded, what came out of it, and what its numbers can say."""
    words = page.words
    auc = replay.auc
    about = words(
        f"training.replay_about_{'both' if len(replay.curves) > 1 else 'one'}",
        recipe=replay.recipe,
        parameters=words.number(replay.parameters),
        before=len(replay.curves.get(SIMULATED, ())),
        epochs=len(replay.curves[replay.last_stage]),
        best=replay.best_epoch,
        auc=words.number(auc.value, 2),
        interval=interval(words, auc, lambda value: words.number(value, 2)),
        n=auc.n,
    )
    paragraphs = [about, words("training.replay_calibrated"), words("training.replay_places")]
    if replay.source != OWN:
        own = page.bundle.metrics("test")["auc"]
        numbers = {"auc": words.number(own.value, 2), "n": own.n}
        between = interval(words, own, lambda value: words.number(value, 2))
        paragraphs.insert(1, words("training.replay_compared", **numbers, interval=between))
    return paragraphs
