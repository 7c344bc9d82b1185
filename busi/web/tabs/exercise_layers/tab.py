"""The bench of the exercise on layers: the maps of two images side by side, filter by filter.

Convolution and pooling layers are offered; the same filters are shown for both images, in one scale of brightness. The
bench is drawn by the server, from what the browser asks for (tab.js).
"""

from dataclasses import dataclass
from html import escape

import gradio as gr
import numpy as np

from busi.bundle.files import SIMULATED
from busi.images import ImageRefused, prepare
from busi.model.activations import Layer, filters_to_compare
from busi.server.decoding import read_upload
from busi.serving.gallery import Example, Gallery
from busi.serving.workshop import Workshop
from busi.web.components import EACH
from busi.web.figures import card, class_word, exact_picture, heat_picture, light_picture, rich
from busi.web.files import read
from busi.web.page import Page
from busi.web.refusals import refusal
from busi.words.classes import CLASSES
from busi.words.text import Words

FILTERS = 6
MOST_LAYERS = 12
_ACTIVATIONS = ("ReLU", "Activation")
OWN = "own"  # in the place of a key: the image that the visitor chose elsewhere

_JS = read("tabs/exercise_layers/tab.js")


@dataclass(frozen=True)
class Asked:
    """What a visitor asks to see.

    Attributes:
        left: key of an example, or `OWN`.
        right: the same for the other side.
        layer: name of a layer; empty for the first.
        differing: whether the filters that differ most come first.
    """

    left: str
    right: str
    layer: str
    differing: bool


@dataclass(frozen=True)
class Side:
    """One of the two images.

    Attributes:
        key: of the example, or `OWN`.
        model_input: float32 (S, S, 1) in [0, 1].
        label: its class; empty if nobody knows.
        simulated: whether it is a simulated one.
    """

    key: str
    model_input: np.ndarray
    label: str
    simulated: bool


def layers_bench(page: Page) -> None:
    """Lays out the bench and wires it."""
    words, workshop, picture = page.words, page.workshop, page.picture
    bench = gr.HTML(
        f'<p class="aside" data-to-come>{escape(words("exercise_layers.to_come"))}</p>',
        js_on_load=_JS,
        elem_id="layers-bench",
    )

    def compare(path: str | None, event: gr.EventData) -> str:
        asked = asked_of(event, workshop.gallery)
        try:
            return comparison(words, workshop, asked, path)
        except ImageRefused as error:
            return refusal(words, error)
        except ValueError:  # the weights cannot be used
            return card(words("refused.network_title"), words("refused.network"), "alert")

    bench.apply(
        fn=compare,
        inputs=[picture],
        outputs=[bench],
        api_visibility="private",
        show_progress="hidden",
        **EACH,
    )


def asked_of(event: object, gallery: Gallery) -> Asked:
    """What a browser asks for; whatever there is not becomes the first of its kind.

    Args:
        event: has the attributes left, right, layer and differing, of any type.
        gallery: that the images are of.
    """
    sides = [getattr(event, name, None) for name in ("left", "right")]
    shown = _first_of_each(gallery)
    keys = [
        key if isinstance(key, str) and (key == OWN or key in gallery.examples) else example.key
        for key, example in zip(sides, shown, strict=True)
    ]
    layer = getattr(event, "layer", "")
    return Asked(*keys, layer if isinstance(layer, str) else "", getattr(event, "differing", False) is True)


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


