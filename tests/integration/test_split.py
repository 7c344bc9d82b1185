import numpy as np
import pandas as pd
import pytest

from busi.data.split import PARTS, SHARES, split_by_group


@pytest.fixture
def images() -> pd.DataFrame:
    """300 benign and 150 malignant images in groups of one to four."""
    rng = np.random.default_rng(0)
    rows, group = [], 0
    for label, count in (("benign", 300), ("malignant", 150)):
        while count > 0:
            size = min(int(rng.integers(1, 5)), count)
            rows += [(label, group)] * size
            group, count = group + 1, count - size
    return pd.DataFrame(rows, columns=["label", "group"])


def test_no_group_is_divided_and_shares_hold_for_each_class(images):
    for seed in range(5):
        parts = split_by_group(images, seed)
        assert set(parts) == set(PARTS)
        assert parts.groupby(images["group"]).nunique().max() == 1
        for _, rows in images.groupby("label"):
            shares = parts[rows.index].value_counts(normalize=True)
            for part in PARTS:
                assert shares[part] == pytest.approx(SHARES[part], abs=0.02)


def test_the_seed_decides(images):
    pd.testing.assert_series_equal(split_by_group(images, 1), split_by_group(images, 1))
    assert (split_by_group(images, 1) != split_by_group(images, 2)).any()


def test_groups_too_large_to_share_out_are_refused(images):
    few = pd.concat([images[images["label"] == "benign"], images[images["label"] == "malignant"].head(24)])
    few.loc[few["label"] == "malignant", "group"] = 1000 + np.arange(24) // 8
    with pytest.raises(ValueError, match="too large to give every part both classes"):
        split_by_group(few, 0)


def test_too_few_images_are_refused(images):
    with pytest.raises(ValueError, match="20 images of each class"):
        split_by_group(images[images["label"] == "benign"].head(19), 0)
