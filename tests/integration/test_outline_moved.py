"""The outline moved: known shapes move as far as they should, and answers are those of the network itself."""

import numpy as np
import pytest
from sklearn.metrics import roc_auc_score

from busi.bundle.files import BundleError
from busi.data.box import lesions, picture
from busi.images import read_image
from busi.serving.predict import Classifier
from experiments import outline_moved
from experiments.outline_moved import AS_DRAWN, CHANGES, RADIOLOGIST, grown, main, measure, moved


def disc(radius: float) -> np.ndarray:
    rows, columns = np.mgrid[:200, :240]
    return (rows - 90) ** 2 + (columns - 120) ** 2 <= radius**2


@pytest.mark.parametrize("pixels", [-8, -3, 0, 5])
def test_a_disc_grows_by_as_many_pixels(pixels):
    assert grown(disc(30), pixels).sum() == pytest.approx(np.pi * (30 + pixels) ** 2, rel=0.04)
    assert not grown(disc(30), -40).any() and not grown(np.zeros((5, 5), bool), 3).any()


def test_a_disc_moves_and_what_leaves_the_picture_is_lost():
    rows, columns = np.nonzero(moved(disc(30), 7, -11))
    assert (rows.mean(), columns.mean()) == pytest.approx((97, 109), abs=0.1)
    assert moved(disc(30), 0, 120).sum() == pytest.approx(np.pi * 900 / 2, rel=0.05)


def test_a_step_is_in_mm_of_the_picture():
    for name, mm in (("+2 mm on all sides", 2), ("-1 mm on all sides", -1)):
        area = CHANGES[name](disc(30), 0.25).sum()
        assert area == pytest.approx(np.pi * (30 + 4 * mm) ** 2, rel=0.04)


def test_the_answers_are_the_networks_and_the_numbers_those_of_scikit_learn(drawing_bundle, monkeypatch):
    some = lesions().query("half == 'choice'").groupby("label").head(6)
    monkeypatch.setattr(outline_moved, "lesions", lambda: some)
    found = measure(drawing_bundle)["changes"]
    assert list(found) == [AS_DRAWN, *CHANGES, RADIOLOGIST] and found[AS_DRAWN]["mean"]["value"] == 0
    classifier = Classifier(drawing_bundle)
    scores = [classifier.predict(read_image(picture(name))).probability for name in some["image_id"]]
    assert found[AS_DRAWN]["auc"]["value"] == pytest.approx(roc_auc_score(some["label"] == "malignant", scores))
    assert found["+2 mm on all sides"]["mean"]["value"] > 0 and found[RADIOLOGIST]["auc"]["n"] == 12


def test_a_network_that_does_not_draw_is_refused(small_bundle, capsys):
    with pytest.raises(BundleError, match="no outline counts"):
        measure(small_bundle)
    assert main(["--bundle", str(small_bundle.folder)]) == 2 and "no outline counts" in capsys.readouterr().err
