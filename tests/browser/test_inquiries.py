"""The inquiries, from guess to result: what they tell is counted again here, and nothing opens before the guess."""

import json
import re
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import Page, expect

from busi.bundle.files import EMBEDDED, open_bundle
from busi.bundle.measured import measured
from busi.lessons.for_whom import GROUPS, lesions_by_group
from busi.lessons.hidden import recorded, worth
from busi.lessons.three_maps import recorded as recorded_maps
from busi.lessons.three_maps import together
from busi.model.metrics import rate
from busi.web.parts.cells import populations
from busi.web.tabs.inquiry_sign.tab import CHOICES, LINES, SHEETS
from tests.browser.conftest import assert_fits, open_tab, serious_issues

pytestmark = pytest.mark.browser

BUNDLE = open_bundle(EMBEDDED)
ROWS = populations(BUNDLE)


def open_inquiry(page: Page, name: str) -> None:
    """Goes to an inquiry as a visitor does: by the list of all of them."""
    open_tab(page, "inquiries")
    page.locator(f".inquiry-list a[data-name={name}]").click()
    expect(page.locator(f"#tab-inquiry_{name} .inquiry").first).to_be_visible()


def begin(page: Page, name: str, guess: str) -> None:
    """Opens an inquiry and makes a guess."""
    open_inquiry(page, name)
    section = page.locator(f"#tab-inquiry_{name} .inquiry").first
    expect(section.locator("[data-after]")).to_be_hidden()
    section.locator(f"input[value={guess}]").check()
    section.locator("[data-show]").click()
    expect(section.locator("[data-after]")).to_be_visible()


def counted(name: str, cut: float) -> tuple[int, int, int, int]:
    """Referred, kept, missed and alarmed, by numpy."""
    labels, scores = (ROWS[name]["label"] == "malignant").to_numpy(), ROWS[name]["probability"].to_numpy()
    kept, called = sureness(scores) >= cut, scores >= BUNDLE.threshold
    return (
        int((~kept).sum()),
        int(kept.sum()),
        int((kept & labels & ~called).sum()),
        int((kept & ~labels & called).sum()),
    )


def sureness(scores: np.ndarray) -> np.ndarray:
    odds = [np.log(p / (1 - p)) for p in (np.clip(scores, 1e-6, 1 - 1e-6), BUNDLE.threshold)]
    return np.abs(odds[0] - odds[1])


def test_abstaining_refers_the_least_sure_and_keeps_the_errors_that_are_made_with_assurance(page, words):
    begin(page, "abstain", "half")
    tab, home = page.locator("#tab-inquiry_abstain"), ROWS["test"]["probability"].to_numpy()
    for share in (0.2, 0, 0.45, 0.9):
        tab.locator("#abstain-share").fill(str(share))
        cut = float(np.sort(sureness(home))[int(share * len(home) + 1e-9)])
        referred, kept, missed, alarms = counted("test", cut)
        told = words("inquiry_abstain.result", referred=referred, n=len(home), errors=missed + alarms, kept=kept)
        expect(tab.locator("[data-out=result]")).to_have_text(told)
        for row, name in zip(tab.locator("tbody tr").all()[:2], ("test", "breast"), strict=True):
            referred, kept, missed, alarms = counted(name, cut)
            found, cells = rate(missed + alarms, kept), row.locator("td").all_inner_texts()
            interval = words("inquiry_abstain.interval", low=words.percent(found.low), high=words.percent(found.high))
            assert cells[0].startswith(words("inquiry_abstain.of", part=referred, n=len(ROWS[name])))
            assert cells[1] == str(kept) and interval in cells[2]
            assert words("inquiry_abstain.errors_split", missed=missed, alarms=alarms) in cells[2]
    assert_fits(page)
    assert serious_issues(page, "inquiry_abstain") == []


def test_an_address_brings_the_setting_back_and_the_guess_stays_in_the_browser(page, words, address, visit):
    begin(page, "abstain", "fifth")
    tab = page.locator("#tab-inquiry_abstain")
    tab.locator("#abstain-share").fill("0.65")
    tab.locator("[data-copy]").click()
    assert re.search(r"\?inquiry=abstain&share=0.65#inquiry_abstain$", page.url)
    page.reload()
    expect(tab.locator("[data-after]")).to_be_visible()
    expect(tab.locator("#abstain-share")).to_have_value("0.65")
    expect(tab.locator("input[value=fifth]")).to_be_checked()
    expect(page.locator(".rail a[data-part=inquiry_abstain]")).to_have_class(re.compile("is-done"))


