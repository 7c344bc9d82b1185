"""What a radiologist would add: categories and thresholds, counts from bundle and table, rules of the drawings."""

import dataclasses
import json
import re
from itertools import pairwise

import numpy as np
import pytest

from busi.bundle.files import EMBEDDED, open_bundle
from busi.lessons.distortions import TABLE, distortions
from busi.simulator import draw_case
from busi.web.markup import rich
from busi.web.parts.gradcam import is_under
from busi.web.parts.medicine import (
    CATEGORIES,
    LAYERS,
    _breast,
    category_of,
    layer_places,
    layers,
    signs_changed,
    third_answer,
    truth_of_labels,
    ultrasound,
)
from busi.web.tabs.evaluation.tab import PREVALENCES
from busi.words.text import LANGUAGES, Words
from tests.support.markup import parsed, text_of
from tests.support.pages import page_about

FRENCH, ENGLISH = Words("fr"), Words("en")


@pytest.fixture(scope="module")
def bundle():
    return open_bundle(EMBEDDED)


@pytest.fixture(scope="module")
def simulated(bundle):
    return dataclasses.replace(bundle, predictions=bundle.predictions.assign(source="simulated"))


@pytest.mark.parametrize(
    ("share", "category"),
    [
        (0, "2"),
        (0.001, "3"),
        (0.02, "3"),
        (0.0201, "4a"),
        (0.088, "4a"),
        (0.10, "4a"),
        (0.11, "4b"),
        (0.5, "4b"),
        (0.51, "4c"),
        (0.949, "4c"),
        (0.95, "5"),
        (1, "5"),
    ],
)
def test_a_share_falls_into_the_category_of_the_fifth_edition(share, category):
    assert category_of(share) == category


@pytest.mark.parametrize("words", [FRENCH, ENGLISH], ids=lambda words: words.language)
@pytest.mark.parametrize("name", [name for name in CATEGORIES if name != "2"])
def test_what_the_table_says_of_a_category_is_what_the_code_holds(words, name):
    low, high = CATEGORIES[name]
    written = {int(number) for number in re.findall(r"\d+", words(f"medicine.birads_{name}_share"))}
    assert written == {round(100 * end) for end in (low, high) if 0 < end < 1}


@pytest.mark.parametrize("threshold", [0.015, 0.088167, 0.3, 0.6])
def test_the_threshold_is_marked_where_it_lies_and_nowhere_else(bundle, threshold):
    html = third_answer(page_about(dataclasses.replace(bundle, threshold=threshold)))
    marked = [row.th.contents[0].strip() for row in parsed(html).select("tr.here")]
    assert marked == [ENGLISH(f"medicine.birads_{category_of(threshold)}")]
    assert f"{100 * threshold:.1f}%" in html


def test_the_low_scores_are_counted(bundle):
    test = bundle.predictions.query("split == 'test' and source == 'busi'")
    low = test[test["probability"] <= 0.02]
    sentence = ENGLISH(
        "medicine.birads_watched", n=len(test), count=len(low), malignant=(low["label"] == "malignant").sum()
    )
    assert sentence in text_of(third_answer(page_about(bundle)))


@pytest.mark.parametrize("kind", ["simulated", "own"])
def test_only_a_network_of_busi_is_compared_with_categories_and_only_its_labels_are_busi_s(bundle, simulated, kind):
    own = dataclasses.replace(bundle, info=bundle.info | {"data": bundle.info["data"] | {"name": "a hospital's"}})
    other = {"simulated": simulated, "own": own}[kind]
    assert other.data_kind == kind
    for language in LANGUAGES:
        page = page_about(other, language)
        tree = parsed(third_answer(page))
        assert len(tree.select("tr")) == 1 + len(CATEGORIES) and not tree.select(".here")
        assert "BUSI" not in text_of(tree) and page.words("medicine.birads_here") not in text_of(tree)
        assert truth_of_labels(page) == "" != truth_of_labels(page_about(bundle, language))


def test_the_signs_are_told_with_the_counts_of_the_table(bundle):
    held, told = json.loads(TABLE.read_text("utf-8")), text_of(signs_changed(page_about(bundle)))
    for name in ("taller_before", "taller_after", "malignant_before", "malignant_after"):
        share = held[name]
        assert f"{100 * share['value']:.1f}% ({100 * share['low']:.1f} to {100 * share['high']:.1f})" in told, name
    assert f"{100 * held['more_uneven']['value']:.1f}%" in told
    assert "4,8 % (de 3,4 à 6,7)" in text_of(signs_changed(page_about(bundle, "fr")))


def test_what_clahe_does_is_told_only_for_the_settings_that_were_measured(bundle):
    assert bundle.image == distortions().contract
    other = dataclasses.replace(bundle.image, clahe_clip_limit=4.0)
    pages = (page_about(dataclasses.replace(bundle, image=image)) for image in (bundle.image, other))
    told, silent = map(signs_changed, pages)
    assert "CLAHE retouches" in told and "CLAHE" not in silent


