"""Six concepts to try in the tab Le réseau (CNN): convolution, pooling, activation, dropout, optimiser, loss.

concepts.html lays out what stands still; concepts.js and one script per concept draw what moves. The server's only part
is to send the chosen image, reduced to 56 x 56 gray levels; everything else is computed in the browser.
"""

import base64

import gradio as gr
from markupsafe import Markup

from busi.images import ImageRefused, resize
from busi.server.decoding import read_upload
from busi.serving.gallery import Example, Gallery, source_of
from busi.web.events import ask
from busi.web.page import Page
from busi.web.refusals import refusal_sentence
from busi.web.scripts import mount
from busi.web.signs import RIGHT, WRONG
from busi.words.text import MINUS, Words

CONCEPTS = ("convolution", "pooling", "activation", "dropout", "optimiser", "loss")
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
    "pooling": "told example taken nothing unshifted shifted",
    "activation": "relu_told relu_alt sigmoid_told sigmoid_alt first second both line bend no_bend pair_alt and",
    "dropout": "alt told told_prediction why counts_told counts_none counts_alt",
    "optimiser": "gradient adam loss_axis weight_axis landscape_alt told last state_start state_rolling state_deep "
    "state_shallow state_top state_out",
    "loss": "axis_x axis_y half alt told told_times clipped answer_little answer_five answer_forty",
}

_TEMPLATE = "tabs/network/concepts.html"


def concepts(page: Page, weights: int | None = None) -> None:
    """Lays out the six concepts and sends them the chosen image.

    Args:
        page: that they stand on.
        weights: how many numbers the network is made of, if that is known.
    """
    source = gr.HTML(pixels(page, None), js_on_load=mount("tabs/network/picture.js"), elem_classes="concept-source")
    gr.HTML(concepts_block(page, weights), js_on_load=mount("tabs/network/concepts.js"))

    def send_pixels(path: str | None) -> Markup:
        return pixels(page, path)

    ask(page.picture.on_new_file, send_pixels, [page.picture], [source])


def pixels(page: Page, path: str | None) -> Markup:
    """The gray levels that the convolution works on, for its script to read.

    Args:
        page: whose gallery gives an example where there is no image, or none that can be used.
        path: of the chosen image's file, if any.
    """
    words, gallery = page.words, page.workshop.gallery
    refused, image, example = "", None, gallery.recognise(path) if path else None
    if path:
        try:
            image = read_upload(path).image
        except ImageRefused as error:
            refused = refusal_sentence(words, error)
    caption = words("concepts.convolution_picture_own", side=SIDE)
    if image is None:
        example = _stand_in(gallery)
        image, caption = example.image, words("concepts.convolution_picture_stand_in", side=SIDE)
    badge = page.macros.said_of(source_of(example), link=False)
    levels = base64.b64encode(resize(image, SIDE).tobytes()).decode()
    return page.template(_TEMPLATE).pixels(levels, caption, badge, refused)


def concepts_block(page: Page, weights: int | None) -> Markup:
    """The six concepts, the first one shown.

    Args:
        page: that they stand on.
        weights: how many numbers the network is made of, if that is known.
    """
    words, markup = page.words, page.template(_TEMPLATE)
    first_weights = KERNELS[FIRST_KERNEL].replace("-", MINUS).split()
    verdicts = {name: RIGHT if name == RIGHT_GUESS else WRONG for name in GUESSES}
    learned = _weights(words, "convolution_learned", weights)
    panels = {
        "convolution": markup.convolution(SIDE, KERNELS, first_weights, learned),
        "pooling": markup.pooling(),
        "activation": markup.activation(KNOBS),
        "dropout": markup.dropout(),
        "optimiser": markup.optimiser(RATES, FIRST_RATE, _weights(words, "optimiser_weights", weights)),
        "loss": markup.loss(verdicts),
    }
    return markup.concepts(CONCEPTS, _sentences(words), panels)


def _weights(words: Words, key: str, weights: int | None) -> str:
    """A sentence on all the network's weights, with their number if it is known."""
    return words(f"concepts.{key}", weights=words.number(weights)) if weights else words(f"concepts.{key}_all")


def _sentences(words: Words) -> dict[str, str]:
    """The sentences of the scripts."""
    keys = [f"{name}_{part}" for name, parts in _SENTENCES.items() for part in parts.split()]
    return {key: words.unfilled(f"concepts.{key}") for key in (*keys, "play", "pause")}


def _stand_in(gallery: Gallery) -> Example:
    return next(iter(gallery.page(0, gallery.ultrasound)), next(iter(gallery.examples.values())))
