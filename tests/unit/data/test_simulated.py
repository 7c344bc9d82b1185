"""Sets of simulated images: a seed decides a case, parts never share a seed, a cache changes nothing."""

import os
import re

import numpy as np
import pytest

from busi.data import simulated
from busi.data.simulated import draw, draw_set, fingerprint, held_out_seeds, image_id, label_of, seed_of, training_seeds
from busi.images import ImageContract, resize, standardise
from busi.images.quality import measure

SMALL = ImageContract(size=64)


def test_a_seed_decides_the_class_the_lesion_and_the_pixels():
    first, again, other = draw(11), draw(11), draw(12)
    assert (first.label, first.lesion, first.scene) == (again.label, again.lesion, again.scene)
    np.testing.assert_array_equal(first.image, again.image)
    assert first.lesion != other.lesion


def test_a_third_of_any_twenty_are_malignant():
    for start in (0, 1_000_000, 10_000_007):
        assert [label_of(seed) for seed in range(start, start + 20)].count("malignant") == 7


def test_training_validation_and_test_never_share_a_seed():
    parts = [
        held_out_seeds("validation"),
        held_out_seeds("test"),
        *(training_seeds(run, 1_000_000) for run in range(3)),
    ]
    for number, part in enumerate(parts):
        for other in parts[number + 1 :]:
            assert not set(part) & set(other)


def test_the_name_in_the_table_gives_the_seed_back():
    assert seed_of(image_id(2_000_017)) == 2_000_017
    for name in ("benign (3)", "simulated-", "simulated-x", "17"):
        with pytest.raises(ValueError, match="a simulated case is called"):
            seed_of(name)


def test_a_set_is_what_the_network_sees_of_each_case():
    shown, labels, quality, outlines = draw_set(range(5, 9), SMALL)
    for number, seed in enumerate(range(5, 9)):
        case = draw(seed)
        np.testing.assert_array_equal(shown[number], standardise(case.image, SMALL))
        assert labels[number] == (case.label == "malignant")
        assert quality[number] == measure(resize(case.image, 64))
        np.testing.assert_array_equal(outlines[number], np.uint8(resize(np.uint8(case.mask) * 255, 64) > 127) * 255)


def test_the_cache_gives_the_same_and_knows_what_it_holds(tmp_path):
    drawn = draw_set(range(4), SMALL, tmp_path)
    (kept,) = tmp_path.glob("*.npz")
    again = draw_set(range(4), SMALL, tmp_path)
    np.testing.assert_array_equal(drawn[0], again[0])
    np.testing.assert_array_equal(drawn[3], again[3])
    assert drawn[2] == again[2]
    draw_set(range(4, 8), SMALL, tmp_path), draw_set(range(4), ImageContract(size=32), tmp_path)
    assert len(list(tmp_path.glob("*.npz"))) == 3
    whole = kept.read_bytes()
    for damaged in (b"damaged", b"", whole[: len(whole) // 2], whole[:400] + b"x" * 50 + whole[450:]):
        kept.write_bytes(damaged)
        np.testing.assert_array_equal(draw_set(range(4), SMALL, tmp_path)[0], drawn[0])


def test_the_cache_does_not_grow_for_ever_and_is_done_without_where_it_cannot_be_written(tmp_path):
    for start in range(0, 16, 2):
        draw_set(range(start, start + 2), SMALL, tmp_path)
    assert len(list(tmp_path.glob("*.npz"))) == 6 and len(list(tmp_path.iterdir())) == 6
    left_behind = tmp_path / ".simulated-x.npz.77"
    left_behind.write_text("half")
    os.utime(left_behind, (0, 0))
    draw_set(range(50, 52), SMALL, tmp_path)
    assert not left_behind.exists()
    (tmp_path / "file").write_text("")
    shown, *_ = draw_set(range(2), SMALL, tmp_path / "file")
    assert shown.shape == (2, 64, 64)


@pytest.mark.parametrize("count", [0, -3, 1_000_001])
def test_too_few_or_too_many_are_refused(count):
    with pytest.raises(ValueError, match="simulated images must be a whole number from 1 to 1,000,000"):
        training_seeds(0, count)


def test_the_fingerprint_is_of_what_is_drawn(monkeypatch):
    before = fingerprint()
    assert re.fullmatch("[0-9a-f]{24}", before) and fingerprint() == before
    draws = simulated.simulate

    def a_little_lighter(lesion, scene, seed):
        image, mask = draws(lesion, scene, seed)
        return np.clip(image.astype(int) + (seed == 10_000_003), 0, 255).astype(np.uint8), mask

    monkeypatch.setattr(simulated, "simulate", a_little_lighter)
    fingerprint.cache_clear()
    try:
        assert fingerprint() != before
    finally:
        fingerprint.cache_clear()
