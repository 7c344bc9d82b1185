"""Concepts to try in the tab Le réseau (CNN): a kernel of one's own, pooling, and four more ideas.

concepts.html lays out what stands still; concepts.js and one script per concept draw what moves. The server's only part
is to send the chosen image, reduced to 56 x 56 gray levels, for the kernel; everything else is computed in the browser.
"""

import base64

import gradio as gr
from markupsafe import Markup

from busi.images import ImageRefused, resize
from busi.web.events import ask
from busi.web.page import Page
from busi.web.refusals import refusal_sentence
from busi.web.scripts import mount
from busi.web.signs import RIGHT, WRONG
from busi.web.tabs.network.current import current_image
from busi.words.text import MINUS, Words

CONCEPTS = ("activation", "dropout", "optimiser", "loss")  # the pooling and the kernel stand by themselves
SIDE = 56  # pixels
KERNELS = {
    "identity": "0 0 0 0 1 0 0 0 0",
    "blur": "1/9 1/9 1/9 1/9 1/9 1/9 1/9 1/9 1/9",
    "vertical": "-1 0 1 -1 0 1 -1 0 1",
    "horizontal": "-1 -1 -1 0 0 0 1 1 1",
    "sharpen": "0 -1 0 -1 5 -1 0 -1 0",
    "outline": "-1 -1 -1 -1 8 -1 -1 -1 -1",
}
FIRST_KERNEL = "vertical"
GUESSES = ("little", "five", "forty")
RIGHT_GUESS = "five"
RATES = (0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 0.6, 1.0)
FIRST_RATE = 0.1
KNOBS = (  # of the two neurons: name, how far it goes to either side, where it stands first
    ("slope_first", 2, 1),
    ("offset_first", 3, 1),
    ("slope_second", 2, -0.5),
    ("offset_second", 3, 1),
)

# The sentences that the scripts fill and write, by their keys in content/<language>/concepts.toml.
_SENTENCES = {
    "convolution": "map_alt legend_signed legend place sum rectified lights reacts_identity reacts_blur "
    "reacts_vertical reacts_horizontal reacts_sharpen reacts_outline reacts_zero reacts_change reacts_average "
    "reacts_mixed",
    "pooling": "told example taken nothing unshifted shifted whole pooled",
    "activation": "relu_told relu_alt sigmoid_told sigmoid_alt first second both line bend no_bend pair_alt and",
    "dropout": "alt told told_prediction why counts_told counts_none counts_alt",
    "optimiser": "gradient adam loss_axis weight_axis landscape_alt told last state_start state_rolling state_deep "
    "state_shallow state_top state_out",
    "loss": "axis_x axis_y half alt told told_times clipped answer_little answer_five answer_forty",
}

_TEMPLATE = "tabs/network/concepts.html"


def own_kernel(page: Page, weights: int | None = None) -> None:
    """Lays out the kernel that a visitor makes, and sends it the chosen image.

    Args:
        page: that it stands on.
        weights: how many numbers the network is made of, if that is known.
    """
    source = gr.HTML(pixels(page, None), js_on_load=mount("tabs/network/picture.js"), elem_classes="concept-source")
    gr.HTML(own_kernel_block(page, weights), js_on_load=mount("tabs/network/convolution.js"))

    def send_pixels(path: str | None) -> Markup:
        return pixels(page, path)

    ask(page.picture.on_new_file, send_pixels, [page.picture], [source])


def pooling(page: Page) -> None:
    """Lays out the pooling.

    Args:
        page: that it stands on.
    """
    gr.HTML(pooling_block(page), js_on_load=mount("tabs/network/pooling.js"))


def concepts(page: Page, weights: int | None = None) -> None:
    """Lays out the four concepts that stand together.

    Args:
        page: that they stand on.
        weights: how many numbers the network is made of, if that is known.
    """
    gr.HTML(concepts_block(page, weights), js_on_load=mount("tabs/network/concepts.js"))


def pixels(page: Page, path: str | None) -> Markup:
    """The gray levels that the visitor's kernel works on, for its script to read.

    Args:
        page: whose gallery gives an example where there is no image, or none that can be used.
        path: of the chosen image's file, if any.
    """
    words, refused = page.words, ""
    try:
        current = current_image(page, path)
    except ImageRefused as error:
        refused, current = refusal_sentence(words, error), current_image(page, None)
    key = "convolution_picture_own" if current.chosen else "convolution_picture_stand_in"
    badge = page.macros.said_of(current.source, link=False)
    levels = base64.b64encode(resize(current.image, SIDE).tobytes()).decode()
    return page.template(_TEMPLATE).pixels(levels, words(f"concepts.{key}", side=SIDE), badge, refused)


def own_kernel_block(page: Page, weights: int | None) -> Markup:
    """The kernel that a visitor makes.

    Args:
        page: that it stands on.
        weights: how many numbers the network is made of, if that is known.
    """
    markup, first_weights = page.template(_TEMPLATE), KERNELS[FIRST_KERNEL].replace("-", MINUS).split()
    learned = _weights(page.words, "convolution_learned", weights)
    body = markup.convolution(SIDE, KERNELS, first_weights, learned)
    return markup.alone("kernel", "convolution", _sentences(page.words, ("convolution",)), body)


def pooling_block(page: Page) -> Markup:
    """The pooling.

    Args:
        page: that it stands on.
    """
    markup = page.template(_TEMPLATE)
    return markup.alone("pooling", "pooling", _sentences(page.words, ("pooling",)), markup.pooling())


def concepts_block(page: Page, weights: int | None) -> Markup:
    """The four concepts, the first one shown.

    Args:
        page: that they stand on.
        weights: how many numbers the network is made of, if that is known.
    """
    words, markup = page.words, page.template(_TEMPLATE)
    verdicts = {name: RIGHT if name == RIGHT_GUESS else WRONG for name in GUESSES}
    panels = {
        "activation": markup.activation(KNOBS),
        "dropout": markup.dropout(),
        "optimiser": markup.optimiser(RATES, FIRST_RATE, _weights(words, "optimiser_weights", weights)),
        "loss": markup.loss(verdicts),
    }
    return markup.concepts(CONCEPTS, _sentences(words, CONCEPTS), panels)


def _weights(words: Words, key: str, weights: int | None) -> str:
    """A sentence on all the network's weights, with their number if it is known."""
    return words(f"concepts.{key}", weights=words.number(weights)) if weights else words(f"concepts.{key}_all")


def _sentences(words: Words, names: tuple[str, ...]) -> dict[str, str]:
    """The sentences of some concepts' scripts."""
    keys = [f"{name}_{part}" for name in names for part in _SENTENCES[name].split()]
    return {key: words.unfilled(f"concepts.{key}") for key in (*keys, "play", "pause")}
