"""The bench on confidence without a browser: what a browser may ask for, and what it gets."""

import gradio as gr
import pytest

from busi.web.events import message_of
from busi.web.parts.cases import Case, WantedCases, wanted_cases
from busi.web.tabs.exercise_confidence.tab import SHOWN, bench_of, wall_of
from tests.support.markup import data_of, parsed, text_of
from tests.support.pages import page_of


def cases_wanted(workshop, sent: dict) -> list[Case] | None:
    return wanted_cases(workshop.bundle, message_of(gr.EventData(None, sent), WantedCases), SHOWN)


def test_rows_come_in_the_order_that_was_asked(workshop):
    names = workshop.bundle.predictions.query("split == 'test'")["image_id"]
    found = cases_wanted(workshop, {"population": "test", "rows": [3, 0, 1]})
    assert [case.image_id for case in found] == names.iloc[[3, 0, 1]].tolist()


@pytest.mark.parametrize(
    "sent",
    [
        {},
        {"population": "nobody", "rows": [0]},
        {"population": ["test"], "rows": [0]},
        {"population": "test", "rows": "0"},
        {"population": "test", "rows": [-1]},
        {"population": "test", "rows": [True]},
        {"population": "test", "rows": [10**9]},
        {"population": "test", "rows": [0.5]},
        {"population": "test", "rows": [0] * (SHOWN + 1)},
    ],
)
def test_what_there_is_not_is_not_shown(workshop, sent):
    assert cases_wanted(workshop, sent) is None


@pytest.mark.parametrize("language", ["fr", "en"])
def test_a_card_carries_truth_and_both_answers_for_the_browser_to_choose_from(workshop, language):
    page = page_of(language, workshop)
    [case] = cases_wanted(workshop, {"population": "test", "rows": [0]})
    wall = parsed(wall_of(page, [case]))
    answers = {place["data-says"]: text_of(place) for place in wall.select("[data-says]")}
    assert set(answers) == {"malignant", "benign"}
    assert all(
        ("✓" in text) == (label == case.label) and ("✗" in text) == (label != case.label)
        for label, text in answers.items()
    )
    assert wall.select_one("[data-probability]")["data-probability"] == str(case.probability)
    assert wall.select_one("[data-truth]")["data-truth"] == case.label
    assert wall_of(page, []) == ""


@pytest.mark.parametrize("language", ["fr", "en"])
def test_the_bench_carries_every_image_of_each_population(workshop, language):
    bench = bench_of(page_of(language, workshop))
    rows = workshop.bundle.predictions.query("split == 'test'")
    expected = [[int(row.label == "malignant"), row.probability] for row in rows.itertuples()]
    assert data_of(bench, "bench")["populations"]["test"] == expected
    assert "{" not in parsed(bench).get_text()
