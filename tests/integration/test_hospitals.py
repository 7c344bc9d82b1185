"""Which real images set the simulator and which judge: frozen by name, and never the same ones."""

import pandas as pd
import pytest

from busi.data.box import lesions, outline
from busi.data.dataset import read_busi, usable
from busi.images import ImageContract
from experiments import hospitals
from experiments.hospitals import breast_half, breast_part, looked_at, untouched
from experiments.quality import RESULTS

# Names and groups of all of BUSI's images, in its order.
ANSWERS = RESULTS / "trials-scratch" / "simulated_only-0-0.csv"


def test_no_frozen_image_has_a_near_duplicate_among_those_that_set_the_simulator():
    rows, names = pd.read_csv(ANSWERS), hospitals.untouched_names()
    frozen, looked = rows[rows["image_id"].isin(names)], rows[~rows["image_id"].isin(names)]
    assert len(frozen) == len(set(names)) == 192 and len(looked) == 437
    assert not set(frozen["group"]) & set(looked["group"])


@pytest.mark.busi
def test_in_busi_itself_each_image_is_on_one_side(busi_folder, tmp_path):
    images = read_busi(busi_folder, tmp_path).images
    judges, others = untouched(images), looked_at(images)
    assert judges["image_id"].tolist() == hospitals.untouched_names() and not set(judges["group"]) & set(
        others["group"]
    )
    assert sorted([*judges["image_id"], *others["image_id"]]) == sorted(usable(images)["image_id"])


def test_what_is_not_busi_is_refused(small_busi, tmp_path):
    with pytest.raises(ValueError, match=r"of the 192 images in busi_untouched.csv are missing"):
        untouched(read_busi(small_busi, tmp_path).images)


def test_the_halves_of_breast_share_no_lesion_and_are_all_of_it():
    choice, final = breast_half("choice"), breast_half("final")
    assert len(choice) == len(final) == 126 and not set(choice["image_id"]) & set(final["image_id"])
    assert set(choice["image_id"]) | set(final["image_id"]) == set(lesions()["image_id"])
    with pytest.raises(ValueError, match="half must be one of choice, final, got 'both'"):
        breast_half("both")


def test_a_lesion_of_breast_comes_with_its_outline_at_the_size_of_the_image():
    rows = breast_half("choice").head(3)
    part = breast_part(rows, ImageContract(size=64))
    assert part.images.shape == part.outlines.shape == (3, 64, 64)
    for drawn, name in zip(part.outlines, rows["image_id"], strict=True):
        assert (drawn > 127).mean() == pytest.approx(outline(name).mean(), rel=0.1), (
            "whatever its size, as large a share"
        )
