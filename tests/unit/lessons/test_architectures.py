"""The table of architectures: what it may say, and that its commands are those of train.py."""

from dataclasses import replace

import pytest

import train
from busi.lessons.architectures import architectures
from busi.web.markup import rich
from busi.web.tabs.further.tab import comparison
from experiments.architectures import COMPARED
from tests.support.markup import parsed, text_of
from tests.support.pages import page_about


def test_the_table_holds_every_architecture_the_smallest_first():
    rows = architectures()
    assert {row.arch for row in rows} == set(COMPARED)
    assert [row.parameters for row in rows] == sorted(row.parameters for row in rows)
    for row in rows:
        assert len(row.auc) == len(row.commands) >= 1
        assert all(0 <= one.low <= one.value <= one.high <= 1 and one.n > 50 for one in row.auc)
        assert (row.difference is None) == (row.arch == "atelier")


def test_all_were_trained_in_the_same_way_by_the_command_beside_them():
    recipes = []
    for row in architectures():
        for command in row.commands:
            assert command.startswith("python train.py ")
            options = train.parse(command.split()[2:])
            assert options.arch == row.arch
            recipes.append(replace(train.recipe_of(options), arch=""))
    assert len(set(recipes)) == 1


def test_the_differences_fit_the_scores():
    rows = {row.arch: row for row in architectures()}
    ours = rows.pop("atelier")
    for row in rows.values():
        assert row.difference.value == pytest.approx(row.mean_auc - ours.mean_auc, abs=2e-6)
        assert row.difference.low <= row.difference.value <= row.difference.high


@pytest.mark.parametrize("language", ["fr", "en"])
def test_the_page_tells_each_score_with_its_interval_its_n_and_its_command(small_bundle, language):
    page, rows = page_about(small_bundle, language), architectures()
    words, table = page.words, parsed(comparison(page, rows))
    for row in rows:
        mine = table.select_one(f"tr[data-arch={row.arch}]")
        numbers = [{name: words.number(getattr(auc, name), 2) for name in ("value", "low", "high")} for auc in row.auc]
        assert [b.text for b in mine.select("td.score b")] == [words("further.interval", **auc) for auc in numbers]
        sentence = "reference" if not row.difference else "sure" if row.is_clearly_different else "unsure"
        assert mine.select("td")[-1].small.text == words(f"further.{sentence}")
    commands = [code.text for code in table.select("details.curious code")]
    assert commands == [command for row in rows for command in row.commands], "for the curious, in the table's order"
    assert text_of(table.caption) == text_of(rich(words("further.caption", n=rows[0].auc[0].n)))
    assert str(rows[0].auc[0].n) in table.caption.text
    assert table.section["data-winner"] == max(rows, key=lambda row: row.mean_auc).arch


def test_no_guess_is_right_or_wrong_where_no_difference_is_clear(small_bundle):
    unclear = architectures()
    assert not any(row.is_clearly_different for row in unclear), "today no network wins"
    assert set(verdicts_of(comparison(page_about(small_bundle, "fr"), unclear)).values()) == {"open"}
    worse = replace(unclear[1].difference, value=-0.2, low=-0.3, high=-0.1)
    rows = tuple(replace(row, difference=worse) if row.difference else row for row in unclear)
    verdicts = verdicts_of(comparison(page_about(small_bundle, "en"), rows))
    best = max(rows, key=lambda row: row.mean_auc).arch
    assert verdicts[best] == "right" and verdicts["simple"] == "wrong" and verdicts["atelier"] in ("right", "open")


def verdicts_of(html: str) -> dict[str, str]:
    return {button["data-guess"]: button["data-verdict"] for button in parsed(html).select("button[data-guess]")}
