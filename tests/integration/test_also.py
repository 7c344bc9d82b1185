"""`--also DIR`: a network learns from further sets, and what judges stays the main set's."""

from types import SimpleNamespace

import numpy as np
import pytest

import train
from busi.bundle.files import open_bundle
from busi.data.dataset import read_busi, usable
from busi.web.frame.standing import footer
from busi.words.text import Words
from tests.support.breast import write_breast
from tests.support.drawings import write_busi
from tests.support.training import arguments, eagerly, hurry


@pytest.fixture(scope="module")
def others(tmp_path_factory):
    """A set of one's own, and one laid out like BrEaST."""
    folder = tmp_path_factory.mktemp("others")
    return write_busi(folder / "Dataset_BUSI_with_GT", per_class=6, seed=5).parent, write_breast(
        folder / "breast", seed=9
    )


@pytest.fixture(scope="module")
def trained(small_busi, others, tmp_path_factory):
    out, learned = tmp_path_factory.mktemp("runs") / "both", []
    with pytest.MonkeyPatch.context() as patch, eagerly():
        hurry(patch)
        fit = train.fit
        patch.setattr(
            train,
            "fit",
            lambda recipe, learn, *more, **named: learned.append(learn) or fit(recipe, learn, *more, **named),
        )
        also = [word for folder in others for word in ("--also", str(folder))]
        assert train.main(arguments(small_busi, out, *also)) == 0
    return open_bundle(out), learned[-1]


def test_all_their_new_images_are_learned_from_and_none_judges(trained, small_busi, others):
    bundle, learned = trained
    own, breast = bundle.info["data"]["also"]
    parts = bundle.info["data"]["parts"]
    assert own["images"] == 12 and breast["name"] == "BrEaST" and breast["images"] > 0
    assert len(learned.images) == parts["train"]["images"] + own["images"] + breast["images"]
    assert learned.outlines is None or len(learned.outlines) == len(learned.images)
    judged = bundle.predictions[bundle.predictions["source"] == "busi"]
    assert set(judged["image_id"]) <= set(usable(read_busi(small_busi).images)["image_id"])
    assert len(judged) == parts["validation"]["images"] + parts["test"]["images"]


def test_a_hospital_that_was_learned_from_is_no_other_hospital(trained):
    bundle, _ = trained
    assert "breast" not in bundle.info["metrics"] and not bundle.knows_another_hospital
    assert np.all(bundle.predictions["source"] != "breast")


def test_card_command_and_page_name_them(trained):
    bundle, _ = trained
    assert bundle.info["training"]["command"].endswith("--also 'your data' --also BrEaST")
    card = (bundle.folder / "README.md").read_text("utf-8").replace("\xa0", " ")
    assert "un autre de vos jeux d'images (12 images), « BrEaST » (8 images, CC BY 4.0)" in card
    assert "12 images of another set of yours, 8 images of" in card
    workshop = SimpleNamespace(bundle=bundle, fetched=None)
    for language in ("fr", "en"):
        assert any("BrEaST" in line and "12" in line for line in footer(Words(language), workshop))


def test_simulated_data_take_no_other_set_and_the_same_set_is_nothing_new(small_busi, tmp_path, capsys):
    for data, told in (("simulated", "learns from none"), (str(small_busi), "holds no image that is new")):
        given = ["--data", data, "--also", str(small_busi), "--out", str(tmp_path / "out"), "--pretrain", "20"]
        assert train.main(given) == 2 and told in capsys.readouterr().err
