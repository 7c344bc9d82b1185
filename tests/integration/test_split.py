import numpy as np
import pandas as pd
import pytest

from busi.data.split import PARTS, SHARES, folds_by_group, split_by_group


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


def test_how_large_a_group_is_decides_nothing_but_chance_does(images):
    """Of BUSI's groups of four all were in test whatever the seed, as the draw was before."""
    size = images.groupby("group")["group"].transform("size")
    drawn = pd.DataFrame({seed: split_by_group(images, seed) for seed in range(40)})
    for part, share in SHARES.items():
        for number, rows in drawn.groupby(size):
            groups = images.loc[rows.index, "group"].nunique()
            chance = np.sqrt(share * (1 - share) / (40 * groups))
            assert (rows == part).to_numpy().mean() == pytest.approx(share, abs=4 * chance + 0.01), (part, number)


@pytest.mark.parametrize("count", [20, 27, 41])
def test_small_sets_are_stratified_to_the_image(count):
    images = pd.DataFrame({"label": ["benign"] * count + ["malignant"] * 2 * count, "group": range(3 * count)})
    for seed in range(40):
        found = pd.crosstab(split_by_group(images, seed), images["label"])
        for part, share in SHARES.items():
            for label, number in (("benign", count), ("malignant", 2 * count)):
                assert abs(found.loc[part, label] - share * number) < 1


def test_a_group_of_both_classes_stays_whole():
    rng = np.random.default_rng(1)
    images = pd.DataFrame({"label": rng.choice(["benign", "malignant"], 300), "group": rng.integers(0, 90, 300)})
    for seed in range(10):
        assert split_by_group(images, seed).groupby(images["group"]).nunique().max() == 1


def test_folds_hold_the_same_number_of_each_class_and_each_image_once(images):
    for seed in range(10):
        folds = folds_by_group(images, 5, seed)
        assert sorted(folds.unique()) == [0, 1, 2, 3, 4] and folds.groupby(images["group"]).nunique().max() == 1
        assert pd.crosstab(folds, images["label"]).apply(np.ptp).max() <= 2


def test_groups_too_large_to_share_out_are_refused(images):
    few = pd.concat([images[images["label"] == "benign"], images[images["label"] == "malignant"].head(24)])
    few.loc[few["label"] == "malignant", "group"] = 1000 + np.arange(24) // 8
    with pytest.raises(ValueError, match="too large to give every part both classes"):
        split_by_group(few, 0)


def test_too_few_images_are_refused(images):
    with pytest.raises(ValueError, match="20 images of each class"):
        split_by_group(images[images["label"] == "benign"].head(19), 0)
