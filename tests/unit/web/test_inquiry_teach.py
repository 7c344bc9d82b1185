"""The inquiry of two boxes: what its page holds, what is refused, and the notebook that one takes home."""

import base64
import json

import numpy as np
import pytest

from busi.bundle.files import EMBEDDED, open_bundle
from busi.lessons.numpy_network import answer
from busi.lessons.small_training import learn
from busi.lessons.teach import EPOCHS, SIZE, WALL, Sorted, others, presets, wall
from busi.web.pictures import addressed
from busi.web.tabs.inquiry_teach.notebook import as_link, notebook
from busi.web.tabs.inquiry_teach.tab import Given, bench_of, panel, run
from busi.words.text import Words
from tests.support.markup import parsed
from tests.support.pages import page_about


@pytest.fixture(scope="module", params=("fr", "en"))
def page(request):
    return page_about(open_bundle(EMBEDDED), request.param)


@pytest.fixture(scope="module")
def taught():
    images = wall()[:6]
    *_, last = learn(images, np.arange(6) >= 3, {"others": others()}, images[:0], epochs=2, seed=0)
    return last


def test_every_picture_of_the_wall_can_be_pressed_and_has_an_address(page):
    tree = parsed(bench_of(page))
    pictures = [button.img["src"] for button in tree.select("[data-place]")]
    assert len(pictures) == len(WALL) and all(picture.removeprefix(".") in addressed for picture in pictures)
    data = json.loads(tree.select_one(".inquiry")["data-data"])
    assert [button["data-preset"] for button in tree.select("[data-preset]")] == list(data["presets"])
    assert data["presets"][SIZE]["second"] == list(presets()[SIZE].second)


def test_what_cannot_be_learned_from_shows_nothing(page):
    for given in (None, Given(first=[1], second=[2, 3], seed=0), Given(first=[1, 99], second=[2, 3], seed=0)):
        assert not list(run(page, given))


def test_what_was_followed_most_is_told_whichever_way_it_was_followed(page, taught):
    words, order = page.words, np.arange(len(others()))
    follows = {"brightness": 0.2, "contrast": 0.5, "size": 0.61, "depth": 0.45, "class": 0.5}
    tree = parsed(panel(page, Sorted(EPOCHS, EPOCHS, order, follows, taught.weights)))
    told = words("inquiry_teach.told_most", name=words("inquiry_teach.by_brightness"), share=words.percent(0.8))
    assert tree.select_one(".large").get_text() == told
    assert [item.span.get_text() for item in tree.select(".follows li")][:2] == [
        words(f"inquiry_teach.by_{name}") for name in ("brightness", "size")
    ]
    assert len(tree.select(".surest img")) == 12 and len(tree.select(".surest .badge")) == 12
    weak = Sorted(EPOCHS, EPOCHS, order, dict.fromkeys(follows, 0.55), taught.weights)
    assert parsed(panel(page, weak)).select_one(".large").get_text() == words("inquiry_teach.told_nothing")


def test_the_notebook_runs_and_answers_what_the_network_answered(taught):
    picture = others()[0]
    for language in ("fr", "en"):
        text = notebook(Words(language), taught.weights, picture)
        kept = base64.b64decode(as_link(text).split("base64,")[1]).decode()
        assert kept == text
        cells = json.loads(text)["cells"]
        assert [cell["cell_type"] for cell in cells] == ["markdown", "code", "markdown", "code"]
        *code, last = "".join(cells[1]["source"] + ["\n"] + cells[3]["source"]).splitlines()
        known: dict[str, object] = {}
        exec("\n".join(code), known)
        assert eval(last, known) == pytest.approx(taught.answers["others"][0], abs=1e-4)
        assert eval(last, known) == answer(picture, taught.weights)
