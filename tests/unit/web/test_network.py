"""The tabs Le réseau and Prétraitement, Grad-CAM and the glossary without a browser; their endpoints."""

import base64
import json
import re
from itertools import pairwise

import cv2
import gradio as gr
import keras
import numpy as np
import pytest

from busi.data.box import CREDIT, CREDIT_URL
from busi.images import clahe, prepare, read_image, resize
from busi.model.activations import Inside, Layer, as_gray, gradcam, strongest_filters
from busi.model.network import LITE, build_network, finer
from busi.serving.gallery import IMPOSTOR
from busi.web.markup import rich
from busi.web.pages import build_pages
from busi.web.parts.gradcam import gradcam_panel
from busi.web.parts.layer_names import explained_as, layer_names, stages_of
from busi.web.pictures import heat_picture, outline_path, veil_picture
from busi.web.tabs.glossary.tab import glossary_box, terms
from busi.web.tabs.network.chain import _shrinks_by_steps, blocks_of, chain
from busi.web.tabs.network.current import current_image, stand_in
from busi.web.tabs.network.tab import Slab, _explanation, _slab, layer_view, network_drawing
from busi.web.tabs.network.unfolding import kernels_sent, shown_convolutions
from busi.words.text import Words
from tests.support.markup import parsed, text_of
from tests.support.pages import callbacks, fetched

FRENCH, ENGLISH = Words("fr"), Words("en")


def test_the_drawing_is_of_the_network_itself(page_of):
    page = page_of("fr")
    classifier = page.workshop.classifier.get()
    network, tree = classifier.network, parsed(network_drawing(page, classifier.inside.layers, "conv2"))
    assert [button["data-layer"] for button in tree.select("button")] == [layer.name for layer in network.layers]
    (pressed,) = tree.select("button[aria-pressed=true]")
    assert pressed["data-layer"] == "conv2"
    for layer, button in zip(network.layers, tree.select("button"), strict=True):
        shape, weights = (small.get_text() for small in button.select("small"))
        assert button.code.get_text() == layer.name
        count = layer.count_params()
        assert shape == " × ".join(str(side) for side in layer.output.shape[1:])
        assert weights == (FRENCH("network.weights", count=FRENCH.number(count)) if count else "")
    assert FRENCH.number(network.count_params()) in tree.select_one("p").get_text()


def test_the_slab_of_a_layer_is_as_high_as_its_maps_and_as_deep_as_its_channels():
    assert _slab((64, 64, 1)) == Slab.of(width=48, height=48, depth=1.6, lift=0.96)
    box = Slab.of(width=10, height=20, depth=5, lift=3)
    assert (box.y, box.width, box.height) == ("96", "10", "20")
    assert box.top == "2,96 7,93 17,93 12,96" and box.side == "12,96 17,93 17,113 12,116"
    assert _slab((16,)).side == "6,100 6,100 6,116 6,116", "numbers have no depth"


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


def test_layers_are_named_in_words_and_each_otherwise():
    layers = Inside(build_network("atelier_deep", 64)).layers
    french = layer_names(FRENCH, layers)
    some = ("image", "conv1", "pool1", "conv2a", "relu2b", "average", "probability")
    assert [french[name] for name in some] == [
        *("L'image", "Bloc 1, convolution", "Bloc 1, pooling", "Bloc 2, convolution 1", "Bloc 2, activation 2"),
        *("La décision, moyenne", "La décision, neurone"),
    ]
    for words in (FRENCH, ENGLISH):
        names = layer_names(words, layers)
        assert list(names) == [layer.name for layer in layers] and len(set(names.values())) == len(names)


def test_blocks_follow_each_other_and_those_of_a_long_network_are_gathered():
    layers = Inside(build_network("atelier_deep", 64)).layers
    blocks = blocks_of(layers)
    assert [block.shape for block in blocks] == [(16, 16, 24), (8, 8, 48), (4, 4, 96), (2, 2, 160), (2, 2, 256)]
    assert [block.given for block in blocks] == [(64, 64, 1), *(block.shape for block in blocks[:-1])]
    assert [one.name for block in blocks for one in block.layers] == [one.name for one in layers if one.has_maps][1:]
    long = Inside(build_network("ResNet50V2", 64)).layers
    rows = blocks_of(long)
    assert len(rows) < 10 and rows[0].first == 1
    assert all(after.first == before.last + 1 for before, after in pairwise(rows))
    assert [one.name for row in rows for one in row.layers] == [one.name for one in long if one.has_maps][1:]


