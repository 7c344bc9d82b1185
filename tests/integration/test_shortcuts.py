"""experiments/shortcuts.py: marks are where they should be, and a change that is none moves nothing."""

import numpy as np
import pytest

from busi.bundle.files import EMBEDDED, open_bundle
from busi.simulator import Scene
from experiments.shortcuts import changes, held_out, measure, stamped


@pytest.fixture(scope="module")
def bundle():
    return open_bundle(EMBEDDED)


@pytest.fixture(scope="module", params=["simulated", "breast"])
def examples(bundle, request):
    found = held_out(bundle, None, request.param)
    assert {example.source for example in found} == {request.param} and len(found) >= 240
    return found[:6]


def test_calipers_touch_the_lesion_and_little_else(examples):
    for example in examples:
        marked = stamped(example, Scene(calipers=True))
        changed = marked != example.image
        assert 0 < changed.mean() < 0.02 and marked.shape == example.image.shape
        rows, columns = np.nonzero(changed)
        inside_rows, inside_columns = np.nonzero(example.mask)
        margin = 0.12 * max(example.image.shape)
        assert inside_rows.min() - margin <= rows.min() and rows.max() <= inside_rows.max() + margin
        assert inside_columns.min() - margin <= columns.min() and columns.max() <= inside_columns.max() + margin


def test_marks_are_always_the_same_and_the_example_stays_as_it_is(examples):
    before = examples[0].image.copy()
    one, other = (stamped(examples[0], Scene(calipers=True, text="RT 10 H")) for _ in range(2))
    assert np.array_equal(one, other) and np.array_equal(examples[0].image, before)
    assert np.array_equal(stamped(examples[0], Scene()), before)


def test_what_changes_nothing_moves_nothing_and_the_rest_is_counted(bundle, examples, monkeypatch):
    nothing = [("nothing", lambda example: example.image), ("black", lambda example: np.zeros_like(example.image))]
    monkeypatch.setattr("experiments.shortcuts.changes", lambda: iter(nothing))
    found = measure(bundle, examples)
    assert (
        found["nothing"]["mean"]["value"] == found["nothing"]["largest"] == found["nothing"]["towards_malignant"] == 0
    )
    assert found["nothing"]["changed_sides"]["value"] == 0
    black = found["black"]
    assert black["mean"]["low"] <= black["mean"]["value"] <= black["mean"]["high"] <= black["largest"]
    assert abs(black["towards_malignant"]) <= black["mean"]["value"] and black["mean"]["n"] == 6


def test_every_change_changes_the_picture(examples):
    for name, change in changes():
        assert not np.array_equal(change(examples[0]), examples[0].image), name
