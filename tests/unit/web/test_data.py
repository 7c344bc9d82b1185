"""The tab Les données without a browser: counts, examples, the table, twins, and the share that leaks."""

import dataclasses
import re

import gradio as gr
import pytest

from busi.bundle.files import EMBEDDED, open_bundle
from busi.data.box import CREDIT, CREDIT_URL
from busi.lessons.data_counts import part_counts
from busi.lessons.twins import round_of
from busi.serving.workshop import Workshop, open_workshop
from busi.web.page import Page
from busi.web.pages import build_pages
from busi.web.pictures import outline_path
from busi.web.tabs.data.tab import counts, examples, folders, leak_guess, table, twin_game, two_labels
from busi.words.classes import CLASSES
from busi.words.text import LANGUAGES, Words
from tests.support.markup import parsed, text_of
from tests.support.pages import callbacks, page_about, page_of

FRENCH, ENGLISH = Words("fr"), Words("en")


@pytest.fixture(scope="module")
def bundle():
    return open_bundle(EMBEDDED)


@pytest.fixture(scope="module")
def workshop() -> Workshop:
    return open_workshop(EMBEDDED)


@pytest.fixture(scope="module")
def english(workshop) -> Page:
    return page_of("en", workshop)


def keys_in(html: str) -> list[str]:
    """Of the pictures that can be chosen."""
    return [button["data-key"] for button in parsed(html).select("button[data-key]")]


def test_the_counts_are_those_of_the_bundle(bundle):
    parts = {part.part: part for part in part_counts(bundle)}
    for name, part in parts.items():
        assert {"images": part.images, **part.by_class} == bundle.info["data"]["parts"][name]
    for language in LANGUAGES:
        page = page_about(bundle, language)
        for part, line in zip(parts.values(), parsed(counts(page)).select(".part"), strict=True):
            count = page.words("data.count_malignant", count=page.words.number(part.by_class["malignant"]))
            assert count in text_of(line) and page.words.number(part.images) == line.strong.text
            widths = [float(re.fullmatch(r"width:([\d.]+)%", bar["style"])[1]) for bar in line.select("i")]
            most = max(part.images for part in parts.values())
            assert widths == pytest.approx([100 * count / most for count in part.by_class.values()], abs=0.06)
    test = bundle.predictions.query("split == 'test' and source == 'busi'")
    share = (test["label"] == "benign").mean()
    answer = parsed(counts(page_about(bundle))).select_one("[data-answer]")
    assert f"it is {100 * share:.0f} (64 of 94)" in answer["data-answer"]
    assert (float(answer["data-low"]), float(answer["data-high"])) == pytest.approx((100 * share - 5, 100 * share + 5))


def test_a_bundle_that_tells_less_is_shown_with_what_it_tells(small_bundle):
    train, validation, test = part_counts(small_bundle)
    assert (train.images, train.by_class) == (100, None)
    assert (validation.images, test.images) == (20, 20) and test.by_class == {"benign": 10, "malignant": 10}
    page = page_about(small_bundle, "fr")
    html = counts(page) + folders(page)
    assert len(parsed(html).select("i.unknown")) == 1 and "{" not in html.replace("{guess}", "")
    assert leak_guess(page) == two_labels(page) == ""


def test_a_bundle_of_simulated_images_says_so(bundle):
    page = page_about(dataclasses.replace(bundle, predictions=bundle.predictions.assign(source="simulated")))
    assert "benign/" not in folders(page) and "seed" in folders(page)
    assert leak_guess(page) == ""


def test_examples_come_by_class_with_their_outline_and_badge(workshop, english):
    tree = parsed(examples(english, 0))
    for label, part in zip(CLASSES, tree.select(".examples-of"), strict=True):
        assert part.select(f"h4 .class.{label}")
        buttons = part.select("button[data-key]")
        shown = [workshop.gallery.examples[button["data-key"]] for button in buttons]
        assert len(shown) == 4 and {example.label for example in shown} == {label}
        assert [button.path["d"] for button in buttons] == [outline_path(example.mask) for example in shown]
        assert [text_of(button) for button in buttons] == [CREDIT] * 4
    assert tree.select_one(".credit-line a")["href"] == CREDIT_URL
    assert not set(keys_in(examples(english, 0))) & set(keys_in(examples(english, 1)))


def test_the_table_shows_the_rows_that_the_code_holds(bundle):
    tree = parsed(table(page_about(bundle, "fr")))
    assert [head.text for head in tree.select("thead th")] == list(bundle.predictions.columns)
    rows = [[cell.text for cell in row.select("td")] for row in tree.select("tbody tr")]
    assert rows == [[str(value) for value in row] for _, row in bundle.predictions.head(6).iterrows()]
    assert f"{len(bundle.predictions):,} lignes".replace(",", " ") in text_of(tree)


def test_no_code_stands_in_a_beginner_s_way(bundle):
    page = page_about(bundle)
    tree = parsed(folders(page) + counts(page) + leak_guess(page) + table(page))
    hidden = " ".join(text_of(box.extract()) for box in tree.select("details.curious"))
    assert "pd.read_csv" in hidden and "AUC" in hidden
    assert "pd." not in text_of(tree) and "_mask" not in text_of(tree) and "AUC" not in text_of(tree)
    assert [section["data-section"] for section in tree.select("[data-section]")] == ["folders", "packs", "leak"]


def test_what_a_table_holds_is_text_and_no_markup(bundle):
    odd = bundle.predictions.assign(image_id="<img src=x onerror=alert(1)>")
    tree = parsed(table(page_about(dataclasses.replace(bundle, predictions=odd))))
    assert not tree.select("img") and "onerror" in text_of(tree)


def test_twins_are_judged_by_the_server_and_not_told_before(workshop, bundle, english):
    game = round_of(workshop.gallery, bundle, 2)
    buttons = parsed(twin_game(english, 2)).select("button[data-choice]")
    assert [button["data-choice"] for button in buttons] == list("012345")
    for button in buttons:
        del button["data-choice"], button["aria-label"], button.img["src"]
    assert len({str(button) for button in buttons}) == 1, "only the picture differs"
    right, wrong = (parsed(twin_game(english, 2, choice % 6)) for choice in (game.answer, game.answer + 1))
    assert right.select_one(".judged.right").strong.text == ENGLISH("data.twins_right")
    assert wrong.select_one(".judged.wrong").strong.text == ENGLISH("data.twins_wrong")
    assert (len(right.select("figure")), len(wrong.select("figure"))) == (2, 3)
    assert wrong.select_one("button[data-round]")["data-round"] == "3"
    assert text_of(twin_game(page_about(bundle), 0)).count(ENGLISH("data.twins_none")) == 1


@pytest.fixture(scope="module")
def play(workshop):
    return callbacks(build_pages(workshop), "play")[0]


@pytest.mark.parametrize("sent", [{}, {"round": "x"}, {"round": -3, "choice": 99}, {"round": 1e9, "choice": "2"}])
def test_whatever_a_browser_sends_is_answered(play, sent):
    assert len(parsed(play(gr.EventData(None, sent))).select(".twins-board, .twins-answer")) == 1