def test_the_chain_tells_sizes_in_words_and_ends_with_the_answer(page_of):
    page = page_of("fr")
    classifier, current = page.workshop.classifier.get(), current_image(page, None)
    rows = parsed(chain(page, classifier, current)).select("li")
    blocks = blocks_of(classifier.inside.layers)
    assert len(rows) == len(blocks) + 2
    for row, block in zip(rows[1:-1], blocks, strict=True):
        height, width, count = block.shape
        size = FRENCH("network.chain_size", height=height, width=width, count=FRENCH.number(count))
        assert size in text_of(row.select_one(".sizes b"))
        assert decoded_colour(row.img["src"]).shape[:2] == block.shape[:2] and row.img["alt"]
    prediction = classifier.predict(current.image)
    score, _ = FRENCH.score_and_threshold(prediction.probability, prediction.threshold)
    assert text_of(score) in text_of(rows[-1]) and rows[0].select_one(".badge a").text == CREDIT


def sent_convolutions(html: str) -> list[dict]:
    return json.loads(parsed(html).select_one("[data-convolutions]")["data-convolutions"])


def numbers_of(sent: dict, shape: list[int]) -> np.ndarray:
    if "levels" in sent:
        return np.frombuffer(base64.b64decode(sent["levels"]), np.uint8).reshape(shape).astype(np.float32) / 255
    return np.frombuffer(base64.b64decode(sent["floats"]), "<f4").reshape(shape)


def test_what_the_browser_unfolds_is_the_networks_own(page_of):
    page = page_of("en")
    classifier, current = page.workshop.classifier.get(), current_image(page, None)
    html, inside = kernels_sent(page, classifier, current), classifier.inside
    model_input = prepare(current.image, classifier.contract)
    first, second = sent_convolutions(html)
    np.testing.assert_array_equal(numbers_of(first["given"], first["given"]["size"]), model_input)
    np.testing.assert_array_equal(
        numbers_of(second["given"], second["given"]["size"]), inside.maps(model_input, "pool1")
    )
    assert first["given"]["isImage"] and not second["given"]["isImage"] and "levels" in first["given"]
    assert [one["number"] for one in first["filters"]] == strongest_filters(inside.maps(model_input, "relu1"), 8)
    kernels = np.asarray(classifier.network.get_layer("conv2").kernel)
    for one in second["filters"]:
        found = np.frombuffer(base64.b64decode(one["numbers"]), "<f4").reshape(one["kernel"])
        np.testing.assert_array_equal(found, kernels[..., one["number"]])
    assert (first["title"], second["title"]) == ("Block 1, convolution layer", "Block 2, convolution layer")
    assert parsed(html).select_one("[data-badge]")["data-badge"] == CREDIT and len(html) < 200_000


def test_what_is_too_large_to_be_sent_waits_for_a_layer_that_is_not_and_a_network_may_have_none(page_of, monkeypatch):
    large = Inside(build_network("atelier_deep", 224))
    assert shown_convolutions(large) == ["conv1", "conv3a"], "56 x 56 x 24 numbers would be 300 kB"
    flat = keras.Sequential([keras.Input((64, 64, 1)), keras.layers.Flatten(), keras.layers.Dense(1, "sigmoid")])
    page = page_of("fr")
    classifier = page.workshop.classifier.get()
    monkeypatch.setitem(vars(classifier), "inside", Inside(flat))
    html = kernels_sent(page, classifier, current_image(page, None))
    assert text_of(html) == text_of(page.macros.card(FRENCH("kernels.none_title"), FRENCH("kernels.none")))
    rows = parsed(chain(page, classifier, current_image(page, None))).select("li")
    assert len(rows) == 2 and text_of(FRENCH("network.chain_flat", count=FRENCH.number(4096))) in text_of(rows[-1])


