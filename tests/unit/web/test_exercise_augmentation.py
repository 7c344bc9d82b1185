"""The bench on augmentation without a browser, and the endpoint /augment."""

import dataclasses
import re
from html import escape, unescape
from types import SimpleNamespace

import numpy as np
import pytest

from busi.images import prepare, read_image
from busi.model.augment import AugmentationSettings, variants
from busi.web.pages import build_pages
from busi.web.tabs.exercise_augmentation.tab import (
    COUNT,
    MORE,
    USUAL,
    asked_of,
    changes,
    controls_of,
    grid_of,
    settings_of,
    trained_with,
    trained_with_more,
)
from busi.words.text import Words
from tests.support.drawings import drawn_ultrasound
from tests.unit.web.test_network import fetched, run

FRENCH = Words("fr")


def test_what_a_browser_sends_becomes_settings_or_the_usual_ones(workshop):
    key = next(iter(workshop.gallery.examples))
    sent = SimpleNamespace(image=key, rotation=500, zoom="x", translation=float("nan"), brightness=-1, flip=1, seed=-3)
    sent.marks = "yes"
    asked = asked_of(sent, workshop.gallery)
    assert (asked.image, asked.flip, asked.more, asked.seed) == (key, False, frozenset(), 0)
    assert asked.knobs == {**USUAL, "rotation": 90, "brightness": 0}
    nothing = asked_of(SimpleNamespace(image=["?"], seed=True), workshop.gallery)
    assert (nothing.image, nothing.knobs, nothing.flip, nothing.seed) == ("", USUAL, True, 0)
    assert asked_of(SimpleNamespace(image="nobody"), workshop.gallery).image == ""


def test_the_knobs_begin_where_training_stood(workshop, small_bundle):
    assert trained_with(small_bundle) == USUAL  # it tells nothing
    told = SimpleNamespace(info={"training": {"recipe": {"augmentation": {"rotation": 3, "zoom": 0.01}}}})
    assert trained_with(told) == {**USUAL, "rotation": 3, "zoom": 0.01}
    assert 'data-knob="rotation"' in controls_of(FRENCH, workshop)


def test_the_grid_shows_the_answers_to_the_variants_of_that_seed(workshop):
    image = drawn_ultrasound(5)[0]
    asked = asked_of(SimpleNamespace(image="", seed=4, flip=True), workshop.gallery)
    html = grid_of(FRENCH, workshop, image, simulated=False, asked=asked)
    classifier = workshop.classifier.get()
    original = prepare(image, classifier.contract)
    drawn = variants(original, AugmentationSettings(**USUAL), 4, COUNT)
    answers = classifier.answers(np.concatenate([original[np.newaxis], drawn]))
    shown = re.findall(r"<b>([^<]+)</b><span class=\"alert-word (\w+)\"", html)
    threshold = workshop.bundle.threshold
    scores = FRENCH.scores_and_threshold(answers.tolist(), threshold)[0]
    said = [
        (FRENCH("score.short", score=score), "alerts" if p >= threshold else "calm")
        for score, p in zip(scores, answers, strict=True)
    ]
    unescaped = [(unescape(text), kind) for text, kind in shown]
    assert unescaped[: COUNT + 1] == said and len(unescaped) == COUNT + 1 + 5
    assert FRENCH("laboratory.simulated") not in html


@pytest.fixture
def other(workshop):
    """The workshop with a network that marks, another scanner and a wide turn were shown to."""
    learned = {"rotation": 20.0, "marks": 1.0, "softness": 0.5, "grain": 0.0}
    info = workshop.bundle.info | {"training": {"recipe": {"augmentation": USUAL | learned}}}
    return dataclasses.replace(workshop, bundle=dataclasses.replace(workshop.bundle, info=info))


def test_what_training_changed_beside_the_knobs_is_offered(workshop, other):
    assert trained_with_more(workshop.bundle) == {} and "data-switch" in controls_of(FRENCH, workshop)
    assert trained_with_more(other.bundle) == {"scanner": {"softness": 0.5}, "marks": {"marks": 1.0}}
    for name in MORE:
        assert f'data-switch="{name}"' in controls_of(FRENCH, other)
        assert f'data-switch="{name}"' not in controls_of(FRENCH, workshop)