def comparison(words: Words, workshop: Workshop, asked: Asked, path: str | None) -> str:
    """The two images, the layers to choose from, and the maps of one, as HTML.

    Args:
        words: of the reader's language.
        workshop: what the pages work with.
        asked: what to show.
        path: of the image that the visitor chose elsewhere, if any.

    Raises:
        ImageRefused: if that image is asked for and is no picture that can be used.
        BundleError: if the weights cannot be used.
    """
    classifier = workshop.classifier.get()
    layers = offered(classifier.inside.layers)
    if not layers:
        return card(words("exercise_layers.none_title"), words("exercise_layers.none"), "invitation")
    layer = next((one for one in layers if one.name == asked.layer), layers[0])
    sides = [_side(workshop, key, path) for key in (asked.left, asked.right)]
    maps = [classifier.inside.maps(side.model_input, layer.name) for side in sides]
    choices = "".join(
        _choice(words, workshop.gallery, name, side) for name, side in zip(("left", "right"), sides, strict=True)
    )
    signed = min(float(one.min()) for one in maps) < 0
    same = f'<p class="trap" role="status">{escape(words("exercise_layers.same"))}</p>' if _alike(sides) else ""
    return (
        f'<section class="layers-bench" data-left="{sides[0].key}" data-right="{sides[1].key}" '
        f'data-layer="{escape(layer.name)}" data-differing="{str(asked.differing).lower()}">'
        f'<div class="two-images">{choices}</div>{same}{_layers(words, layers, layer)}'
        f"{_told(words, layer, signed)}{_maps(words, sides, maps, asked.differing)}</section>"
    )


def _first_of_each(gallery: Gallery) -> list[Example]:
    """The first example of each class."""
    own = [example for example in gallery.examples.values() if example.source == gallery.ultrasound]
    return [next((example for example in own if example.label == label), own[0]) for label in CLASSES]


def _side(workshop: Workshop, key: str, path: str | None) -> Side:
    gallery = workshop.gallery
    if key == OWN and path is not None:
        known = gallery.recognise(path)
        label = known.label if known is not None and known.label in CLASSES else ""
        simulated = known is not None and known.source == SIMULATED
        return Side(OWN, prepare(read_upload(path).image, workshop.bundle.image), label, simulated)
    example = gallery.examples.get(key) or _first_of_each(gallery)[0]
    label = example.label if example.label in CLASSES else ""
    return Side(example.key, prepare(example.image, workshop.bundle.image), label, example.source == SIMULATED)


def _alike(sides: list[Side]) -> bool:
    return np.array_equal(sides[0].model_input, sides[1].model_input)


def _choice(words: Words, gallery: Gallery, name: str, side: Side) -> str:
    """One of the two images, and others to put in its place."""
    seen = np.rint(side.model_input[..., 0] * 255).astype(np.uint8)
    badge = f'<span class="badge">{escape(words("laboratory.simulated"))}</span>' if side.simulated else ""
    title = escape(words(f"exercise_layers.{name}"))
    truth = class_word(words, side.label) if side.label else escape(words("exercise_layers.unknown"))
    buttons = "".join(
        f'<button type="button" data-side="{name}" data-example="{example.key}" aria-pressed="'
        f'{str(example.key == side.key).lower()}" aria-label="{title} {escape(_name(words, example))}">'
        f'<img src="{light_picture(example.image, 96)}" alt=""></button>'
        for example in _some(gallery)
    )
    own = escape(words("exercise_layers.own"))
    return (
        f'<div><h4>{title}</h4><figure><span class="plate"><img src="{exact_picture(seen)}" '
        f'alt="{escape(words("prediction.seen_alt"))}">{badge}</span><figcaption>{truth}</figcaption></figure>'
        f'<div class="image-choice">{buttons}</div><button type="button" class="plain" data-side="{name}" '
        f'data-example="{OWN}" aria-pressed="{str(side.key == OWN).lower()}">{own}</button></div>'
    )


def _some(gallery: Gallery) -> list[Example]:
    """Four examples of each class."""
    own = [example for example in gallery.examples.values() if example.source == gallery.ultrasound]
    return [example for label in CLASSES for example in [one for one in own if one.label == label][:4]]


def _name(words: Words, example: Example) -> str:
    return words("exercise_layers.example", label=words(f"class.{example.label}"))


def _layers(words: Words, layers: list[Layer], chosen: Layer) -> str:
    """A button for each layer, in the order of the network, with the size and the number of its maps."""
    buttons = "".join(
        f'<button type="button" data-choose-layer="{escape(layer.name)}" aria-pressed="'
        f'{str(layer is chosen).lower()}"><b>{escape(layer.name)}</b><span>{escape(_kind(words, layer))}</span>'
        f"<small>{escape(words('exercise_layers.size', side=layer.shape[0], maps=layer.shape[2]))}</small></button>"
        for layer in layers
    )
    title = escape(words("exercise_layers.layers"))
    return f'<h4>{title}</h4><div class="layer-choice" role="group" aria-label="{title}">{buttons}</div>'


