"""The concepts as a visitor tries them; what they say is compared with the same calculation in Python."""

import base64
import json
import math

import numpy as np
import pytest
from playwright.sync_api import Locator, Page, expect

from busi.data.box import CREDIT
from busi.web.tabs.network.concepts import CONCEPTS, SIDE
from busi.words.text import MINUS, Words
from tests.browser.conftest import assert_fits, open_tab

pytestmark = pytest.mark.browser


def open_concept(page: Page, name: str) -> Locator:
    """The panel of a concept, chosen by its button where it does not stand by itself."""
    panel = page.locator(f"[data-panel={name}]")
    if not page.locator("#tab-network").is_visible():
        open_tab(page, "network")
    if name in CONCEPTS:
        button = page.locator(f"[data-concept={name}]")
        button.click()
        expect(button).to_have_attribute("aria-pressed", "true")
        expect(page.locator("section[data-panel]:visible")).to_have_count(1)
    expect(panel).to_be_visible()
    return panel


def levels(page: Page) -> np.ndarray:
    sent = base64.b64decode(page.locator("[data-pixels]").get_attribute("data-pixels"))
    return np.frombuffer(sent, np.uint8).reshape(SIDE, SIDE).astype(int)


def convolved(image: np.ndarray, kernel: list[int]) -> np.ndarray:
    windows = np.lib.stride_tricks.sliding_window_view(image, (3, 3))
    return (windows * np.reshape(kernel, (3, 3))).sum(axis=(2, 3))


def says(panel: Locator, part: str) -> Locator:
    return panel.locator(f"[data-out={part}]")


def test_the_convolution_adds_up_as_python_does(page, words):
    panel = open_concept(page, "convolution")
    panel.get_by_role("button", name=words("concepts.convolution_kernel_horizontal")).click()
    expect(says(panel, "reacts")).to_have_text(words("concepts.convolution_reacts_horizontal"))
    found = convolved(levels(page), [-1, -1, -1, 0, 0, 0, 1, 1, 1])
    panel.get_by_role("button", name=words("concepts.convolution_strongest")).click()
    expect(says(panel, "sum")).to_have_text(words("concepts.convolution_sum", sum=words.number(found.max())))
    window = panel.get_by_role("slider", name=words("concepts.convolution_window"))
    row, column = divmod(int(window.get_attribute("aria-valuenow")), SIDE - 2)
    assert found[row, column] == found.max()
    window.press("Home")
    window.press("ArrowUp")
    window.press("ArrowRight")
    row, column = max(row - 1, 0), 1
    expect(window).to_have_attribute("aria-valuenow", str(row * (SIDE - 2) + column))
    expect(says(panel, "sum")).to_have_text(words("concepts.convolution_sum", sum=words.number(found[row, column])))
    products = panel.locator("[data-nine=products] span").all_inner_texts()
    assert sum(int(product.replace(MINUS, "-")) for product in products) == found[row, column]
    assert_fits(page)
    # A kernel of one's own may be incomplete, and is read in either way of writing decimals.
    weights = panel.locator("[data-weight]")
    for place, typed in enumerate(["", "x", "1/0", "", " ", "-", "", "0", ""]):
        weights.nth(place).fill(typed)
    expect(says(panel, "reacts")).to_have_text(words("concepts.convolution_reacts_zero"))
    expect(says(panel, "sum")).to_have_text(words("concepts.convolution_sum", sum="0"))
    weights.nth(4).fill("0,5")
    weights.nth(3).fill(f"{MINUS}0.5")
    weights.nth(3).blur()
    expect(weights.nth(3)).to_have_value(words.number(-0.5, 1))
    expect(says(panel, "reacts")).to_have_text(words("concepts.convolution_reacts_change"))


