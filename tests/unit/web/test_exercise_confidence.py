"""The bench on confidence without a browser: what a browser may ask for, and what it gets."""

from types import SimpleNamespace

import pytest

from busi.web.tabs.exercise_confidence.tab import SHOWN, bench_of, rows_asked, wall_of
from busi.words.text import Words


def asks(**values) -> SimpleNamespace:
    return SimpleNamespace(**values)


def test_rows_come_in_the_order_that_was_asked(workshop):
    held = workshop.bundle.predictions.query("split == 'test'")
    rows = rows_asked(workshop.bundle, asks(population="test", rows=[3, 0, 1]))
    assert rows["image_id"].tolist() == held["image_id"].iloc[[3, 0, 1]].tolist()


@pytest.mark.parametrize(
    "event",
    [
        asks(),
        asks(population="nobody", rows=[0]),
        asks(population=["test"], rows=[0]),
        asks(population="test", rows="0"),
        asks(population="test", rows=[-1]),
        asks(population="test", rows=[True]),
        asks(population="test", rows=[10**9]),
        asks(population="test", rows=[0.5]),
        asks(population="test", rows=[0] * (SHOWN + 1)),
    ],
)
def test_what_there_is_not_is_not_shown(workshop, event):
    assert rows_asked(workshop.bundle, event) is None


@pytest.mark.parametrize("language", ["fr", "en"])
def test_a_card_carries_truth_and_both_answers_for_the_browser_to_choose_from(workshop, language):
    words = Words(language)
    rows = rows_asked(workshop.bundle, asks(population="test", rows=[0]))
    wall = wall_of(words, workshop, rows)
    right = wall.split(f'data-says="{rows["label"].iloc[0]}"')[1].split("</span>")
    assert wall.count("data-says=") == 2 and any("✓" in piece for piece in right[:4])
    assert f'data-probability="{rows["probability"].iloc[0]}"' in wall
    assert wall_of(words, workshop, rows.iloc[:0]) == ""
    assert "{" not in bench_of(words, workshop).split("data-said=")[0].split("data-bench=")[0]
