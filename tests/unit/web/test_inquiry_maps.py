"""Three maps, without a browser: what is kept, what is computed while one waits, and what is told of all lesions."""

import gradio as gr
import pytest

from busi.bundle.files import EMBEDDED, open_bundle
from busi.data.box import lesions, outline
from busi.lessons.three_maps import KINDS, agree, agreement, pointing, points_into, recorded, strongest, together
from busi.serving.gallery import Gallery, open_gallery
from busi.web.tabs.inquiry_maps import tab
from busi.web.tabs.inquiry_maps.tab import Chosen, bench_of, cases_of, explained, maps_bench
from busi.words.text import LANGUAGES
from tests.support.markup import data_of, parsed, text_of
from tests.support.pages import page_about


@pytest.fixture(scope="module")
def page():
    bundle = open_bundle(EMBEDDED)
    return page_about(bundle, "en", open_gallery(bundle, None))


def never():
    raise AssertionError("kept maps need no network")


def plain(written: str) -> str:
    return " ".join(written.split())


def test_kept_maps_are_shown_without_asking_and_what_is_said_of_them_is_so(page):
    cases = cases_of(page)
    assert [case.label for case in cases] == ["benign", "malignant"] * 3
    for number, case in enumerate(cases):
        for whose in ("learned", "shuffled"):
            tree = parsed(explained(page, Chosen(case=number, seed=0, whose=whose), never))
            places = recorded()["places"][case.image_id][whose]
            told = [text_of(one.small) for one in tree.select("figcaption")]
            inside = outline(case.image_id)
            for said, kind in zip(told, KINDS, strict=True):
                hit = points_into(tuple(places[kind]) if places[kind] else None, inside)
                assert said == page.words("inquiry_maps.inside" if hit else "inquiry_maps.outside")
            assert len(tree.select(".veil")) == 3 and bool(tree.select(".trap")) == (whose == "shuffled")


def test_another_picture_is_drawn_by_a_seed_and_its_maps_are_computed(page, monkeypatch):
    asked = []

    def computed(name, classifier, networks):
        asked.append(name)
        kept = next(iter(recorded()["maps"].values()))
        return {whose: {kind: tab.np.array(one) for kind, one in some.items()} for whose, some in kept.items()}

    monkeypatch.setattr(tab, "maps_of", computed)
    names = lesions()["image_id"]
    tree = parsed(explained(page, Chosen(case=6, seed=252 + 7, whose="learned"), lambda: (None, None)))
    assert asked == [names.iloc[7]] and len(tree.select("figure")) == 3
    kept = next(iter(recorded()["maps"].values()))["learned"]
    places = [strongest(tab.np.array(kept[kind])) for kind in KINDS]
    pairs = sum(agree(places[one], places[other]) for one, other in ((0, 1), (0, 2), (1, 2)))
    assert text_of(tree.select_one(".large")) == page.words(f"inquiry_maps.agree_{pairs}")


@pytest.mark.parametrize(
    "wrong",
    [
        None,
        Chosen(case=7, seed=0, whose="learned"),
        Chosen(case=-1, seed=0, whose="learned"),
        Chosen(case=0, seed=0, whose="x"),
    ],
)
def test_what_is_not_offered_is_not_explained(page, wrong):
    assert explained(page, wrong, never) is None


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_all_maps_show_is_told_with_interval_and_n(page, language):
    page, found = page_about(page.bundle, language, open_gallery(page.bundle, None)), recorded()
    html, words = bench_of(page, cases_of(page)), page.words
    assert data_of(html, "data") == {"together": together(found).value, "n": 252, "cases": 6}
    tree = parsed(html)
    for row, one in zip(tree.select(".remains li"), agreement(found).values(), strict=True):
        assert all(plain(words.percent(value)) in text_of(row) for value in (one.value, one.low, one.high))
        assert "n = 252" in text_of(row)
    told = pointing(found)
    for row, kind in zip(tree.select(".pointing tbody tr"), KINDS, strict=True):
        cells = [text_of(cell) for cell in row.select("td")]
        for cell, whose in zip(cells, ("learned", "shuffled"), strict=True):
            one = told[whose][kind]
            assert all(plain(words.percent(value)) in cell for value in (one.value, one.low, one.high))
    assert words("inquiry_maps.shipped") not in text_of(tree)


def test_without_pictures_there_is_a_sentence(page):
    empty = page_about(page.bundle, "en", Gallery(()))
    with gr.Blocks() as blocks:
        maps_bench(empty)
    shown = " ".join(block.value for block in blocks.blocks.values())
    assert empty.words("inquiry_maps.none_title") in shown and "data-data" not in shown