def test_layers_are_named_where_they_are_drawn(bundle):
    places = layer_places()
    assert tuple(places) == LAYERS and places["skin"][0] == 0 and places["muscle"][1] == 1
    assert all(places[a][1] == places[b][0] for a, b in pairwise(LAYERS))
    image = _breast()
    gray = {}
    for name, (top, bottom) in places.items():
        middle, half = (top + bottom) / 2, (bottom - top) / 4
        gray[name] = image[round((middle - half) * len(image)) : round((middle + half) * len(image)), :120].mean()
    assert gray["skin"] > gray["gland"] > gray["fat"] > gray["muscle"], "as the words beside the picture say"
    for page in (page_about(bundle, language) for language in LANGUAGES):
        tree = parsed(layers(page))
        assert [name.text for name in tree.select(".layers-names span")] == [
            page.words(f"medicine.layer_{name}") for name in LAYERS
        ]
        assert tree.select_one(".plate .badge").text == page.words("laboratory.simulated")
        assert layers(page) in ultrasound(page)


def test_drawn_masses_follow_the_rules_that_the_lesson_tells():
    rng = np.random.default_rng(4)
    drawn = {label: [draw_case(label, rng)[0] for _ in range(600)] for label in ("benign", "malignant")}
    bright = {label: np.mean([lesion.echo_pattern == "hyperechoic" for lesion in drawn[label]]) for label in drawn}
    assert bright["benign"] == pytest.approx(0.04, abs=0.025) and bright["malignant"] < 0.015

    def mean(label, of):
        return np.mean([of(lesion) for lesion in drawn[label]])

    for of in (
        lambda lesion: lesion.size_mm,
        lambda lesion: lesion.heterogeneity,
        lambda lesion: lesion.halo > 0,
        lambda lesion: lesion.calcifications > 0,
        lambda lesion: lesion.distortion > 0,
    ):
        assert mean("malignant", of) > 1.2 * mean("benign", of)
    assert mean("malignant", lambda lesion: lesion.posterior == "enhancement") < mean(
        "benign", lambda lesion: lesion.posterior == "enhancement"
    )
    shadows = {k: np.mean([m.posterior_db for m in v if m.posterior == "shadowing"]) for k, v in drawn.items()}
    assert shadows["malignant"] < shadows["benign"] < 0
    sharp = [m for m in drawn["benign"] if (m.shape, m.margin) == ("oval", "circumscribed")]
    assert np.mean([m.inside != "solid" for m in sharp]) == pytest.approx(0.27, abs=0.08)


def test_a_place_is_under_a_lesion_where_the_sound_has_crossed_it():
    mask = np.zeros((10, 10), bool)
    mask[3:5, 4:7] = True
    assert is_under((8, 5), mask) and is_under((5, 4), mask)
    for place in ((3, 5), (1, 5), (8, 2), (4, 3), (8, 7)):  # in it, above it, beside it
        assert not is_under(place, mask)


@pytest.mark.parametrize("words", [FRENCH, ENGLISH], ids=lambda words: words.language)
def test_the_two_marks_of_the_women_are_told_with_their_sources(words):
    for key in ("evaluation.women_caution", "evaluation.women_caution_simulated"):
        sentence = words.unfilled(key)
        assert all(re.search(rf"\b{count}\b", sentence) for count in PREVALENCES.values())
        assert "Santé publique France" in sentence and "Kerlikowske" in sentence


@pytest.mark.parametrize("words", [FRENCH, ENGLISH], ids=lambda words: words.language)
def test_lesions_are_never_told_as_women_in_good_health(words):
    lessons = "".join(path.read_text("utf-8") for path in words._folder.iterdir())
    assert not re.search(r"femmes? saines?|healthy wom[ae]n", lessons, re.IGNORECASE)


def test_an_article_can_be_linked_and_no_other_place():
    linked = rich("[a](https://doi.org/10.1016/j.dib.2023.109247)")
    assert re.fullmatch(r'<a href="https://doi\.org/10\.1016/j\.dib\.2023\.109247"[^>]*>a</a>', linked)
    for elsewhere in ("[a](https://doi.org.evil.org/10.1)", '[a](https://doi.org/10.1" onclick="x)', "[a](http://b.c)"):
        assert "<a" not in rich(elsewhere)


@pytest.mark.parametrize("words", [FRENCH, ENGLISH], ids=lambda words: words.language)
def test_grad_cam_names_the_sign_that_goes_with_the_class_below_a_lesion(words):
    benign, malignant = words("gradcam.under_benign"), words("gradcam.under_malignant")
    assert "#term-enhancement" in benign and "#term-shadowing" not in benign
    assert "#term-shadowing" in malignant and "#term-enhancement" not in malignant
    assert "#term-halo" in words("gradcam.elsewhere")
