"""The inquiry on abstaining: what the browser computes from is the table of answers, and nothing is left out."""

import dataclasses

from busi.bundle.files import EMBEDDED, open_bundle
from busi.web.tabs.inquiry_abstain.tab import bench_of, data_of
from busi.words.text import Words
from tests.support.markup import parsed
from tests.support.pages import page_about


def test_the_browser_is_given_every_answer_and_what_the_network_says_to_pictures_that_are_no_ultrasound():
    bundle = open_bundle(EMBEDDED)
    data, rows = data_of(bundle), bundle.predictions
    for name, source in (("test", "busi"), ("breast", "breast")):
        some = rows[(rows["source"] == source) & (rows["split"] == "test")]
        assert [pair[1] for pair in data["rows"][name]] == some["probability"].tolist()
        assert sum(pair[0] for pair in data["rows"][name]) == (some["label"] == "malignant").sum()
    assert data["impostors"] == bundle.info["impostors"] and data["threshold"] == bundle.threshold
    assert "simulated" not in data["rows"]


def test_an_older_bundle_that_was_not_asked_elsewhere_has_its_own_images_alone():
    bundle = open_bundle(EMBEDDED)
    own = bundle.predictions[bundle.predictions["source"] == "busi"]
    info = {name: value for name, value in bundle.info.items() if name != "impostors"}
    older = dataclasses.replace(bundle, predictions=own, info=info)
    data = data_of(older)
    assert list(data["rows"]) == ["test"] and data["impostors"] == {}
    for language in ("fr", "en"):
        page = page_about(older, language)
        tree, words = parsed(bench_of(page)), Words(language)
        assert [radio["value"] for radio in tree.select("input[type=radio]")] == ["fifth", "half", "nearly_all"]
        assert words("inquiries.guess") in tree.get_text()
