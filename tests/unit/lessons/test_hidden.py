"""What is hidden is what is said, and the recorded answers are those of the shipped network."""

import numpy as np
import pytest
from sklearn.metrics import roc_auc_score

from busi.bundle.files import EMBEDDED, MODEL, open_bundle
from busi.data.box import lesions, outline, picture
from busi.images import read_image
from busi.lessons.hidden import WAYS, Patch, gray_of, hide, patch_around, patch_elsewhere, recorded, worth
from busi.serving.predict import Classifier


def drawn() -> tuple[np.ndarray, np.ndarray]:
    """A picture of 100 x 200 and what lies inside a lesion of 20 x 40 in it."""
    image, inside = np.random.default_rng(3).integers(0, 256, (100, 200), np.uint8), np.zeros((100, 200), bool)
    inside[30:50, 60:100] = True
    return image, inside


def test_the_patch_is_the_box_with_a_tenth_around_it():
    patch = patch_around(drawn()[1])
    assert (patch.top, patch.left) == pytest.approx((0.28, 0.28))
    assert (patch.height, patch.width, patch.share) == pytest.approx((0.24, 0.24, 0.0576))
    whole = patch_around(np.ones((7, 9), bool))
    assert (whole.top, whole.left, whole.share) == (0, 0, 1)
    with pytest.raises(ValueError, match="nothing is inside"):
        patch_around(np.zeros((5, 5), bool))


def test_each_way_covers_what_it_names_with_one_gray_and_leaves_the_rest():
    image, inside = drawn()
    patch, gray = patch_around(inside), gray_of(image)
    assert gray == np.median(image)
    box = np.zeros(image.shape, bool)
    box[28:52, 56:104] = True
    np.testing.assert_array_equal(hide(image, patch, "nothing"), image)
    np.testing.assert_array_equal(hide(image, patch, "lesion"), np.where(box, gray, image))
    np.testing.assert_array_equal(hide(image, patch, "rest"), np.where(box, image, gray))
    elsewhere = hide(image, patch, "elsewhere")
    assert (elsewhere != image).sum() <= box.sum() and np.array_equal(elsewhere[box], image[box])
    with pytest.raises(ValueError, match="way must be one of nothing, lesion, rest, elsewhere, got 'all'"):
        hide(image, patch, "all")


@pytest.mark.parametrize("patch", [Patch(0.1, 0.1, 0.3, 0.3), Patch(0.3, 0.2, 0.4, 0.5), Patch(0, 0, 1, 1)])
def test_elsewhere_is_of_the_same_size_in_the_picture_and_covers_as_little_as_it_can(patch):
    other = patch_elsewhere(patch)
    assert (other.height, other.width) == (patch.height, patch.width)
    assert other.top >= 0 and other.left >= 0 and other.top + other.height <= 1 + 1e-9
    assert other.left + other.width <= 1 + 1e-9
    shared = max(0, patch.height - abs(other.top - patch.top)) * max(0, patch.width - abs(other.left - patch.left))
    room = [max(start, 1 - start - size) for start, size in ((patch.top, patch.height), (patch.left, patch.width))]
    least = min(
        max(0, patch.height - room[0]) * patch.width,
        max(0, patch.width - room[1]) * patch.height,
        max(0, patch.height - room[0]) * max(0, patch.width - room[1]),
    )
    assert shared == pytest.approx(least, abs=1e-6)


def test_the_worth_is_scikit_learns():
    answers = recorded()["answers"]
    table = lesions()
    malignant = (table["label"] == "malignant").to_numpy()
    assert list(answers) == table["image_id"].tolist()
    found = worth(answers)
    for at, way in enumerate(WAYS):
        scores = [answers[name]["scores"][at] for name in table["image_id"]]
        assert found[way].value == pytest.approx(roc_auc_score(malignant, scores), abs=1e-6)
    sizes = [outline(name).mean() for name in table["image_id"]]
    assert found["size"].value == pytest.approx(roc_auc_score(malignant, sizes), abs=0.05), "about that of the area"
    assert all(one.n == 252 and one.low < one.value < one.high for one in found.values())


def test_the_recorded_answers_are_those_of_the_shipped_network():
    bundle, told = open_bundle(EMBEDDED), recorded()
    assert told["network"] == bundle.info["files"][MODEL], "run python -m busi.lessons.hidden"
    classifier = Classifier(bundle)
    for name in ("case001", "case100"):
        image, patch = read_image(picture(name)), patch_around(outline(name))
        assert [patch.top, patch.left, patch.height, patch.width] == pytest.approx(
            told["answers"][name]["patch"], abs=1e-4
        )
        scores = classifier.probabilities([hide(image, patch, way) for way in WAYS])
        np.testing.assert_allclose(told["answers"][name]["scores"], scores, atol=2e-3)
    # What the bundle says of whole pictures, it says here too.
    rows = bundle.predictions.query("source == 'breast'").set_index("image_id")["probability"]
    whole = [one["scores"][0] for one in told["answers"].values()]
    np.testing.assert_allclose(whole, rows[list(told["answers"])], atol=2e-3)
