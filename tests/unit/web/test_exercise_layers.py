"""The bench on layers without a browser: which layers, which filters, in which scale."""

import dataclasses
from types import SimpleNamespace

import gradio as gr
import numpy as np
from bs4 import BeautifulSoup

from busi.data.box import CREDIT
from busi.images import prepare
from busi.model.activations import Inside, Layer, filters_to_compare
from busi.model.network import build_network
from busi.web.markup import rich
from busi.web.tabs.exercise_layers.tab import (
    FILTERS,
    MOST_LAYERS,
    OWN,
    Comparison,
    comparison,
    comparison_wanted,
    offered,
)
from busi.words.text import Words
from tests.support.markup import parsed, text_of
from tests.support.pages import page_of

FRENCH = Words("fr")


def wanted(workshop, **sent) -> Comparison:
    return comparison_wanted(gr.EventData(None, sent), workshop.gallery)


def compared(workshop, **sent) -> BeautifulSoup:
    return parsed(comparison(page_of("fr", workshop), wanted(workshop, **sent), None))


def test_by_default_a_benign_and_a_malignant_case_are_compared(workshop):
    one = wanted(workshop)
    labels = [workshop.gallery.examples[key].label for key in (one.left, one.right)]
    assert labels == ["benign", "malignant"] and (one.layer, one.differing) == ("", False)
    forged = wanted(workshop, left=3, right="nobody", layer=["conv1"], differing="yes")
    assert forged == one
    assert wanted(workshop, left=OWN).left == OWN


def test_convolutions_and_poolings_are_offered_and_of_a_deep_network_a_choice_from_first_to_last():
    names = [layer.name for layer in offered(Inside(build_network("atelier", 64)).layers)]
    assert names == ["relu1", "pool1", "relu2", "pool2", "relu3", "pool3", "relu4", "pool4", "relu5"]
    deep = tuple(Layer(f"c{number}", "Conv2D", (8, 8, 4), 1, 1, {}) for number in range(100))
    some = [layer.name for layer in offered(deep)]
    assert len(some) == MOST_LAYERS and (some[0], some[-1]) == ("c0", "c99")
    assert offered((Layer("dense", "Dense", (4,), 1, 1, {}),)) == []
    points = tuple(Layer(f"c{side}", "Conv2D", (side, side, 4), 1, 1, {}) for side in (8, 1, 4))
    assert [layer.name for layer in offered(points)] == ["c8", "c4"]


def test_a_layer_whose_answers_can_be_negative_is_read_in_another_way(workshop):
    signed = dataclasses.replace(workshop, classifier=_with_layers(workshop, without="ReLU"))
    usual, other = (text_of(rich(FRENCH(f"exercise_layers.{name}"))) for name in ("reading", "reading_signed"))
    bench = compared(signed, layer="conv1")
    assert other in text_of(bench) and usual not in text_of(bench)
    assert bench.section["data-layer"] == "conv1"
    bench = text_of(compared(workshop, layer="relu1"))
    assert usual in bench and other not in bench


def _with_layers(workshop, without: str):
    """A classifier whose network names all its layers but those of a kind."""
    classifier = workshop.classifier.get()
    inside = SimpleNamespace(
        layers=tuple(layer for layer in classifier.inside.layers if layer.kind != without), maps=classifier.inside.maps
    )
    return SimpleNamespace(get=lambda: SimpleNamespace(inside=inside))


def test_the_strongest_filters_of_both_come_first_or_those_that_differ_most():
    one, other = np.zeros((4, 4, 4), np.float32), np.zeros((4, 4, 4), np.float32)
    one[..., :] = [1.0, -5.0, 2.0, 0.01]
    other[..., :] = [3.0, 5.0, 0.0, 0.0]
    assert filters_to_compare(one, other, 3) == [1, 0, 2]  # 10, 4, 2 and .01 in all
    # Relative to the larger: 2/3, 0, all of it; the fourth is all but silent.
    assert filters_to_compare(one, other, 4, differing=True) == [2, 0, 1, 3]


def test_the_page_shows_the_filters_of_both_images_in_that_order_in_one_scale(workshop):
    question, bench = wanted(workshop, layer="relu2"), compared(workshop, layer="relu2")
    inside, gallery = workshop.classifier.get().inside, workshop.gallery
    maps = [
        inside.maps(prepare(gallery.examples[key].image, workshop.bundle.image), "relu2")
        for key in (question.left, question.right)
    ]
    chosen = filters_to_compare(*maps, FILTERS)
    assert [int(one["data-filter"]) for one in bench.select(".filter")] == chosen
    both = np.stack([one[..., chosen] for one in maps])
    low, high = FRENCH.number(float(both.min()), 2), FRENCH.number(float(np.quantile(both, 0.995)), 2)
    scale = FRENCH("exercise_layers.scale", shown=FILTERS, all=maps[0].shape[2], low=low, high=high)
    assert bench.select_one("p.aside").text == scale and len(bench.select("img.map")) == 2 * FILTERS
    strength = FRENCH(
        "exercise_layers.strength_value", strength=FRENCH.number(float(np.abs(maps[1][..., chosen[0]]).mean()), 2)
    )
    assert strength in [span.text for span in bench.select_one(".filter").select(".case-under span")]
    assert [badge.text for badge in bench.select(".badge")] == [CREDIT] * 2


def test_the_same_image_twice_and_an_unknown_layer_are_no_harm(workshop):
    key = next(iter(workshop.gallery.examples))
    bench = compared(workshop, left=key, right=key, layer="nothing")
    assert bench.select_one(".trap").text == FRENCH("exercise_layers.same")
    assert bench.section["data-layer"] == compared(workshop, left=OWN).section["data-layer"] == "relu1"


def test_a_network_without_maps_is_told(workshop):
    dense = SimpleNamespace(get=lambda: SimpleNamespace(inside=SimpleNamespace(layers=())))
    without = dataclasses.replace(workshop, classifier=dense)
    assert compared(without).h3.text == FRENCH("exercise_layers.none_title")
