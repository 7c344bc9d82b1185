"""The tab Les données: examples with their outline, folders and counts, twins, images with two labels, the table."""

from functools import partial
from typing import Annotated

import gradio as gr
from markupsafe import Markup
from pydantic import Field

from busi.bundle.card import data_name
from busi.bundle.files import BUSI, OWN, SIMULATED
from busi.bundle.measured import Measured, judged_before, measured
from busi.lessons.data_counts import LEAK_HIGH, LEAK_LOW, LEAK_SHARE, NEAR, PartCount, part_counts
from busi.lessons.twins import round_of
from busi.serving.gallery import CONFLICT, Example
from busi.web.events import Message, ask, message_of
from busi.web.page import Page
from busi.web.parts.curious import for_the_curious
from busi.web.parts.medicine import truth_of_labels, ultrasound
from busi.web.parts.thread import thread_step
from busi.web.parts.thumbnails import PICK_JS, let_choose
from busi.web.pictures import outline_path
from busi.web.scripts import mount
from busi.web.sentences import interval
from busi.web.tabs.data.absent import shows_no_test_images, where_test_images_are
from busi.words.classes import BENIGN, CLASSES, MALIGNANT
from busi.words.text import Words

EACH_CLASS = 4  # examples shown at a time
TABLE_ROWS = 6

_TEMPLATE = "tabs/data/tab.html"
_Number = Annotated[int, Field(ge=0, lt=1_000_000)]


class NextExamples(Message):
    """Which examples are to be shown."""

    page: _Number = 0


class TwinChoice(Message):
    """Which round of the game is to be shown, and which of its six pictures the visitor takes for the twin."""

    round: _Number = 0
    choice: int | None = None


def data_tab(page: Page) -> None:
    """Lays out the tab and wires it to the chosen image."""
    to_come, guess_script = page.template(_TEMPLATE).to_come(), mount("tabs/data/guess.js")
    with gr.Tab(page.words("data.tab"), id="data", elem_id="tab-data"):
        gr.HTML(page.macros.heading("data"))
        shown = gr.HTML(to_come, js_on_load=PICK_JS + mount("tabs/data/examples.js"))
        gr.HTML(ultrasound(page))
        gr.HTML(folders(page))
        gr.HTML(counts(page), js_on_load=guess_script)
        game = gr.HTML(to_come, js_on_load=mount("tabs/data/twins.js"))
        gr.HTML(two_labels(page) + truth_of_labels(page))
        gr.HTML(leak_guess(page), js_on_load=guess_script)
        gr.Markdown(page.words.lesson("data"), elem_classes="lesson")
        gr.HTML(table(page))
        if shows_no_test_images(page):
            with for_the_curious(page, page.words("data.absent_title")):
                gr.Markdown(where_test_images_are(page.words, page.bundle))
        gr.HTML(thread_step(page, "data"))
        gr.HTML(page.macros.next_tab("preprocessing"))

    def more_examples(event: gr.EventData) -> Markup:
        return examples(page, (message_of(event, NextExamples) or NextExamples()).page)

    def play(event: gr.EventData) -> Markup:
        wanted = message_of(event, TwinChoice) or TwinChoice()
        return twin_game(page, wanted.round, wanted.choice)

    ask(shown.apply, more_examples, outputs=[shown])
    ask(game.apply, play, outputs=[game])
    let_choose(page, shown)


def folders(page: Page) -> Markup:
    """How BUSI's folders are laid out, or what other data or a simulated set are instead."""
    bundle, markup = page.bundle, page.template(_TEMPLATE)
    if bundle.data_kind != BUSI:
        name = data_name(page.words, bundle.origin)
        return markup.other_data(bundle.data_kind, name, measured().served_the_simulator)
    recipe = bundle.info.get("training", {}).get("recipe")
    return markup.folders_of_busi((BENIGN, MALIGNANT, "normal"), bool(recipe.get("outline")) if recipe else None)


def counts(page: Page) -> Markup:
    """The images of each part and class, as bars and numbers, and a first guess about them."""
    words, bundle, parts = page.words, page.bundle, part_counts(page.bundle)
    images = words(f"page.images_{bundle.data_kind}", data=data_name(words, bundle.origin))
    caption = words("data.counts_caption", n=words.number(sum(part.images for part in parts)), images=images)
    most = max(part.images for part in parts)
    guess = _majority(page, parts[-1])
    return page.template(_TEMPLATE).counts(parts, most, caption, judged_before(bundle.info), guess)


def examples(page: Page, number: int) -> Markup:
    """Some images of each class, with the outline of the lesion to switch on.

    Args:
        page: that they stand on.
        number: which four of each class; numbers past the end begin again.
    """
    by_class = {label: [(one, _outline(one)) for one in _some(page, label, number)] for label in CLASSES}
    return page.template(_TEMPLATE).examples(_shown_source(page), by_class, number + 1)


