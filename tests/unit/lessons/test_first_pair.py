"""The two pictures that a visitor meets first are those that their rule picks."""

from dataclasses import replace

from busi.data import box
from busi.lessons.first_pair import first_pair


def answers(bundle) -> list[dict]:
    scores = bundle.predictions.set_index("image_id")["probability"]
    return [{**row, "probability": scores[row["image_id"]]} for row in box.lesions().to_dict("records")]


def test_the_rule_picks_them_from_what_the_network_answered(bundle, gallery):
    first, second = first_pair(gallery, bundle)
    rows = answers(bundle)
    harmless = [row for row in rows if row["label"] == "benign" and row["birads"] in "23"]
    sly = [
        row
        for row in rows
        if row["label"] == "malignant" and row["shape"] != "irregular" and row["margin"] == "circumscribed"
    ]
    for example, candidates in ((first, harmless), (second, sly)):
        highest = max(candidates, key=lambda row: row["probability"])
        assert len(candidates) > 1 and example.image_id == highest["image_id"] and example.label == highest["label"]


def test_the_network_that_is_shipped_is_wrong_on_both(bundle, gallery):
    """An alarm for nothing, then a cancer that it misses, as all that look harmless: its highest score is below."""
    scores = bundle.predictions.set_index("image_id")["probability"]
    first, second = (scores[one.image_id] for one in first_pair(gallery, bundle))
    assert first >= bundle.threshold > second


def test_with_other_answers_it_picks_others(bundle, gallery):
    turned = replace(bundle, predictions=bundle.predictions.assign(probability=1 - bundle.predictions["probability"]))
    assert {one.image_id for one in first_pair(gallery, turned)}.isdisjoint(
        one.image_id for one in first_pair(gallery, bundle)
    )


def test_without_answers_of_another_hospital_there_is_none(small_bundle, gallery):
    assert first_pair(gallery, small_bundle) is None
