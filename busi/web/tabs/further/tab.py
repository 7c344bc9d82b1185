"""The tab Pour aller plus loin: other architectures and what each gave here, and where to read on."""

import gradio as gr
from markupsafe import Markup

from busi.lessons.architectures import Scored, architectures
from busi.model.metrics import Estimate
from busi.web.page import Page
from busi.web.scripts import mount
from busi.web.signs import OPEN, RIGHT, WRONG
from busi.words.text import Words

OURS = ("simple", "atelier")  # the others go by the names that all the world gives them

_TEMPLATE = "tabs/further/tab.html"
_LOWEST_AUC = 0.5  # where the axis begins: chance


def further_tab(page: Page) -> None:
    """Lays out the tab."""
    with gr.Tab(page.words("further.tab"), id="further", elem_id="tab-further"):
        gr.HTML(page.macros.heading("further"))
        gr.HTML(comparison(page, architectures()), js_on_load=mount("tabs/further/tab.js"))
        gr.Markdown(page.words.lesson("further"), elem_classes="lesson")
        gr.HTML(page.macros.next_tab("ending"))


def comparison(page: Page, rows: tuple[Scored, ...]) -> Markup:
    """A guess which network is the best, and the table that waits for it.

    Args:
        page: that it stands on.
        rows: one per architecture, with the workshop's among them.
    """
    verdicts = {row.arch: _verdict(row, rows) for row in rows}
    names = {row.arch: _name(page.words, row.arch) for row in rows}
    return page.template(_TEMPLATE).comparison(_best(rows).arch, verdicts, names, _table(page, rows))


def _verdict(row: Scored, rows: tuple[Scored, ...]) -> str:
    """What a guess for this network was: right or wrong where differences are clear; else nobody can tell."""
    if not any(one.is_clearly_different for one in rows):
        return OPEN
    if row is _best(rows):
        return RIGHT
    behind = row.difference is not None and row.is_clearly_different and row.difference.value < 0
    return WRONG if behind else OPEN


def _best(rows: tuple[Scored, ...]) -> Scored:
    return max(rows, key=lambda row: row.mean_auc)


def _table(page: Page, rows: tuple[Scored, ...]) -> Markup:
    words, ends = page.words, (page.words.number(_LOWEST_AUC, 1), "1")
    lines = [_row(page, row) for row in rows]
    return page.template(_TEMPLATE).table(
        lines,
        ends,
        rows[0].auc[0].n,
        _conclusion(words, rows),
        _caution(words, rows),
        {_name(words, row.arch): row.commands for row in rows},
    )


def _row(page: Page, row: Scored) -> Markup:
    """A network: what it is, its score as a mark on an axis, its distance from ours."""
    words = page.words
    size = words(
        "further.size" if row.difference else "further.size_ours",
        parameters=words.number(row.parameters),
        megabytes=words.number(row.megabytes, 1),
        times=words.number(row.relative_time, 1),
    )
    scores = [_on_axis(one) | {"text": _interval(words, one)} for one in row.auc]
    difference = row.difference and {"text": _interval(words, row.difference), "is_clear": row.is_clearly_different}
    name = _name(words, row.arch)
    return page.template(_TEMPLATE).row(row.arch, name, size, scores, difference)


def _on_axis(auc: Estimate) -> dict[str, float]:
    """Where a score and its interval stand on an axis from chance to 1, as shares of it."""
    ends = {"value": auc.value, "low": auc.low, "high": auc.high}
    return {name: max(0.0, (value - _LOWEST_AUC) / (1 - _LOWEST_AUC)) for name, value in ends.items()}


def _interval(words: Words, estimate: Estimate) -> str:
    value, low, high = (words.number(one, 2) for one in (estimate.value, estimate.low, estimate.high))
    return words("further.interval", value=value, low=low, high=high)


def _conclusion(words: Words, rows: tuple[Scored, ...]) -> str:
    """What the table allows to say, which is not much."""
    sure = sum(row.is_clearly_different for row in rows)
    return words(
        "further.some_sure" if sure else "further.none_sure",
        count=sure,
        all=len(rows) - 1,
        n=rows[0].auc[0].n,
        smallest=words.number(rows[0].parameters),
        largest=words.number(rows[-1].parameters),
    )


def _caution(words: Words, rows: tuple[Scored, ...]) -> str:
    """How the networks were trained, read out of a command."""
    given = rows[0].commands[0].split()
    side, epochs = (given[given.index(option) + 1] for option in ("--image-size", "--epochs"))
    return words("further.caution", side=side, epochs=epochs)


def _name(words: Words, arch: str) -> str:
    return words(f"further.arch_{arch}") if arch in OURS else arch
