"""The tabs Le réseau, Prétraitement and Bienvenue, Grad-CAM and the glossary without a browser; their endpoints."""

import base64
import json
import re
from html import escape
from types import SimpleNamespace

import cv2
import numpy as np
import pytest

from busi.images import clahe, prepare, read_image, read_picture, resize
from busi.images.steps import steps_of
from busi.model.activations import Inside, Layer, as_gray, gradcam, strongest_filters
from busi.model.network import build_network, finer
from busi.serving.gallery import IMPOSTOR
from busi.web.figures import heat_picture, outline_path, rich, veil_picture
from busi.web.pages import build_pages
from busi.web.parts.gradcam import gradcam_panel
from busi.web.tabs.glossary.tab import glossary_box, terms
from busi.web.tabs.network.tab import _told, current_image, layer_view, network_drawing, stages_of
from busi.web.tabs.preprocessing.tab import patch, shown_as_picture, steps_list
from busi.words.text import Words
from tests.support.drawings import drawn_ultrasound
from tests.support.markup import parsed
from tests.support.pages import callbacks, decoded, fetched, page_of

FRENCH, ENGLISH = Words("fr"), Words("en")


def test_the_drawing_is_of_the_network_itself(workshop):
    network = workshop.classifier.get().network
    html = network_drawing(FRENCH, workshop.classifier.get().inside.layers, "conv2")
    assert re.findall(r'data-layer="(\w+)"', html) == [layer.name for layer in network.layers]
    assert re.findall(r'data-layer="(\w+)" aria-pressed="true"', html) == ["conv2"]
    for layer in network.layers:
        button = re.search(rf'data-layer="{layer.name}".*?</button>', html).group(0)
        assert " × ".join(str(side) for side in layer.output.shape[1:]) in button
        assert (FRENCH("network.weights", count=FRENCH.number(layer.count_params())) in button) == bool(
            layer.count_params()
        )
    assert FRENCH.number(network.count_params()) in html


def test_stages_hold_convolutions_up_to_their_pooling_and_end_with_the_decision(workshop):
    stages = stages_of(workshop.classifier.get().inside.layers)
    assert [stage[0].name for stage in stages] == ["image", "conv1", "conv2", "conv3", "conv4", "conv5", "average"]
    deep = stages_of(Inside(build_network("atelier_deep", 64)).layers)
    assert [stage[0].name for stage in deep] == ["image", "conv1", "conv2a", "conv3a", "conv4a", "conv5a", "average"]
    assert [len(stage) for stage in deep] == [1, 4, 7, 7, 7, 6, 3]
    three = tuple(Layer(f"c{number}", "Conv2D", (8, 8, 4), 1, 1, {}) for number in range(3))  # no pooling between them
    assert [[layer.name for layer in stage] for stage in stages_of(three)] == [["c0", "c1"], ["c2"]]
    dense_only = (Layer("a", "InputLayer", (8, 8, 1), 0, 0, {}), Layer("b", "Flatten", (64,), 0, 0, {}))
    assert [[layer.name for layer in stage] for stage in stages_of(dense_only)] == [["a"], ["b"]]


def test_a_layer_shows_its_strongest_maps_of_the_current_image(workshop):
    classifier = workshop.classifier.get()
    current = current_image(None, workshop.gallery)
    html = layer_view(ENGLISH, classifier, current, "relu2")
    maps = classifier.inside.maps(prepare(current.image, classifier.contract), "relu2")
    expected = [f"filter {number + 1}<" for number in strongest_filters(maps, 12)]
    assert [f"{name}<" for name in re.findall(r"<figcaption>(filter \d+)<", html)] == expected
    assert "simulated image" in html and ENGLISH("network.stand_in") in html
    first = decoded_colour(re.search(r'<figure>.*?maps.*?src="(data:[^"]+)"', html, re.S).group(1))
    assert first.shape[:2] == maps.shape[:2]


def decoded_colour(uri: str) -> np.ndarray:
    return cv2.imdecode(np.frombuffer(base64.b64decode(uri.split(",", 1)[1]), np.uint8), cv2.IMREAD_UNCHANGED)


@pytest.mark.parametrize("name", ["image", "norm1", "pool1", "average", "dropout", "probability"])
def test_every_kind_of_layer_is_explained(workshop, name):
    for words in (FRENCH, ENGLISH):
        html = layer_view(words, workshop.classifier.get(), current_image(None, workshop.gallery), name)
        assert "{" not in html and words("network.kind_other") not in html


