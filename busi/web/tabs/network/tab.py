"""The tab Le réseau (CNN): the network drawn from itself, what each layer does, and its maps of the current image."""

from dataclasses import dataclass
from functools import lru_cache
from html import escape

import gradio as gr
import numpy as np

from busi.bundle.files import SIMULATED
from busi.images import ImageRefused
from busi.model.activations import Layer, strongest_filters
from busi.server.decoding import read_upload
from busi.serving.gallery import Example, Gallery
from busi.serving.predict import Classifier
from busi.web.components import EACH
from busi.web.figures import answer_text, card, exact_picture, figure, heading, heat_picture, next_tab, rich
from busi.web.files import read
from busi.web.page import Page
from busi.web.refusals import refusal
from busi.web.tabs.network.concepts import concepts
from busi.words.text import Words

SHOWN_MAPS = 12
CONVOLUTIONS = 2  # most that stand in one group of the drawing
KEPT_VIEWS = 128  # of examples, at most 180 kB each
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

_VIEW_JS = read("tabs/network/layer.js")
_NETWORK_JS = read("tabs/network/tab.js")


@dataclass(frozen=True)
class Current:
    """The image that is looked at.

    Attributes:
        image: uint8 (H, W).
        simulated: whether it is a simulated one.
        chosen: whether the visitor chose it; else it stands in until one is chosen.
        key: what the gallery calls it; empty for a visitor's own.
    """

    image: np.ndarray
    simulated: bool
    chosen: bool
    key: str = ""


def network_tab(page: Page) -> None:
    """Lays out the tab and wires it to the chosen image."""
    words, workshop, picture = page.words, page.workshop, page.picture
    with gr.Tab(words("network.tab"), id="network", elem_id="tab-network"):
        gr.HTML(heading(words, "network"))
        layer = gr.State("")
        drawing = gr.HTML(_waiting(words), js_on_load=_NETWORK_JS)
        view = gr.HTML("", elem_id="layer-view", js_on_load=_VIEW_JS)
        if workshop.bundle.mirrored:
            gr.HTML(f'<p class="aside">{escape(words("network.mirrored"))}</p>')
        gr.Markdown(words.lesson("network"), elem_classes="lesson")
        concepts(words, workshop.gallery, picture, workshop.bundle.info.get("training", {}).get("parameters"))
        gr.HTML(next_tab(words, "training"))

    @lru_cache(KEPT_VIEWS)
    def view_of(key: str, chosen: bool, name: str) -> str:  # the same for everybody who chooses it
        return layer_view(words, workshop.classifier.get(), _of(workshop.gallery.examples[key], chosen), name)

    def show_network(path: str | None, name: str) -> tuple[str, str, str]:
        try:
            layers = workshop.classifier.get().inside.layers
        except ValueError:  # a BundleError, or a network that ends in something else
            return card(words("refused.network_title"), words("refused.network"), "alert"), "", ""
        name = name or _first_shown(layers)
        return network_drawing(words, layers, name), name, show_layer(path, name)

    def show_layer(path: str | None, name: str) -> str:
        if not name:  # the tab was never opened: nothing is asked of the network
            return ""
        try:
            current, classifier = current_image(path, workshop.gallery), workshop.classifier.get()
            if current.key and name in (layer.name for layer in classifier.inside.layers):
                return view_of(current.key, current.chosen, name)
            return layer_view(words, classifier, current, name)
        except ImageRefused as error:
            return refusal(words, error)
        except ValueError:  # as above
            return card(words("refused.network_title"), words("refused.network"), "alert")

    def choose_layer(path: str | None, event: gr.EventData) -> tuple[str, str]:
        return str(event.layer), show_layer(path, str(event.layer))

    private = {"api_visibility": "private", "show_progress": "hidden"}
    drawing.apply(fn=show_network, inputs=[picture, layer], outputs=[drawing, layer, view], **private)
    drawing.click(fn=choose_layer, inputs=[picture], outputs=[layer, view], **EACH, **private)
    picture.on_new_file(fn=show_layer, inputs=[picture, layer], outputs=[view], **private)


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
    return Current(read_upload(path).image, example is not None, chosen=True)