def table(page: Page) -> Markup:
    """The first rows of the DataFrame of held-out images, with what each column is."""
    predictions = page.bundle.predictions
    rows = list(predictions.head(TABLE_ROWS).itertuples(index=False))
    return page.template(_TEMPLATE).table(list(predictions.columns), rows, len(predictions))


def twin_game(page: Page, number: int, choice: int | None = None) -> Markup:
    """A round of "find the twin": the question, or after a choice what was right and why it matters.

    Args:
        page: that it stands on.
        number: of the round.
        choice: which of the six the visitor took, from 0; None if none yet.
    """
    markup = page.template(_TEMPLATE)
    try:
        game = round_of(page.workshop.gallery, page.bundle, number)
    except ValueError:  # a gallery without near-duplicates
        return markup.no_twins()
    if choice is None:
        return markup.twins_question(game)
    is_right = choice == game.answer
    is_one = 0 <= choice < len(game.candidates)
    taken = game.candidates[choice] if is_one and not is_right else None
    return markup.twins_answer(game, is_right, taken, choice + 1)


def two_labels(page: Page) -> Markup:
    """The near-duplicates that carry two labels: their pictures where they are at hand."""
    kind, left_out = page.bundle.data_kind, page.bundle.info["data"].get("left_out")
    if kind == SIMULATED or not left_out:
        return Markup()
    shown = page.workshop.gallery.page(0, CONFLICT)
    pairs = list(zip(shown[::2], shown[1::2], strict=True))
    sentence = page.words("data.two_labels_told_own" if kind == OWN else "data.two_labels_told", count=left_out)
    return page.template(_TEMPLATE).two_labels(sentence, pairs)


def leak_guess(page: Page) -> Markup:
    """How many test images have a twin in training if images are drawn one by one: a guess, then the number."""
    words, data = page.words, page.bundle.info["data"]
    if page.bundle.data_kind != BUSI or "images_with_twins" not in data:  # the share that leaks was counted on BUSI
        return Markup()
    images = sum(part.images for part in part_counts(page.bundle))
    answer = words("data.leak_answer", share=LEAK_SHARE, low=LEAK_LOW, high=LEAK_HIGH, n=images, guess="{guess}")
    markup = page.template(_TEMPLATE)
    twins = words("data.leak_told", twins=data["images_with_twins"], groups=data["groups_of_twins"])
    guess = markup.guess("leak", words("data.leak_question"), answer, LEAK_SHARE, LEAK_LOW, LEAK_HIGH)
    return markup.leak(twins, guess, leak_gain(words, measured()))


def leak_gain(words: Words, found: Measured) -> str:
    """What images drawn one by one gained a recipe, compared with whole families, and what else may gain others more.

    Args:
        words: of the reader's language.
        found: the numbers.
    """
    two, leak = partial(words.number, digits=2), found.leak
    gain = words(
        "data.leak_gain",
        n=leak.leaky.n,
        leaky=words.number(leak.leaky.value, 3),
        leaky_interval=interval(words, leak.leaky, two),
        grouped=words.number(leak.grouped.value, 3),
        grouped_interval=interval(words, leak.grouped, two),
    )
    apart = leak.leaky.low > leak.grouped.high
    return f"{gain} {words('data.leak_gain_large' if apart else 'data.leak_gain_small')}"


def _majority(page: Page, test: PartCount) -> Markup:
    """What a machine that always says benign would score; nothing if the classes are not counted."""
    if not test.by_class:
        return Markup()
    share = test.by_class[BENIGN] / test.images
    answer = page.words(
        "data.majority_answer",
        guess="{guess}",
        share=page.words.number(100 * share),
        benign=test.by_class[BENIGN],
        n=test.images,
        malignant=test.by_class[MALIGNANT],
    )
    truth = 100 * share
    markup, question = page.template(_TEMPLATE), page.words("data.majority_question")
    return markup.guess("majority", question, answer, truth, truth - NEAR, truth + NEAR)


def _some(page: Page, label: str, number: int) -> list[Example]:
    shown = [one for one in page.workshop.gallery.of(_shown_source(page)) if one.label == label]
    pages = max(1, -(-len(shown) // EACH_CLASS))
    return shown[number % pages * EACH_CLASS :][:EACH_CLASS]


def _shown_source(page: Page) -> str:
    """Where the examples are from: the data that the network learned from, where they are at hand; else real ones."""
    gallery, learned_from_drawings = page.workshop.gallery, page.bundle.data_kind == SIMULATED
    return gallery.own if gallery.own == BUSI or learned_from_drawings else gallery.ultrasound


def _outline(example: Example) -> str | None:
    """The edge of a lesion as the `d` of an SVG path; None if nobody drew it."""
    return None if example.mask is None else outline_path(example.mask)