def test_without_a_choice_nothing_is_opened(page, words):
    open_inquiry(page, "abstain")
    tab = page.locator("#tab-inquiry_abstain")
    tab.locator("[data-show]").click()
    expect(tab.locator("[data-out=reply]")).to_have_text(words("inquiries.choose_first"))
    expect(tab.locator("[data-after]")).to_be_hidden()


def test_the_desk_counts_what_was_decided_beside_the_radiologist_and_the_network(page, words, address, visit):
    path = {"fr": "/", "en": "/en"}[visit[0]]
    page.goto(f"{address}{path}?inquiry=birads&seed=7#inquiry_birads")
    tab = page.locator("#tab-inquiry_birads")
    tab.locator("input[value=nine]").check()
    tab.locator("[data-show]").click()
    decisions = [("4a", "biopsy"), ("3", "watch"), ("2", "nothing")] * 4
    for number, (category, action) in enumerate(decisions, start=1):
        expect(tab.locator("[data-out=which]")).to_have_text(words("inquiry_birads.case", number=number, cases=12))
        expect(tab.locator("[data-place] img")).to_be_visible()
        expect(tab.locator("[data-place]")).to_contain_text("BrEaST")
        tab.locator(f"input[name=birads-category][value='{category}']").check()
        if number == 1:
            tab.locator("[data-next]").click()
            expect(tab.locator("[data-out=missing]")).to_have_text(words("inquiry_birads.missing"))
        tab.locator(f"input[name=birads-action][value={action}]").check()
        tab.locator("[data-next]").click()
    rows = [[int(cell) for cell in row.locator("td").all_inner_texts()] for row in tab.locator("[data-costs] tr").all()]
    assert [found + watched + missed for found, watched, missed, _ in rows] == [6] * 4
    assert rows[0][0] + rows[0][3] == 4, "four biopsies were decided"
    assert rows[1][2] == 0, "BrEaST's radiologist gave no cancer the category 2"
    told = tab.locator("[data-each] li").all_text_contents()
    assert len(told) == 12
    truths = [words("inquiry_birads.truth_malignant") in one for one in told]
    mine = [action for _, action in decisions]
    pairs = list(zip(truths, mine, strict=True))
    costs = [pairs.count((True, action)) for action in ("biopsy", "watch", "nothing")]
    assert rows[0] == [*costs, pairs.count((False, "biopsy"))]
    assert_fits(page)
    assert serious_issues(page, "inquiry_birads") == []


def test_each_sheet_lacks_a_line_and_every_choice_has_its_consequence(page, words):
    begin(page, "sign", "ask")
    tab = page.locator("#tab-inquiry_sign")
    expect(tab.locator(".trap")).to_have_text(words("inquiry_sign.fictitious"))
    expect(tab.locator("[data-out=left]")).to_have_text(words("inquiry_sign.left", left=6))
    for name, right in SHEETS.items():
        sheet = tab.locator(f"[data-sheet={name}]")
        chosen = right if name != "use" else "first"
        sheet.locator(f"input[value={chosen}]").check()
        shown = [told for told in sheet.locator("[data-told]").all() if told.is_visible()]
        assert [told.get_attribute("data-told") for told in shown] == [one for one in LINES if one in (chosen, right)]
        expect(sheet.locator("input").first).to_be_disabled()
    expect(tab.locator("[data-out=result]")).to_have_text(words("inquiry_sign.result", seen=5, all=6))
    for decision in CHOICES:
        tab.locator(f"[data-decision={decision}]").click()
        expect(tab.locator("[data-consequence]:visible")).to_have_count(1)
        expect(tab.locator(f"[data-consequence={decision}]")).to_be_visible()
    assert_fits(page)
    assert serious_issues(page, "inquiry_sign") == []


