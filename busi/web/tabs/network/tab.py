"""The tab Le réseau (CNN): its own convolution unfolded, pooling, the chain of blocks, and each layer with its maps."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

import gradio as gr
import numpy as np
from markupsafe import Markup

from busi.bundle.files import BundleError
from busi.images import ImageRefused, gray_levels
from busi.model.activations import Layer, strongest_filters
from busi.serving.predict import Classifier, Prediction
from busi.web.events import EACH, Message, ask, message_of
from busi.web.page import Page
from busi.web.parts.curious import for_the_curious
from busi.web.parts.layer_names import explained_as, layer_names, names_within, stage_title, stages_of
from busi.web.parts.thread import thread_step
from busi.web.pictures import exact_picture, heat_picture
from busi.web.scripts import mount
from busi.web.sentences import answer_text
from busi.web.tabs.network.chain import chain
from busi.web.tabs.network.concepts import concepts, own_kernel, pooling
from busi.web.tabs.network.current import Current, current_image
from busi.web.tabs.network.drawing import drawing as drawing_levels
from busi.web.tabs.network.unfolding import kernels_block, kernels_sent
from busi.words.text import Words

SHOWN_MAPS = 12
CACHED_VIEWS = 128  # of examples, at most 180 kB each
CACHED_KERNELS = 48  # of examples, at most 350 kB each

_TEMPLATE = "tabs/network/tab.html"


class LayerChoice(Message):
    """The layer that was clicked."""

    layer: str


@dataclass(frozen=True)
class Slab:
    """A box drawn in a field of 130 x 122, its front to the left.

    Attributes:
        top: the corners of its lid, as the `points` of an SVG polygon.
        side: those of its right side.
        y: where its front begins.
        width: of its front.
        height: of its front.
    """

    top: str
    side: str
    y: str
    width: str
    height: str

    @classmethod
    def of(cls, width: float, height: float, depth: float, lift: float) -> "Slab":
        """The box of these sizes; `depth` goes to the right, and `lift` up."""
        left, right, top, bottom = 2, 2 + width, 116 - height, 116
        return cls(
            top=_points((left, top), (left + depth, top - lift), (right + depth, top - lift), (right, top)),
            side=_points((right, top), (right + depth, top - lift), (right + depth, bottom - lift), (right, bottom)),
            y=f"{top:.0f}",
            width=f"{max(width, 3):.0f}",
            height=f"{max(height, 4):.0f}",
        )


def _points(*corners: tuple[float, float]) -> str:
    return " ".join(f"{x:.0f},{y:.0f}" for x, y in corners)


def network_tab(page: Page) -> None:
    """Lays out the tab and wires it to the chosen image."""
    words, markup = page.words, page.template(_TEMPLATE)
    weights = page.bundle.info.get("training", {}).get("parameters")
    waiting = page.macros.card(words("network.waiting_title"), words("network.waiting"), "invitation")
    with gr.Tab(words("network.tab"), id="network", elem_id="tab-network"):
        gr.HTML(page.macros.heading("network"))
        gr.HTML(page.template("tabs/network/kernels.html").heading())
        sent = gr.HTML(waiting, elem_id="kernels-source", js_on_load=mount("tabs/network/kernels_source.js"))
        kernels = gr.HTML(kernels_block(page), js_on_load=mount("tabs/network/kernels.js"))
        own_kernel(page, weights)
        pooling(page)
        gr.HTML(markup.chain_heading())
        blocks = gr.HTML("", elem_id="network-chain")
        drawn = gr.HTML("", elem_id="network-draws")
        gr.HTML(markup.layers_heading())
        opened, layer = gr.State(False), gr.State("")
        with for_the_curious(page, words("network.layers_curious")):
            drawing = gr.HTML(waiting, js_on_load=mount("tabs/network/tab.js"))
            view = gr.HTML("", elem_id="layer-view", js_on_load=mount("tabs/network/layer.js"))
            gr.Markdown(words.lesson("network"), elem_classes="lesson")
        concepts(page, weights)
        gr.HTML(thread_step(page, "network"))
        gr.HTML(page.macros.next_tab("training"))
    _wire_inside(page, kernels, opened, (sent, blocks, drawn))
    _wire_layers(page, drawing, layer, view)


def _wire_inside(page: Page, kernels: gr.HTML, opened: gr.State, shown: tuple[gr.HTML, gr.HTML, gr.HTML]) -> None:
    """What is shown at first: kernels, the chain and how it draws, once the tab was opened and for each image."""
    picture = page.picture
    kernels_of = _cached(page, kernels_sent, CACHED_KERNELS)
    chain_of, drawing_of = _cached(page, chain, CACHED_VIEWS), _cached(page, drawing_levels, CACHED_VIEWS)

    @page.or_refusal
    def show_kernels(path: str | None) -> Markup:
        return kernels_of(current_image(page, path))

    def show_levels(path: str | None) -> tuple[Markup, Markup]:
        try:
            current = current_image(page, path)
            return chain_of(current), drawing_of(current)
        except (ImageRefused, BundleError):  # the card above says so
            return Markup(), Markup()

    def open_inside(path: str | None) -> tuple[object, object, object, bool]:
        return show_kernels(path), *show_levels(path), True

    def show_inside(path: str | None, is_opened: bool) -> tuple[object, object, object]:
        return (show_kernels(path), *show_levels(path)) if is_opened else (gr.skip(), gr.skip(), gr.skip())

    # An image that was chosen while the answer was on its way would else be overwritten by the one before.
    first = ask(kernels.apply, open_inside, [picture], [*shown, opened])
    ask(first.then, show_inside, [picture, opened], [*shown])
    ask(picture.on_new_file, show_inside, [picture, opened], [*shown])


def _wire_layers(page: Page, drawing: gr.HTML, layer: gr.State, view: gr.HTML) -> None:
    workshop, picture = page.workshop, page.picture
    view_of = _cached(page, layer_view, CACHED_VIEWS)

    def show_network(path: str | None, name: str) -> tuple[Markup, str, str]:
        try:
            layers = workshop.classifier.get().inside.layers
        except BundleError:
            return page.network_refused(), "", ""
        name = name or _first_shown(layers)
        return network_drawing(page, layers, name), name, show_layer(path, name)

    @page.or_refusal
    def show_layer(path: str | None, name: str) -> str:
        if not name:  # the drawing was never seen: nothing is asked of the network
            return ""
        current, classifier = current_image(page, path), workshop.classifier.get()
        if name in (layer.name for layer in classifier.inside.layers):
            return view_of(current, name)
        return layer_view(page, classifier, current, name)

    def choose_layer(path: str | None, event: gr.EventData) -> tuple[object, object]:
        sent = message_of(event, LayerChoice)
        return (sent.layer, show_layer(path, sent.layer)) if sent else (gr.skip(), gr.skip())

    first = ask(drawing.apply, show_network, [picture, layer], [drawing, layer, view])
    ask(first.then, show_layer, [picture, layer], [view])
    ask(drawing.click, choose_layer, [picture], [layer, view], **EACH)
    ask(picture.on_new_file, show_layer, [picture, layer], [view])


def _cached(page: Page, make: Callable[..., Markup], most: int) -> Callable[..., Markup]:
    """Makes a view of an image: of an example once for everybody who chooses it, of a visitor's own each time."""
    workshop = page.workshop

    @lru_cache(most)
    def of_example(key: str, chosen: bool, *more: str) -> Markup:
        return make(page, workshop.classifier.get(), Current.of(workshop.gallery.examples[key], chosen), *more)

    def view_of(current: Current, *more: str) -> Markup:
        if current.key:
            return of_example(current.key, current.chosen, *more)
        return make(page, workshop.classifier.get(), current, *more)

    return view_of


