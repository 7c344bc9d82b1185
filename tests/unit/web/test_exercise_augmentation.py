"""The bench on augmentation without a browser, and the endpoint /augment."""

import dataclasses
from types import SimpleNamespace

import gradio as gr
import numpy as np
import pytest
from bs4 import BeautifulSoup

from busi.images import prepare, read_image
from busi.model.augment import AugmentationSettings, variants
from busi.web.events import message_of
from busi.web.pages import build_pages
from busi.web.tabs.exercise_augmentation.settings import (
    MORE,
    USUAL,
    Wanted,
    settings_of,
    trained_with,
    trained_with_more,
)
from busi.web.tabs.exercise_augmentation.tab import COUNT, changes, controls_of, grid_of
from busi.words.text import Words
from tests.support.drawings import drawn_ultrasound
from tests.support.markup import parsed, text_of
from tests.support.pages import page_of
from tests.unit.web.test_network import fetched, run

FRENCH = Words("fr")


def wanted(**sent) -> Wanted:
    return message_of(gr.EventData(None, sent), Wanted)


def grid(workshop, image: np.ndarray, simulated: bool, sent: dict) -> BeautifulSoup:
    return parsed(grid_of(page_of("fr", workshop), image, simulated, wanted(**sent)))


def controls(workshop) -> BeautifulSoup:
    return parsed(controls_of(page_of("fr", workshop)))


def switches(workshop) -> set[str]:
    return {box["data-switch"] for box in controls(workshop).select("[data-switch]")}


def summary_of(grid: BeautifulSoup) -> str:
    return text_of(grid.select_one(".told"))


def test_what_a_browser_sends_becomes_settings_or_the_usual_ones():
    forged = {"rotation": 500, "zoom": "x", "translation": float("nan"), "brightness": -1, "contrast": True}
    found = wanted(image="simulated-1", **forged, flip=1, seed=-3, marks="yes")
    assert (found.image, found.flip, found.more, found.seed) == ("simulated-1", False, frozenset(), 0)
    assert found.knobs == {**USUAL, "rotation": 90, "brightness": 0}
    nothing = wanted(image=["?"], seed=True)
    assert (nothing.image, nothing.knobs, nothing.flip, nothing.seed) == ("", USUAL, True, 0)


def test_an_image_that_there_is_not_is_the_first_example(pages, workshop):
    draw = next(function.fn for function in pages.fns.values() if function.name == "draw_variants")
    first = workshop.gallery.page(0, workshop.gallery.ultrasound)[0].key
    nobody, known = (draw(None, gr.EventData(None, {"image": key, "seed": 2})) for key in ("nobody", first))
    assert nobody == known


def test_the_knobs_begin_where_training_stood(workshop, small_bundle):
    assert trained_with(small_bundle) == USUAL  # it tells nothing
    told = SimpleNamespace(info={"training": {"recipe": {"augmentation": {"rotation": 3, "zoom": 0.01}}}})
    assert trained_with(told) == {**USUAL, "rotation": 3, "zoom": 0.01}
    shown = {knob["data-knob"]: float(knob["value"]) for knob in controls(workshop).select("[data-knob]")}
    assert shown == USUAL


def test_the_grid_shows_the_answers_to_the_variants_of_that_seed(workshop):
    image = drawn_ultrasound(5)[0]
    shown = grid(workshop, image, "", {"image": "", "seed": 4, "flip": True})
    classifier = workshop.classifier.get()
    original = prepare(image, classifier.contract)
    drawn = variants(original, AugmentationSettings(**USUAL), 4, COUNT)
    inputs = np.concatenate([original[np.newaxis], drawn])
    answers = classifier.answers(inputs, [1] * len(inputs)).probability
    cards = [(card.b.text, card.select_one(".alert-word")["class"][1]) for card in shown.select(".case-under")]
    threshold = workshop.bundle.threshold
    scores = FRENCH.scores_and_threshold(answers.tolist(), threshold)[0]
    expected = [
        (FRENCH("score.short", score=score), "alerts" if p >= threshold else "calm")
        for score, p in zip(scores, answers, strict=True)
    ]
    assert cards[: COUNT + 1] == expected and len(cards) == COUNT + 1 + 5
    assert not shown.select(".badge")


@pytest.fixture
def other(workshop):
    """The workshop with a network that marks, another scanner and a wide turn were shown to."""
    learned = {"rotation": 20.0, "marks": 1.0, "softness": 0.5, "grain": 0.0}
    info = workshop.bundle.info | {"training": {"recipe": {"augmentation": USUAL | learned}}}
    return dataclasses.replace(workshop, bundle=dataclasses.replace(workshop.bundle, info=info))


def test_what_training_changed_beside_the_knobs_is_offered(workshop, other):
    assert trained_with_more(workshop.bundle) == {} and switches(workshop) == {"flip"}
    assert trained_with_more(other.bundle) == {"scanner": {"softness": 0.5}, "marks": {"marks": 1.0}}
    assert switches(other) == {"flip", *MORE}