def test_a_part_is_hidden_and_the_network_answers_again(page, words):
    found = worth(recorded()["answers"])
    left = (found["lesion"].value - 0.5) / (found["nothing"].value - 0.5)
    begin(page, "hidden", "most" if left >= 2 / 3 else "half" if left >= 1 / 3 else "nothing")
    tab = page.locator("#tab-inquiry_hidden")
    numbers = {"whole": words.number(found["nothing"].value, 2), "hidden": words.number(found["lesion"].value, 2)}
    told = words("inquiry_hidden.told", **numbers, share=words.percent(left))
    expect(tab.locator("[data-out=reply]")).to_have_text(f"✓ {words('guess.right')} {told}")
    scores = tab.locator("[data-shown] .score-bar b")
    expect(scores).to_have_count(2, timeout=60_000)
    tab.locator("input[name=hidden-case][value='1']").check()
    for way in ("rest", "nothing"):
        tab.locator(f"input[name=hidden-way][value={way}]").check()
        expect(tab.locator("[data-out=state]")).to_be_empty(timeout=60_000)
    expect(scores.nth(1)).to_have_text(scores.nth(0).inner_text())  # nothing is hidden
    tab.locator("input[name=hidden-way][value=own]").check()
    tab.locator("[data-axis=left]").fill("1")
    path = tab.locator("[data-stage='1'] path")
    assert re.match(r"M0\.\d+,", path.get_attribute("d"))
    tab.locator("[data-stage='1'] img").click(position={"x": 3, "y": 3}, force=True)
    expect(path).to_have_attribute("d", re.compile("^M0,0h"))
    expect(tab.locator("[data-out=state]")).to_be_empty(timeout=60_000)
    expect(tab.locator("li[data-size]")).to_be_hidden()
    tab.locator("[data-show-size]").click()
    expect(tab.locator("li[data-size]")).to_contain_text(words.number(found["size"].value, 2))
    assert_fits(page)
    assert serious_issues(page, "inquiry_hidden") == []


def test_an_outline_is_drawn_by_finger_or_as_an_oval_and_two_others_come(page, words):
    share = measured().moved["larger"]
    begin(page, "outline", "many" if share.value >= 0.175 else "some" if share.value >= 0.075 else "few")
    tab = page.locator("#tab-inquiry_outline")
    told = words("inquiry_outline.told", share=words.percent(share.value), n=share.n)
    expect(tab.locator("[data-out=reply]")).to_have_text(f"✓ {words('guess.right')} {told}")
    plate = tab.locator("[data-stage='0'] .plate")
    expect(plate.locator("img")).to_be_visible()
    plate.scroll_into_view_if_needed()
    box = plate.bounding_box()
    round_it = [(0.5 + 0.2 * np.cos(turn), 0.5 + 0.2 * np.sin(turn)) for turn in np.linspace(0, 2 * np.pi, 40)]
    path = [(box["x"] + box["width"] * across, box["y"] + box["height"] * down) for across, down in round_it]
    page.mouse.move(*path[0])
    page.mouse.down()
    for place in path:
        page.mouse.move(*place)
    page.mouse.up()
    rows = tab.locator("[data-shown] tbody tr")
    expect(rows).to_have_count(3, timeout=60_000)
    assert [row.get_attribute("class") for row in plate.locator("g path").all()] == ["you", "network", "radiologist"]
    expect(rows.nth(0)).to_contain_text(words("inquiry_outline.by_you"))
    overlaps = rows.locator("td:last-child").all_inner_texts()
    assert overlaps[2] == "–" and all(re.search(r"\d", overlap) for overlap in overlaps[:2])
    tab.locator("input[name=outline-case][value='1']").check()
    expect(rows).to_have_count(0)
    tab.locator(".oval summary").click()
    tab.locator("[data-axis=width]").fill("0.3")
    tab.locator("[data-compare]").click()
    expect(rows).to_have_count(3, timeout=60_000)
    assert_fits(page)
    assert serious_issues(page, "inquiry_outline") == []


