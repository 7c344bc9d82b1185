"""The tab L'entraînement without a browser: numbers from the bundle, code from the files, the live callbacks."""

import ast
import dataclasses

import numpy as np
import pytest

from busi.bundle.files import EMBEDDED, BundleError, open_bundle
from busi.lessons import small_training as live
from busi.lessons.small_training import (
    BROKEN,
    BY_HEART,
    FINISHED,
    LEARNS,
    OUT_OF_TIME,
    PAUSED,
    STILL,
    TRAINING,
    UNCLEAR,
    Resting,
    Row,
    Settings,
    State,
)
from busi.training.recipe import Recipe
from busi.web.tabs.training.live import STOPPED, WAITING, Watched, panel, pictures, settings_in_words
from busi.web.tabs.training.source import NETWORKS, SHOWN_CODE, code, source_of
from busi.web.tabs.training.tab import batches, curves, honesty, overfitting, stages_of
from busi.words.text import LANGUAGES, Words
from tests.support.markup import data_of, parsed, text_of
from tests.support.pages import callbacks, page_about
from tests.support.places import ROOT
from tests.support.scratch import scratch_bundle

BOTH = [Words("fr"), Words("en")]


@pytest.fixture(scope="module")
def bundle():
    """Of the recipe `scratch`: two stages, and an epoch that validation chose."""
    return scratch_bundle()


@pytest.fixture(scope="module")
def embedded():
    return open_bundle(EMBEDDED)


def sent_to_browser(html: str) -> list[dict]:
    return data_of(html, "stages")


def altered(bundle, **training):
    """The bundle with another training told in its bundle.json."""
    return dataclasses.replace(bundle, info={**bundle.info, "training": {**bundle.info["training"], **training}})


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_curves_are_those_of_the_bundle_with_their_n(bundle, language):
    real, before = sent_to_browser(curves(page_about(bundle, language), stages_of(bundle)))
    columns = ["epoch", "loss", "accuracy", "auc", "val_loss", "val_accuracy", "val_auc"]
    np.testing.assert_array_equal(real["rows"], bundle.history[columns].to_numpy())
    parts = bundle.info["data"]["parts"]
    assert (real["n"], real["valN"]) == (parts["train"]["images"], parts["validation"]["images"])
    assert real["best"] == bundle.info["training"]["best_epoch"]
    pretraining = bundle.info["training"]["pretraining"]
    assert [row[4] for row in before["rows"]] == [row["val_loss"] for row in pretraining["history"]]
    assert (before["n"], before["valN"], before["best"]) == (pretraining["images"], 240, pretraining["best_epoch"])
    assert "simul" in before["population"].lower() and "simul" not in real["population"].lower()


def test_a_network_of_a_length_fixed_beforehand_has_one_stage_and_keeps_its_last_epoch(embedded):
    (stage,) = stages_of(embedded)
    recipe, parts = embedded.info["training"]["recipe"], embedded.info["data"]["parts"]
    assert stage.best == recipe["epochs"] == len(embedded.history) and stage.rehearsed == 0
    assert stage.images == parts["train"]["images"] + parts["validation"]["images"] == 535
    (sent,) = sent_to_browser(curves(page_about(embedded), (stage,)))
    assert sent["best"] == recipe["epochs"] and sent["n"] == sent["valN"] == 535
    assert sent["population"].startswith("Real ultrasound images: 535. The mean of 5 networks")


def test_a_bundle_that_tells_little_still_has_its_curves(small_bundle, page_of):
    (stage,) = stages_of(small_bundle)
    assert (stage.images, stage.val_images, stage.best, stage.batches) == (100, 20, 1, 0)
    for page in map(page_of, LANGUAGES):
        tree = parsed(curves(page, (stage,)))
        assert not tree.select("[data-reveal]") and not tree.select("[data-stage]"), "one epoch leaves nothing to guess"
        assert page.words.number(0.7, 3) in text_of(overfitting(page, stage))
        assert "n = 20" in text_of(honesty(page, (stage,)))


