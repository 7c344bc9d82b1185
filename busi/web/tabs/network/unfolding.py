"""What the browser unfolds: a convolution's input, its strongest kernels, and what becomes of their sums.

The server sends these as they are, and kernels.js multiplies and adds before the visitor's eyes. A test compares what
it finds with the network's own maps.
"""

import base64

import numpy as np
from markupsafe import Markup

from busi.images import gray_levels, to_model_input
from busi.model.activations import Inside
from busi.model.convolutions import Convolution, Filter, convolutions_in, given_size, unfold
from busi.serving.predict import Classifier
from busi.web.page import Page
from busi.web.parts.layer_names import layer_names
from busi.web.tabs.network.current import Current

SHOWN_FILTERS = 8
# What an input may hold, so that no more than 350 kB are sent: a picture's gray levels take a byte each, others four.
MOST_LEVELS, MOST_NUMBERS = 160_000, 40_000

_SENTENCES = (
    *("looks_image", "looks_maps", "filters", "filter", "filter_of", "filter_rectified"),
    *("image_caption", "given_caption", "map_caption", "map_of", "legend", "place"),
    *("sum", "sum_bias", "sum_many", "sum_many_bias", "equals", "outside", "cells"),
    *("after_both_passed", "after_both_silent", "after_both_capped", "after_normalised"),
    *("after_relu_passed", "after_relu_silent", "after_relu_capped"),
    *("channels", "channel", "partial", "rest"),
)
_TEMPLATE = "tabs/network/kernels.html"


def kernels_block(page: Page) -> Markup:
    """What stands still: where image, map and sum are drawn.

    Args:
        page: that it stands on.
    """
    return page.template(_TEMPLATE).kernels({key: page.words.unfilled(f"kernels.{key}") for key in _SENTENCES})


def kernels_sent(page: Page, classifier: Classifier, current: Current) -> Markup:
    """What the browser needs to unfold the network's convolutions over an image.

    Args:
        page: that it stands on.
        classifier: whose network.
        current: the image.
    """
    words, markup, inside = page.words, page.template(_TEMPLATE), classifier.inside
    shown = shown_convolutions(inside)
    if not shown:
        return page.macros.card(words("kernels.none_title"), words("kernels.none"), "invitation")
    model_input, names = classifier.predict(current.image).model_input, layer_names(words, inside.layers)
    found = [unfold(inside, model_input, name, SHOWN_FILTERS) for name in shown]
    sent = [as_json(one, names[one.name], np.array_equal(one.given, model_input)) for one in found]
    return markup.sent(sent, page.macros.said_of(current.source, link=False), current.chosen)


def shown_convolutions(inside: Inside) -> list[str]:
    """The first convolution, and the first behind it that adds over several channels, as far as they can be sent.

    Args:
        inside: the network.
    """
    names = [name for name in convolutions_in(inside) if _can_be_sent(given_size(inside, name))]
    kinds = {layer.name: layer.kind for layer in inside.layers}
    adds = [name for name in names[1:] if given_size(inside, name)[2] > 1 and kinds[name] == "Conv2D"]
    return names[:1] + adds[:1]


def _can_be_sent(size: tuple[int, int, int]) -> bool:
    return np.prod(size) <= (MOST_LEVELS if size[2] == 1 else MOST_NUMBERS)


def as_json(convolution: Convolution, title: str, sees_image: bool) -> dict:
    """A convolution for `readConvolution` of unfold.js: numbers as float32 in base64, an image as its gray levels.

    Args:
        convolution: from `unfold`.
        title: what the layer is called.
        sees_image: whether its input is the image itself.
    """
    return {
        "title": title,
        "given": {"size": convolution.given.shape, "isImage": sees_image, **_numbers(convolution.given)},
        "size": convolution.size,
        "strides": convolution.strides,
        "dilation": convolution.dilation,
        "before": convolution.before,
        "rectified": convolution.rectified,
        "ceiling": convolution.ceiling,
        "allFilters": convolution.all_filters,
        "filters": [_filter_json(one) for one in convolution.filters],
    }


def _filter_json(one: Filter) -> dict:
    return {
        "number": one.number,
        "channels": one.channels,
        "kernel": one.kernel.shape,
        "numbers": _base64(one.kernel),
        "bias": one.bias,
        "scale": one.scale,
        "offset": one.offset,
    }


def _numbers(given: np.ndarray) -> dict[str, str]:
    """An input's numbers: gray levels where they tell all, a quarter as long."""
    if given.shape[2] == 1:
        levels = gray_levels(given)
        if np.array_equal(to_model_input(levels), given):
            return {"levels": base64.b64encode(levels.tobytes()).decode()}
    return {"floats": _base64(given)}


def _base64(numbers: np.ndarray) -> str:
    return base64.b64encode(np.ascontiguousarray(numbers, "<f4").tobytes()).decode()
