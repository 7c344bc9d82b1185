"""The tab L'entraînement without a browser: numbers from the bundle, code from the files, the live callbacks."""

import ast
import dataclasses
import json
import re
from html import unescape

import numpy as np
import pytest

from busi.bundle.files import EMBEDDED, BundleError, open_bundle
from busi.lessons import small_training as live
from busi.lessons.small_training import (
    BROKEN,
    BY_HEART,
    FINISHED,
    LEARNS,
    STILL,
    TRAINING,
    UNCLEAR,
    Row,
    Settings,
    State,
    album,
)
from busi.training.recipe import Recipe
from busi.web.tabs.training.live import STOPPED, Watched, panel, pictures
from busi.web.tabs.training.source import NETWORKS, SHOWN_CODE, code, source_of
from busi.web.tabs.training.tab import batches, curves, honesty, overfitting, stages_of
from busi.words.text import Words
from tests.support.pages import callbacks
from tests.support.places import ROOT

BOTH = [Words("fr"), Words("en")]


@pytest.fixture(scope="module")
def bundle():
    return open_bundle(EMBEDDED)


def text_of(html: str) -> str:
    return re.sub(r"[ \n]+", " ", unescape(re.sub(r"<[^>]+>", "", html)))


def told_to_the_browser(html: str) -> list[dict]:
    return json.loads(unescape(re.search(r'data-stages="([^"]+)"', html).group(1)))


def altered(bundle, **training):
    """The bundle with another training told in its bundle.json."""
    return dataclasses.replace(bundle, info={**bundle.info, "training": {**bundle.info["training"], **training}})


@pytest.mark.parametrize("words", BOTH, ids=["fr", "en"])
def test_the_curves_are_those_of_the_bundle_with_their_n(bundle, words):
    real, before = told_to_the_browser(curves(words, stages_of(bundle)))
    columns = ["epoch", "loss", "accuracy", "auc", "val_loss", "val_accuracy", "val_auc"]
    np.testing.assert_array_equal(real["rows"], bundle.history[columns].to_numpy())
    parts = bundle.info["data"]["parts"]
    assert (real["n"], real["valN"]) == (parts["train"]["images"], parts["validation"]["images"])
    assert real["best"] == bundle.info["training"]["best_epoch"]
    told = bundle.info["training"]["pretraining"]
    assert [row[4] for row in before["rows"]] == [row["val_loss"] for row in told["history"]]
    assert (before["n"], before["valN"], before["best"]) == (told["images"], 240, told["best_epoch"])
    assert "simul" in before["population"].lower() and "simul" not in real["population"].lower()


def test_a_bundle_that_tells_little_still_has_its_curves(small_bundle):
    (stage,) = stages_of(small_bundle)
    assert (stage.images, stage.val_images, stage.best, stage.batches) == (100, 20, 1, 0)
    for words in BOTH:
        html = curves(words, (stage,))
        assert "data-reveal>" not in html and 'data-stage="' not in html, "one epoch leaves nothing to guess"
        assert "0,700" in overfitting(words, stage) or "0.700" in overfitting(words, stage)
        assert "n = 20" in text_of(honesty(words, small_bundle, (stage,)))


def test_the_best_epoch_follows_the_criterion_where_the_bundle_does_not_tell_it(bundle):
    told = {name: value for name, value in bundle.info["training"].items() if name != "best_epoch"}
    silent = dataclasses.replace(bundle, info={**bundle.info, "training": told})
    losses = bundle.history.set_index("epoch")["val_loss"]
    assert stages_of(silent)[0].best == int(losses.loc[21:].idxmin()) == 22
    assert stages_of(altered(silent, first_kept=1))[0].best == int(losses.idxmin()) == 6
    by_auc = altered(silent, recipe={**told["recipe"], "keep": "val_auc"})
    assert stages_of(by_auc)[0].best == int(bundle.history.set_index("epoch")["val_auc"].loc[21:].idxmax())
    assert "AUC" in unescape(re.search(r'data-kept="([^"]+)"', curves(BOTH[0], stages_of(by_auc))).group(1))


def test_an_epoch_is_counted_from_the_recipe(bundle):
    stage = stages_of(bundle)[0]
    assert (stage.rehearsed, stage.shown, stage.batches) == (218, 655, 41)  # half of 437 again; 40.9 batches of 16
    html = batches(Words("en"), stage)
    assert html.count("<i></i>") == 41
    assert "2,460 in 60 epochs" in text_of(html) and "218 simulated images" in text_of(html)
    alone = dataclasses.replace(stage, rehearsed=0)
    assert alone.batches == 28 and "simulated" not in text_of(batches(Words("en"), alone))