def test_the_best_epoch_follows_the_criterion_where_the_bundle_does_not_tell_it(bundle):
    training = {name: value for name, value in bundle.info["training"].items() if name != "best_epoch"}
    silent = dataclasses.replace(bundle, info={**bundle.info, "training": training})
    losses = bundle.history.set_index("epoch")["val_loss"]
    assert stages_of(silent)[0].best == int(losses.loc[21:].idxmin()) == 22
    assert stages_of(altered(silent, first_kept=1))[0].best == int(losses.idxmin()) == 6
    by_auc = altered(silent, recipe={**training["recipe"], "keep": "val_auc"})
    assert stages_of(by_auc)[0].best == int(bundle.history.set_index("epoch")["val_auc"].loc[21:].idxmax())
    assert "AUC" in parsed(curves(page_about(bundle), stages_of(by_auc))).section["data-kept"]


def test_an_epoch_is_counted_from_the_recipe(bundle):
    page, stage = page_about(bundle), stages_of(bundle)[0]
    assert (stage.rehearsed, stage.shown, stage.batches) == (218, 655, 41)  # half of 437 again; 40.9 batches of 16
    html = batches(page, stage)
    assert len(parsed(html).select(".squares i")) == 41
    assert "2,460 in 60 epochs" in text_of(html) and "218 simulated images" in text_of(html)
    alone = dataclasses.replace(stage, rehearsed=0)
    assert alone.batches == 28 and "simulated" not in text_of(batches(page, alone))


def test_a_training_on_simulated_images_alone_takes_its_stage_s_larger_batches(bundle):
    from busi.training.pretraining import simulated_stage

    alone = altered(bundle, pretraining=None)
    alone = dataclasses.replace(alone, predictions=alone.predictions.assign(source="simulated"))
    (stage,) = stages_of(alone)
    assert stage.name == "simulated" and stage.batch_size == simulated_stage(Recipe()).batch_size
    assert "BUSI" not in sent_to_browser(curves(page_about(bundle), (stage,)))[0]["population"]


def test_overfitting_is_computed_not_asserted(bundle):
    page, stage = page_about(bundle), stages_of(bundle)[0]
    read = text_of(overfitting(page, stage))
    assert "from 0.232 to 0.139 (n = 437)" in read and "it rises, from 0.407 to 0.443 (n = 96)" in read
    assert "0.041 at the start, 0.175 at epoch 22, 0.304 at epoch 60" in read
    both_fall = [[epoch, 1 - epoch / 10, 0.5, 0.5, 1 - epoch / 20, 0.5, 0.5] for epoch in (1, 2, 3)]
    best_first = dataclasses.replace(stage, rows=both_fall, best=1)
    assert "no clear overfitting" in text_of(overfitting(page, best_first))
    best_last = dataclasses.replace(best_first, best=3)
    assert "before any visible overfitting" in text_of(overfitting(page, best_last))


@pytest.mark.parametrize(("module", "name"), [(module, name) for _, module, name in SHOWN_CODE])
def test_the_code_shown_is_that_of_the_repository(module, name, page_of):
    file = module.replace(".", "/") + ".py"
    tree = parsed(code(page_of("fr"), "atelier"))
    shown = {block.get_text() for block in tree.select("pre code")}
    lines = (ROOT / file).read_text("utf-8").splitlines()
    line, text = source_of(module, name)
    assert text in shown and text.splitlines() == lines[line - 1 : line - 1 + len(text.splitlines())]
    (node,) = ast.parse(text).body
    assert node.name == name, "whole, and nothing beside it"
    places = [place.get_text() for place in tree.select("p.aside")]
    assert any(file in place and f" {line}" in place for place in places)


@pytest.mark.parametrize(
    ("arch", "function"),
    [("atelier", "_atelier"), ("atelier_deep", "_atelier_deep"), ("simple", "_simple"), ("InceptionV3", "_published")],
)
def test_the_network_s_code_is_that_of_its_architecture(arch, function, page_of):
    shown = code(page_of("en"), arch)
    assert f"def {function}(" in shown and sum(f"def {one}(" in shown for one in NETWORKS.values()) == (
        arch in NETWORKS
    )


