"""The tab Les données without a browser: counts, examples, the table, twins, and the share that leaks."""

import dataclasses
import re
from types import SimpleNamespace

import numpy as np
import pytest

from busi.bundle.files import EMBEDDED, open_bundle
from busi.data.dataset import read_busi, usable
from busi.lessons.twins import round_of
from busi.serving.gallery import CONFLICT, Gallery, open_gallery
from busi.serving.workshop import Workshop, open_workshop
from busi.web.figures import outline_path
from busi.web.pages import build_pages
from busi.web.tabs.data.tab import (
    LEAK_HIGH,
    LEAK_LOW,
    LEAK_SHARE,
    counts,
    examples,
    folders,
    leak_guess,
    part_counts,
    table,
    twin_game,
    two_labels,
)
from busi.words.text import Words
from tests.support.pages import callbacks

FRENCH, ENGLISH = Words("fr"), Words("en")


@pytest.fixture(scope="module")
def bundle():
    return open_bundle(EMBEDDED)


@pytest.fixture(scope="module")
def workshop() -> Workshop:
    return open_workshop(EMBEDDED)


def test_the_counts_are_those_of_the_bundle(bundle):
    parts = {part.part: part for part in part_counts(bundle)}
    for name, part in parts.items():
        assert {"images": part.images, **part.by_class} == bundle.info["data"]["parts"][name]
    for words in (FRENCH, ENGLISH):
        html = counts(words, bundle)
        for part in parts.values():
            assert words("data.count_malignant", count=part.by_class["malignant"]) in html
    test = bundle.predictions.query("split == 'test' and source == 'busi'")
    share = (test["label"] == "benign").mean()
    assert f"it is {100 * share:.0f} (65 of 96)" in counts(ENGLISH, bundle)


def test_a_bundle_that_tells_less_is_shown_with_what_it_tells(small_bundle):
    train, validation, test = part_counts(small_bundle)
    assert (train.images, train.by_class) == (100, None)
    assert (validation.images, test.images) == (20, 20) and test.by_class == {"benign": 10, "malignant": 10}
    html = counts(FRENCH, small_bundle) + folders(FRENCH, small_bundle)
    assert "unknown" in html and "{" not in html.replace("{guess}", "")
    assert leak_guess(FRENCH, small_bundle) == two_labels(FRENCH, small_bundle, Gallery(())) == ""


def test_a_bundle_of_simulated_images_says_so(bundle):
    simulated = dataclasses.replace(bundle, predictions=bundle.predictions.assign(source="simulated"))
    assert "benign/" not in folders(ENGLISH, simulated) and "seed" in folders(ENGLISH, simulated)
    assert leak_guess(ENGLISH, simulated) == ""


def test_examples_come_by_class_with_their_outline_and_badge(workshop):
    html = examples(ENGLISH, workshop.gallery, 0)
    benign, malignant = html.split('<div class="examples-of">')[1:]
    for label, part in (("benign", benign), ("malignant", malignant)):
        shown = [workshop.gallery.examples[key] for key in re.findall(r'data-key="([\w-]+)"', part)]
        assert len(shown) == 4 and {example.label for example in shown} == {label}
        for example in shown:
            assert outline_path(example.mask) in part
    assert html.count('class="badge"') == 8
    assert re.findall(r"data-key=.(\S+?).\s", html) != re.findall(
        r"data-key=.(\S+?).\s", examples(ENGLISH, workshop.gallery, 1)
    )


def test_the_table_shows_the_rows_that_the_code_holds(bundle):
    html = table(FRENCH, bundle.predictions)
    assert re.findall(r'<th scope="col">(\w+)</th>', html) == list(bundle.predictions.columns)
    first = bundle.predictions.iloc[0]
    for value in first:
        assert f"<td>{value}</td>" in html
    assert f"{len(bundle.predictions)} lignes" in html


def test_twins_are_judged_by_the_server_and_not_told_before(workshop, bundle):
    game = round_of(workshop.gallery, bundle, 2)
    asked = twin_game(ENGLISH, workshop.gallery, bundle, 2)
    buttons = re.findall(r"<button[^>]*data-choice[^>]*>", asked)
    assert len(buttons) == 6
    assert len({re.sub(r'data-choice="\d"|image \d|Picture \d', "", button) for button in buttons}) == 1
    assert ENGLISH("data.twins_right") in twin_game(ENGLISH, workshop.gallery, bundle, 2, game.answer)
    wrong = twin_game(ENGLISH, workshop.gallery, bundle, 2, (game.answer + 1) % 6)
    assert ENGLISH("data.twins_wrong") in wrong and wrong.count("<figure>") == 3 and 'data-round="3"' in wrong
    assert twin_game(ENGLISH, Gallery(()), bundle, 0).count(ENGLISH("data.twins_none")) == 1


@pytest.mark.parametrize("sent", [{}, {"round": "x"}, {"round": -3, "choice": 99}, {"round": 1e9, "choice": "2"}])
def test_whatever_a_browser_sends_is_answered(workshop, sent):
    play = callbacks(build_pages(workshop), "play")[0]
    assert "<section" in play(SimpleNamespace(**sent))


def test_the_share_that_leaks_is_what_random_splits_of_busi_give(busi_folder, bundle):
    groups = usable(read_busi(busi_folder).images)["group"].to_numpy()
    rng, shares = np.random.default_rng(5), []
    for _ in range(400):
        order = rng.permutation(len(groups))
        train, test = order[: round(0.7 * len(groups))], order[round(0.85 * len(groups)) :]
        shares.append(np.isin(groups[test], groups[train]).mean())
    assert 100 * np.mean(shares) == pytest.approx(LEAK_SHARE, abs=2)
    low, high = 100 * np.quantile(shares, [0.025, 0.975])
    assert (low, high) == (pytest.approx(LEAK_LOW, abs=2), pytest.approx(LEAK_HIGH, abs=2))
    html = leak_guess(FRENCH, bundle)
    assert f"c&#x27;est {LEAK_SHARE}" in html and f"des {len(groups)} images" in html


def test_the_folders_hold_what_the_page_says(busi_folder):
    numbers = read_busi(busi_folder).images["label"].value_counts()
    for name in ("benign", "malignant", "normal"):
        for words in (FRENCH, ENGLISH):
            assert str(numbers[name]) in words(f"data.folder_{name}")


def test_images_with_two_labels_are_shown_in_pairs_and_never_chosen(busi_folder, bundle):
    gallery = open_gallery(bundle, busi_folder)
    pairs = [example for example in gallery.examples.values() if example.source == CONFLICT]
    assert [example.label for example in pairs] == ["benign", "malignant"] * 6
    html = two_labels(ENGLISH, bundle, gallery)
    assert "benign (42)" in html and "malignant (51)" in html and str(bundle.info["data"]["left_out"]) in html
    assert all(example.key not in examples(ENGLISH, gallery, 0) for example in pairs)
    assert gallery.recognise(pairs[0].key) is None