def _of(example: Example, chosen: bool) -> Current:
    return Current(example.image, example.source == SIMULATED, chosen, example.key)


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


def network_drawing(words: Words, layers: tuple[Layer, ...], chosen: str) -> str:
    """The network from left to right, a slab for each stage and a button for each layer, as HTML.

    Args:
        words: of the reader's language.
        layers: of the network.
        chosen: name of the layer that is shown.
    """
    stages = "".join(_stage(words, number, stage, chosen) for number, stage in enumerate(stages_of(layers)))
    total, pixels = sum(layer.parameters for layer in layers), int(np.prod(layers[0].shape))
    caption = words("network.caption", layers=len(layers) - 1, weights=words.number(total), pixels=words.number(pixels))
    label = escape(words("network.scroll"))
    return (
        f'<div class="network" role="group" tabindex="0" aria-label="{label}">{stages}</div>'
        f'<p class="aside">{escape(caption)}</p>'
    )


def layer_view(words: Words, classifier: Classifier, current: Current, name: str) -> str:
    """What a layer does, and its maps of the current image, as HTML.

    Args:
        words: of the reader's language.
        classifier: whose network.
        current: the image.
        name: of the layer; an unknown one is answered by what to do.
    """
    layer = next((layer for layer in classifier.inside.layers if layer.name == name), None)
    if layer is None:
        return card(words("network.choose_title"), words("network.choose"), "invitation")
    prediction = classifier.predict(current.image)
    told = f"<h3>{escape(name)} <small>{escape(_kind(words, layer))}</small></h3><p>{rich(_told(words, layer))}</p>"
    if not layer.has_maps:
        numbers = words("network.no_maps", count=words.number(layer.shape[0]))
        answered = answer_text(words, prediction.probability, prediction.threshold)
        answer = words("network.answer", answer=answered)
        told += f"<p>{escape(answer if layer.shape == (1,) else numbers)}</p>"
        return f'<section class="layer-view"><div class="reading">{told}</div></section>'
    seen = np.rint(prediction.model_input[..., 0] * 255).astype(np.uint8)
    badge = words("laboratory.simulated") if current.simulated else ""
    note = "" if current.chosen else f'<p class="trap">{escape(words("network.stand_in"))}</p>'
    image = figure(exact_picture(seen), words("prediction.seen_alt"), words("prediction.seen"), badge=badge)
    return (
        f'<section class="layer-view"><div class="layer-image">{image}</div>'
        f'<div class="reading">{note}{told}</div>{_maps(words, classifier, prediction.model_input, layer)}</section>'
    )


def _maps(words: Words, classifier: Classifier, model_input: np.ndarray, layer: Layer) -> str:
    """The strongest maps of a layer, all in one scale of brightness."""
    if layer.kind == "InputLayer":
        return ""
    maps = classifier.inside.maps(model_input, layer.name)
    chosen = strongest_filters(maps, SHOWN_MAPS)
    # From the lowest to what one value in 200 exceeds, lest a single bright spot leave all the rest in the dark.
    low, high = float(maps[..., chosen].min()), float(np.quantile(maps[..., chosen], 0.995))
    scaled = np.clip((maps - low) / (high - low), 0, 1) if high > low else np.zeros_like(maps)
    shown = "".join(_map(words, number, maps[..., number], scaled[..., number]) for number in chosen)
    caption = words(
        "network.maps",
        shown=len(chosen),
        all=layer.shape[2],
        low=words.number(low, 2),
        high=words.number(high, 2),
    )
    return f'<div class="maps-of"><p>{escape(caption)}</p><div class="maps">{shown}</div></div>'