def test_code_that_is_gone_is_an_error_when_the_page_is_built():
    with pytest.raises(KeyError, match="no function or class 'nothing'"):
        source_of("busi.training.fit", "nothing")


def state_of(*losses: tuple[float, float], accuracy: float = 0.8, phase: str = FINISHED) -> State:
    rows = tuple(Row(epoch, seen, 1.0, held, accuracy, 9.6) for epoch, (seen, held) in enumerate(losses))
    return State(Settings(images=12), phase, rows)


ENDS = {
    LEARNS: state_of((0.69, 0.69), (0.3, 0.35), accuracy=0.85),
    BY_HEART: state_of((0.69, 0.69), (0.01, 1.3)),
    STILL: state_of((0.69, 0.69), (0.69, 0.69)),
    BROKEN: state_of((0.69, 0.69), (44.0, 51.0)),
    UNCLEAR: state_of((0.69, 0.69), (0.5, 0.6), accuracy=0.68),
}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("happened", ENDS)
def test_the_end_is_told_with_its_n_and_interval_and_what_the_guess_was_worth(page_of, language, happened):
    page = page_of(language)
    words = page.words
    missed = "live_undecided" if happened == UNCLEAR else "live_wrong"
    for guess, sentence in ((happened, "live_right"), (STILL if happened != STILL else LEARNS, missed)):
        if guess == UNCLEAR:
            continue
        outcome = parsed(panel(page, Watched(ENDS[happened], guess))).select_one(".outcome")
        assert outcome.h4.get_text() == words(f"training.live_title_{happened}")
        assert words.unfilled(f"training.{sentence}").split("{")[0] in outcome.select_one(".judged").get_text()
    tree = parsed(panel(page, Watched(ENDS[happened], None)))
    details = text_of(tree.select_one(".outcome details.curious"))
    assert "n = 12" in details and "n = 160" in details and "95" in details and "{" not in details
    assert not tree.select(".judged"), "whoever placed no bet is not told so"
    off_scale = [note.get_text() for note in tree.select("figcaption small")]
    assert len(off_scale) == (happened == BROKEN) and all("51" in note for note in off_scale)


def test_the_interval_is_wilson_s(page_of):
    read = text_of(panel(page_of("en"), Watched(ENDS[LEARNS], None)))  # 136 of 160
    assert "85% (95% interval: 79% to 90%)" in read


def kept_in(html: str):
    """The run that stays, as the page's script takes it out of its template; None if there is none."""
    found = parsed(html).select_one("template[data-kept]")
    return parsed(found.decode_contents()) if found else None


def test_a_training_that_goes_on_waits_or_halts_has_no_verdict_and_only_a_halted_one_is_kept(page_of):
    going = Watched(state_of((0.69, 0.69), (0.6, 0.65), phase=TRAINING), LEARNS)
    for page in map(page_of, LANGUAGES):
        assert page.words("training.live_epoch", epoch=1, epochs=40) in text_of(panel(page, going))
        assert kept_in(panel(page, going)) is None and kept_in(panel(page, going, WAITING)) is None
        for phase in (PAUSED, STOPPED, OUT_OF_TIME):
            html = panel(page, going, phase)
            tree = parsed(html)
            assert tree.select_one(".phase").get_text() == page.words(f"training.live_{phase}_at", epoch=1)
            assert not tree.select(".outcome") and tree.select("[data-chart=loss]"), "the curves stay"
            assert page.words("training.run_unfinished", epoch=1) in text_of(kept_in(html))
        before = Watched(state_of((0.69, 0.69), phase=TRAINING))
        assert kept_in(panel(page, before, STOPPED)) is None, "one measure is no run"


def test_a_run_stays_with_its_settings_in_words_its_end_and_its_numbers_with_n_and_interval(page_of):
    page = page_of("en")
    run = kept_in(panel(page, Watched(ENDS[LEARNS], None)))
    assert run.h5.get_text() == "12 images, as they are"
    assert run.select_one(".ending").get_text() == page.words("training.live_title_learns")
    told = {row.dt.get_text(): row.dd.get_text() for row in run.select("dl div")}
    assert told["Right on its own 12 images"] == "100%"
    assert told["Right on 160 new images"] == "85% (95% interval: 79% to 90%)"
    longest = settings_in_words(page.words, Settings(240, "large", True))
    assert longest == "240 images, changed at random, rate too large"


