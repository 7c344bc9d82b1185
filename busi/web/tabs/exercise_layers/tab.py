"""The bench of the exercise on layers: the maps of two images side by side, filter by filter.

Convolution and pooling layers are offered; the same filters are shown for both images, in one scale of brightness. The
bench is drawn by the server, from what the browser asks for (tab.js).
"""

from dataclasses import dataclass
from typing import Annotated

import gradio as gr
import numpy as np
from markupsafe import Markup

from busi.images import gray_levels, prepare
from busi.model.activations import Layer, filters_to_compare
from busi.server.decoding import read_upload
from busi.serving.gallery import Example, Gallery, source_of
from busi.serving.workshop import Workshop
from busi.web.events import EACH, Message, ask, message_of, or_else
from busi.web.page import Page
from busi.web.parts.layer_names import layer_names
from busi.web.pictures import exact_picture, heat_picture
from busi.web.scripts import mount
from busi.words.classes import CLASSES
from busi.words.text import Words

FILTERS = 6
MOST_LAYERS = 12
OWN = "own"  # in the place of a key: the image that the visitor chose elsewhere

_ACTIVATIONS = ("ReLU", "Activation")
_BRIGHT = 0.995  # the share of values that are not clipped, lest a single bright spot leave all the rest in the dark
_SIDES = ("left", "right")
_TEMPLATE = "tabs/exercise_layers/tab.html"


class Comparison(Message):
    """What a visitor wants to compare.

    Attributes:
        left: key of an example, or `OWN`.
        right: the same for the other side.
        layer: name of a layer; empty for the first.
        differing: whether the filters that differ most come first.
    """

    left: Annotated[str, or_else("")] = ""
    right: Annotated[str, or_else("")] = ""
    layer: Annotated[str, or_else("")] = ""
    differing: Annotated[bool, or_else(False)] = False


@dataclass(frozen=True)
class Side:
    """One of the two images.

    Attributes:
        key: of the example, or `OWN`.
        model_input: float32 (S, S, 1) in [0, 1].
        label: its class; empty if nobody knows.
        source: where it is from, as `Example.source`; empty for a visitor's own.
    """

    key: str
    model_input: np.ndarray
    label: str
    source: str


def layers_bench(page: Page) -> None:
    """Lays out the bench and wires it."""
    waiting = page.template(_TEMPLATE).to_come()
    bench = gr.HTML(waiting, js_on_load=mount("tabs/exercise_layers/tab.js"), elem_id="layers-bench")

    @page.or_refusal
    def compare(path: str | None, event: gr.EventData) -> Markup:
        return comparison(page, comparison_wanted(event, page.workshop.gallery), path)

    ask(bench.apply, compare, inputs=[page.picture], outputs=[bench], **EACH)


def comparison_wanted(event: gr.EventData, gallery: Gallery) -> Comparison:
    """What a browser asks for; an image that there is not becomes the first of its class.

    Args:
        event: carries a `Comparison`.
        gallery: that the images are of.
    """
    wanted = message_of(event, Comparison) or Comparison()
    keys = {}
    for side, first in zip(_SIDES, _first_of_each(gallery), strict=True):
        key = getattr(wanted, side)
        keys[side] = key if key == OWN or key in gallery.examples else first.key
    return wanted.model_copy(update=keys)


def offered(layers: tuple[Layer, ...]) -> list[Layer]:
    """The convolutions, each after its activation where it has one, and the pooling layers.

    Args:
        layers: of a network, in order.

    Returns:
        Of many only some, evenly spread from the first to the last.
    """
    drawing = [layer for layer in layers if layer.has_maps and layer.shape[0] > 1]  # a map of one point shows nothing
    found: list[Layer] = []
    for layer in drawing:
        if "Conv" in layer.kind or "Pooling" in layer.kind:
            found.append(layer)
        elif layer.kind in _ACTIVATIONS and found and "Conv" in found[-1].kind and layer.shape == found[-1].shape:
            found[-1] = layer  # what the convolution passes on: nothing where it found nothing
    if len(found) <= MOST_LAYERS:
        return found
    return [found[round(place)] for place in np.linspace(0, len(found) - 1, MOST_LAYERS)]