def test_until_an_image_is_chosen_the_case_of_the_first_screen_stands_in(page_of, bundle):
    from busi.lessons.first_pair import first_pair
    from tests.support.pages import page_about

    page = page_about(bundle, gallery=page_of("en").workshop.gallery)
    assert stand_in(page) is first_pair(page.workshop.gallery, bundle)[0]
    other = page_of("en")
    assert first_pair(other.workshop.gallery, other.bundle) is None
    assert stand_in(other) is other.workshop.gallery.page(0, other.workshop.gallery.ultrasound)[0]


def test_the_kernels_follow_the_image_once_the_tab_was_opened_and_a_refusal_is_told_once(pages, image_file, tmp_path):
    open_inside, show_inside = (callbacks(pages, name)[1] for name in ("open_inside", "show_inside"))
    assert show_inside(str(image_file), False) == (gr.skip(), gr.skip(), gr.skip())
    sent, blocks, drawn, opened = open_inside(None)
    assert drawn == "", "this network does not draw"
    assert opened and ENGLISH("network.stand_in") in text_of(sent) and parsed(blocks).select("li")
    own, own_blocks, _ = show_inside(str(image_file), True)
    assert ENGLISH("network.stand_in") not in text_of(own) and own_blocks != blocks
    bad = tmp_path / "bad.png"
    bad.write_text("no picture")
    refused, nothing, _ = show_inside(str(bad), True)
    assert "not a picture" in text_of(refused) and nothing == ""


def test_nothing_but_tabs_stands_among_the_tabs(pages):
    """Gradio would count it as one of them, and show a later tab's button twice."""
    rows = [block for block in pages.blocks.values() if isinstance(block, gr.Tabs)]
    assert all(isinstance(child, gr.Tab) for row in rows for child in row.children)


def test_a_layer_shows_its_strongest_maps_of_the_current_image(page_of):
    page = page_of("en")
    classifier, current = page.workshop.classifier.get(), current_image(page, None)
    tree = parsed(layer_view(page, classifier, current, "relu2"))
    maps = classifier.inside.maps(prepare(current.image, classifier.contract), "relu2")
    expected = [f"filter {number + 1}" for number in strongest_filters(maps, 12)]
    figures = tree.select(".maps figure")
    assert [figure.figcaption.find(string=True, recursive=False) for figure in figures] == expected
    assert tree.select_one(".badge a")["href"] == CREDIT_URL and tree.select_one(".badge").text == CREDIT
    assert tree.select_one(".trap").get_text() == ENGLISH("network.stand_in")
    assert decoded_colour(figures[0].img["src"]).shape[:2] == maps.shape[:2]


def decoded_colour(uri: str) -> np.ndarray:
    return cv2.imdecode(np.frombuffer(base64.b64decode(uri.split(",", 1)[1]), np.uint8), cv2.IMREAD_UNCHANGED)


@pytest.mark.parametrize("name", ["image", "norm1", "pool1", "average", "dropout", "probability"])
def test_every_kind_of_layer_is_explained(page_of, name):
    for page in (page_of("fr"), page_of("en")):
        workshop = page.workshop
        read = text_of(layer_view(page, workshop.classifier.get(), current_image(page, None), name))
        assert name in read and "{" not in read and page.words("network.short_other") not in read


@pytest.mark.parametrize("language", ["fr", "en"])
def test_every_layer_of_a_network_that_photographs_taught_is_explained_and_its_ceilings_and_steps_told(language):
    words, network = Words(language), build_network(LITE, 64)
    layers_in = Inside(network).layers
    for layer in layers_in:
        read = _explanation(words, layer)
        assert "{" not in read and read != words("network.told_other", count=1, learned=0)
        assert explained_as(layer) != "other", layer.kind
    told = {kind: _explanation(words, next(one for one in layers_in if one.kind == kind)) for kind in ("ReLU", "Add")}
    assert " 6" in told["ReLU"] and told["ReLU"] != words("network.told_relu")
    point = next(layer for layer in layers_in if layer.settings.get("kernel_size") == (1, 1))
    assert words.number(point.settings["filters"]) in _explanation(words, point) and "1 × 1" not in _explanation(
        words, point
    )
    assert _shrinks_by_steps(layers_in) and not _shrinks_by_steps(Inside(build_network("atelier", 64)).layers)