@pytest.mark.parametrize("on", [(), ("scanner",), ("marks",), ("scanner", "marks")])
def test_what_is_switched_on_is_drawn_where_training_had_it(workshop, other, on):
    sent = dict.fromkeys(USUAL, 0) | {"flip": False, "seed": 1, "image": ""} | dict.fromkeys(on, True)
    image, unchanged = drawn_ultrasound(5)[0], text_of(FRENCH("exercise_augmentation.unchanged"))
    assert (summary_of(grid(other, image, True, sent)) == unchanged) == (not on)
    assert summary_of(grid(workshop, image, "simulated", sent)) == unchanged


def test_contrast_is_lost_too_only_where_training_lost_it(workshop, other):
    """And the page says which of the two."""
    recipe = {"recipe": {"augmentation": USUAL | {"flatter": True}}}
    both = dataclasses.replace(other.bundle, info=other.bundle.info | {"training": recipe})
    knobs = USUAL | {"contrast": 0.4}
    assert settings_of(both, knobs, True) == {**knobs, "flip": True, "contrast_both_ways": True}
    assert settings_of(other.bundle, knobs, False, ["marks"]) == {
        **knobs,
        "flip": False,
        "contrast_both_ways": False,
        "marks": 1,
    }
    either, gained = (FRENCH.unfilled(f"exercise_augmentation.contrast_{name}") for name in ("value", "gained"))
    flat = dataclasses.replace(other, bundle=both)
    for shown, sentence in ((other, gained), (flat, either)):
        assert controls(shown).select_one("label[for=augmentation-contrast] output")["data-said"] == sentence
    sent = dict.fromkeys(USUAL, 0) | {"contrast": 0.9, "flip": False, "seed": 1, "image": ""}
    image = drawn_ultrasound(5)[0]
    assert grid(flat, image, True, sent) != grid(other, image, True, sent)


def test_the_endpoint_begins_where_training_stood(other):
    endpoint = build_pages(other).get_api_info()["named_endpoints"]["/augment"]
    given = {one["parameter_name"]: one.get("parameter_default") for one in endpoint["parameters"]}
    assert {name: given[name] for name in USUAL} == {**USUAL, "rotation": 20}


def test_with_all_knobs_at_zero_the_page_says_what_to_do(workshop):
    zero = dict.fromkeys(USUAL, 0) | {"flip": False, "seed": 1, "image": ""}
    shown = grid(workshop, drawn_ultrasound(5)[0], "simulated", zero)
    assert summary_of(shown) == text_of(FRENCH("exercise_augmentation.unchanged"))
    assert not shown.select("[data-guesses]")
    assert [badge.text for badge in shown.select(".badge")] == [FRENCH("laboratory.simulated")] * (COUNT + 1 + 5)


def test_the_changes_to_judge_are_what_they_are_called():
    image = np.random.default_rng(0).random((32, 32, 1), np.float32)
    changed = changes(image)
    np.testing.assert_array_equal(changed["mirror"][:, 0], image[:, -1])
    np.testing.assert_array_equal(changed["upside_down"][0], image[-1])
    np.testing.assert_array_equal(changed["half_turn"][0, 0], image[-1, -1])
    assert changed["darker"].mean() < image.mean() and changed["tilt"].shape == image.shape
    assert all(one.dtype == np.float32 and one.min() >= 0 and one.max() <= 1 for one in changed.values())


def test_an_upload_that_is_no_picture_is_answered_by_a_sentence(pages, tmp_path):
    (tmp_path / "note.png").write_text("no picture")
    draw = next(function.fn for function in pages.fns.values() if function.name == "draw_variants")
    answer = draw(str(tmp_path / "note.png"), gr.EventData(None, {"image": "", "seed": 1}))
    assert parsed(answer).select("[role=alert]")


def test_the_endpoint_gives_the_variants_of_a_seed_and_refuses_what_it_cannot_do(client, workshop, image_file):
    picture, told = run(client, "augment", image_file, 20, 0.1, 0, 0, 0.3, False, 9, 3).json()["data"]
    original = prepare(read_image(image_file), workshop.bundle.image)
    settings = AugmentationSettings(20, 0.1, 0, 0, 0.3, flip=False)
    drawn = variants(original, settings, 9, 3)
    np.testing.assert_array_equal(fetched(client, picture), np.hstack(np.rint(drawn[..., 0] * 255).astype(np.uint8)))
    assert told["malignant"] == pytest.approx(
        workshop.classifier.get().answers(drawn, [1] * len(drawn)).probability.tolist()
    )
    assert told["settings"]["rotation"] == 20 and (told["seed"], told["count"]) == (9, 3)
    for values, message in (
        ((200, 0, 0, 0, 0, True, 1, 2), "rotation must be a number from 0 to 180, got 200"),
        ((1, 0, 0, 0, 0, True, 1, 99), "count must be from 1 to 24"),
        ((1, 0, 0, 0, 0, True, -1, 2), "seed must be a whole number"),
    ):
        refused = run(client, "augment", image_file, *values)
        assert refused.status_code == 500 and message in refused.text
