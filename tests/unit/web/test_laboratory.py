"""The tab Le laboratoire without a browser: its picture, addresses and presets, the curve, tipping points."""

import dataclasses

import gradio as gr
import numpy as np
import pytest

from busi.bundle.files import HELD_OUT_SIMULATOR, BundleError
from busi.lessons.laboratory import DIALS, PRESETS, Experiment, Tipping, to_query
from busi.web.tabs.laboratory.answers import Turn
from busi.web.tabs.laboratory.knobs import settings_of
from busi.web.tabs.laboratory.tab import laboratory_tab
from busi.words.text import Words
from tests.support.markup import parsed
from tests.support.pages import callbacks, decoded, page_about
from tests.support.scratch import scratch_bundle


def knobs_of(experiment: Experiment) -> list:
    return list(settings_of(experiment).values())


def test_the_laboratory_draws_what_its_knobs_say(pages, workshop):
    experiment = PRESETS["spiculated"]
    for language, draw_lesion in zip(("fr", "en"), callbacks(pages, "draw"), strict=True):
        view, notes, *studies = draw_lesion(*knobs_of(experiment))
        assert studies == ["", ""], "a curve of the lesion before would mislead"
        words, view, notes = Words(language), parsed(view), parsed(notes)
        assert view.img["src"].startswith("data:image/png")
        np.testing.assert_array_equal(decoded(view.img["src"]), experiment.image())
        answer = workshop.classifier.get().predict(experiment.image())
        score = words.score_and_threshold(answer.probability, answer.threshold)[0]
        assert view.select_one(".score-bar b").text == score
        assert view.select_one(".badge").text == words("laboratory.simulated")
        assert notes.a["data-query"] == "?" + to_query(experiment)
        assert notes.a["href"] == notes.a["data-query"] + "#laboratory"
        assert notes.p.text == words("laboratory.preset_spiculated_story")


def test_a_lesion_of_the_visitor_s_own_has_no_true_answer(pages):
    own = DIALS["halo"].turn(PRESETS["cyst"], 0.4)
    notes = callbacks(pages, "draw")[1](*knobs_of(own))[1]
    assert "Nobody can say" in notes and "Benign." not in notes


def test_an_address_a_preset_and_another_grain_set_every_knob(pages):
    event = gr.EventData(None, {"query": "?" + to_query(PRESETS["scar"])})
    *knobs, _, notes, _, _ = callbacks(pages, "open_from_address")[0](event)
    assert knobs == knobs_of(PRESETS["scar"]) and "cicatrice" in notes
    *knobs, _, _, _, _ = callbacks(pages, "open_from_address")[0](gr.EventData(None, {"query": "?lesion"}))
    assert knobs == knobs_of(PRESETS["fibroadenoma"])
    *knobs, _, _, _, _ = callbacks(pages, "start_from")[0](gr.EventData(None, {"preset": "cyst"}))
    assert knobs == knobs_of(PRESETS["cyst"])
    seed, *others, _, _, _, _ = callbacks(pages, "another_draw")[0](*knobs)
    assert seed != knobs[0] and others == knobs[1:]


def test_the_curve_shows_one_line_per_grain_their_mean_and_where_one_stands(pages):
    drawing = parsed(callbacks(pages, "draw_curve")[1]("echo_db", *knobs_of(PRESETS["cyst"]))).svg
    assert len(drawing.select("polyline.one")) == 4 and len(drawing.select("polyline.mean")) == 1
    assert drawing.select_one("text.here").text == "you are here"
    points = [point.split(",") for point in drawing.select_one("polyline.mean")["points"].split()]
    assert len(points) == 9 and float(points[0][0]) < float(points[-1][0])
    assert float(drawing.select_one("line.here")["x1"]) == pytest.approx(76 + (-36 + 40) / 50 * 540, abs=0.2)


def test_another_word_that_tips_the_answer_is_told_as_a_word():
    tipping = Tipping("margin", "angular", "spiculated", 1.0, 0.7, 3)
    turn = Turn.of(Words("fr"), tipping, 0.4, 0.5)
    assert "Contour : « anguleux » devient « étoilé (spiculé) »" in turn.sentence.replace("\N{NO-BREAK SPACE}", " ")


def test_a_network_that_cannot_be_loaded_is_told_in_the_laboratory_too(workshop, pages, monkeypatch):
    monkeypatch.setattr(workshop.classifier, "get", raise_bundle_error)
    for name, arguments in (("draw", ()), ("draw_curve", ("halo",)), ("find_tipping", ())):
        answer = str(callbacks(pages, name)[0](*arguments, *knobs_of(PRESETS["cyst"])))
        assert Words("fr")("refused.network_title") in answer


def raise_bundle_error():
    raise BundleError("no weights")


@pytest.mark.parametrize("language", ["fr", "en"])
def test_it_tells_of_a_network_that_learned_from_another_simulator_than_draws_here(language):
    def texts(of) -> str:
        with gr.Blocks() as blocks, gr.Tabs():
            laboratory_tab(page_about(of, language))
        return " ".join(str(block.value) for block in blocks.blocks.values() if isinstance(block, gr.Markdown))

    bundle = scratch_bundle()
    words, learned = Words(language), bundle.info["training"]["pretraining"]["simulator"]
    told = [texts(dataclasses.replace(bundle, info={**bundle.info, HELD_OUT_SIMULATOR: by})) for by in (learned, "new")]
    assert [words("laboratory.earlier") in text for text in told] == [False, True]
