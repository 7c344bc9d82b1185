"""How a network draws, in Le réseau: its own maps, level by level, and nothing where none draws in levels."""

import keras
import numpy as np
import pytest

from busi.bundle.files import save_bundle
from busi.model.drawing import Steps, beside, build_drawing
from busi.model.network import build_network
from busi.serving.predict import Classifier
from busi.serving.workshop import open_workshop
from busi.web.tabs.network.current import Current
from busi.web.tabs.network.drawing import drawing
from tests.support.fusion import some_fusion
from tests.support.markup import parsed, text_of
from tests.support.pages import page_of


@pytest.fixture(scope="module")
def network() -> keras.Model:
    return beside(build_network("atelier", 64, seed=1), build_drawing(64, filters=(4, 6, 8, 10), seed=2))


def test_levels_halve_and_double_and_the_last_one_makes_the_outline(network):
    steps, image = Steps(network), np.random.default_rng(0).random((64, 64, 1), np.float32)
    maps = steps.maps(image)
    assert [maps[name].shape for name in steps.down] == [(32, 32, 4), (16, 16, 6), (8, 8, 8), (4, 4, 10)]
    assert [maps[name].shape for name in steps.up] == [(8, 8, 8), (16, 16, 6), (32, 32, 4)]
    last = network.get_layer("draw_out")
    coarse = maps[steps.up[-1]] @ last.kernel.numpy()[0, 0] + last.bias.numpy()
    fine = keras.ops.sigmoid(keras.layers.UpSampling2D(interpolation="bilinear")(coarse[np.newaxis]))
    np.testing.assert_allclose(fine[0], network(image[np.newaxis])["outline"][0], atol=1e-5)


def test_a_network_without_levels_has_none(drawing_bundle):
    with pytest.raises(ValueError, match="draws in no levels"):
        Steps(build_network("atelier", 64))
    assert Classifier(drawing_bundle).steps is None


@pytest.mark.parametrize("language", ["fr", "en"])
def test_the_page_shows_each_level_in_words(network, drawing_bundle, tmp_path, language):
    info = {**drawing_bundle.info, "fusion": some_fusion().to_dict()}
    for name in ("format_version", "classes", "files"):
        info.pop(name)
    card = (drawing_bundle.folder / "README.md").read_text("utf-8")
    save_bundle(tmp_path / "levels", network, info, drawing_bundle.history, drawing_bundle.predictions, card)
    workshop = open_workshop(tmp_path / "levels")
    page = page_of(language, workshop)
    image = np.random.default_rng(1).integers(0, 255, (90, 110), np.uint8)
    markup = drawing(page, workshop.classifier.get(), Current(image, "", chosen=True))
    shown = parsed(markup)
    assert len(shown.select("img")) == 2 + 7 and all(picture["alt"] for picture in shown.select("img"))
    places = "endroits" if language == "fr" else "places"
    assert [f"{side} × {side} {places}" in text_of(shown) for side in (32, 16, 8, 4)] == [True] * 4