def network_drawing(page: Page, layers: tuple[Layer, ...], chosen: str) -> Markup:
    """The network from left to right, a slab for each stage and a button for each layer.

    Args:
        page: that it stands on.
        layers: of the network.
        chosen: name of the layer that is shown.
    """
    words = page.words
    total, pixels = sum(layer.parameters for layer in layers), int(np.prod(layers[0].shape))
    caption = words("network.caption", layers=len(layers) - 1, weights=words.number(total), pixels=words.number(pixels))
    stages = [
        (stage_title(words, number, stage), _slab(stage[0].shape), stage, names_within(words, stage))
        for number, stage in enumerate(stages_of(layers))
    ]
    return page.template(_TEMPLATE).drawing(stages, chosen, caption)


def layer_view(page: Page, classifier: Classifier, current: Current, name: str) -> Markup:
    """What a layer does, and its maps of the current image.

    Args:
        page: that it stands on.
        classifier: whose network.
        current: the image.
        name: of the layer; an unknown one is answered by what to do.
    """
    words, markup = page.words, page.template(_TEMPLATE)
    layer = next((layer for layer in classifier.inside.layers if layer.name == name), None)
    if layer is None:
        return page.macros.card(words("network.choose_title"), words("network.choose"), "invitation")
    prediction = classifier.predict(current.image)
    about = (layer_names(words, classifier.inside.layers)[name], name, _explanation(words, layer))
    if not layer.has_maps:
        return markup.layer_of_numbers(*about, _output(page, layer, prediction))
    seen = exact_picture(gray_levels(prediction.model_input))
    badge = page.macros.said_of(current.source)
    maps = _maps(page, classifier, prediction.model_input, layer)
    return markup.layer_of_maps(*about, seen, badge, current.chosen, maps)