def comparison(page: Page, wanted: Comparison, path: str | None) -> Markup:
    """The two images, the layers to choose from, and the maps of one.

    Args:
        page: that they stand on.
        wanted: what to show.
        path: of the image that the visitor chose elsewhere, if any.

    Raises:
        ImageRefused: if that image is wanted and is no picture that can be used.
        BundleError: if the weights cannot be used.
    """
    words, inside, markup = page.words, page.workshop.classifier.get().inside, page.template(_TEMPLATE)
    layers = offered(inside.layers)
    if not layers:
        return page.macros.card(words("exercise_layers.none_title"), words("exercise_layers.none"), "invitation")
    layer = next((one for one in layers if one.name == wanted.layer), layers[0])
    sides = [_side(page.workshop, key, path) for key in (wanted.left, wanted.right)]
    maps = [inside.maps(side.model_input, layer.name) for side in sides]
    is_signed = min(float(one.min()) for one in maps) < 0
    return markup.comparison(
        keys=[side.key for side in sides],
        layer=layer,
        differing=wanted.differing,
        choices=[_choice(page, name, side) for name, side in zip(_SIDES, sides, strict=True)],
        alike=_alike(sides),
        layers=[
            (one, name, _kind(one)) for one, name in zip(layers, _names(words, inside.layers, layers), strict=True)
        ],
        reading=markup.reading(layer, _kind(layer), is_signed),
        maps=_maps(page, sides, maps, wanted.differing),
    )


def _names(words: Words, layers: tuple[Layer, ...], shown: list[Layer]) -> list[str]:
    """What the layers shown are called; an activation by the convolution before it, whose maps it passes on."""
    names, found, convolution = layer_names(words, layers), {}, ""
    for layer in layers:
        convolution = layer.name if "Conv" in layer.kind else convolution
        found[layer.name] = names[convolution if convolution and layer.kind in _ACTIVATIONS else layer.name]
    return [found[layer.name] for layer in shown]


def _first_of_each(gallery: Gallery) -> list[Example]:
    """The first example of each class."""
    own = gallery.of(gallery.ultrasound)
    return [next((example for example in own if example.label == label), own[0]) for label in CLASSES]


def _side(workshop: Workshop, key: str, path: str | None) -> Side:
    gallery, contract = workshop.gallery, workshop.bundle.image
    if key == OWN and path is not None:
        known = gallery.recognise(path)
        return Side(OWN, prepare(read_upload(path).image, contract), _label(known), source_of(known))
    example = gallery.examples.get(key) or _first_of_each(gallery)[0]
    return Side(example.key, prepare(example.image, contract), _label(example), source_of(example))


def _label(example: Example | None) -> str:
    """The class of an image; empty if nobody knows, or if it is no ultrasound."""
    return example.label if example is not None and example.label in CLASSES else ""


def _alike(sides: list[Side]) -> bool:
    return np.array_equal(sides[0].model_input, sides[1].model_input)


def _choice(page: Page, name: str, side: Side) -> Markup:
    """One of the two images, and others to put in its place."""
    source, examples = exact_picture(gray_levels(side.model_input)), _some(page.workshop.gallery)
    return page.template(_TEMPLATE).choice(name, side, source, examples, OWN)


def _some(gallery: Gallery) -> list[Example]:
    """Four examples of each class."""
    own = gallery.of(gallery.ultrasound)
    return [example for label in CLASSES for example in [one for one in own if one.label == label][:4]]


def _kind(layer: Layer) -> str:
    return "pooling" if "Pooling" in layer.kind else "convolution"


def _maps(page: Page, sides: list[Side], maps: list[np.ndarray], differing: bool) -> Markup:
    """The same filters for both images, in one scale of brightness."""
    chosen = filters_to_compare(*maps, FILTERS, differing)
    both = np.stack([one[..., chosen] for one in maps])
    low, high = float(both.min()), float(np.quantile(both, _BRIGHT))
    scale = page.words(
        "exercise_layers.scale",
        shown=len(chosen),
        all=maps[0].shape[2],
        low=page.words.number(low, 2),
        high=page.words.number(high, 2),
    )
    filters = [_filter(page.words, sides, [one[..., number] for one in maps], number, low, high) for number in chosen]
    return page.template(_TEMPLATE).maps(filters, scale, differing)


def _filter(
    words: Words, sides: list[Side], maps: list[np.ndarray], number: int, low: float, high: float
) -> dict[str, object]:
    """One filter: its map of either image, and to which it answers more."""
    strengths = [float(np.abs(one).mean()) for one in maps]
    more = "same" if np.isclose(*strengths, rtol=0.05) else ("left" if strengths[0] > strengths[1] else "right")
    span = high - low if high > low else 1.0
    drawn = []
    for name, side, one, strength in zip(_SIDES, sides, maps, strengths, strict=True):
        height, width = one.shape
        source = heat_picture(np.clip((one - low) / span, 0, 1))
        size = {"height": height, "width": width, "strength": words.number(strength, 2)}
        drawn.append({"name": name, "label": side.label, "source": source, **size})
    return {"number": number, "more": more, "maps": drawn}