def test_maps_of_an_example_are_made_once_and_those_of_a_visitors_picture_are_not_kept(
    workshop, image_file, monkeypatch
):
    pages, asked = build_pages(workshop), []
    own, example = str(image_file), str(workshop.gallery.path(workshop.gallery.page(0, "simulated")[0].key))
    inside = workshop.classifier.get().inside
    layer = next(layer.name for layer in inside.layers if layer.kind == "ReLU")
    for name in ("maps", "evidence"):
        made = getattr(inside, name)
        monkeypatch.setattr(inside, name, lambda *given, made=made: asked.append(given) or made(*given))
    for show in (lambda path: callbacks(pages, "show_layer")[1](path, layer), callbacks(pages, "show_gradcam")[1]):
        first, before = show(example), len(asked)
        assert show(example) == first and len(asked) == before > 0
        assert show(own) == show(own) != first and len(asked) == before + 2
        asked.clear()


def test_an_unknown_layer_is_answered_by_what_to_do(workshop):
    html = layer_view(ENGLISH, workshop.classifier.get(), current_image(None, workshop.gallery), "conv99")
    assert ENGLISH("network.choose") in html


def test_the_network_s_callbacks_follow_the_image_and_refuse_in_words(pages, workshop, image_file, tmp_path):
    show_network, show_layer = callbacks(pages, "show_network")[1], callbacks(pages, "show_layer")[1]
    drawing, chosen, view = show_network(None, "")
    assert chosen == "relu1" and 'aria-pressed="true"' in drawing and ENGLISH("network.stand_in") in view
    own = show_layer(str(image_file), "relu1")
    assert ENGLISH("network.stand_in") not in own and "simulated image" not in own and own != view
    bad = tmp_path / "bad.png"
    bad.write_text("no picture")
    assert "not a picture" in show_layer(str(bad), "relu1")
    assert show_layer(str(image_file), "") == "", "nothing is asked of the network before the tab is opened"


def test_gradcam_is_offered_with_an_image_and_shown_on_demand(pages, workshop, image_file, tmp_path):
    offer, show = callbacks(pages, "offer_gradcam")[0], callbacks(pages, "show_gradcam")[0]
    assert [offer(path)[0]["visible"] for path in (None, str(image_file))] == [False, True]
    assert show(None) == ""
    html = show(str(image_file))
    assert html.count('class="veil"') == 2 and "data-outline" not in html, "nobody outlined a visitor's image"
    bad = tmp_path / "bad.png"
    bad.write_text("no picture")
    assert "pas une image" in show(str(bad))


def test_gradcam_says_whether_its_peak_lies_in_the_lesion(workshop):
    classifier, example = workshop.classifier.get(), workshop.gallery.examples["simulated-003"]
    html = gradcam_panel(ENGLISH, classifier, example.image, example)
    size = classifier.contract.size
    inside = cv2.resize(np.uint8(example.mask), (size, size), interpolation=cv2.INTER_NEAREST).astype(bool)
    evidence = classifier.inside.evidence(prepare(example.image, classifier.contract))
    for label in ("benign", "malignant"):
        heat = gradcam(evidence, label, size)
        told = re.search(rf'<p data-class="{label}"[^>]*>(.*?)</p>', html).group(1)
        if heat.any():
            row, column = np.unravel_index(np.argmax(heat), heat.shape)
            below = inside[:row, column].any() and not inside[row, column]
            outside = f"gradcam.under_{label}" if below else "gradcam.elsewhere"
            assert rich(ENGLISH("gradcam.inside" if inside[row, column] else outside)) in told
        else:
            assert told == ENGLISH(f"gradcam.nothing_{label}")
    assert html.count("simulated image") == 1 and "data-outline" in html


def test_a_veil_is_clear_where_nothing_spoke():
    veil = decoded_colour(veil_picture(np.array([[0.0, 1.0]])))
    assert veil[0, 0, 3] == 0 and veil[0, 1, 3] == 255
    dark, bright = decoded_colour(heat_picture(np.array([[0.0, 1.0]])))[0].astype(int).sum(axis=1)
    assert dark < 30 and bright > 600