def test_three_maps_explain_an_answer_and_a_network_that_has_learned_nothing(page, words):
    all_three = together(recorded_maps())
    begin(page, "maps", "nearly_all" if all_three.value >= 2 / 3 else "half" if all_three.value >= 1 / 3 else "seldom")
    tab = page.locator("#tab-inquiry_maps")
    told = words("inquiry_maps.told", share=words.percent(all_three.value), n=all_three.n)
    expect(tab.locator("[data-out=reply]")).to_have_text(f"✓ {words('guess.right')} {told}")
    figures = tab.locator("[data-shown] figure")
    expect(figures).to_have_count(3, timeout=60_000)
    before = figures.first.locator(".veil").get_attribute("src")
    tab.locator("input[name=maps-case][value='3']").check()
    expect(figures.first.locator(".veil")).not_to_have_attribute("src", before, timeout=60_000)
    expect(tab.locator("[data-shuffled]")).to_be_hidden()
    tab.locator("[data-show-shuffled]").click()
    expect(tab.locator("[data-shown] .trap")).to_have_text(words("inquiry_maps.is_shuffled"), timeout=60_000)
    expect(tab.locator(".pointing tbody tr")).to_have_count(3)
    tab.locator("input[name=maps-whose][value=learned]").check()
    expect(tab.locator("[data-shown] .trap")).to_have_count(0)
    before = figures.first.locator("img").first.get_attribute("src")
    tab.locator("[data-another]").click()  # computed while one waits
    expect(figures.first.locator("img").first).not_to_have_attribute("src", before, timeout=60_000)
    assert_fits(page)
    assert serious_issues(page, "inquiry_maps") == []


def test_groups_are_counted_and_chance_makes_some(page, words):
    begin(page, "for_whom", "one")
    tab = page.locator("#tab-inquiry_for_whom")
    for n in (20, 40):
        told = tab.locator("[data-out=result]").inner_text()
        clear = tab.locator("circle.clear").count()
        assert told == words("inquiry_for_whom.result", n=n, clear=clear, share=words.percent(clear / n))
        assert tab.locator("circle.unclear").count() == n - clear
        tab.locator("[data-split]").click()
    rows = lesions_by_group(BUNDLE)
    for place, (name, order) in enumerate(GROUPS.items()):
        tab.locator(f"input[name=for-whom-property][value={name}]").check()
        pair = tab.locator(f"[data-pair={name}]")
        expect(pair.locator("table")).to_be_hidden()
        pair.locator("input[value=same]").check()
        errors = pair.locator("tbody tr").first.locator("td").all_inner_texts()
        for group, cell in zip(order, errors, strict=False):
            some = [row for row in rows if row[2 + place] == group]
            wrong = sum((score >= BUNDLE.threshold) != bool(malignant) for malignant, score, *_ in some)
            found = rate(wrong, len(some))
            assert cell.startswith(words.percent(found.value))
            assert words("inquiry_for_whom.of", part=wrong, n=len(some)) in cell
    assert_fits(page)
    assert serious_issues(page, "inquiry_for_whom") == []


def test_a_network_learns_the_mark_and_is_lost_without_it(page, words):
    begin(page, "shortcut", "less")
    tab = page.locator("#tab-inquiry_shortcut")
    tab.locator("input[name=shortcut-mark][value=initials]").check()
    expect(tab.locator("[data-examples=initials]")).to_be_visible()
    expect(tab.locator("[data-examples=ruler]")).to_be_hidden()
    tab.locator("[data-run]").click()
    expect(tab.locator("[data-shown] .said")).to_be_visible(timeout=60_000)
    shares = tab.locator("[data-shown] .sides .large").all_inner_texts()
    same, gone, swapped = (int(re.sub(r"\D", "", share)) for share in shares)
    assert same >= 90 and gone <= 68 and swapped <= 12  # a start of its own; five recorded ones have 97 to 99 %
    expect(tab.locator("[data-shown] .looked img.veil")).to_have_count(4)
    assert (
        words(
            "inquiry_shortcut.told_blind", same=shares[0], gone=shares[1], swapped=shares[2], always=words.percent(0.65)
        )
        == tab.locator("[data-shown] .said").inner_text()
    )
    expect(tab.locator("[data-run]")).to_be_enabled()
    assert_fits(page)
    assert serious_issues(page, "inquiry_shortcut") == []


