"""The tab Pour aller plus loin: other architectures and what each gave here, and where to read on."""

from html import escape

import gradio as gr

from busi.lessons.architectures import Scored, architectures
from busi.model.metrics import Estimate
from busi.web.figures import data_attributes, heading, next_tab, rich
from busi.web.files import read
from busi.web.guesses import OPEN, RIGHT, WRONG
from busi.web.page import Page
from busi.words.text import Words

OURS = ("simple", "atelier")  # the others go by the names that all the world gives them

_FURTHER_JS = read("tabs/further/tab.js")
_LOWEST_AUC = 0.5  # where the axis begins: chance


def further_tab(page: Page) -> None:
    """Lays out the tab."""
    words = page.words
    with gr.Tab(words("further.tab"), id="further", elem_id="tab-further"):
        gr.HTML(heading(words, "further"))
        gr.HTML(comparison(words, architectures()), js_on_load=_FURTHER_JS)
        gr.Markdown(words.lesson("further"), elem_classes="lesson")
        gr.HTML(next_tab(words, "glossary"))


def comparison(words: Words, rows: tuple[Scored, ...]) -> str:
    """A guess which network is the best, and the table that waits for it, as HTML.

    Args:
        words: of the reader's language.
        rows: one per architecture, with the workshop's among them.
    """
    best = _best(rows)
    buttons = "".join(
        f'<button type="button" data-guess="{row.arch}" data-verdict="{_verdict(row, rows)}" aria-pressed="false">'
        f"{escape(_name(words, row.arch))}</button>"
        for row in rows
    )
    said = data_attributes(
        {
            **{
                kind: words(f"further.guessed_{kind}", guess="{guess}", best=_name(words, best.arch))
                for kind in ("best", "other")
            },
            **{kind: words(f"guess.{kind}") for kind in (RIGHT, WRONG, OPEN)},
        }
    )
    return (
        f'<section class="architectures" data-winner="{best.arch}"><div class="card"><h3>'
        f"{escape(words('further.question'))}</h3><p>{escape(words('further.told'))}</p>"
        f'<div class="guesses" role="group" aria-label="{escape(words("further.guess_label"))}">{buttons}</div>'
        f'<p class="reply" role="status" {said}></p></div><div data-after hidden>{_table(words, rows)}</div></section>'
    )


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


def _table(words: Words, rows: tuple[Scored, ...]) -> str:
    lines = "".join(_row(words, row) for row in rows)
    ends = f'<span class="ends" aria-hidden="true"><span>{words.number(_LOWEST_AUC, 1)}</span><span>1</span></span>'
    heads = "".join(
        f'<th scope="col">{escape(words(f"further.head_{name}"))}{ends if name == "auc" else ""}</th>'
        for name in ("name", "auc", "difference")
    )
    caption = rich(words("further.caption", n=rows[0].auc[0].n))
    return (
        f"<h3>{escape(words('further.table'))}</h3><table><caption>{caption}</caption>"
        f"<thead><tr>{heads}</tr></thead><tbody>{lines}</tbody></table>"
        f'<p class="conclusion">{escape(_conclusion(words, rows))}</p>'
        f'<p class="aside">{escape(_caution(words, rows))}</p>'
    )


def _row(words: Words, row: Scored) -> str:
    """A network: what it is, its score as a mark on an axis, its distance from ours, its commands."""
    size = words(
        "further.size" if row.difference else "further.size_ours",
        parameters=words.number(row.parameters),
        megabytes=words.number(row.megabytes, 1),
        times=words.number(row.relative_time, 1),
    )
    scores = "".join(f"{_mark(one)}<b>{escape(_interval(words, one, 2))}</b>" for one in row.auc)
    commands = "".join(f"<code>{escape(command)}</code>" for command in row.commands)
    return (
        f'<tr data-arch="{row.arch}"><th scope="row">{escape(_name(words, row.arch))}<small>'
        f"{escape(words(f'further.about_{row.arch}'))}</small><small>{escape(size)}</small>"
        f'{commands}</th><td class="score" data-head="{escape(words("further.head_auc"))}">{scores}</td>'
        f'<td data-head="{escape(words("further.head_difference"))}">{_difference(words, row)}</td></tr>'
    )


def _difference(words: Words, row: Scored) -> str:
    if row.difference is None:
        return f"<small>{escape(words('further.reference'))}</small>"
    said = words("further.sure" if row.is_clearly_different else "further.unsure")
    return f"<b>{escape(_interval(words, row.difference, 2))}</b><small>{escape(said)}</small>"


def _mark(auc: Estimate) -> str:
    """A point with its interval on an axis from chance to 1."""

    def place(value: float) -> float:
        return max(0.0, (value - _LOWEST_AUC) / (1 - _LOWEST_AUC))

    low, high = place(auc.low), place(auc.high)
    return (
        f'<span class="auc-axis" aria-hidden="true"><i style="left:{low:.1%};width:{high - low:.1%}"></i>'
        f'<u style="left:{place(auc.value):.1%}"></u></span>'
    )


def _interval(words: Words, estimate: Estimate, digits: int) -> str:
    value, low, high = (words.number(one, digits) for one in (estimate.value, estimate.low, estimate.high))
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