def _told(words: Words, layer: Layer, signed: bool) -> str:
    told = words(f"exercise_layers.told_{_sort(layer)}", side=layer.shape[0], maps=layer.shape[2])
    reading = words("exercise_layers.reading_signed" if signed else "exercise_layers.reading")
    return f"<p>{rich(told)} {rich(reading)}</p>"


def _maps(words: Words, sides: list[Side], maps: list[np.ndarray], differing: bool) -> str:
    """The same filters for both images, in one scale of brightness."""
    chosen = filters_to_compare(*maps, FILTERS, differing)
    both = np.stack([one[..., chosen] for one in maps])
    # From the lowest value to what one in 200 exceeds, lest a single bright spot leave all the rest in the dark.
    low, high = float(both.min()), float(np.quantile(both, 0.995))
    span = high - low if high > low else 1.0
    rows = "".join(_filter(words, sides, maps, number, low, span) for number in chosen)
    scale = words(
        "exercise_layers.scale",
        shown=len(chosen),
        all=maps[0].shape[2],
        low=words.number(low, 2),
        high=words.number(high, 2),
    )
    label = escape(words("exercise_layers.differing"))
    checked = " checked" if differing else ""
    return (
        f'<label class="switch"><input type="checkbox" data-differ{checked}> {label}</label>'
        f'<p class="aside">{escape(scale)}</p><div class="filters">{rows}</div>'
    )


def _filter(words: Words, sides: list[Side], maps: list[np.ndarray], number: int, low: float, span: float) -> str:
    """One filter: its map of either image, and to which it answers more."""
    strengths = [float(np.abs(one[..., number]).mean()) for one in maps]
    pictures = "".join(
        _map(words, side, np.clip((one[..., number] - low) / span, 0, 1), number, strength, name)
        for side, one, strength, name in zip(sides, maps, strengths, ("left", "right"), strict=True)
    )
    more = "same" if np.isclose(*strengths, rtol=0.05) else ("left" if strengths[0] > strengths[1] else "right")
    told = words(f"exercise_layers.more_{more}")
    return (
        f'<article class="filter" data-filter="{number}"><h5>{escape(words("network.filter", number=number + 1))}</h5>'
        f"<div>{pictures}</div><p>{escape(told)}</p></article>"
    )


def _map(words: Words, side: Side, scaled: np.ndarray, number: int, strength: float, name: str) -> str:
    """A map that opens large."""
    height, width = scaled.shape
    size = words.number(strength, 2)
    alt = words("network.map_alt", number=number + 1, height=height, width=width, strength=size)
    title = f"{words(f'exercise_layers.{name}')} · {words('network.filter', number=number + 1)}"
    truth = class_word(words, side.label) if side.label else escape(words("exercise_layers.unknown"))
    name_of, answer = (
        escape(words(f"exercise_layers.{name}")),
        escape(words("exercise_layers.strength_value", strength=size)),
    )
    return (
        '<div class="case-item"><button type="button" class="case-open" data-example="" '
        f'aria-label="{escape(f"{title}. {alt}")}"><span class="plate"><img class="map" src="{heat_picture(scaled)}" '
        f'alt=""></span></button><div class="case-under"><span>{name_of}</span><span>{answer}</span></div>'
        f'<div data-facts hidden><dl class="facts"><dt>{escape(title)}</dt><dd>{truth}</dd>'
        f"<dt>{escape(words('exercise_layers.map_size'))}</dt><dd>{height} × {width}</dd>"
        f"<dt>{escape(words('exercise_layers.strength'))}</dt><dd>{size}</dd></dl></div></div>"
    )


def _kind(words: Words, layer: Layer) -> str:
    return words(f"exercise_layers.kind_{_sort(layer)}")


def _sort(layer: Layer) -> str:
    return "pooling" if "Pooling" in layer.kind else "convolution"
