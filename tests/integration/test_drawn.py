"""How far drawn outlines cover true ones: by hand on a few images, and a network that does not draw is refused."""

import cv2
import numpy as np
import pytest

from busi.bundle.files import BundleError
from busi.data.box import lesions, outline, picture
from busi.images import read_image
from busi.serving.predict import Classifier
from experiments import drawn
from experiments.drawn import main, measure


def test_the_numbers_are_those_of_the_drawn_maps(drawing_bundle, monkeypatch):
    some = lesions().query("half == 'final'").head(5)
    monkeypatch.setattr(drawn, "lesions", lambda: some)
    monkeypatch.setattr(drawn, "outlined", lambda bundle, data: iter(list(all_outlined(bundle, data))[:4]))
    found = measure(drawing_bundle, None)["dice"]
    classifier, values, nothing = Classifier(drawing_bundle), [], 0
    for name in some["image_id"]:
        map_drawn = classifier.predict(read_image(picture(name))).outline
        truth = cv2.resize(np.float32(outline(name)), map_drawn.shape, interpolation=cv2.INTER_AREA) >= 0.5
        inside = map_drawn >= 0.5
        nothing += not inside.any()
        values.append(2 * (truth & inside).sum() / (truth.sum() + inside.sum()))
    assert (
        found["breast final"]["value"] == pytest.approx(np.mean(values), abs=1e-6) and found["breast final"]["n"] == 5
    )
    assert found["breast final"]["nothing_drawn"] == sum(value == 0 for value in values) or min(values) > 0
    assert found["breast final"]["low"] <= found["breast final"]["value"] <= found["breast final"]["high"]
    assert {judge: number["n"] for judge, number in found.items()} == {"simulated": 4, "breast final": 5}


def all_outlined(bundle, data):
    from experiments.gradcam import outlined

    return outlined(bundle, data)


def test_a_network_that_does_not_draw_is_refused(small_bundle, capsys):
    with pytest.raises(BundleError, match="does not draw"):
        measure(small_bundle, None)
    assert main(["--bundle", str(small_bundle.folder)]) == 2 and "does not draw" in capsys.readouterr().err
