"""BUSI itself: complete, and its near-duplicates known."""

from itertools import combinations

import pandas as pd
import pytest
from sklearn.metrics import adjusted_rand_score

from busi.data.dataset import read_busi
from busi.images import read_image


@pytest.mark.busi
def test_busi_is_complete(busi_folder):
    busi = read_busi(busi_folder)
    assert busi.images["label"].value_counts().to_dict() == {"benign": 437, "malignant": 210, "normal": 133}
    assert busi.images["mask_paths"].map(len).sum() == 798
    assert busi.skipped == ()


@pytest.mark.busi
def test_groups_of_busi_agree_with_the_reference(busi_folder):
    reference = pd.read_csv(busi_folder / "near_duplicate_groups.csv")
    reference["image_id"] = reference["image"].str.removesuffix(".png")
    both = read_busi(busi_folder).images.merge(reference, on="image_id")
    assert len(both) == 780
    assert adjusted_rand_score(both["dup_group"], both["group"]) >= 0.90


@pytest.mark.busi
def test_every_identical_pair_of_busi_is_in_one_group(busi_folder):
    images = read_busi(busi_folder).images
    twins: dict[bytes, list[int]] = {}
    for row in images.itertuples():
        twins.setdefault(read_image(row.path).tobytes(), []).append(row.group)
    pairs = [pair for groups in twins.values() for pair in combinations(groups, 2)]
    assert pairs, "BUSI is known to hold identical pictures"
    assert all(first == second for first, second in pairs)
    groups = images.set_index("image_id")["group"]
    assert groups["benign (433)"] == groups["malignant (145)"]
