"""A visitor on the tab L'entraînement: trainings watched live, one seen again, the curves and the bet."""

import re

import pandas as pd
import pytest
from playwright.sync_api import Page, expect

from busi.bundle.files import EMBEDDED, HISTORY, open_bundle
from busi.bundle.first_pair import names_of_first_pair
from busi.model.metrics import rate
from busi.words.text import Words
from tests.browser.conftest import assert_fits, open_tab, serious_issues

pytestmark = pytest.mark.browser

HISTORY_ROWS = pd.read_csv(EMBEDDED / HISTORY).set_index("epoch")
BUNDLE = open_bundle(EMBEDDED)
TOLD = BUNDLE.info


def move(page: Page, epoch: int) -> None:
    """To an epoch, by keyboard: first to the start, then step by step."""
    page.locator("[data-epoch]").focus()
    page.keyboard.press("Home")
    for _ in range(epoch - 1):
        page.keyboard.press("ArrowRight")


def said(page: Page) -> str:
    return page.locator(".curves [data-said]").inner_text()


def button(page: Page, words: Words, key: str):
    return page.get_by_role("button", name=words(key), exact=True)


def choose(page: Page, words: Words, key: str) -> None:
    button(page, words, key).click()


def open_curious(page: Page, words: Words, key: str) -> None:
    """Opens what is for the curious, if it is not open yet; opening one opens the others, sooner or later."""
    details = page.locator("#tab-training details.curious").filter(has_text=words(key)).last
    details.evaluate("part => { part.open = true }")


def test_who_opens_one_box_for_the_curious_is_told_that_the_others_open_too(page, words):
    open_tab(page, "training")
    page.locator("#tab-training details.curious > summary").first.click()
    expect(page.get_by_text(words("page.curious_opened"))).to_have_count(1)
    open_tab(page, "network")
    expect(page.locator("#tab-network .curious > button.open").first).to_be_visible(timeout=60_000)
    page.locator("#tab-network .curious > button").first.click()
    expect(page.locator("#tab-network .curious > button").first).not_to_have_class(re.compile("open"))
    page.locator("#tab-network .curious > button").first.click()
    expect(page.get_by_text(words("page.curious_opened"))).to_have_count(1)


def test_the_slider_says_the_numbers_of_the_bundle(page, words):
    open_tab(page, "training")
    move(page, 12)
    row, parts = HISTORY_ROWS.loc[12], TOLD["data"]["parts"]
    n = val_n = (
        parts["train"]["images"] + parts["validation"]["images"]
    )  # each held out from one of the folds' networks
    shown = {"epoch": 12, "n": n, "val_n": val_n}
    losses = {"seen": words.number(row.loss, 3), "held": words.number(row.val_loss, 3)}
    assert said(page) == words("training.said_loss", **shown, **losses)
    open_curious(page, words, "training.curves_more")
    gap = words("training.gap_above", gap=words.number(row.val_loss - row.loss, 3))
    assert row.val_loss > row.loss
    expect(page.locator(".curves [data-gap]")).to_have_text(gap)
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
    """The embedded network's length was fixed beforehand: whoever bets on the lowest loss reads the curve and loses."""
    open_tab(page, "training")
    mark, told = page.locator(".curves .plot text.best"), page.locator("[data-revealed]")
    expect(mark).to_have_count(0)
    expect(page.locator(".curves .plot rect.excluded")).to_have_count(0)
    move(page, 2)
    choose(page, words, "training.reveal")
    best = TOLD["training"]["best_epoch"]
    value, n = words.number(HISTORY_ROWS.val_loss.loc[best], 3), BUNDLE.metrics("validation")["auc"].n
    assert best == HISTORY_ROWS.index.max() and n == 535
    kept = words("training.kept_last", best=best, value=value, val_n=n)
    expect(told).to_contain_text(kept)
    expect(mark).to_contain_text(words("training.best"))


