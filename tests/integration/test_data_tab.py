"""What the tab Les données says of BUSI, counted on BUSI."""

import numpy as np
import pytest

from busi.bundle.files import EMBEDDED, open_bundle
from busi.data.dataset import read_busi, usable
from busi.lessons.data_counts import LEAK_HIGH, LEAK_LOW, LEAK_SHARE
from busi.serving.gallery import CONFLICT, open_gallery
from busi.web.tabs.data.tab import examples, leak_guess, two_labels
from busi.words.text import Words
from tests.support.markup import parsed, text_of
from tests.support.pages import page_about

FRENCH, ENGLISH = Words("fr"), Words("en")


@pytest.fixture(scope="module")
def bundle():
    return open_bundle(EMBEDDED)


def keys_in(html: str) -> list[str]:
    """Of the pictures that can be chosen."""
    return [button["data-key"] for button in parsed(html).select("button[data-key]")]


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
    answer = parsed(leak_guess(page_about(bundle, "fr"))).select_one("[data-answer]")
    assert f"c'est {LEAK_SHARE}" in answer["data-answer"] and f"des {len(groups)} images" in answer["data-answer"]
    assert (answer["data-low"], answer["data-high"]) == (str(LEAK_LOW), str(LEAK_HIGH))


def test_the_folders_hold_what_the_page_says(busi_folder):
    numbers = read_busi(busi_folder).images["label"].value_counts()
    for name in ("benign", "malignant", "normal"):
        for words in (FRENCH, ENGLISH):
            assert str(numbers[name]) in words(f"data.folder_{name}")


def test_images_with_two_labels_are_shown_in_pairs_and_never_chosen(busi_folder, bundle):
    gallery = open_gallery(bundle, busi_folder)
    pairs = [example for example in gallery.examples.values() if example.source == CONFLICT]
    assert [example.label for example in pairs] == ["benign", "malignant"] * 6
    page = page_about(bundle, "en", gallery)
    html = two_labels(page)
    names = [[name.text for name in pair.select("small")] for pair in parsed(html).select(".pair-of")]
    assert names == [[a.image_id, b.image_id] for a, b in zip(pairs[::2], pairs[1::2], strict=True)][: len(names)]
    assert {"benign (42)", "malignant (51)"} <= {name for pair in names for name in pair}
    assert str(bundle.info["data"]["left_out"]) in text_of(html)
    assert not {example.key for example in pairs} & set(keys_in(examples(page, 0)))
    assert gallery.recognise(pairs[0].key) is None
