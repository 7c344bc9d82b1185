"""The network's tab as a visitor tries it: what unfolds at a pressed pixel is the number that Keras puts there."""

import re

import numpy as np
import pytest
from playwright.sync_api import Locator, Page, expect

from busi.bundle.files import EMBEDDED, open_bundle
from busi.images import prepare
from busi.model.activations import Inside, strongest_filters
from busi.serving.gallery import open_gallery
from busi.serving.predict import Classifier
from busi.words.text import MINUS, Words
from tests.browser.conftest import assert_fits, open_tab, serious_issues
from tests.browser.giving import Requests

pytestmark = pytest.mark.browser

LAYERS = (("conv1", "relu1", "sum", 9), ("conv3b_expand", "relu3b_expand", "sum_many", 24))
NEAR = 0.0011  # of a number that is written with three digits


@pytest.fixture(scope="module")
def inside() -> Inside:
    return Classifier(open_bundle(EMBEDDED)).inside


@pytest.fixture(scope="module")
def model_input() -> np.ndarray:
    """Of the first real example."""
    bundle = open_bundle(EMBEDDED)
    return prepare(open_gallery(bundle, None).examples["breast-001"].image, bundle.image)


def open_kernels(page: Page, words: Words) -> Locator:
    """The kernels, of the first real example."""
    open_tab(page, "network")
    requests = Requests(page)
    page.get_by_role("button", name=words("picker.breast_name", number=1), exact=True).click()
    expect(page.locator(".chain li").first).to_be_visible(timeout=60_000)
    expect(page.get_by_text(words("network.stand_in"))).to_have_count(0, timeout=60_000)
    requests.wait_for_rest()
    return page.locator(".kernels")


def numbers_in(text: str) -> list[float]:
    """The numbers of a sentence, as either language writes them."""
    found = re.findall(rf"{MINUS}?\d+(?:[.,]\d+)?", text)
    return [float(number.replace(MINUS, "-").replace(",", ".")) for number in found]


def press_pixel(page: Page, place: Locator, size: tuple[int, ...], row: int, column: int) -> None:
    """Presses one pixel of a map of this size."""
    place.scroll_into_view_if_needed()
    box = place.bounding_box()
    x, y = box["width"] * (column + 0.5) / size[1], box["height"] * (row + 0.5) / size[0]
    place.click(position={"x": x, "y": y})


def test_the_sum_at_a_pressed_pixel_is_the_networks_own_number(page, words, inside, model_input):
    kernels = open_kernels(page, words)
    place, told = kernels.locator("[data-map]"), kernels.locator("[data-out=sum]")
    for which, (layer, passed_on, sentence, count) in enumerate(LAYERS):
        kernels.locator("[data-convolution]").nth(which).click()
        maps = inside.maps(model_input, layer)
        filters = strongest_filters(inside.maps(model_input, passed_on), 8)
        names = [words("kernels.filter", number=number + 1) for number in filters]
        assert kernels.locator("[data-filter] span").all_inner_texts() == names
        chosen = kernels.locator("[data-filter]").nth(2)
        chosen.click()
        expect(chosen).to_have_attribute("aria-pressed", "true")
        rows, columns, _ = maps.shape
        row, column = rows // 2, columns // 3
        press_pixel(page, place, maps.shape, row, column)
        expect(place).to_have_attribute("aria-valuenow", str(row * columns + column))
        start = words("kernels.sum" if sentence == "sum" else "kernels.sum_many", count=count, sum="")
        expect(told).to_contain_text(start.strip())
        assert numbers_in(told.inner_text())[-1] == pytest.approx(maps[row, column, filters[2]], abs=NEAR)
        place.press("Home")
        place.press("ArrowRight")
        expect(place).to_have_attribute("aria-valuenow", str(row * columns + 1))
        assert numbers_in(told.inner_text())[-1] == pytest.approx(maps[row, 1, filters[2]], abs=NEAR)
        assert_fits(page)