def test_batches_are_counted_and_the_code_opens(page, words):
    recipe = TOLD["training"]["recipe"]
    images = BUNDLE.own_images_learned
    batches = -(-images // recipe["batch_size"])
    assert not recipe["rehearsal"]
    open_tab(page, "training")
    expect(page.locator(".squares i")).to_have_count(batches)
    page.locator("#tab-training details.curious:has(.batches)").evaluate("part => { part.open = true }")
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
    open_curious(page, words, "training.code_title")
    page.get_by_text(words("training.code_epoch")).click()
    expect(page.get_by_text("def _run_epoch(")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= page.viewport_size["width"]


def points(page: Page) -> int:
    """Epochs in the live curve of the loss, the measure before the first one counted too."""
    return len((page.locator("[data-chart=loss] path.curve.held").get_attribute("d") or "").split("L"))


def wait_until_longer(page: Page, than: int) -> None:
    line = "document.querySelector('[data-chart=loss] path.curve.held')"
    page.wait_for_function(
        f"was => ({line}?.getAttribute('d') ?? '').split('L').length > was", arg=than, timeout=90_000
    )


def test_a_training_is_paused_goes_on_step_by_step_and_comes_to_its_end(page, words):
    open_tab(page, "training")
    start, resume = (button(page, words, f"training.live_{name}") for name in ("start", "resume"))
    pause, step, stop = (button(page, words, f"training.live_{name}") for name in ("pause", "step", "stop"))
    expect(pause).to_be_disabled()
    expect(stop).to_be_disabled()
    page.get_by_role("radio", name=words("training.live_guess_by_heart")).check()
    start.click()
    wait_until_longer(page, 3)
    expect(start).to_be_disabled()
    pause.click()
    expect(resume).to_be_enabled()
    reached = points(page) - 1
    phase = page.locator(".live .phase")
    expect(phase).to_have_text(words("training.live_paused_at", epoch=reached))
    curve = page.locator("[data-chart=loss] path.curve.held").get_attribute("d")
    step.click()
    expect(phase).to_have_text(words("training.live_paused_at", epoch=reached + 1), timeout=60_000)
    assert page.locator("[data-chart=loss] path.curve.held").get_attribute("d").startswith(curve), "it went on"
    resume.click()
    expect(page.locator(".outcome")).to_be_visible(timeout=90_000)
    assert points(page) == 41
    expect(page.locator(".outcome h4")).to_have_text(words("training.live_title_by_heart"))
    expect(page.locator(".outcome")).to_contain_text(words("training.live_right"))
    expect(page.locator(".learned .badge")).to_have_count(2)
    expect(page.locator(".told").filter(has_text=words("training.live_title_by_heart"))).to_have_count(1)
    expect(stop).to_be_disabled()
    expect(page.locator(".runs")).to_be_hidden()  # it is in the panel, and there is no other
    assert_fits(page)


def test_a_comparison_leaves_two_runs_side_by_side_and_others_join_until_removed(page, words):
    open_tab(page, "training")
    step, stop = (button(page, words, f"training.live_{name}") for name in ("step", "stop"))
    choose(page, words, "training.live_compare_images")
    runs = page.locator(".run")
    expect(page.locator(".live .said")).to_contain_text("240", timeout=120_000)  # the first is over, the second on
    wait_until_longer(page, 2)
    stop.click()
    titles = [f"{words('training.run_images', n=n)}, {words('training.run_unchanged')}" for n in (12, 240)]
    expect(runs.locator("h5")).to_have_text(titles)
    expect(runs.nth(0).locator(".ending")).to_have_text(words("training.live_title_by_heart"))
    assert runs.nth(0).locator("path.curve.held").get_attribute("d").count("L") == 40
    expect(runs.nth(1).locator("path.curve.held")).to_have_count(1)
    step.click()
    expect(runs).to_have_count(3, timeout=60_000)
    assert serious_issues(page, "runs") == []
    assert_fits(page)
    page.get_by_role("button", name=words("training.run_remove", run=titles[1]), exact=True).click()
    expect(runs).to_have_count(2)
    expect(page.locator(".runs .told")).to_have_text(words("training.run_gone", run=titles[1]))
    assert page.evaluate("document.activeElement.matches('[data-remove]')"), "the keyboard stays where it was"


REPLAY = BUNDLE.replay


def test_a_training_is_seen_again_by_the_keys(page, words):
    open_tab(page, "training")
    first, second = names_of_first_pair(BUNDLE.predictions)
    slider, title = page.locator("[data-moment]"), page.locator(".replay [data-title]")
    expect(title).to_have_text(words("training.replay_start"))
    expect(page.locator("[data-play]")).to_be_hidden()  # this visitor wants no motion

    def written(moment, name: str) -> str:
        return words.score_and_threshold(moment.scores[name], REPLAY.threshold)[0]

    score = page.locator(".replay .score-bar b")
    expect(score).to_have_text(written(REPLAY.moments[0], first))
    slider.focus()
    for number in (1, 2, 3):
        page.keyboard.press("ArrowRight")
        expect(score).to_have_text(written(REPLAY.moments[number], first))
    page.keyboard.press("ArrowLeft")
    expect(score).to_have_text(written(REPLAY.moments[2], first))
    page.keyboard.press("End")
    last = REPLAY.moments[-1]
    expect(score).to_have_text(written(last, first))
    verdict = words("score.raises" if last.scores[first] >= REPLAY.threshold else "score.raises_not")
    expect(page.locator("[data-verdict]")).to_have_text(f"{verdict}.")
    assert verdict not in ("", None) and written(last, first) in slider.get_attribute("aria-valuetext")
    colours = "canvas => canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data.join()"
    seen = page.locator(f".replay [data-name='{first}'] canvas").evaluate(colours)
    rows, columns = last.evidence[first].shape
    pixels = [int(value) for value in seen.split(",")]
    assert len(pixels) == 4 * rows * columns
    strongest = int(abs(last.evidence[first]).argmax())
    red, _, blue, _ = pixels[4 * strongest : 4 * strongest + 4]
    assert (red > blue) == (last.evidence[first].flat[strongest] > 0), "warm for malignant, cold for benign"
    choose(page, words, "training.replay_picture_malignant")
    expect(score).to_have_text(written(last, second))
    expect(page.locator(f".replay [data-name='{first}']")).to_be_hidden()
    page.locator(".replay [data-step='-1']").click()
    expect(score).to_have_text(written(REPLAY.moments[-2], second))
    assert serious_issues(page, "replay") == []
    assert_fits(page)


def test_it_plays_by_itself_for_those_who_want_motion(page, words):
    page.emulate_media(reduced_motion="no-preference")
    open_tab(page, "training")
    choose(page, words, "training.replay_play")
    expect(page.locator(".replay [data-title]")).not_to_have_text(words("training.replay_start"))
    choose(page, words, "training.replay_halt")
    stays = page.locator("[data-moment]").input_value()
    page.wait_for_timeout(1500)
    assert page.locator("[data-moment]").input_value() == stays