def test_maps_of_an_example_are_made_once_and_those_of_a_visitors_picture_are_not_kept(
    workshop, image_file, monkeypatch
):
    pages, asked = build_pages(workshop), []
    own, example = str(image_file), str(workshop.gallery.path(workshop.gallery.page(0, "simulated")[0].key))
    inside = workshop.classifier.get().inside
    layer = next(layer.name for layer in inside.layers if layer.kind == "ReLU")
    for name in ("maps_of_several", "evidence"):
        made = getattr(inside, name)
        monkeypatch.setattr(inside, name, lambda *given, made=made: asked.append(given) or made(*given))
    shown = (
        lambda path: callbacks(pages, "show_layer")[1](path, layer),
        callbacks(pages, "open_inside")[1],
        callbacks(pages, "show_gradcam")[1],
    )
    for show in shown:
        first, before = show(example), len(asked)
        assert show(example) == first and len(asked) == before > 0
        assert show(own) == show(own) != first and len(asked) == 3 * before
        asked.clear()


def test_an_unknown_layer_is_answered_by_what_to_do(page_of):
    page = page_of("en")
    html = layer_view(page, page.workshop.classifier.get(), current_image(page, None), "conv99")
    assert ENGLISH("network.choose") in text_of(html)


def test_a_click_on_a_layer_shows_it_and_a_forged_one_changes_nothing(pages):
    choose = callbacks(pages, "choose_layer")[1]
    name, view = choose(None, gr.EventData(None, {"layer": "conv2"}))
    assert name == "conv2" and text_of(parsed(view).h4) == "Block 2, convolution layer conv2"
    assert ENGLISH("network.choose") in text_of(choose(None, gr.EventData(None, {"layer": "conv99"}))[1])
    for forged in ({}, {"layer": 3}, {"layer": None}):
        assert choose(None, gr.EventData(None, forged)) == (gr.skip(), gr.skip())


def test_a_network_that_cannot_be_looked_into_is_answered_by_a_card(workshop, image_file, monkeypatch):
    """A bundle may hold one that ends in something else than one dense unit with a sigmoid."""
    pages, classifier = build_pages(workshop), workshop.classifier.get()
    monkeypatch.setattr(classifier, "network", keras.Sequential([keras.Input((64, 64, 1)), keras.layers.Flatten()]))
    monkeypatch.delitem(vars(classifier), "inside", raising=False)
    for language, words in enumerate((FRENCH, ENGLISH)):
        drawing, *rest = callbacks(pages, "show_network")[language](None, "")
        assert words("refused.network_title") in text_of(drawing) and rest == ["", ""]
        for name, inputs in (("show_layer", ("conv1",)), ("show_gradcam", ())):
            answer = callbacks(pages, name)[language](str(image_file), *inputs)
            assert words("refused.network_title") in text_of(answer)


def test_the_network_s_callbacks_follow_the_image_and_refuse_in_words(pages, workshop, image_file, tmp_path):
    show_network, show_layer = callbacks(pages, "show_network")[1], callbacks(pages, "show_layer")[1]
    drawing, chosen, view = show_network(None, "")
    assert chosen == "relu1" == parsed(drawing).select_one("button[aria-pressed=true]")["data-layer"]
    assert ENGLISH("network.stand_in") in text_of(view)
    own = show_layer(str(image_file), "relu1")
    assert ENGLISH("network.stand_in") not in text_of(own) and "simulated image" not in text_of(own) and own != view
    bad = tmp_path / "bad.png"
    bad.write_text("no picture")
    assert "not a picture" in text_of(show_layer(str(bad), "relu1"))
    assert show_layer(str(image_file), "") == "", "nothing is asked of the network before the tab is opened"


