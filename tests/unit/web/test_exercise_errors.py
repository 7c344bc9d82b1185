"""The bench on errors without a browser: which errors, and what is told of each."""

import dataclasses
import json
import re
from html import escape, unescape
from types import SimpleNamespace

import pytest

from busi.data.simulated import describe, seed_of
from busi.serving.workshop import open_workshop
from busi.web.report import report
from busi.web.tabs.exercise_errors.tab import (
    CAUSES,
    EACH_PAGE,
    KINDS,
    Asked,
    asked_of,
    bench_of,
    errors_of,
    gallery_of,
    summary_of,
)
from busi.words.text import Words

FRENCH = Words("fr")


@pytest.fixture(scope="module")
def embedded():
    return open_workshop()


def data(html: str, name: str) -> object:
    return json.loads(unescape(re.search(rf'data-{name}="([^"]*)"', html)[1]))


def test_the_errors_are_those_of_predictions_csv_the_farthest_from_the_threshold_first(embedded):
    bundle = embedded.bundle
    rows = bundle.predictions.query("split == 'test' and source == 'simulated'")
    missed = rows[(rows["label"] == "malignant") & (rows["probability"] < bundle.threshold)]
    alarms = rows[(rows["label"] == "benign") & (rows["probability"] >= bundle.threshold)]
    found = errors_of(bundle, "simulated", "missed")
    assert set(found["image_id"]) == set(missed["image_id"]) and found["probability"].is_monotonic_increasing
    found = errors_of(bundle, "simulated", "alarms")
    assert set(found["image_id"]) == set(alarms["image_id"]) and found["probability"].is_monotonic_decreasing
    counts = data(bench_of(FRENCH, embedded), "counts")
    assert counts["simulated"]["missed"] == {"n": len(missed), "of": int((rows["label"] == "malignant").sum())}
    assert counts["simulated"]["alarms"] == {"n": len(alarms), "of": int((rows["label"] == "benign").sum())}


@pytest.mark.parametrize("kind", KINDS)
def test_each_error_shows_where_the_network_looked_and_what_was_really_drawn(embedded, kind):
    errors = errors_of(embedded.bundle, "simulated", kind)
    html = gallery_of(FRENCH, embedded, Asked("simulated", kind, 0))
    names = re.findall(r'data-error="([^"]+)"', html)
    assert names and names == errors["image_id"].tolist()[:EACH_PAGE]
    assert html.count('class="veil"') == html.count('class="edge"') == html.count("<textarea") == len(names)
    assert html.count("data-cause=") == len(names) * len(CAUSES)
    assert html.count(FRENCH("laboratory.simulated")) == len(names)
    for name in names:
        assert escape(report(FRENCH, describe(seed_of(name))[0])) in html
    first = errors.iloc[0]
    held = embedded.bundle.predictions.query("split == 'test' and source == 'simulated'")
    share = FRENCH.percent(float((held["blur"] < first["blur"]).mean()))
    assert escape(FRENCH("exercise_errors.higher_than", value=FRENCH.number(first["blur"]), share=share)) in html


def test_pages_go_round_and_images_that_are_not_at_hand_are_told(embedded):
    alarms = errors_of(embedded.bundle, "simulated", "alarms")["image_id"].tolist()
    second = gallery_of(FRENCH, embedded, Asked("simulated", "alarms", 1))
    assert re.findall(r'data-error="([^"]+)"', second) == alarms[EACH_PAGE : 2 * EACH_PAGE]
    beyond = gallery_of(FRENCH, embedded, Asked("simulated", "alarms", -(-len(alarms) // EACH_PAGE)))
    assert re.findall(r'data-error="([^"]+)"', beyond) == alarms[:EACH_PAGE]
    absent = gallery_of(FRENCH, embedded, Asked("test", "missed", 0))
    assert escape(FRENCH("enlarge.absent")) in absent and 'class="veil"' not in absent


def test_a_population_without_errors_says_so(workshop):
    never = dataclasses.replace(workshop, bundle=dataclasses.replace(workshop.bundle, threshold=0.0))
    assert errors_of(never.bundle, "test", "missed").empty
    assert "<strong>" in gallery_of(FRENCH, never, Asked("test", "missed", 0))
    assert data(bench_of(FRENCH, never), "counts")["test"]["missed"]["n"] == 0


@pytest.mark.parametrize(
    "event",
    [
        {},
        {"population": "nobody", "kind": "missed"},
        {"population": ["test"], "kind": "missed"},
        {"population": "test", "kind": "all"},
        {"population": "test", "kind": 3},
    ],
)
def test_what_there_is_not_is_not_shown(workshop, event):
    assert asked_of(workshop.bundle, SimpleNamespace(**event)) is None


def test_a_strange_page_is_the_first(workshop):
    for page in (-1, "2", 1.5, True, 10**9):
        assert asked_of(workshop.bundle, SimpleNamespace(population="test", kind="alarms", page=page)).page == 0


def test_the_summary_holds_every_error_for_the_export(embedded):
    rows = data(summary_of(FRENCH, embedded), "rows")
    expected = {
        row.image_id: row
        for population in ("test", "simulated")
        for kind in ("missed", "alarms")
        for row in errors_of(embedded.bundle, population, kind).itertuples()
    }
    assert set(rows) == set(expected)
    name, row = next(iter(expected.items()))
    source, kind, label, probability, *measures = rows[name]
    assert (label, probability, measures) == (row.label, row.probability, [row.blur, row.contrast, row.brightness])
    assert source == row.source and kind in ("missed", "alarms")