def test_the_products_add_up_and_the_edge_counts_as_nothing(page, words, inside, model_input):
    kernels = open_kernels(page, words)
    number = strongest_filters(inside.maps(model_input, "relu1"), 1)[0]
    conv, passed = inside.maps(model_input, "conv1")[..., number], inside.maps(model_input, "relu1")[..., number]
    outside, after = kernels.locator("[data-out=outside]"), kernels.locator("[data-out=after]")
    expect(outside).to_be_empty()  # a newcomer does not begin at the edge
    products = kernels.locator("[data-cells=products] span")

    def written_products() -> list[float]:
        return [numbers_in(text)[-1] for text in products.all_inner_texts()]

    row, column = divmod(int(kernels.locator("[data-map]").get_attribute("aria-valuenow")), conv.shape[1])
    assert passed[row, column] == passed[1:-1, 1:-1].max()
    assert sum(written_products()) == pytest.approx(conv[row, column], abs=9 * 0.0005)
    kernels.get_by_role("button", name=words("kernels.corner")).click()
    # Two steps at a time, the kernel stands out at the end of the rows and of the columns only.
    expect(outside).to_have_text(words("kernels.outside", outside=5, count=9))
    assert kernels.locator("[data-cells=patch] .outside").count() == 5
    assert sum(written_products()) == pytest.approx(conv[-1, -1], abs=9 * 0.0005)
    kernels.get_by_role("button", name=words("kernels.strongest")).click()
    normalised = numbers_in(after.inner_text())[0]
    assert normalised == pytest.approx(passed.max(), abs=0.011) and passed.max() > 0


def test_pooling_takes_the_largest_of_four_and_follows_the_chosen_filter(page, words, inside, model_input):
    kernels = open_kernels(page, words)
    filters = strongest_filters(inside.maps(model_input, "relu1"), 8)
    rectified = inside.maps(model_input, "relu1")  # this network pools nowhere: the page does it with its first maps
    rows, columns, count = (rectified.shape[0] // 2, rectified.shape[1] // 2, rectified.shape[2])
    pooled = rectified.reshape(rows, 2, columns, 2, count).max(axis=(1, 3))
    for choice in (0, 5):
        kernels.locator("[data-filter]").nth(choice).click()
        expected = pooled[..., filters[choice]] * 255 / pooled[..., filters[choice]].max()
        shown = page.locator("[data-canvas=pooled]").evaluate(
            "canvas => [...canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data]"
            ".filter((_, at) => at % 4 === 0)"
        )
        np.testing.assert_allclose(np.reshape(shown, expected.shape), expected, atol=1)


def test_a_new_image_keeps_the_filter_and_the_convolution_that_were_chosen(page, words):
    kernels = open_kernels(page, words)
    kernels.locator("[data-convolution]").nth(1).click()
    before = kernels.locator("[data-out=sum]").inner_text()
    page.get_by_role("button", name=words("picker.smiley")).click()
    expect(kernels.locator("[data-out=sum]")).not_to_have_text(before, timeout=60_000)
    expect(kernels.locator("[data-convolution]").nth(1)).to_have_attribute("aria-pressed", "true")
    expect(kernels.locator(".badge")).to_be_hidden()


def test_all_layers_are_on_the_screen_and_nothing_is_hard_to_reach(page, words, inside):
    open_kernels(page, words)
    page.locator("#tab-network .curious > button").click()
    expect(page.locator(".layer-view h4")).to_be_visible(timeout=60_000)
    width = page.viewport_size["width"]
    edges = page.locator("button[data-layer]").evaluate_all(
        "all => all.map((one) => one.getBoundingClientRect()).map(({ left, right, height }) => [left, right, height])"
    )
    assert len(edges) == len(inside.layers) == 98
    assert all(left >= 0 and right <= width and height >= 40 for left, right, height in edges)
    sections = page.locator("#tab-network [data-section]").evaluate_all("all => all.map((one) => one.dataset.section)")
    assert sections == ["convolution", "kernel", "pooling", "chain", "draws", "layers", "ideas"]
    assert_fits(page)
    assert serious_issues(page, "network") == []
