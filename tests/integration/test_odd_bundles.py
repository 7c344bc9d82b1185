"""Odd bundles by the hundred, and those of the Hub, which give way to the embedded one."""

import copy
import json
import re

import gradio as gr
import pandas as pd
import pytest

import app
from busi.bundle.files import EMBEDDED, INFO, PREDICTIONS, Bundle, BundleError, open_bundle, write_checksums
from busi.bundle.hub import push
from busi.bundle.schema import check_info
from busi.serving.gallery import open_gallery
from busi.serving.predict import ClassifierInBackground
from busi.serving.workshop import Workshop, open_workshop
from busi.web import pages
from busi.web.frame import standing
from busi.web.frame.frame import frame_of
from busi.words.text import Words
from tests.support.markup import parsed
from tests.support.odd_bundles import GOOD, MARKUP, MISSING, STOPPED, breaks_unless_embedded, changed, place_of

ODD = (
    None, True, [], {}, "", MARKUP, "two\nlines", "\x1b[2J", "\ud800", "9" * 5000, -1, 0.5, 0, 1e308, 10**30,
    float("nan"), float("inf"), [[["x"]]], {"a": 1}, MISSING,
)  # fmt: skip


def places(value, before: tuple = ()):
    """Where every entry is, of lists the first; of the domain, whose numbers have tests of their own, only the top."""
    if before:
        yield before
    if isinstance(value, dict) and before[:1] != ("domain",):
        for name, item in value.items():
            yield from places(item, (*before, name))
    elif isinstance(value, list) and value and before[:1] != ("domain",):
        yield from places(value[0], (*before, 0))


REPO = "atelier/etrange"


@pytest.fixture(scope="module")
def gallery():
    return open_gallery(open_bundle(EMBEDDED), None)


def french_page(bundle: Bundle, gallery) -> str:
    """The French page of a bundle, made in full: its HTML parts one after the other."""
    workshop = Workshop(bundle, ClassifierInBackground(bundle), gallery)
    with gr.Blocks(analytics_enabled=False) as blocks:
        page = pages._page(Words("fr"), workshop)
        pages._lay_out(page, blocks, path="")
    frame = frame_of(page, "./en")
    parts = [str(block.value) for block in blocks.blocks.values() if isinstance(block, gr.HTML | gr.Markdown)]
    return "".join((frame.before, *parts, frame.after))


def test_any_entry_may_be_anything_and_is_passed_over_or_refused_in_one_line():
    refused = {}
    for place in places(GOOD):
        for value in ODD:
            try:
                check_info(changed(place, value))
            except ValueError as error:
                told = str(error)
                assert told.isprintable() and len(told) < 400, told
                refused[".".join(map(str, place))] = told
    assert len(refused) > 100  # of some 220 places, without those that no page reads


def test_opening_raises_nothing_but_bundle_errors(odd_folder, write_odd):
    for name in STOPPED:
        for value in ODD:
            write_odd(changed(place_of(name), value))
            try:
                open_bundle(odd_folder)
            except BundleError as error:
                assert str(error).isprintable() and len(str(error)) < 600


def test_a_bundle_of_the_hub_that_breaks_the_pages_gives_way_to_the_embedded_one(hub, odd_folder, monkeypatch, capsys):
    push(odd_folder, REPO, tell=lambda _: None)
    monkeypatch.setattr(app, "build_pages", breaks_unless_embedded(app.build_pages))
    workshop, pages = app.open_pages(REPO, None)
    assert workshop.bundle.folder == EMBEDDED and workshop.refused_bundle == REPO and workshop.refused_why == "damaged"
    told = capsys.readouterr().err
    assert told.startswith("warning: ") and REPO in told and "nobody foresaw; the embedded" in told
    assert told.count("\n") == 1
    banner = standing.banner(Words("fr"), workshop)
    texts = [parsed(str(frame.before)).text for frame in pages.frames.values()]
    assert REPO in banner and any(banner in text for text in texts)


def test_an_odd_bundle_of_the_hub_gives_way_too(hub, odd_folder, write_odd, capsys):
    push(odd_folder, REPO, tell=lambda _: None)
    odd = json.dumps(changed(place_of("training.recipe"), MARKUP)).encode()
    hub.repositories[REPO].commit({INFO: odd})
    workshop = open_workshop(REPO)
    assert workshop.bundle.folder == EMBEDDED and workshop.refused_why == "damaged"
    assert "training.recipe must be an object" in capsys.readouterr().err


def test_an_older_bundle_tells_less_and_opens(odd_folder, write_odd, gallery):
    info = copy.deepcopy(GOOD)
    del info["training"]["pretraining"], info["training"]["first_kept"], info["domain"], info["mirrored"]
    for name in ("keep", "outline", "batch_size", "settling"):
        del info["training"]["recipe"][name]
    for name in ("images_with_twins", "groups_of_twins", "name", "left_out"):
        del info["data"][name]
    write_odd(info)
    open_bundle(odd_folder)
    del info["training"], info["data"]["parts"]["test"], info["data"]["parts"]["validation"]
    write_odd(info)
    french_page(open_bundle(odd_folder), gallery)


def test_texts_of_a_bundle_are_shown_as_they_are(odd_folder, write_odd, gallery):
    table = pd.read_csv(EMBEDDED / PREDICTIONS)
    table["image_id"] = [f"<img src=x onerror=alert({number})> {{x}} ** \"'" for number in range(len(table))]
    table.to_csv(odd_folder / PREDICTIONS, index=False)
    info = changed(("data", "name"), MARKUP)
    info["training"]["recipe"]["arch"] = info["data"]["licence"] = info["data"]["citation"] = MARKUP
    write_checksums(odd_folder, info)
    shown = french_page(open_bundle(odd_folder), gallery)
    assert "&lt;img src=x onerror" in shown and "<img src=x" not in shown
    assert "<strong>b</strong>" not in shown and "{x}" in shown
    assert not re.search(r"\*\*b\*\*(?=.*`python app\.py --data)", shown)  # where the text is Markdown