def test_a_training_on_simulated_images_alone_takes_its_stage_s_larger_batches(bundle):
    from busi.training.pretraining import simulated_stage

    alone = altered(bundle, pretraining=None)
    alone = dataclasses.replace(alone, predictions=alone.predictions.assign(source="simulated"))
    (stage,) = stages_of(alone)
    assert stage.name == "simulated" and stage.batch_size == simulated_stage(Recipe()).batch_size
    assert "BUSI" not in told_to_the_browser(curves(BOTH[0], (stage,)))[0]["population"]


def test_overfitting_is_computed_not_asserted(bundle):
    stage = stages_of(bundle)[0]
    said = text_of(overfitting(Words("en"), stage))
    assert "from 0.232 to 0.139 (n = 437)" in said and "it rises, from 0.407 to 0.443 (n = 96)" in said
    assert "0.041 at the start, 0.175 at epoch 22, 0.304 at epoch 60" in said
    both_fall = [[epoch, 1 - epoch / 10, 0.5, 0.5, 1 - epoch / 20, 0.5, 0.5] for epoch in (1, 2, 3)]
    best_first = dataclasses.replace(stage, rows=both_fall, best=1)
    assert "no clear overfitting" in text_of(overfitting(Words("en"), best_first))
    assert "before any visible overfitting" in text_of(
        overfitting(Words("en"), dataclasses.replace(best_first, best=3))
    )


@pytest.mark.parametrize(("module", "name"), [(module, name) for _, module, name in SHOWN_CODE])
def test_the_code_shown_is_that_of_the_repository(module, name):
    file = module.replace(".", "/") + ".py"
    shown = {unescape(block) for block in re.findall(r"<pre[^>]*><code>(.*?)</code>", code(BOTH[0], "atelier"), re.S)}
    lines = (ROOT / file).read_text("utf-8").splitlines()
    line, text = source_of(module, name)
    assert text in shown and text.splitlines() == lines[line - 1 : line - 1 + len(text.splitlines())]
    (node,) = ast.parse(text).body
    assert node.name == name, "whole, and nothing beside it"
    assert any(
        file in place and f" {line}" in place for place in re.findall(r'"aside">(.*?)<', code(BOTH[0], "atelier"))
    )


@pytest.mark.parametrize(
    ("arch", "function"),
    [("atelier", "_atelier"), ("atelier_deep", "_atelier_deep"), ("simple", "_simple"), ("InceptionV3", "_published")],
)
def test_the_network_s_code_is_that_of_its_architecture(arch, function):
    shown = code(BOTH[1], arch)
    assert f"def {function}(" in shown and sum(f"def {one}(" in shown for one in NETWORKS.values()) == (
        arch in NETWORKS
    )


def test_code_that_is_gone_is_an_error_when_the_page_is_built():
    with pytest.raises(KeyError, match="no function or class 'nothing'"):
        source_of("busi.training.fit", "nothing")


def state_of(*losses: tuple[float, float], accuracy: float = 0.8, phase: str = FINISHED) -> State:
    rows = tuple(Row(epoch, seen, 1.0, held, accuracy, 9.6) for epoch, (seen, held) in enumerate(losses))
    return State(Settings(images=12), phase, 172, rows)


ENDS = {
    LEARNS: state_of((0.69, 0.69), (0.3, 0.35), accuracy=0.85),
    BY_HEART: state_of((0.69, 0.69), (0.01, 1.3)),
    STILL: state_of((0.69, 0.69), (0.69, 0.69)),
    BROKEN: state_of((0.69, 0.69), (44.0, 51.0)),
    UNCLEAR: state_of((0.69, 0.69), (0.5, 0.6), accuracy=0.68),
}


@pytest.mark.parametrize("words", BOTH, ids=["fr", "en"])
@pytest.mark.parametrize("happened", ENDS)
def test_the_end_is_told_with_its_n_and_interval_beside_the_guess(words, happened):
    missed = "live_undecided" if happened == UNCLEAR else "live_wrong"
    for guess, sentence in ((happened, "live_right"), (STILL if happened != STILL else LEARNS, missed)):
        if guess == UNCLEAR:
            continue
        html = panel(words, Watched(ENDS[happened], guess))
        assert words(f"training.live_title_{happened}") in unescape(html)
        assert words.unfilled(f"training.{sentence}").split("{")[0] in unescape(html)
    said = text_of(panel(words, Watched(ENDS[happened], None)))
    assert "160" in said and words("training.live_no_guess") in said and "{" not in said
    assert ("51" in said) == (happened == BROKEN), "a loss off the chart is told"