def _output(page: Page, layer: Layer, prediction: Prediction) -> str:
    """What a layer without maps gives: the network's answer, or so many numbers."""
    words = page.words
    if layer.shape != (1,):
        return words("network.no_maps", count=words.number(layer.shape[0]))
    return words("network.answer", answer=answer_text(words, prediction.probability, prediction.threshold))


def _maps(page: Page, classifier: Classifier, model_input: np.ndarray, layer: Layer) -> str:
    """The strongest maps of a layer, all in one scale of brightness."""
    if layer.kind == "InputLayer":
        return ""
    maps = classifier.inside.maps(model_input, layer.name)
    chosen = strongest_filters(maps, SHOWN_MAPS)
    # From the lowest to what one value in 200 exceeds, lest a single bright spot leave all the rest in the dark.
    low, high = float(maps[..., chosen].min()), float(np.quantile(maps[..., chosen], 0.995))
    scaled = np.clip((maps - low) / (high - low), 0, 1) if high > low else np.zeros_like(maps)
    ends = {"low": page.words.number(low, 2), "high": page.words.number(high, 2)}
    caption = page.words("network.maps", shown=len(chosen), all=layer.shape[2], **ends)
    pictures = [_map(page.words, number, maps[..., number], scaled[..., number]) for number in chosen]
    return page.template(_TEMPLATE).maps(caption, pictures)


def _map(words: Words, number: int, one_map: np.ndarray, scaled: np.ndarray) -> tuple[str, str, str, str]:
    """A map's picture, alternative text, name, and strength in words."""
    height, width = one_map.shape
    strength = words.number(float(one_map.mean()), 2)
    alt = words("network.map_alt", number=number + 1, height=height, width=width, strength=strength)
    name = words("network.filter", number=number + 1)
    return heat_picture(scaled), alt, name, words("network.strength", strength=strength)


def _explanation(words: Words, layer: Layer) -> str:
    """What a layer of this kind does, with its own settings."""
    settings = layer.settings
    window = settings.get("kernel_size") or settings.get("pool_size") or (1, 1)
    strides = (settings.get("strides") or (1,))[0]
    return words(
        f"network.told_{explained_as(layer)}{_variant(layer, window[0], strides)}",
        filters=words.number(settings.get("filters", 0)),
        side=window[0],
        count=words.number(layer.shape[-1]),
        rate=words.percent(settings.get("rate", 0) or 0),
        weights=words.number(layer.parameters),
        learned=words.number(layer.learned),
        kept=words.number(layer.parameters - layer.learned),
        strides=strides,
        ceiling=words.number(settings.get("max_value") or 0, 0),
    )


def _variant(layer: Layer, side: int, strides: int) -> str:
    """How the key of an explanation ends where a layer of this kind does something of its own."""
    variants = {
        "_fine": layer.kind == "MaxPooling2D" and strides == 1,
        "_point": layer.kind == "Conv2D" and side == 1,
        "_capped": layer.kind == "ReLU" and layer.settings.get("max_value") is not None,
    }
    return next((ending for ending, applies in variants.items() if applies), "")


def _slab(shape: tuple[int, ...]) -> Slab:
    """The box of a layer's shape: sides by square roots, so that all can be seen."""
    if len(shape) == 3:
        front, depth = 6 * shape[0] ** 0.5, 1.6 * shape[2] ** 0.5
        return Slab.of(width=front, height=front, depth=depth, lift=depth * 0.6)
    return Slab.of(width=4, height=4 * shape[0] ** 0.5, depth=0, lift=0)


def _first_shown(layers: tuple[Layer, ...]) -> str:
    """The first activation, whose maps are the easiest to read; else the first layer with maps; else the first."""
    order = ([one for one in layers if one.kind == "ReLU"], [one for one in layers[1:] if one.has_maps], layers)
    return next(found[0].name for found in order if found)