def test_an_outline_follows_the_edge_of_its_mask():
    mask = np.zeros((50, 100), bool)
    mask[10:30, 20:60] = True
    numbers = np.array(re.findall(r"([\d.]+),([\d.]+)", outline_path(mask)), float)
    assert numbers[:, 0].min() == pytest.approx(20.5) and numbers[:, 0].max() == pytest.approx(59.5)
    assert numbers[:, 1].min() == pytest.approx(21) and numbers[:, 1].max() == pytest.approx(59)
    assert outline_path(np.zeros((5, 5), bool)) == ""


def test_each_step_tells_the_shape_type_and_range_that_the_code_holds(workshop, tmp_path):
    path = tmp_path / "colour.png"
    gray = drawn_ultrasound(8, size=(150, 120))[0]
    cv2.imwrite(str(path), cv2.merge([gray, gray, 255 - gray]))
    steps = steps_of(read_picture(path, original=True), workshop.bundle.image)
    html = steps_list(ENGLISH, steps, simulated=False).replace("\N{NO-BREAK SPACE}", " ")
    for step in steps:
        assert f"{step.array.shape} {step.array.dtype}" in html
    assert "(120, 150, 3) uint8" in html and "(64, 64, 1) float32" in html
    low, high = steps[1].array.min(), steps[1].array.max()
    assert f"(120, 150) uint8, {low} to {high}" in html
    assert "simulated" not in html and steps_list(ENGLISH, steps, simulated=True).count("simulated image") == 6


@pytest.mark.parametrize("kind", ["uint16", "float", "alpha", "bool"])
def test_whatever_a_file_held_can_be_shown(kind):
    gray = drawn_ultrasound(8)[0]
    arrays = {
        "uint16": gray.astype(np.uint16) * 257,
        "float": gray.astype(np.float32) / 255,
        "alpha": np.dstack([gray, np.full_like(gray, 255)]),
        "bool": gray > 100,
    }
    shown = shown_as_picture(arrays[kind])
    assert shown.dtype == np.uint8 and shown.shape[:2] == gray.shape
    if kind != "bool":
        assert np.abs(shown.astype(int) - np.round(gray * (255 / gray.max() if kind == "uint16" else 1))).max() <= 1


def test_the_patch_carries_the_very_pixels(workshop, image_file):
    steps = steps_of(read_picture(image_file, original=True), workshop.bundle.image)
    png = re.search(r'src="(data:image/png[^"]+)"', patch(FRENCH, steps, simulated=False)).group(1)
    np.testing.assert_array_equal(decoded(png), steps[3].array)


def test_the_welcome_answers_a_guess_with_what_the_network_really_says(pages, workshop):
    from busi.lessons.laboratory import PRESETS

    prediction = workshop.classifier.get().predict(PRESETS["like_cyst"].image())
    network_is_right = prediction.label == "malignant"
    for words, answer in zip((FRENCH, ENGLISH), callbacks(pages, "answer_guess"), strict=True):
        for guess in ("benign", "malignant", "nonsense"):
            html = answer(SimpleNamespace(guess=guess))
            score, threshold = words.score_and_threshold(prediction.probability, prediction.threshold)
            assert escape(words("score.numbers", score=score, threshold=threshold)) in html
            you_are_right = guess != "benign"
            both = {(True, True): "both_right", (True, False): "only_you", (False, True): "only_network"}
            said = both.get((you_are_right, network_is_right), "both_wrong")
            assert escape(words(f"guess.{said}")) in html
            assert html.count("✓") == 2 * you_are_right + network_is_right
            assert words("laboratory.simulated") in html


def test_every_term_is_told_and_links_inside_sentences_work(workshop):
    html = glossary_box(page_of("en", workshop))
    assert len(parsed(html).select("article")) == len(terms(ENGLISH)) > 50
    assert "](#" not in html and "**" not in html
    assert rich("a **b** [c](#term-d) <i>") == 'a <strong>b</strong> <a href="#term-d">c</a> &lt;i&gt;'
    assert rich("[x](https://elsewhere)") == "[x](https://elsewhere)"


def run(client, name, path, *data):
    with open(path, "rb") as file:
        uploaded = client.post("/x/gradio_api/upload", files={"files": (path.name, file)}).json()[0]
    image = {"path": uploaded, "meta": {"_type": "gradio.FileData"}, "orig_name": path.name}
    return client.post(f"/x/gradio_api/run/{name}", json={"data": [image, *data]})