def test_the_interval_is_wilson_s():
    said = text_of(panel(Words("en"), Watched(ENDS[LEARNS], None)))  # 136 of 160
    assert "85% (95% interval: 79% to 90%)" in said.replace("and 85%", "85%")


def test_a_training_that_goes_on_or_was_stopped_has_no_verdict():
    going = Watched(state_of((0.69, 0.69), (0.6, 0.65), phase=TRAINING), LEARNS)
    for words in BOTH:
        assert words("training.live_epoch", epoch=1, epochs=40) in panel(words, going)
        stopped = panel(words, going, STOPPED)
        assert words("training.live_stopped", epoch=1) in unescape(stopped)
        assert "outcome" not in stopped and 'data-chart="loss"' in stopped, "the curves stay"


@pytest.fixture
def quick(monkeypatch):
    monkeypatch.setattr(live, "EPOCHS", 2)
    monkeypatch.setattr(live, "PACE", 0.0)
    monkeypatch.setattr(live, "VALIDATION_IMAGES", 20)
    album.cache_clear()
    yield
    album.cache_clear()


@pytest.mark.parametrize("language", [0, 1], ids=["fr", "en"])
def test_the_callbacks_take_a_visitor_from_the_button_to_the_end(pages, quick, language):
    words = BOTH[language]
    ask, watch, ready = (callbacks(pages, name)[language] for name in ("ask", "watch_training", "ready"))
    assert any(words("training.live_waiting_title") in str(value) for value in ask().values())
    updates = list(watch(12, "good", False, BY_HEART))
    shown = [value for update in updates for value in update.values() if isinstance(value, str)]
    grown = [len(json.loads(unescape(match))["rows"]) for match in re.findall(r'data-run="([^"]+)"', "".join(shown))]
    assert grown[-3:] == [1, 2, 3] and grown == sorted(grown)
    sheets = [html for html in shown if 'class="learned"' in html]
    assert len(sheets) == 1 and sheets[0].count(words("page.images_simulated")) == 2
    finished = updates[-1].values()
    watched = next(value for value in finished if isinstance(value, Watched))
    left = list(ready(watched).values())
    assert {str(value.get("interactive")) for value in left} == {"None", "True", "False"}, "what it says stays"


def test_the_pictures_are_the_training_images_and_say_that_they_are_simulated():
    html = pictures(Words("en"), Settings(images=12))
    assert "8 images, class: benign" in html and "4 images, class: malignant" in html
    assert html.count('class="badge">simulated images') == 2


@pytest.mark.parametrize("language", [0, 1], ids=["fr", "en"])
def test_without_tensorflow_one_card_says_so_and_the_button_works_again(pages, workshop, monkeypatch, language):
    def fail():
        raise BundleError("no TensorFlow")

    monkeypatch.setattr(workshop.classifier, "get", fail)
    (update,) = callbacks(pages, "watch_training")[language](12, "good", False, None)
    assert any(BOTH[language]("refused.network_title") in str(value) for value in update.values())
    assert {"interactive": True, "__type__": "update"} in update.values()


def test_stopping_says_so_and_keeps_what_was_measured(pages):
    for words, stopped in zip(BOTH, callbacks(pages, "stopped"), strict=True):
        assert words("training.live_stopped_title") in stopped(None)
        going = Watched(state_of((0.69, 0.69), (0.6, 0.65), phase=TRAINING), None)
        assert stopped(going) == panel(words, going, STOPPED)


def test_a_state_that_comes_after_the_stop_does_not_undo_it(pages):
    """The click on stop was answered, then a last epoch arrived and took its place on the page."""
    for words, ready in zip(BOTH, callbacks(pages, "ready"), strict=True):
        going = Watched(state_of((0.69, 0.69), (0.6, 0.65), phase=TRAINING), None)
        assert panel(words, going, STOPPED) in list(ready(going).values())
        assert not any(isinstance(value, str) for value in ready(None).values())


def test_one_visitor_at_a_time_for_both_pages(pages):
    runs = [function for function in pages.fns.values() if function.name == "watch_training"]
    assert len(runs) == 2
    assert {(run.concurrency_id, run.concurrency_limit) for run in runs} == {("live training", 1)}
    cancelled = [function.cancels for function in pages.fns.values() if function.cancels]
    assert cancelled == [[run._id] for run in runs], "each page's stop button stops its own"