def test_a_chosen_image_is_the_one_that_is_convolved_and_the_kernel_stays(page, words):
    panel = open_concept(page, "convolution")
    expect(panel.locator(".badge").first).to_have_text(CREDIT)
    panel.get_by_role("button", name=words("concepts.convolution_kernel_blur")).click()
    before = levels(page)
    page.get_by_role("button", name=words("picker.smiley")).click()
    expect(says(panel, "told")).to_have_text(words("concepts.convolution_picture_own", side=SIDE), timeout=20_000)
    expect(panel.locator(".badge").first).to_be_hidden()
    assert (levels(page) != before).any()
    pressed = panel.get_by_role("button", name=words("concepts.convolution_kernel_blur"))
    expect(pressed).to_have_attribute("aria-pressed", "true")
    shown = panel.locator("canvas").first.evaluate(
        "canvas => [...canvas.getContext('2d').getImageData(0, 0, 56, 56).data].filter((_, at) => at % 4 === 0)"
    )
    np.testing.assert_array_equal(np.reshape(shown, (SIDE, SIDE)), levels(page))


def test_pooling_follows_what_is_typed_and_counts_what_a_shift_changes(page, words):
    panel = open_concept(page, "pooling")
    expect(panel.locator(".pooled-maps")).to_be_visible(timeout=60_000)  # the network's own map has come
    cells, largest = panel.locator(".grid input"), panel.locator("[data-kept=max] span")
    grid = np.array([int(cell.input_value()) for cell in cells.all()]).reshape(6, 6)
    assert [int(text) for text in largest.all_inner_texts()] == pooled(grid, np.max).tolist()
    cells.first.focus()
    cells.nth(20).hover()  # the mouse elsewhere does not lead the keys astray
    page.keyboard.press("ArrowRight")
    expect(cells.nth(1)).to_be_focused()
    page.keyboard.type("9")
    grid[0, 1] = 9
    expect(largest.first).to_have_text("9")
    panel.get_by_role("button", name=words("concepts.pooling_shift")).click()
    shifted = np.pad(grid, ((0, 0), (1, 0)))[:, :6]
    changed = {
        name: int((pooled(grid, kept) != pooled(shifted, kept)).sum())
        for name, kept in (("max", np.max), ("average", np.mean))
    }
    expected = words("concepts.pooling_shifted", pixels=1, before=int((grid != shifted).sum()), **changed)
    expect(says(panel, "shifted")).to_have_text(expected)
    panel.get_by_role("button", name=words("concepts.pooling_take")).click()
    expect(says(panel, "from")).not_to_have_text(words("concepts.pooling_example"))
    assert max(int(cell.input_value()) for cell in cells.all()) == 9
    assert_fits(page)


def pooled(grid: np.ndarray, kept) -> np.ndarray:
    return kept(grid.reshape(3, 2, 3, 2), axis=(1, 3)).ravel()


def test_only_an_activation_bends_the_line(page, words):
    panel = open_concept(page, "activation")
    panel.locator("[data-in=activation_x]").fill("0")
    half, zero = words.number(0.5, 2), words.number(0, 2)
    expect(says(panel, "sigmoid")).to_have_text(words("concepts.activation_sigmoid_told", y=half))
    expect(says(panel, "relu")).to_have_text(words("concepts.activation_relu_told", x="0", y=zero))
    for knob, value in (("slope_first", 2), ("offset_first", -3), ("slope_second", -1), ("offset_second", 0)):
        panel.locator(f"[data-in=activation_{knob}]").fill(str(value))
    bends = "0" + words("concepts.activation_and") + words.number(1.5, 1)
    expect(says(panel, "pair")).to_have_text(words("concepts.activation_bend", places=bends))
    panel.get_by_role("button", name=words("concepts.activation_without")).click()
    line = words("concepts.activation_line", slope="1", sign=MINUS, offset="3")
    expect(says(panel, "pair")).to_have_text(line)
    assert_fits(page)


def test_dropout_silences_in_training_and_nobody_when_it_answers(page, words):
    panel = open_concept(page, "dropout")
    panel.locator("[data-in=dropout_share]").fill("50")
    silent = panel.locator("circle.silent").count()
    values = {"silent": silent, "left": 12 - silent, "scale": words.number(2, 2)}
    total = words.number(2 * (12 - silent), 1)
    expect(says(panel, "told")).to_have_text(words("concepts.dropout_told", **values, total=total))
    panel.get_by_role("button", name=words("concepts.dropout_hundred")).click()
    expect(says(panel, "counts")).to_contain_text("101")
    expect(says(panel, "counts")).to_contain_text(words.number(50.5, 1))
    panel.get_by_role("button", name=words("concepts.dropout_prediction")).click()
    expect(panel.locator("circle.silent")).to_have_count(0)
    expect(says(panel, "told")).to_have_text(words("concepts.dropout_told_prediction"))
    assert_fits(page)


