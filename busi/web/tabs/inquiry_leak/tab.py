"""The leak: the same pictures, split by picture or by woman, and what the split alone makes of the result.

What a visitor chooses is checked, the run takes its turn on the server, and each part is shown as it is examined.
"""

from collections.abc import Iterator

import gradio as gr
from markupsafe import Markup

from busi.bundle.measured import measured
from busi.lessons.expert_outlines import MEASURES, expert_outlines
from busi.lessons.leak import EPOCHS, TWINS, WAYS, WOMEN, Examined, Leak, recorded, watch
from busi.lessons.second_looks import second_looks
from busi.lessons.small_training import always_benign, training_images
from busi.web.events import Message, ask, message_of
from busi.web.page import Page
from busi.web.pictures import simulated_picture, with_address
from busi.web.scripts import mount
from busi.web.sentences import interval
from busi.web.tabs.inquiries.live import live_bench
from busi.words.text import Words

CHOICES = ("as_many", "more", "nearly_all")
SHOWN = 4  # women

_TEMPLATE = "tabs/inquiry_leak/tab.html"


class Chosen(Message):
    """What a bench sends."""

    women: int
    twins: int
    epochs: int
    seed: int


def leak_bench(page: Page) -> None:
    """Lays out the bench and wires it."""

    def run_what_is_chosen(event: gr.EventData) -> Iterator[Markup]:
        return run(page, message_of(event, Chosen))

    live_bench(page, bench_of(page), "tabs/inquiry_leak/tab.js", run_what_is_chosen)
    markup = page.template(_TEMPLATE)
    table = gr.HTML("", js_on_load=mount("tabs/inquiry_leak/table.js"), elem_classes="arrived")
    outlines = gr.HTML(markup.outlines(MEASURES), js_on_load=mount("tabs/inquiry_leak/outlines.js"))
    ask(outlines.apply, lambda: markup.table(expert_outlines().to_numpy().tolist()), outputs=[table])


def bench_of(page: Page) -> Markup:
    """The guess, what can be chosen, and where a run is shown.

    Args:
        page: that it stands on.
    """
    first, again = training_images(240)[0][:SHOWN], second_looks(range(SHOWN))
    pairs = [tuple(with_address(simulated_picture(image)) for image in pair) for pair in zip(first, again, strict=True)]
    data = {"recorded": recorded(), "ways": list(WAYS)}
    return page.template(_TEMPLATE).bench(CHOICES, data, WOMEN, TWINS, EPOCHS, pairs, on_busi(page.words))


def on_busi(words: Words) -> dict[str, str]:
    """What the same leak gains on BUSI, as `experiments.quality` measured it.

    Args:
        words: of the reader's language.
    """
    leak = measured().leak
    return {
        name: f"{words.number(one.value, 3)} ({interval(words, one, lambda value: words.number(value, 3))})"
        for name, one in (("leaky", leak.leaky), ("grouped", leak.grouped))
    }


def run(page: Page, chosen: Chosen | None) -> Iterator[Markup]:
    """What a run shows after each part; nothing if what was chosen is not offered.

    Args:
        page: that it is shown on.
        chosen: what the bench sent; None if that made no sense.
    """
    try:
        leak = Leak(**chosen.model_dump()) if chosen else None
    except ValueError:
        leak = None
    for examined in watch(leak) if leak else ():
        yield panel(page, examined)


def panel(page: Page, examined: Examined) -> Markup:
    """How far a run is: the share of right answers of either way, and at the end what parts them.

    Args:
        page: that it is shown on.
        examined: from `watch`.
    """
    words = page.words
    bars = {
        way: (words.percent(found.value), f"{100 * found.value:.1f}", interval(words, found, words.percent), found.n)
        for way, found in examined.right.items()
    }
    return page.template(_TEMPLATE).panel(
        bars, f"{100 * always_benign():.1f}", (examined.done, examined.all), _told(words, examined)
    )


def _told(words: Words, examined: Examined) -> str:
    """What parts the two, by their numbers; empty before the end."""
    if examined.done < examined.all:
        return ""
    picture, woman = (examined.right[way] for way in WAYS)
    key = "inquiry_leak.told_gap" if picture.low > woman.high else "inquiry_leak.told_same"
    gap = words.number(100 * (picture.value - woman.value))
    return words(key, picture=words.percent(picture.value), woman=words.percent(woman.value), gap=gap)
