"""A visitor on the tab L'entraînement: the curves under the slider, the bet, and a training watched live."""

import json

import pandas as pd
import pytest
from playwright.sync_api import Page, expect

from busi.bundle.files import EMBEDDED, HISTORY, INFO
from busi.model.metrics import rate
from busi.words.text import Words
from tests.browser.conftest import assert_fits, open_tab

pytestmark = pytest.mark.browser

HISTORY_ROWS = pd.read_csv(EMBEDDED / HISTORY).set_index("epoch")
TOLD = json.loads((EMBEDDED / INFO).read_text("utf-8"))


def move(page: Page, epoch: int) -> None:
    """To an epoch, by keyboard: first to the start, then step by step."""
    page.locator("[data-epoch]").focus()
    page.keyboard.press("Home")
    for _ in range(epoch - 1):
        page.keyboard.press("ArrowRight")


def said(page: Page) -> str:
    return page.locator(".curves [data-said]").inner_text()


def choose(page: Page, words: Words, key: str) -> None:
    page.get_by_role("button", name=words(key), exact=True).click()


def test_the_slider_says_the_numbers_of_the_bundle(page, words):
    open_tab(page, "training")
    move(page, 12)
    row, parts = HISTORY_ROWS.loc[12], TOLD["data"]["parts"]
    n, val_n = parts["train"]["images"], parts["validation"]["images"]
    shown = {"epoch": 12, "n": n, "val_n": val_n}
    losses = {"seen": words.number(row.loss, 3), "held": words.number(row.val_loss, 3)}
    gap = words("training.gap_above", gap=words.number(row.val_loss - row.loss, 3))
    assert said(page) == f"{words('training.said_loss', **shown, **losses)} {gap}"
    choose(page, words, "training.measure_accuracy")
    held = rate(round(row.val_accuracy * val_n), val_n)
    shares = dict(zip(("seen", "held", "low", "high"), (row.accuracy, held.value, held.low, held.high), strict=True))
    shares = {name: words.percent(share) for name, share in shares.items()}
    assert said(page).startswith(words("training.said_accuracy", **shown, **shares))
    choose(page, words, "training.measure_auc")
    areas = {"seen": words.number(row.auc, 3), "held": words.number(row.val_auc, 3)}
    assert said(page).startswith(words("training.said_auc", **shown, **areas))
    assert_fits(page)


def test_a_bet_is_placed_before_the_kept_epoch_is_shown(page, words):
    open_tab(page, "training")
    mark = page.locator(".curves .plot text.best")
    expect(mark).to_have_count(0)
    assert (
        words("training.guess_late", first=TOLD["training"]["first_kept"])
        in page.locator(".curves .guess").inner_text()
    )
    expect(page.locator(".curves .plot rect.excluded")).to_be_visible()
    move(page, int(HISTORY_ROWS.val_loss.idxmin()))  # the visibly lowest, among the epochs that could not be kept
    choose(page, words, "training.reveal")
    best = TOLD["training"]["best_epoch"]
    first = TOLD["training"]["first_kept"]
    value = words.number(HISTORY_ROWS.val_loss.loc[first:].min(), 3)
    told = {"best": best, "first": first, "value": value, "val_n": TOLD["data"]["parts"]["validation"]["images"]}
    kept = words("training.kept_loss_late", **told)
    lowest = int(HISTORY_ROWS.val_loss.idxmin())
    here = words.number(HISTORY_ROWS.val_loss.min(), 3)
    well = words("training.other_read_well", epoch=lowest, here=here)
    assert lowest < first
    expect(page.locator("[data-revealed]")).to_have_text(f"≈ {well} {kept}")
    expect(mark).to_contain_text(words("training.best"))
    choose(page, words, "training.stage_simulated")
    before = TOLD["training"]["pretraining"]
    expect(page.locator(".curves [data-population]")).to_contain_text(words.number(before["images"]))
    assert page.locator("[data-epoch]").get_attribute("max") == str(before["epochs"])
    kept = before["history"][before["best_epoch"] - 1]
    assert words.number(kept["val_loss"], 3) in said(page) and "n = 240" in said(page)


def test_batches_are_counted_and_the_code_opens(page, words):
    recipe = TOLD["training"]["recipe"]
    learned = TOLD["data"]["parts"]["train"]["images"]
    images = learned + round(learned * recipe["rehearsal"])
    batches = -(-images // recipe["batch_size"])
    open_tab(page, "training")
    expect(page.locator(".squares i")).to_have_count(batches)
    page.locator(".batches input").focus()
    page.keyboard.press("End")
    seen = {"seen": words.number(images), "images": words.number(images)}
    whole = words("training.batch_said", number=batches, batches=batches, **seen)
    expect(page.locator(".batches [data-said]")).to_have_text(whole)
    page.keyboard.press("Home")
    expect(page.locator(".squares i.lit")).to_have_count(0)
    choose(page, words, "training.batch_play")
    expect(page.locator(".squares i.lit")).to_have_count(batches)
    assert_fits(page)
    page.get_by_text(words("training.code_epoch")).click()
    expect(page.get_by_text("def _run_epoch(")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= page.viewport_size["width"]


def points(page: Page) -> int:
    """Epochs in the live curve of the loss."""
    return len((page.locator("[data-chart=loss] path.curve.held").get_attribute("d") or "").split("L"))


def test_a_training_grows_is_stopped_and_another_one_comes_to_its_end(page, words):
    open_tab(page, "training")
    start = page.get_by_role("button", name=words("training.live_start"), exact=True)
    stop = page.get_by_role("button", name=words("training.live_stop"), exact=True)
    page.get_by_role("radio", name=words("training.live_guess_by_heart")).check()
    start.click()
    expect(page.locator("[data-chart=loss] path.curve.held")).to_have_count(1, timeout=60_000)
    expect(start).to_be_disabled()
    line = "document.querySelector('[data-chart=loss] path.curve.held')"
    page.wait_for_function(f"was => {line}.getAttribute('d').split('L').length > was", arg=points(page))
    stop.click()
    expect(start).to_be_enabled()
    expect(page.locator(".live .phase")).to_have_text(words("training.live_stopped", epoch=points(page) - 1))
    expect(page.locator(".outcome")).to_have_count(0)
    start.click()
    expect(page.locator(".outcome")).to_be_visible(timeout=60_000)
    assert points(page) == 41
    expect(page.locator(".outcome h4")).to_have_text(words("training.live_title_by_heart"))
    expect(page.locator(".outcome")).to_contain_text(words("training.live_right"))
    expect(page.locator(".learned .badge")).to_have_count(2)
    expect(page.locator(".told")).to_contain_text(words("training.live_title_by_heart"))
    expect(stop).to_be_disabled()
    assert_fits(page)