def _map(words: Words, number: int, one_map: np.ndarray, scaled: np.ndarray) -> str:
    height, width = one_map.shape
    strength = words.number(float(one_map.mean()), 2)
    name = words("network.filter", number=number + 1)
    alt = words("network.map_alt", number=number + 1, height=height, width=width, strength=strength)
    return figure(heat_picture(scaled), alt, name, words("network.strength", strength=strength))


def _stage(words: Words, number: int, stage: list[Layer], chosen: str) -> str:
    buttons = "".join(_layer_button(words, layer, layer.name == chosen) for layer in stage)
    if stage[0].kind == "InputLayer":
        title = words("network.stage_image")
    else:
        title = words("network.stage", number=number) if stage[0].has_maps else words("network.stage_decision")
    return f'<div class="stage">{_slab(stage[0].shape)}<h3>{escape(title)}</h3>{buttons}</div>'


def _layer_button(words: Words, layer: Layer, pressed: bool) -> str:
    numbers = words("network.weights", count=words.number(layer.parameters)) if layer.parameters else ""
    shape = " × ".join(str(side) for side in layer.shape)
    return (
        f'<button type="button" data-layer="{escape(layer.name)}" aria-pressed="{str(pressed).lower()}">'
        f"<b>{escape(layer.name)}</b><span>{escape(_kind(words, layer))}</span>"
        f"<small>{shape}</small><small>{escape(numbers)}</small></button>"
    )


def _kind(words: Words, layer: Layer) -> str:
    return words(f"network.kind_{layer.kind.lower() if layer.kind in EXPLAINED else 'other'}")


def _told(words: Words, layer: Layer) -> str:
    """What a layer of this kind does, with its own settings."""
    settings = layer.settings
    window = settings.get("kernel_size") or settings.get("pool_size") or (1, 1)
    strides = (settings.get("strides") or (1,))[0]
    fine = "_fine" if layer.kind == "MaxPooling2D" and strides == 1 else ""
    return words(
        f"network.told_{layer.kind.lower() if layer.kind in EXPLAINED else 'other'}{fine}",
        filters=words.number(settings.get("filters", 0)),
        side=window[0],
        count=words.number(layer.shape[-1]),
        rate=words.percent(settings.get("rate", 0) or 0),
        weights=words.number(layer.parameters),
        learned=words.number(layer.learned),
        kept=words.number(layer.parameters - layer.learned),
        strides=strides,
    )


def _slab(shape: tuple[int, ...]) -> str:
    """A box as SVG: its front is the picture, its depth the channels; by square roots, so that all can be seen."""
    front, depth = (6 * shape[0] ** 0.5, 1.6 * shape[2] ** 0.5) if len(shape) == 3 else (4, 4 * shape[0] ** 0.5)
    height, across, lift = (front, depth, depth * 0.6) if len(shape) == 3 else (depth, 0, 0)
    top, bottom = 116 - height, 116
    faces = (
        f'<polygon class="top" points="2,{top:.0f} {2 + across:.0f},{top - lift:.0f} '
        f'{2 + across + front:.0f},{top - lift:.0f} {2 + front:.0f},{top:.0f}"/>'
        f'<polygon class="side" points="{2 + front:.0f},{top:.0f} {2 + front + across:.0f},{top - lift:.0f} '
        f'{2 + front + across:.0f},{bottom - lift:.0f} {2 + front:.0f},{bottom}"/>'
        f'<rect class="front" x="2" y="{top:.0f}" width="{max(front, 3):.0f}" height="{max(height, 4):.0f}"/>'
    )
    return f'<svg class="slab" viewBox="0 0 130 122" aria-hidden="true">{faces}</svg>'


def _first_shown(layers: tuple[Layer, ...]) -> str:
    """The first activation, whose maps are the easiest to read; else the first layer with maps; else the first."""
    order = ([one for one in layers if one.kind == "ReLU"], [one for one in layers[1:] if one.has_maps], layers)
    return next(found[0].name for found in order if found)


def _waiting(words: Words) -> str:
    return card(words("network.waiting_title"), words("network.waiting"), "invitation")