def test_the_endpoint_equalises(client, image_file):
    before, after, settings = run(client, "clahe", image_file, 4.0, 3).json()["data"]
    expected = resize(read_image(image_file), 64)
    np.testing.assert_array_equal(fetched(client, before), expected)
    np.testing.assert_array_equal(fetched(client, after), clahe(expected, 4.0, 3))
    assert settings == {"clip_limit": 4.0, "tiles": 3, "size": 64, "as_the_network": False}
    own = run(client, "clahe", image_file, None, None).json()["data"][2]
    assert (own["clip_limit"], own["tiles"], own["as_the_network"]) == (2.0, 8, True)


@pytest.mark.parametrize(
    ("name", "data", "message"),
    [
        ("clahe", (400, 8), "clip_limit must be a number from 0 to 100, got 400"),
        ("clahe", (2, 2.5), "tiles must be a whole number"),
        ("activations", ("average", 4), "one that draws maps"),
        ("activations", ("conv1", 1000), "maps must be from 1 to 64, got 1000"),
    ],
)
def test_the_endpoints_refuse_what_they_cannot_do(client, image_file, name, data, message):
    response = run(client, name, image_file, *data)
    assert response.status_code == 500 and message in response.text
    nothing = client.post(f"/x/gradio_api/run/{name}", json={"data": [None, None, None]})
    assert nothing.status_code == 500 and "image is required" in nothing.text


def test_the_endpoint_gives_maps_gradcam_and_layers(client, image_file, workshop):
    maps, heat, told = run(client, "activations", image_file, "relu1", 5).json()["data"]
    inside, model_input = workshop.classifier.get().inside, prepare(read_image(image_file), workshop.bundle.image)
    drawn = inside.maps(model_input, "relu1")
    chosen = strongest_filters(drawn, 5)
    assert [one["number"] for one in told["filters"]] == chosen and told["layer"] == "relu1"
    np.testing.assert_array_equal(fetched(client, maps), np.hstack([as_gray(drawn[..., number]) for number in chosen]))
    np.testing.assert_array_equal(
        fetched(client, heat), np.rint(gradcam(inside.evidence(model_input), "malignant", 64) * 255).astype(np.uint8)
    )
    assert [layer["name"] for layer in told["layers"]][:2] == ["image", "conv1"]
    assert "never for diagnosis" in told["notice"] and json.dumps(told)


def test_impostors_get_gradcam_too(workshop):
    example = workshop.gallery.page(0, IMPOSTOR)[0]
    assert 'class="veil"' in gradcam_panel(FRENCH, workshop.classifier.get(), example.image, example)


def test_what_readme_leaves_out_has_a_default(pages):
    endpoints = pages.get_api_info()["named_endpoints"]
    for name, optional in (("/clahe", {"clip_limit": 2.0, "tiles": 8}), ("/activations", {"layer": "", "maps": 12})):
        given = {one["parameter_name"]: one for one in endpoints[name]["parameters"]}
        assert not given["image"]["parameter_has_default"]
        assert {key: given[key]["parameter_default"] for key in optional} == optional


def test_normalisation_tells_which_of_its_numbers_are_learned(workshop):
    """Keras counts scale and offset as trainable, the running mean and variance not."""
    classifier = workshop.classifier.get()
    shown, image = classifier.inside.layers, current_image(None, workshop.gallery)
    norm = next(layer for layer in shown if layer.kind == "BatchNormalization")
    keras_layer = classifier.network.get_layer(norm.name)
    learned = sum(int(np.prod(weight.shape)) for weight in keras_layer.trainable_weights)
    assert (norm.parameters, norm.learned) == (keras_layer.count_params(), learned) and norm.parameters == 2 * learned
    for words in (FRENCH, ENGLISH):
        told = words("network.told_batchnormalization", weights=norm.parameters, learned=learned, kept=learned)
        assert escape(told, quote=False) in layer_view(words, classifier, image, norm.name)


def test_a_pooling_that_moves_by_one_cell_is_not_said_to_shrink_its_map():
    """As the last one of a network that was made finer."""
    network = finer(build_network("atelier", 64, seed=1))
    layers = {layer.name: layer for layer in Inside(network).layers if layer.kind == "MaxPooling2D"}
    assert layers["pool4"].shape[:2] == layers["pool3"].shape[:2]
    for words in (FRENCH, ENGLISH):
        assert words("network.told_maxpooling2d_fine", side=2) == _told(words, layers["pool4"])
        assert words("network.told_maxpooling2d", side=2, strides=2) == _told(words, layers["pool3"])
