"""The bench on errors without a browser: which errors, and what is told of each."""

import dataclasses

import gradio as gr
import pytest
from bs4 import BeautifulSoup

from busi.data.simulated import describe, seed_of
from busi.serving.workshop import open_workshop
from busi.web.report import report
from busi.web.tabs.exercise_errors.tab import (
    CAUSES,
    EACH_PAGE,
    KINDS,
    WantedErrors,
    bench_of,
    errors_of,
    gallery_of,
    summary_of,
    wanted_errors,
)
from busi.words.text import Words
from tests.support.markup import data_of, parsed, text_of
from tests.support.pages import page_of

FRENCH = Words("fr")


@pytest.fixture(scope="module")
def embedded():
    return open_workshop()


def gallery(workshop, population: str, kind: str, page: int = 0) -> BeautifulSoup:
    wanted = WantedErrors(population=population, kind=kind, page=page)
    return parsed(gallery_of(page_of("fr", workshop), wanted))


def names_in(gallery: BeautifulSoup) -> list[str]:
    return [error["data-error"] for error in gallery.select("[data-error]")]


def test_the_errors_are_those_of_predictions_csv_the_farthest_from_the_threshold_first(embedded):
    bundle = embedded.bundle
    rows = bundle.predictions.query("split == 'test' and source == 'simulated'")
    missed = rows[(rows["label"] == "malignant") & (rows["probability"] < bundle.threshold)]
    alarms = rows[(rows["label"] == "benign") & (rows["probability"] >= bundle.threshold)]
    found = errors_of(bundle, "simulated", "missed")
    assert set(found["image_id"]) == set(missed["image_id"]) and found["probability"].is_monotonic_increasing
    found = errors_of(bundle, "simulated", "alarms")
    assert set(found["image_id"]) == set(alarms["image_id"]) and found["probability"].is_monotonic_decreasing
    counts = data_of(bench_of(page_of("fr", embedded)), "counts")
    assert counts["simulated"]["missed"] == {"n": len(missed), "of": int((rows["label"] == "malignant").sum())}
    assert counts["simulated"]["alarms"] == {"n": len(alarms), "of": int((rows["label"] == "benign").sum())}


@pytest.mark.parametrize("kind", KINDS)
def test_each_error_shows_where_the_network_looked_and_what_was_really_drawn(embedded, kind):
    errors = errors_of(embedded.bundle, "simulated", kind)
    shown = gallery(embedded, "simulated", kind)
    names = names_in(shown)
    assert names and names == errors["image_id"].tolist()[:EACH_PAGE]
    for error in shown.select("[data-error]"):
        assert all(len(error.select(one)) == 1 for one in ("img.veil", "svg.edge", "textarea"))
        assert [box["data-cause"] for box in error.select("[data-cause]")] == list(CAUSES)
        assert [badge.text for badge in error.select(".badge")] == [FRENCH("laboratory.simulated")]
        assert error.select_one(".known p").text == report(FRENCH, describe(seed_of(error["data-error"]))[0])
    first = errors.iloc[0]
    held = embedded.bundle.predictions.query("split == 'test' and source == 'simulated'")
    share = FRENCH.percent(float((held["blur"] < first["blur"]).mean()))
    rank = FRENCH("exercise_errors.higher_than", value=FRENCH.number(first["blur"]), share=share)
    assert shown.select_one(".measures small").text == rank


def test_pages_go_round_and_images_that_are_not_at_hand_are_told(embedded):
    alarms = errors_of(embedded.bundle, "simulated", "alarms")["image_id"].tolist()
    assert names_in(gallery(embedded, "simulated", "alarms", 1)) == alarms[EACH_PAGE : 2 * EACH_PAGE]
    beyond = -(-len(alarms) // EACH_PAGE)
    assert names_in(gallery(embedded, "simulated", "alarms", beyond)) == alarms[:EACH_PAGE]
    absent = gallery(embedded, "test", "missed")
    assert text_of(absent.select_one(".plate.absent")) == text_of(FRENCH("enlarge.absent"))
    assert not absent.select(".veil")


def test_a_population_without_errors_says_so(workshop):
    never = dataclasses.replace(workshop, bundle=dataclasses.replace(workshop.bundle, threshold=0.0))
    assert errors_of(never.bundle, "test", "missed").empty
    assert gallery(never, "test", "missed").select(".empty strong")
    assert data_of(bench_of(page_of("fr", never)), "counts")["test"]["missed"]["n"] == 0


@pytest.mark.parametrize(
    "sent",
    [
        {},
        {"population": "nobody", "kind": "missed"},
        {"population": ["test"], "kind": "missed"},
        {"population": "test", "kind": "all"},
        {"population": "test", "kind": 3},
    ],
)
def test_what_there_is_not_is_not_shown(workshop, sent):
    assert wanted_errors(workshop.bundle, gr.EventData(None, sent)) is None


def test_a_strange_page_is_the_first(workshop):
    for page in (-1, "2", 1.5, True, 10**9):
        sent = gr.EventData(None, {"population": "test", "kind": "alarms", "page": page})
        assert wanted_errors(workshop.bundle, sent).page == 0


def test_the_summary_holds_every_error_for_the_export(embedded):
    rows = data_of(summary_of(page_of("fr", embedded)), "rows")
    expected = {
        row.image_id: row
        for population in ("test", "breast", "simulated")
        for kind in ("missed", "alarms")
        for row in errors_of(embedded.bundle, population, kind).itertuples()
    }
    assert set(rows) == set(expected)
    name, row = next(iter(expected.items()))
    source, kind, label, probability, *measures = rows[name]
    assert (label, probability, measures) == (row.label, row.probability, [row.blur, row.contrast, row.brightness])
    assert source == row.source and kind in ("missed", "alarms")
