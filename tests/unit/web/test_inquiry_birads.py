"""The BI-RADS desk: what it is given is the table in the box, and what it tells of the radiologist is counted again."""

import dataclasses

import gradio as gr
import pytest

from busi.bundle.files import EMBEDDED, open_bundle
from busi.data.box import lesions
from busi.lessons.elsewhere import knows_the_lesions
from busi.web.tabs.inquiry_birads.tab import CASES, birads_bench, data_of
from busi.web.tabs.inquiry_for_whom.tab import for_whom_bench
from tests.support.pages import page_about


@pytest.fixture(scope="module")
def page():
    return page_about(open_bundle(EMBEDDED))


def test_each_lesion_comes_with_its_truth_the_radiologists_category_and_the_networks_score(page):
    rows = page.bundle.predictions.query("source == 'breast'").merge(lesions()[["image_id", "birads"]], on="image_id")
    expected = [[int(row.label == "malignant"), row.birads, row.probability] for row in rows.itertuples()]
    assert data_of(page)["lesions"] == expected and len(expected) == 252


def test_the_radiologists_biopsies_are_those_of_as_many_cancers_as_others(page):
    table = lesions()
    asked = table["birads"].isin(["4a", "4b", "4c", "5"])
    malignant = table["label"] == "malignant"
    expected = CASES / 2 * (asked[malignant].mean() + asked[~malignant].mean())
    assert data_of(page)["biopsies"] == pytest.approx(expected, abs=0.051)
    assert 7.5 < expected < 10.5, "the guess that is told to be right"


def test_a_network_that_was_not_asked_elsewhere_has_no_desk(page):
    bundle = page.bundle
    rows = bundle.predictions[bundle.predictions["source"] != "breast"]
    metrics = {name: numbers for name, numbers in bundle.info["metrics"].items() if name != "breast"}
    older = dataclasses.replace(bundle, predictions=rows, info={**bundle.info, "metrics": metrics})
    assert not older.knows_another_hospital


@pytest.mark.parametrize("inquiry", [birads_bench, for_whom_bench])
def test_a_network_that_was_asked_about_lesions_outside_the_box_has_none_to_show(page, inquiry):
    rows = page.bundle.predictions.copy()
    rows.loc[rows.index[rows["source"] == "breast"][0], "image_id"] = "another one"
    other = page_about(dataclasses.replace(page.bundle, predictions=rows))
    assert other.bundle.knows_another_hospital and not knows_the_lesions(other.bundle)
    with gr.Blocks() as blocks:
        inquiry(other)
    shown = " ".join(block.value for block in blocks.blocks.values())
    title = {birads_bench: "inquiry_birads.none_title", for_whom_bench: "inquiry_for_whom.no_lesions_title"}
    assert other.words(title[inquiry]) in shown and "data-data" not in shown
