"""Who learns from what in experiments/protocols.py: no leak where none is meant, and one where it is."""

import numpy as np
import pandas as pd
import pytest

from busi.data.dataset import read_busi, usable
from experiments.protocols import BASELINE, FOLDS, GROUPED, LEAKY, OFFICIAL, SPLIT, trials


@pytest.fixture(scope="module")
def index() -> pd.DataFrame:
    """600 images in 240 groups, of which one carries both labels; and 30 without a lesion."""
    rng = np.random.default_rng(3)
    groups = np.sort(rng.integers(240, size=600))
    labels = np.where(groups % 3 == 0, "malignant", "benign")
    table = pd.DataFrame({"image_id": [f"x ({n})" for n in range(600)], "label": labels, "group": groups})
    table.loc[table["group"] == 7, "label"] = ["malignant", *["benign"] * ((groups == 7).sum() - 1)]
    normal = pd.DataFrame(
        {"image_id": [f"normal ({n})" for n in range(30)], "label": "normal", "group": range(300, 330)}
    )
    table = pd.concat([table, normal], ignore_index=True)
    return table.assign(conflict=table.groupby("group")["label"].transform("nunique") > 1)


@pytest.mark.parametrize("protocol", [GROUPED, BASELINE])
def test_no_group_is_on_two_sides_and_every_image_judges_once_per_seed(index, protocol):
    found = list(trials(protocol, index, [0, 1]))
    assert len(found) == 2 * FOLDS and len({trial.name for trial in found}) == 2 * FOLDS
    for trial in found:
        parts = [set(rows["group"]) for rows in (trial.learn, trial.validation, trial.judge)]
        assert not (parts[0] & parts[1] or parts[0] & parts[2] or parts[1] & parts[2])
        assert all(rows["label"].nunique() == 2 for rows in (trial.learn, trial.validation, trial.judge))
    for seed in (0, 1):
        judged = pd.concat([trial.judge for trial in found if trial.seed == seed])["image_id"]
        assert sorted(judged) == sorted(usable(index)["image_id"])


def test_seeds_share_their_folds_and_choose_by_other_images(index):
    one, other = (list(trials(GROUPED, index, [seed])) for seed in (0, 1))
    for a, b in zip(one, other, strict=True):
        assert a.judge["image_id"].tolist() == b.judge["image_id"].tolist()
        assert set(a.validation["image_id"]) != set(b.validation["image_id"])


def test_the_leaky_protocol_leaks(index):
    for trial in trials(LEAKY, index, [0]):
        shared = trial.judge["group"].isin(trial.learn["group"]).mean()
        assert shared > 0.5
    judged = pd.concat([trial.judge for trial in trials(LEAKY, index, [0])])
    assert sorted(judged["image_id"]) == sorted(usable(index)["image_id"])


def test_a_protocol_that_is_none_is_refused(index):
    with pytest.raises(ValueError, match="grouped"):
        list(trials("random", index, [0]))
    with pytest.raises(ValueError, match="does not know"):
        list(trials(OFFICIAL, index, [0]))


def test_the_official_split_is_whole():
    split = pd.read_csv(SPLIT, comment="#")
    assert split["split"].value_counts().to_dict() == {"train": 546, "test": 156, "val": 78}
    assert split["image"].is_unique and len(split) == 780


@pytest.mark.busi
def test_the_official_protocol_takes_every_image_of_busi(busi_folder, tmp_path):
    (trial,) = trials(OFFICIAL, read_busi(busi_folder, tmp_path).images, [0])
    assert [len(rows) for rows in (trial.learn, trial.validation, trial.judge)] == [546, 78, 156]
    assert set(trial.judge["label"]) == {"benign", "malignant", "normal"}
    assert trial.judge["group"].isin(trial.learn["group"]).sum() > 20  # it leaks, as published