def slope(x: float) -> float:
    """Of x**4 / 8 - x**2 + 0.375 x + 3, the landscape that is drawn."""
    return x**3 / 2 - 2 * x + 0.375


def adam(x: float, rate: float, steps: int) -> list[float]:
    """Algorithm 1 of Kingma and Ba (2015)."""
    m = v = 0.0
    trail = [x]
    for t in range(1, steps + 1):
        m, v = 0.9 * m + 0.1 * slope(x), 0.999 * v + 0.001 * slope(x) ** 2
        x -= rate * (m / (1 - 0.9**t)) / (math.sqrt(v / (1 - 0.999**t)) + 1e-8)
        trail.append(x)
    return trail


def trails(panel: Locator) -> tuple[list[float], list[float]]:
    drawn = panel.locator("[data-plot=landscape]")
    return tuple(json.loads(drawn.get_attribute(f"data-{name}")) for name in ("gradient", "adam"))


def test_the_optimisers_take_the_steps_of_their_formulas(page, words):
    panel = open_concept(page, "optimiser")
    panel.locator("[data-in=optimiser_start]").fill("2.5")
    expect(panel.get_by_role("button", name=words("concepts.play"), exact=True)).to_be_hidden()
    for _ in range(3):
        panel.get_by_role("button", name=words("concepts.optimiser_step"), exact=True).click()
    plain = [2.5]
    for _ in range(3):
        plain.append(plain[-1] - 0.1 * slope(plain[-1]))
    descended, adapted = trails(panel)
    assert descended == pytest.approx(plain) and adapted == pytest.approx(adam(2.5, 0.1, 3), abs=1e-6)
    panel.locator("[data-in=optimiser_rate]").fill("7")  # the largest
    panel.get_by_role("button", name=words("concepts.optimiser_many")).click()
    out = words("concepts.optimiser_state_out")
    expect(says(panel, "told")).to_contain_text(out[0] + out[1:])
    assert abs(trails(panel)[0][-1]) > 3.2 and all(abs(x) <= 3.2 for x in trails(panel)[1])
    assert_fits(page)


def test_a_confident_error_costs_more_than_a_careful_one(page, words):
    panel = open_concept(page, "loss")
    panel.get_by_role("button", name=words("concepts.loss_guess_little")).click()
    times = math.log(0.01) / math.log(0.4)
    numbers = {"low": words.number(-math.log(0.4), 2), "high": words.number(-math.log(0.01), 2)}
    answer = words("concepts.loss_answer_little", **numbers, times=words.number(times, 1))
    expect(says(panel, "answer")).to_have_text(f"✗ {answer}")
    panel.get_by_role("button", name=words("concepts.loss_guess_five"), exact=True).click()
    expect(says(panel, "answer")).to_have_text(
        f"✓ {words('concepts.loss_answer_five', **numbers, times=words.number(times, 1))}"
    )
    assert told(words, 0.1) in says(panel, "told").inner_text()  # 90 % for malignant, and it is benign
    panel.get_by_role("button", name=words("class.malignant")).click()
    assert told(words, 0.9) in says(panel, "told").inner_text()
    panel.locator("[data-in=loss_prediction]").fill("0")
    expect(says(panel, "told")).to_have_text(words("concepts.loss_clipped", loss=words.number(-math.log(1e-7), 2)))
    assert_fits(page)


def told(words: Words, left: float) -> str:
    values = {"share": words.number(left, 2), "loss": words.number(-math.log(left), 2)}
    return words("concepts.loss_told", given=words.percent(left), **values)


def test_the_keyboard_leads_through_all_four(page, words):
    open_concept(page, CONCEPTS[0])
    for name in (*CONCEPTS[1:], CONCEPTS[0]):
        page.locator("[data-next]:visible").press("Enter")
        expect(page.locator("h4:focus")).to_have_text(words(f"concepts.{name}_title"))
        expect(page.locator("section[data-panel]:visible")).to_have_attribute("data-panel", name)
