"""The simulator without one of its parts."""

from dataclasses import asdict, fields

import numpy as np
import pytest

from busi.data.simulated import describe, draw, draw_set, fingerprint
from busi.images import ImageContract
from busi.simulator import Lesion, Scene
from experiments import left_out
from experiments.left_out import KEPT, PARTS, PLAIN, Plain, Without

SEEDS = range(10_000_000, 10_000_040)


@pytest.mark.parametrize("part", PARTS)
def test_only_the_fields_of_the_part_change_and_each_becomes_plain(part):
    plain = {**PLAIN[part].lesion, **PLAIN[part].scene}
    changed = set()
    for seed in SEEDS:
        drawn = describe(seed)
        for before, after in zip(drawn, Without(part)(*drawn), strict=True):
            for name, value in asdict(after).items():
                expected = (PLAIN[part].lesion if isinstance(after, Lesion) else PLAIN[part].scene).get(name)
                assert value == (asdict(before)[name] if expected is None else expected)
                changed |= {name} if value != asdict(before)[name] else set()
    assert changed == set(plain), "each field of the table is one that draws differ in"


@pytest.mark.parametrize("kind", [Lesion, Scene])
def test_every_field_of_the_simulator_belongs_to_one_part_or_to_none(kind):
    name = kind.__name__.lower()
    of_parts = [field for plain in PLAIN.values() for field in getattr(plain, name)]
    assert len(set(of_parts)) == len(of_parts) and not set(of_parts) & KEPT[name]
    assert set(of_parts) | KEPT[name] == {field.name for field in fields(kind)}


def test_an_unknown_part_is_refused():
    with pytest.raises(ValueError, match="must be one of anatomy, lesion, behind, scanners, got 'skin'"):
        Without("skin")


def test_each_part_left_out_draws_other_pixels_of_the_same_class_and_has_a_fingerprint_of_its_own(monkeypatch):
    whole, without = draw(SEEDS[0]), [draw(SEEDS[0], Without(part)) for part in PARTS]
    assert all(case.label == whole.label and not np.array_equal(case.image, whole.image) for case in without)
    prints = [fingerprint(), *(fingerprint(Without(part)) for part in PARTS)]
    assert len(set(prints)) == 5 and fingerprint(Without("behind")) == prints[3]
    fingerprint.cache_clear()
    monkeypatch.setattr(left_out, "PLAIN", {**PLAIN, "behind": Plain(scene={"attenuation": 0.5})})
    try:
        assert fingerprint(Without("behind")) != prints[3] and fingerprint() == prints[0]
    finally:
        fingerprint.cache_clear()


def test_the_cache_keeps_what_is_left_out_apart(tmp_path):
    contract, few = ImageContract(size=64), SEEDS[:3]
    whole = draw_set(few, contract, tmp_path)[0]
    without = draw_set(few, contract, tmp_path, Without("behind"))[0]
    assert len(list(tmp_path.glob("*.npz"))) == 2 and not np.array_equal(whole, without)
    np.testing.assert_array_equal(draw_set(few, contract, tmp_path, Without("behind"))[0], without)
    np.testing.assert_array_equal(draw_set(few, contract, tmp_path)[0], whole)
