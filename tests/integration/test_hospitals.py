"""Which real images set the simulator and which judge: frozen by name, and never the same ones."""

import pandas as pd
import pytest

from busi.data.box import lesions, outline
from busi.data.dataset import read_busi, usable
from busi.data.split import TRAIN, split_by_group
from busi.images import ImageContract
from experiments import hospitals
from experiments.hospitals import breast_half, breast_part, looked_at, untouched, untouched_by_definition
from experiments.quality import RESULTS
from experiments.quality import untouched as untouched_answers

ANSWERS = RESULTS / "trials" / "simulated_only-0-0.csv"  # names and groups of all of BUSI's images, in its order


def test_the_frozen_names_are_those_of_the_definition():
    expected = untouched_answers(pd.read_csv(ANSWERS))["image_id"].tolist()
    assert hospitals.untouched_names() == expected and len(set(expected)) == 192


def test_no_frozen_image_nor_a_near_duplicate_of_one_is_in_the_train_part_of_seed_0():
    rows = pd.read_csv(ANSWERS)
    train = rows[split_by_group(rows.assign(label=rows["malignant"]), 0) == TRAIN]
    frozen = rows[rows["image_id"].isin(hospitals.untouched_names())]
    assert len(train) == 437 and len(frozen) + len(train) == len(rows)
    assert not set(frozen["image_id"]) & set(train["image_id"]) and not set(frozen["group"]) & set(train["group"])


@pytest.mark.busi
def test_busi_itself_gives_the_frozen_names(busi_folder, tmp_path, monkeypatch):
    images = read_busi(busi_folder, tmp_path).images
    assert untouched_by_definition(images) == hospitals.untouched_names() == untouched(images)["image_id"].tolist()
    assert len(looked_at(images)) + 192 == len(usable(images))
    monkeypatch.setattr(hospitals, "UNTOUCHED", tmp_path / "again.csv")
    frozen = (RESULTS.parent / "busi_untouched.csv").read_bytes()
    assert hospitals.main(["--data", str(busi_folder)]) == 0 and (tmp_path / "again.csv").read_bytes() == frozen


def test_what_is_not_busi_is_refused(small_busi, tmp_path, capsys):
    with pytest.raises(ValueError, match=r"of the 192 images in busi_untouched.csv are missing"):
        untouched(read_busi(small_busi, tmp_path).images)
    assert hospitals.main(["--data", str(tmp_path / "nowhere")]) == 2
    assert capsys.readouterr().err.startswith("error: ")


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