def test_two_boxes_are_told_apart_by_brightness_and_the_network_goes_home(page, words):
    begin(page, "teach", "meant")
    tab = page.locator("#tab-inquiry_teach")
    tab.locator("[data-run]").click()
    expect(tab.locator("[data-out=state]")).to_have_text(words("inquiry_teach.too_few", fewest=2))
    tab.locator("[data-name=first]").fill("nuit")
    for place in (0, 1, 2, 2):
        tab.locator(f"[data-place='{place}']").click()
    count = words("inquiry_teach.count", one="nuit", first=2, other=words("inquiry_teach.box_second"), second=1)
    expect(tab.locator("[data-out=count]")).to_have_text(count)
    expect(tab.locator("[data-place='1']")).to_have_accessible_name(
        words("inquiry_teach.picture_in", number=2, name="nuit")
    )
    tab.locator("[data-preset=brightness]").click()
    tab.locator("[data-run]").click()
    told = tab.locator("[data-shown] .large")
    expect(told).to_contain_text(words("inquiry_teach.by_brightness"), timeout=60_000)
    assert int(re.sub(r"\D", "", told.inner_text())) >= 85
    expect(tab.locator("[data-shown] .surest img")).to_have_count(12)
    expect(tab.locator("[data-shown] [data-named=first]")).to_have_text("nuit")
    with page.expect_download() as download:
        tab.locator("[data-shown] a[download]").click()
    cells = json.loads(Path(download.value.path()).read_text(encoding="utf-8"))["cells"]
    assert download.value.suggested_filename == "apprends-lui.ipynb" and len(cells) == 4
    expect(tab.locator("[data-run]")).to_be_enabled()
    assert_fits(page)
    assert serious_issues(page, "inquiry_teach") == []


def test_an_address_brings_the_boxes_back(page, words, address, visit):
    path = {"fr": "/", "en": "/en"}[visit[0]]
    page.goto(f"{address}{path}?inquiry=teach&first=3.8&second=5#inquiry_teach")
    tab = page.locator("#tab-inquiry_teach")
    tab.locator("input[value=other]").check()
    tab.locator("[data-show]").click()
    boxes = [tab.locator(f"[data-place='{place}']").get_attribute("class") for place in (3, 8, 5, 0)]
    assert boxes == ["first", "first", "second", ""]


def test_a_run_can_be_stopped_and_another_one_begun(page, words):
    begin(page, "shortcut", "blind")
    tab = page.locator("#tab-inquiry_shortcut")
    tab.locator("[data-run]").click()
    tab.locator("[data-stop]").click()
    expect(tab.locator("[data-out=state]")).to_have_text(words("inquiry_shortcut.stopped"))
    tab.locator("input[name=shortcut-share][value='0']").check()
    tab.locator("[data-run]").click()
    expect(tab.locator("[data-shown] .said")).to_have_text(words("inquiry_shortcut.told_none"), timeout=60_000)


def test_the_same_pictures_split_twice_are_examined_twice(page, words):
    begin(page, "leak", "more")
    tab = page.locator("#tab-inquiry_leak")
    tab.locator("input[name=leak-women][value='40']").check()
    tab.locator("[data-run]").click()
    expect(tab.locator("[data-shown] .said")).to_be_visible(timeout=60_000)
    picture, woman = (
        int(re.sub(r"\D", "", one)) for one in tab.locator("[data-shown] .sides .large").all_inner_texts()
    )
    assert picture >= 78 and woman <= 76
    expect(tab.locator("[data-shown] .sides small").first).to_contain_text("n = 80")
    for one in (measured().leak.leaky, measured().leak.grouped):
        assert words.number(one.value, 3) in tab.locator(".inquiry").first.inner_text()
    assert_fits(page)
    assert serious_issues(page, "inquiry_leak") == []


def test_experts_outlines_give_the_diagnosis_away_in_the_browser(page, words):
    begin(page, "leak", "nearly_all")
    tab = page.locator("#tab-inquiry_leak .from-outlines")
    tab.locator("[data-learn]").click()
    auc = tab.locator("[data-out=auc]")
    expect(auc).to_contain_text("629")
    whole = float(re.search(r"\d[.,]\d{3}", auc.inner_text()).group().replace(",", "."))
    assert whole > 0.985
    for box in tab.locator("[data-measure]").all():
        box.uncheck()
    tab.locator("[data-learn]").click()
    expect(auc).to_have_text(words("inquiry_leak.none"))
    tab.locator("[data-measure=size]").check()
    tab.locator("[data-learn]").click()
    expect(auc).to_contain_text("629")
    assert float(re.search(r"\d[.,]\d{3}", auc.inner_text()).group().replace(",", ".")) == pytest.approx(
        0.775, abs=0.01
    )
    assert_fits(page)