def test_gradcam_is_offered_with_an_image_and_shown_on_demand(pages, workshop, image_file, tmp_path):
    offer, show = callbacks(pages, "offer_gradcam")[0], callbacks(pages, "show_gradcam")[0]
    assert [offer(path)[0]["visible"] for path in (None, str(image_file))] == [False, True]
    assert show(None) == ""
    tree = parsed(show(str(image_file)))
    assert len(tree.select("img.veil")) == 2 and not tree.select("[data-outline]"), "nobody outlined a visitor's image"
    bad = tmp_path / "bad.png"
    bad.write_text("no picture")
    assert "pas une image" in text_of(show(str(bad)))


def test_gradcam_says_whether_its_peak_lies_in_the_lesion(page_of):
    page = page_of("en")
    classifier, example = page.workshop.classifier.get(), page.workshop.gallery.examples["simulated-003"]
    tree = parsed(gradcam_panel(page, classifier, example.image, example))
    size = classifier.contract.size
    inside = cv2.resize(np.uint8(example.mask), (size, size), interpolation=cv2.INTER_NEAREST).astype(bool)
    evidence = classifier.inside.evidence(prepare(example.image, classifier.contract))
    for label in ("benign", "malignant"):
        heat = gradcam(evidence, label, size)
        sentence = text_of(tree.select_one(f"p[data-class={label}]"))
        if heat.any():
            row, column = np.unravel_index(np.argmax(heat), heat.shape)
            below = inside[:row, column].any() and not inside[row, column]
            outside = f"gradcam.under_{label}" if below else "gradcam.elsewhere"
            expected = ENGLISH("gradcam.inside" if inside[row, column] else outside)
            assert text_of(rich(expected)) in sentence
        else:
            assert sentence == ENGLISH(f"gradcam.nothing_{label}")
    assert [badge.get_text() for badge in tree.select(".badge")] == ["simulated image"]
    assert len(tree.select("input[data-outline]")) == 1 and tree.select_one("svg.edge path")["d"]


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


def test_every_term_is_told_and_links_inside_sentences_work(page_of):
    html = glossary_box(page_of("en"))
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


def test_impostors_get_gradcam_too(page_of):
    page = page_of("fr")
    example = page.workshop.gallery.page(0, IMPOSTOR)[0]
    html = gradcam_panel(page, page.workshop.classifier.get(), example.image, example)
    assert len(parsed(html).select("img.veil")) == 2


def test_what_readme_leaves_out_has_a_default(pages):
    endpoints = pages.get_api_info()["named_endpoints"]
    for name, optional in (("/clahe", {"clip_limit": 2.0, "tiles": 8}), ("/activations", {"layer": "", "maps": 12})):
        given = {one["parameter_name"]: one for one in endpoints[name]["parameters"]}
        assert not given["image"]["parameter_has_default"]
        assert {key: given[key]["parameter_default"] for key in optional} == optional


def test_normalisation_tells_which_of_its_numbers_are_learned(page_of, workshop):
    """Keras counts scale and offset as trainable, the running mean and variance not."""
    classifier = workshop.classifier.get()
    shown = classifier.inside.layers
    norm = next(layer for layer in shown if layer.kind == "BatchNormalization")
    keras_layer = classifier.network.get_layer(norm.name)
    learned = sum(int(np.prod(weight.shape)) for weight in keras_layer.trainable_weights)
    assert (norm.parameters, norm.learned) == (keras_layer.count_params(), learned) and norm.parameters == 2 * learned
    for page in (page_of("fr"), page_of("en")):
        expected = page.words("network.told_batchnormalization", weights=norm.parameters, learned=learned, kept=learned)
        assert text_of(rich(expected)) in text_of(layer_view(page, classifier, current_image(page, None), norm.name))


def test_a_pooling_that_moves_by_one_cell_is_not_said_to_shrink_its_map():
    """As the last one of a network that was made finer."""
    network = finer(build_network("atelier", 64, seed=1))
    layers = {layer.name: layer for layer in Inside(network).layers if layer.kind == "MaxPooling2D"}
    assert layers["pool4"].shape[:2] == layers["pool3"].shape[:2]
    for words in (FRENCH, ENGLISH):
        assert words("network.told_maxpooling2d_fine", side=2) == _explanation(words, layers["pool4"])
        assert words("network.told_maxpooling2d", side=2, strides=2) == _explanation(words, layers["pool3"])