def test_each_run_has_a_name_of_its_own():
    one, other = (Watched(ENDS[LEARNS]) for _ in range(2))
    assert one.name != other.name and dataclasses.replace(one, state=ENDS[STILL]).name == one.name


@pytest.fixture
def quick(monkeypatch):
    monkeypatch.setattr(live, "EPOCHS", 2)
    monkeypatch.setattr("busi.web.tabs.training.live.EPOCHS", 2)
    monkeypatch.setattr(live, "VALIDATION_IMAGES", 20)


def of_page(pages, name: str, language: int):
    """A callback of the French page (0) or of the English one (1), however many buttons it answers."""
    found = callbacks(pages, name)
    return found[language * len(found) // 2]


def watched_in(update: dict) -> Watched:
    (found,) = [value for value in update.values() if isinstance(value, Watched)]
    return found


@pytest.mark.parametrize("language", [0, 1], ids=["fr", "en"])
def test_the_callbacks_take_a_visitor_from_the_button_to_the_end(pages, quick, language):
    words = BOTH[language]
    names = ("wait", "watch_training", "ready")
    wait, watch, ready = (of_page(pages, name, language) for name in names)
    assert any(words("training.live_waiting_title") in str(value) for value in wait(None).values())
    updates = list(watch(None, 12, "good", False, BY_HEART))
    shown = [value for update in updates for value in update.values() if isinstance(value, str)]
    grown = [len(data_of(html, "run")["rows"]) for html in shown if parsed(html).select("[data-run]")]
    assert grown == [1, 2, 3]
    (sheet,) = [tree for tree in map(parsed, shown) if tree.select(".learned")]
    assert [badge.get_text() for badge in sheet.select(".badge")] == 2 * [words("page.images_simulated")]
    watched = watched_in(updates[-1])
    assert watched.state.phase == FINISHED and watched.guess == BY_HEART
    left = ready(watched, "")
    assert not any(isinstance(value, (str, Watched)) for value in left.values()), "what it says stays"
    assert {"interactive": True, "value": words("training.live_start"), "__type__": "update"} in left.values()


def test_one_epoch_at_a_time_and_then_to_the_end_is_one_training(pages, quick, page_of):
    epoch, watch, ready = (of_page(pages, name, 1) for name in ("watch_epoch", "watch_training", "ready"))
    page = page_of("en")
    first = watched_in(list(epoch(None, 12, "good", False, None))[-1])
    assert (first.state.phase, len(first.state.rows)) == (PAUSED, 2)
    left = ready(first, "")
    assert {"interactive": True, "value": page.words("training.live_resume"), "__type__": "update"} in left.values()
    waiting = of_page(pages, "wait", 1)(first)
    (panel_then,) = texts_of(waiting)
    assert parsed(panel_then).select_one(".phase").get_text() == page.words("training.live_waiting_at", epoch=1)
    # What is chosen meanwhile does not change the training that goes on.
    last = watched_in(list(watch(first, 240, "large", True, STILL))[-1])
    assert last.state.phase == FINISHED and last.state.settings == first.state.settings and last.name == first.name
    anew = watched_in(list(epoch(last, 12, "good", False, None))[-1])
    assert anew.name != last.name, "one that came to its end does not go on"


def test_a_comparison_trains_one_after_the_other_from_the_same_start(pages, quick, monkeypatch):
    monkeypatch.setattr(
        "busi.web.tabs.training.live.COMPARISONS", {"images": ({"images": 12}, {"images": 60}), "changes": ()}
    )
    french = of_page(pages, "watch_comparison", 0)
    watched = [watched_in(update) for update in french()]
    assert [(one.state.settings.images, len(one.state.rows)) for one in watched] == [
        (12, 1),
        (12, 2),
        (12, 3),
        (60, 1),
        (60, 2),
        (60, 3),
    ]
    assert len({one.state.settings.seed for one in watched}) == 1 and len({one.name for one in watched}) == 2
    assert not watched[-1].then


def test_the_pictures_are_the_training_images_and_say_that_they_are_simulated(page_of):
    tree = parsed(pictures(page_of("en"), Settings(images=12)))
    texts = [caption.get_text() for caption in tree.select("figcaption")]
    assert texts == ["8 images, class: benign", "4 images, class: malignant"]
    assert [badge.get_text() for badge in tree.select(".badge")] == 2 * ["simulated images"]


@pytest.mark.parametrize("language", [0, 1], ids=["fr", "en"])
def test_without_tensorflow_one_card_says_so_and_the_button_works_again(pages, workshop, monkeypatch, language):
    def fail():
        raise BundleError("no TensorFlow")

    monkeypatch.setattr(workshop.classifier, "get", fail)
    (update,) = of_page(pages, "watch_training", language)(None, 12, "good", False, None)
    assert any(BOTH[language]("refused.network_title") in str(value) for value in update.values())
    left = of_page(pages, "ready", language)(None, "").values()
    assert {"interactive": True, "value": BOTH[language]("training.live_start"), "__type__": "update"} in left


def texts_of(update: dict) -> list[str]:
    return [value for value in update.values() if isinstance(value, str) and "<" in value]


@pytest.mark.parametrize(("callback", "phase"), [("stopped", STOPPED), ("paused", PAUSED)])
def test_halting_says_so_and_keeps_what_was_measured(pages, page_of, callback, phase):
    for at, page in enumerate(map(page_of, LANGUAGES)):
        halt = of_page(pages, callback, at)
        (early,) = texts_of(halt(None))
        assert page.words("training.live_stopped_title") in early
        going = Watched(state_of((0.69, 0.69), (0.6, 0.65), phase=TRAINING), None)
        assert panel(page, going, phase) in texts_of(halt(going)) and phase in halt(going).values()


def resting(phase: str) -> Watched:
    state = state_of((0.69, 0.69), (0.6, 0.65), phase=phase)
    return Watched(dataclasses.replace(state, resting=Resting((), (), (), {})))


def test_a_state_that_comes_after_the_click_does_not_undo_it(pages, page_of):
    """The click was answered, then a last epoch arrived and took its place on the page."""
    for at, page in enumerate(map(page_of, LANGUAGES)):
        ready = of_page(pages, "ready", at)
        for asked_for in (PAUSED, STOPPED):
            update = ready(resting(TRAINING), asked_for)
            left = watched_in(update)
            assert left.state.phase == asked_for and left.can_go_on == (asked_for == PAUSED)
            phase = parsed(texts_of(update)[0]).select_one(".phase")
            assert phase.get_text() == page.words(f"training.live_{asked_for}_at", epoch=1)
        assert not texts_of(ready(None, ""))


def test_a_paused_training_can_be_stopped_for_good(pages):
    stopped = callbacks(pages, "stopped")[0]
    for phase in (PAUSED, OUT_OF_TIME):
        left = watched_in(stopped(resting(phase)))
        assert left.state.phase == STOPPED and not left.can_go_on and left.state.resting is None


def test_one_visitor_at_a_time_for_both_pages_and_who_halts_gives_the_turn_back(pages):
    names = ("watch_training", "watch_epoch", "watch_comparison")
    runs = [function for function in pages.fns.values() if function.name in names]
    assert len(runs) == 2 * 4
    assert {(run.concurrency_id, run.concurrency_limit) for run in runs} == {("live training", 1)}
    cancelled = [sorted(function.cancels) for function in pages.fns.values() if function.cancels]
    of_pages = [sorted(run._id for run in runs[:4]), sorted(run._id for run in runs[4:])]
    of_inquiries = [function for function in pages.fns.values() if function.name == "watch_run"]
    assert {(run.concurrency_id, run.concurrency_limit) for run in of_inquiries} == {("live training", 1)}
    alone = [[run._id] for run in of_inquiries]
    assert len(alone) == 2 * 3 and sorted(cancelled) == sorted(2 * of_pages + alone), "each stop ends its own"
