"""The tab Le réseau (CNN): the network drawn from itself, what each layer does, and its maps of the current image."""

from dataclasses import dataclass
from functools import lru_cache

import gradio as gr
import numpy as np
from markupsafe import Markup

from busi.bundle.files import BundleError
from busi.model.activations import Layer, strongest_filters
from busi.server.decoding import read_upload
from busi.serving.gallery import Example, Gallery, source_of
from busi.serving.predict import Classifier, Prediction
from busi.web.events import EACH, Message, ask, message_of
from busi.web.page import Page
from busi.web.pictures import exact_picture, gray_levels, heat_picture
from busi.web.scripts import mount
from busi.web.sentences import answer_text
from busi.web.tabs.network.concepts import concepts
from busi.words.text import Words

SHOWN_MAPS = 12
CONVOLUTIONS = 2  # most that stand in one group of the drawing
CACHED_VIEWS = 128  # of examples, at most 180 kB each
# The kinds of layers that content/ explains; any other gets a general sentence.
EXPLAINED = (
    "InputLayer",
    "Conv2D",
    "BatchNormalization",
    "ReLU",
    "MaxPooling2D",
    "GlobalAveragePooling2D",
    "Flatten",
    "Dropout",
    "Dense",
)

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


@dataclass(frozen=True)
class Current:
    """The image that is looked at.

    Attributes:
        image: uint8 (H, W).
        source: where it is from, as `Example.source`; empty for a visitor's own.
        chosen: whether the visitor chose it; else it stands in until one is chosen.
        key: what the gallery calls it; empty for a visitor's own.
    """

    image: np.ndarray
    source: str
    chosen: bool
    key: str = ""


def network_tab(page: Page) -> None:
    """Lays out the tab and wires it to the chosen image."""
    words, bundle = page.words, page.bundle
    with gr.Tab(words("network.tab"), id="network", elem_id="tab-network"):
        gr.HTML(page.macros.heading("network"))
        layer = gr.State("")
        waiting = page.macros.card(words("network.waiting_title"), words("network.waiting"), "invitation")
        drawing = gr.HTML(waiting, js_on_load=mount("tabs/network/tab.js"))
        view = gr.HTML("", elem_id="layer-view", js_on_load=mount("tabs/network/layer.js"))
        if bundle.mirrored:
            gr.HTML(page.template(_TEMPLATE).mirrored())
        gr.Markdown(words.lesson("network"), elem_classes="lesson")
        concepts(page, bundle.info.get("training", {}).get("parameters"))
        gr.HTML(page.macros.next_tab("training"))
    _wire(page, drawing, layer, view)


def _wire(page: Page, drawing: gr.HTML, layer: gr.State, view: gr.HTML) -> None:
    workshop, picture = page.workshop, page.picture

    @lru_cache(CACHED_VIEWS)
    def view_of(key: str, chosen: bool, name: str) -> Markup:  # the same for everybody who chooses it
        return layer_view(page, workshop.classifier.get(), _of(workshop.gallery.examples[key], chosen), name)

    def show_network(path: str | None, name: str) -> tuple[Markup, str, str]:
        try:
            layers = workshop.classifier.get().inside.layers
        except BundleError:
            return page.network_refused(), "", ""
        name = name or _first_shown(layers)
        return network_drawing(page, layers, name), name, show_layer(path, name)

    @page.or_refusal
    def show_layer(path: str | None, name: str) -> str:
        if not name:  # the tab was never opened: nothing is asked of the network
            return ""
        current, classifier = current_image(path, workshop.gallery), workshop.classifier.get()
        if current.key and name in (layer.name for layer in classifier.inside.layers):
            return view_of(current.key, current.chosen, name)
        return layer_view(page, classifier, current, name)

    def choose_layer(path: str | None, event: gr.EventData) -> tuple[object, object]:
        sent = message_of(event, LayerChoice)
        return (sent.layer, show_layer(path, sent.layer)) if sent else (gr.skip(), gr.skip())

    ask(drawing.apply, show_network, [picture, layer], [drawing, layer, view])
    ask(drawing.click, choose_layer, [picture], [layer, view], **EACH)
    ask(picture.on_new_file, show_layer, [picture, layer], [view])


def current_image(path: str | None, gallery: Gallery) -> Current:
    """The chosen image, or the first example of the gallery while there is none.

    Args:
        path: of the chosen image's file, if any.
        gallery: of the page.

    Raises:
        ImageRefused: if the file is no picture that can be used.
    """
    if path is None:
        return _of(gallery.page(0, gallery.ultrasound)[0], chosen=False)
    example = gallery.recognise(path)
    if example and example.key:
        return _of(example, chosen=True)
    return Current(read_upload(path).image, source_of(example), chosen=True)


def _of(example: Example, chosen: bool) -> Current:
    return Current(example.image, example.source, chosen, example.key)


def stages_of(layers: tuple[Layer, ...]) -> list[list[Layer]]:
    """The layers in groups: the image; convolutions, two at most, up to the pooling behind them; what decides.

    Args:
        layers: of a network, in order.
    """
    stages: list[list[Layer]] = []
    for layer in layers:
        decides = not layer.has_maps and stages and stages[-1][-1].has_maps
        if not stages or decides or _is_full(stages[-1], layer) or stages[-1][0].kind == "InputLayer":
            stages.append([])
        stages[-1].append(layer)
    return stages


def _is_full(stage: list[Layer], layer: Layer) -> bool:
    """Whether a convolution would be the third of its group, or come after its pooling."""
    kinds = [one.kind for one in stage]
    pooled = any("Pooling" in kind for kind in kinds)
    return "Conv" in layer.kind and (pooled or sum("Conv" in kind for kind in kinds) == CONVOLUTIONS)


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
        (_stage_title(words, number, stage), _slab(stage[0].shape), stage)
        for number, stage in enumerate(stages_of(layers))
    ]
    kinds = {layer.name: _kind(words, layer) for layer in layers}
    return page.template(_TEMPLATE).drawing(stages, kinds, chosen, caption)


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
    about = (name, _kind(words, layer), _explanation(words, layer))
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


def _stage_title(words: Words, number: int, stage: list[Layer]) -> str:
    if stage[0].kind == "InputLayer":
        return words("network.stage_image")
    return words("network.stage", number=number) if stage[0].has_maps else words("network.stage_decision")


def _kind(words: Words, layer: Layer) -> str:
    return words(f"network.kind_{_explained_as(layer)}")


def _explained_as(layer: Layer) -> str:
    """How the keys of content/ call a layer's kind."""
    return layer.kind.lower() if layer.kind in EXPLAINED else "other"


def _explanation(words: Words, layer: Layer) -> str:
    """What a layer of this kind does, with its own settings."""
    settings = layer.settings
    window = settings.get("kernel_size") or settings.get("pool_size") or (1, 1)
    strides = (settings.get("strides") or (1,))[0]
    fine = "_fine" if layer.kind == "MaxPooling2D" and strides == 1 else ""
    return words(
        f"network.told_{_explained_as(layer)}{fine}",
        filters=words.number(settings.get("filters", 0)),
        side=window[0],
        count=words.number(layer.shape[-1]),
        rate=words.percent(settings.get("rate", 0) or 0),
        weights=words.number(layer.parameters),
        learned=words.number(layer.learned),
        kept=words.number(layer.parameters - layer.learned),
        strides=strides,
    )


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