@pytest.mark.parametrize("on", [(), ("scanner",), ("marks",), ("scanner", "marks")])
def test_what_is_switched_on_is_drawn_where_training_had_it(workshop, other, on):
    sent = SimpleNamespace(**dict.fromkeys(USUAL, 0), flip=False, seed=1, image="", **dict.fromkeys(on, True))
    asked, image = asked_of(sent, workshop.gallery), drawn_ultrasound(5)[0]
    unchanged = escape(FRENCH("exercise_augmentation.unchanged"))
    assert (unchanged in grid_of(FRENCH, other, image, True, asked)) == (not on)
    assert unchanged in grid_of(FRENCH, workshop, image, True, asked)


def test_contrast_is_lost_too_only_where_training_lost_it(workshop, other):
    """And the page says which of the two."""
    recipe = {"recipe": {"augmentation": USUAL | {"flatter": True}}}
    both = dataclasses.replace(other.bundle, info=other.bundle.info | {"training": recipe})
    knobs = USUAL | {"contrast": 0.4}
    assert settings_of(both, knobs, True) == {**knobs, "flip": True, "flatter": True}
    assert settings_of(other.bundle, knobs, False, ["marks"]) == {**knobs, "flip": False, "flatter": False, "marks": 1}
    either, gained = (FRENCH.unfilled(f"exercise_augmentation.contrast_{name}") for name in ("value", "gained"))
    assert f'"{escape(gained)}"' in controls_of(FRENCH, other) and f'"{escape(either)}"' not in controls_of(
        FRENCH, other
    )
    flat = dataclasses.replace(other, bundle=both)
    assert f'"{escape(either)}"' in controls_of(FRENCH, flat)
    contrast = SimpleNamespace(**dict.fromkeys(USUAL, 0) | {"contrast": 0.9}, flip=False, seed=1, image="")
    asked, image = asked_of(contrast, workshop.gallery), drawn_ultrasound(5)[0]
    assert grid_of(FRENCH, flat, image, True, asked) != grid_of(FRENCH, other, image, True, asked)


def test_the_endpoint_begins_where_training_stood(other):
    endpoint = build_pages(other).get_api_info()["named_endpoints"]["/augment"]
    given = {one["parameter_name"]: one.get("parameter_default") for one in endpoint["parameters"]}
    assert {name: given[name] for name in USUAL} == {**USUAL, "rotation": 20}


def test_with_all_knobs_at_zero_the_page_says_what_to_do(workshop):
    zero = SimpleNamespace(**dict.fromkeys(USUAL, 0), flip=False, seed=1, image="")
    html = grid_of(FRENCH, workshop, drawn_ultrasound(5)[0], True, asked_of(zero, workshop.gallery))
    assert escape(FRENCH("exercise_augmentation.unchanged")) in html and "data-guesses" not in html
    assert html.count(FRENCH("laboratory.simulated")) == COUNT + 1 + 5


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
    assert 'role="alert"' in draw(str(tmp_path / "note.png"), SimpleNamespace(image="", seed=1))


def test_the_endpoint_gives_the_variants_of_a_seed_and_refuses_what_it_cannot_do(client, workshop, image_file):
    picture, told = run(client, "augment", image_file, 20, 0.1, 0, 0, 0.3, False, 9, 3).json()["data"]
    original = prepare(read_image(image_file), workshop.bundle.image)
    settings = AugmentationSettings(20, 0.1, 0, 0, 0.3, flip=False)
    drawn = variants(original, settings, 9, 3)
    np.testing.assert_array_equal(fetched(client, picture), np.hstack(np.rint(drawn[..., 0] * 255).astype(np.uint8)))
    assert told["malignant"] == pytest.approx(workshop.classifier.get().answers(drawn).tolist())
    assert told["settings"]["rotation"] == 20 and (told["seed"], told["count"]) == (9, 3)
    for values, message in (
        ((200, 0, 0, 0, 0, True, 1, 2), "rotation must be a number from 0 to 180, got 200"),
        ((1, 0, 0, 0, 0, True, 1, 99), "count must be from 1 to 24"),
        ((1, 0, 0, 0, 0, True, -1, 2), "seed must be a whole number"),
    ):
        refused = run(client, "augment", image_file, *values)
        assert refused.status_code == 500 and message in refused.text
