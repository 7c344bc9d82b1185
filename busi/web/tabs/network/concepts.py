"""Six concepts to try in the tab Le réseau (CNN): convolution, pooling, activation, dropout, optimiser, loss.

Python lays out what stands still; concepts.js and one script per concept draw what moves. The server's only part is to
send the chosen image, reduced to 56 x 56 gray levels; everything else is computed in the browser.
"""

import base64
import json
from html import escape

import gradio as gr

from busi.bundle.files import SIMULATED
from busi.images import ImageRefused, resize
from busi.server.decoding import read_upload
from busi.serving.gallery import Example, Gallery
from busi.web.components import Picture
from busi.web.figures import class_word, rich
from busi.web.files import read
from busi.web.guesses import RIGHT, WRONG
from busi.web.refusals import refusal_sentence
from busi.words.classes import CLASSES
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

# The sentences that the scripts fill and write, by their keys in content/<language>/concepts.toml.
_SAID = {
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

# One after the other in one function: the shared part first, then each concept in braces of its own.
_CONCEPTS_JS = read("tabs/network/concepts.js") + "".join(
    f"{{\n{read(f'tabs/network/{name}.js')}}}\n" for name in CONCEPTS
)
# The image comes in a component of its own, so that a new one leaves kernel and sliders as they are.
_SOURCE_JS = (
    'const tell = () => document.dispatchEvent(new CustomEvent("concept-picture"));\nwatch("value", tell);\ntell();\n'
)


def concepts(words: Words, gallery: Gallery, picture: Picture, weights: int | None = None) -> None:
    """Lays out the six concepts and sends them the chosen image.

    Args:
        words: of the page's language.
        gallery: gives an example while no image is chosen.
        picture: the component that holds the chosen image.
        weights: how many numbers the network is made of, if that is known.
    """
    source = gr.HTML(pixels(words, gallery, None), js_on_load=_SOURCE_JS, elem_classes="concept-source")
    gr.HTML(concepts_block(words, weights), js_on_load=_CONCEPTS_JS)

    def send_pixels(path: str | None) -> str:
        return pixels(words, gallery, path)

    picture.on_new_file(
        fn=send_pixels,
        inputs=[picture],
        outputs=[source],
        api_visibility="private",
        show_progress="hidden",
    )


def pixels(words: Words, gallery: Gallery, path: str | None) -> str:
    """The gray levels that the convolution works on, as HTML for its script to read.

    Args:
        words: of the reader's language.
        gallery: gives an example where there is no image, or none that can be used.
        path: of the chosen image's file, if any.
    """
    refused, image, example = "", None, gallery.recognise(path) if path else None
    if path:
        try:
            image = read_upload(path).image
        except ImageRefused as error:
            refused = refusal_sentence(words, error)
    told = words("concepts.convolution_picture_own", side=SIDE)
    if image is None:
        example = _stand_in(gallery)
        image, told = example.image, words("concepts.convolution_picture_stand_in", side=SIDE)
    badge = words("laboratory.simulated") if example and example.source == SIMULATED else ""
    levels = base64.b64encode(resize(image, SIDE).tobytes()).decode()
    return (
        f'<div hidden data-pixels="{levels}" data-told="{escape(told)}" data-badge="{escape(badge)}" '
        f'data-refused="{escape(refused)}"></div>'
    )


def concepts_block(words: Words, weights: int | None) -> str:
    """The six concepts, the first one shown, as HTML.

    Args:
        words: of the reader's language.
        weights: how many numbers the network is made of, if that is known.
    """
    bodies = (
        _convolution(words, weights),
        _pooling(words),
        _activation(words),
        _dropout(words),
        _optimiser(words, weights),
        _loss(words),
    )
    buttons = "".join(_chooser(words, name) for name in CONCEPTS)
    panels = "".join(_panel(words, name, body) for name, body in zip(CONCEPTS, bodies, strict=True))
    return (
        f'<section class="concepts" data-say="{escape(_said(words))}"><h3>{escape(words("concepts.title"))}</h3>'
        f'<p class="lead">{rich(words("concepts.intro"))}</p>'
        f'<div class="concept-choice" role="group" aria-label="{escape(words("concepts.choose"))}">{buttons}</div>'
        f"{panels}</section>"
    )


def _said(words: Words) -> str:
    """The sentences of the scripts, as JSON."""
    keys = [f"{name}_{part}" for name, parts in _SAID.items() for part in parts.split()]
    return json.dumps({key: words.unfilled(f"concepts.{key}") for key in (*keys, "play", "pause")}, ensure_ascii=False)


def _stand_in(gallery: Gallery) -> Example:
    return next(iter(gallery.page(0, gallery.ultrasound)), next(iter(gallery.examples.values())))


def _chooser(words: Words, name: str) -> str:
    pressed = str(name == CONCEPTS[0]).lower()
    return (
        f'<button type="button" data-concept="{name}" aria-pressed="{pressed}">'
        f"<b>{escape(words(f'concepts.{name}_name'))}</b>"
        f"<small>{escape(words(f'concepts.{name}_tag'))}</small></button>"
    )


def _panel(words: Words, name: str, body: str) -> str:
    """One concept: what to find out, the thing to try, and the way to the next one."""
    following = CONCEPTS[(CONCEPTS.index(name) + 1) % len(CONCEPTS)]
    text = escape(words("concepts.next", name=words(f"concepts.{following}_name")))
    onward = f'<p><button type="button" class="plain" data-next="{following}">{text}</button></p>'
    return (
        f'<section class="concept" data-panel="{name}"{"" if name == CONCEPTS[0] else " hidden"}>'
        f'<h4 tabindex="-1">{escape(words(f"concepts.{name}_title"))}</h4>'
        f'<p class="lead">{rich(words(f"concepts.{name}_intro"))}</p>{body}{onward}</section>'
    )


def _convolution(words: Words, weights: int | None) -> str:
    """Image, window and map; under them nine pixels times nine weights."""
    presets = "".join(
        _button(words(f"concepts.convolution_kernel_{name}"), f'data-kernel="{kernel}" data-name="{name}"')
        for name, kernel in KERNELS.items()
    )
    learned = words("concepts.convolution_learned_all")
    if weights:
        learned = words("concepts.convolution_learned", weights=words.number(weights))
    return (
        f'<p class="trap" role="alert" data-out="refused" hidden></p><div class="convolution">'
        f"{_convolution_pictures(words)}"
        f'<div class="convolution-side">{_pressable(words("concepts.convolution_kernels"), presets)}'
        f'<p role="status" data-out="reacts"></p>'
        f'<label class="tick"><input type="checkbox" data-in="rectify"> '
        f"{escape(words('concepts.convolution_rectify'))}</label>"
        f'<p class="doing">{_play(words)}{_button(words("concepts.convolution_step"), "data-do=step")}'
        f"{_button(words('concepts.convolution_strongest'), 'data-do=strongest')}</p></div>"
        f'{_products(words)}</div><p role="status" class="sum"><b data-out="sum"></b> <i data-out="light"></i> '
        f'<span data-out="lights"></span></p>'
        f"{_formula(words, 'convolution_formula')}<p>{escape(learned)}</p>"
    )


def _convolution_pictures(words: Words) -> str:
    window, badge = escape(words("concepts.convolution_window")), '<span class="badge" data-out="badge" hidden></span>'
    side = SIDE - 2
    size = escape(words("concepts.convolution_map", side=side))
    return (
        f'<figure><div class="pixels" role="slider" tabindex="0" data-window aria-label="{window}" aria-valuemin="0" '
        f'aria-valuemax="{side**2 - 1}" aria-valuenow="0"><canvas width="{SIDE}" height="{SIDE}" '
        f'data-canvas="image"></canvas><i data-frame="image"></i>{badge}</div><figcaption data-out="told"></figcaption>'
        f'</figure><figure><div class="pixels" data-map role="img" aria-label="{size}">'
        f'<canvas width="{side}" height="{side}" data-canvas="map"></canvas><i data-frame="map"></i>{badge}</div>'
        f'<figcaption>{size}<small data-out="legend"></small></figcaption></figure>'
    )


def _products(words: Words) -> str:
    """Nine pixels x nine weights = nine products; the weights can be edited."""
    fields = ""
    for place, weight in enumerate(KERNELS[FIRST_KERNEL].split()):
        name = escape(words("concepts.convolution_weight", row=place // 3 + 1, column=place % 3 + 1))
        value = weight.replace("-", MINUS)
        fields += f'<input data-weight type="text" maxlength="6" value="{value}" aria-label="{name}">'
    cells, title = "<span></span>" * 9, escape(words("concepts.convolution_kernel"))
    return (
        f'<div class="products"><div><div class="nine" data-nine="patch" aria-hidden="true">{cells}</div>'
        f"<small>{escape(words('concepts.convolution_patch'))}</small></div><b aria-hidden='true'>×</b>"
        f'<div><div class="nine" role="group" aria-label="{title}">{fields}</div>'
        f"<small>{title}</small></div><b aria-hidden='true'>=</b>"
        f'<div><div class="nine" data-nine="products" aria-hidden="true">{cells}</div>'
        f"<small>{escape(words('concepts.convolution_products'))}</small></div></div>"
    )


def _pooling(words: Words) -> str:
    """A grid to edit, and what the two poolings keep of it."""
    cells = "".join(
        f'<input type="text" inputmode="numeric" maxlength="1" autocomplete="off" tabindex="{-1 if place else 0}" '
        f'style="grid-area:{place // 6 + place // 12 + 1}/{place % 6 + place % 6 // 2 + 1}" '
        f'aria-label="{escape(words("concepts.pooling_cell", row=place // 6 + 1, column=place % 6 + 1))}">'
        for place in range(36)
    )
    kept = "".join(
        f'<figure><div class="kept" data-kept="{kind}" role="img">{"<span></span>" * 9}</div>'
        f"<figcaption>{escape(words(f'concepts.pooling_{kind}'))}</figcaption></figure>"
        for kind in ("max", "average")
    )
    buttons = (
        _button(words("concepts.pooling_shift"), "data-do=shift")
        + _button(words("concepts.pooling_back"), "data-do=back")
        + _button(words("concepts.pooling_take"), "data-do=take")
    )
    name = escape(words("concepts.pooling_grid"))
    return (
        f'<div class="pooling"><figure><div class="grid" role="group" aria-label="{name}">'
        f"{cells}</div><figcaption>{escape(words('concepts.pooling_before'))}"
        f'<small data-out="from"></small></figcaption></figure>{kept}</div>'
        f'<p role="status" data-out="told"></p><p class="doing">{buttons}</p>'
        f'<p role="status" data-out="shifted"></p><p>{escape(words("concepts.pooling_honest"))}</p>'
        f"{_formula(words, 'pooling_formula')}"
    )


def _activation(words: Words) -> str:
    """Two curves and a point on each; two neurons with and without ReLU."""
    curves = "".join(
        f'<figure><div class="concept-plot" data-plot="{name}"></div><figcaption data-out="{name}"></figcaption>'
        f'<p class="aside">{rich(words(f"concepts.activation_use_{name}"))}</p></figure>'
        for name in ("relu", "sigmoid")
    )
    knobs = "".join(
        _slider(words, f"activation_{knob}", -reach, reach, 0.1, value)
        for knob, reach, value in (
            ("slope_first", 2, 1),
            ("offset_first", 3, 1),
            ("slope_second", 2, -0.5),
            ("offset_second", 3, 1),
        )
    )
    modes = _button(words("concepts.activation_with"), "data-mode=relu", pressed=True) + _button(
        words("concepts.activation_without"), "data-mode=none", pressed=False
    )
    return (
        f'{_slider(words, "activation_x", -6, 6, 0.1, 1.5)}<div class="two">{curves}</div>'
        f"<h5>{escape(words('concepts.activation_pair'))}</h5><p>{escape(words('concepts.activation_pair_intro'))}</p>"
        f"{_pressable(words('concepts.activation_with_or_without'), modes)}"
        f'<div class="two"><div class="concept-plot" data-plot="pair"></div><div class="dials">{knobs}</div></div>'
        f'<p role="status" data-out="pair"></p>'
    )


def _dropout(words: Words) -> str:
    """A small network, who is silent in it, and how often each neuron was."""
    modes = _button(words("concepts.dropout_training"), "data-mode=training", pressed=True) + _button(
        words("concepts.dropout_prediction"), "data-mode=prediction", pressed=False
    )
    draws = _button(words("concepts.dropout_draw"), "data-do=draw") + _button(
        words("concepts.dropout_hundred"), "data-do=hundred"
    )
    return (
        f'<div class="two"><div class="concept-plot" data-plot="neurons"></div>'
        f"<div>{_pressable(words('concepts.dropout_mode'), modes)}"
        f"{_slider(words, 'dropout_share', 0, 90, 5, 40)}"
        f'<p class="doing">{draws}</p><p role="status" data-out="told"></p>'
        f'<p class="aside" data-out="why"></p></div></div>'
        f'<h5>{escape(words("concepts.dropout_counts"))}</h5><div class="concept-plot" data-plot="counts"></div>'
        f'<p role="status" data-out="counts"></p><p>{escape(words("concepts.dropout_link"))}</p>'
    )


def _optimiser(words: Words, weights: int | None) -> str:
    """A landscape with two valleys, plain descent beside Adam."""
    told = words("concepts.optimiser_weights_all")
    if weights:
        told = words("concepts.optimiser_weights", weights=words.number(weights))
    steps = (
        _play(words)
        + _button(words("concepts.optimiser_step"), "data-do=step")
        + _button(words("concepts.optimiser_many"), "data-do=many")
        + _button(words("concepts.optimiser_restart"), "data-do=restart")
    )
    rates = f'data-rates="{" ".join(str(rate) for rate in RATES)}"'
    return (
        f'<div class="concept-plot" data-plot="landscape"></div><div class="two">'
        f"{_slider(words, 'optimiser_start', -3, 3, 0.1, 0.6)}"
        f"{_slider(words, 'optimiser_rate', 0, len(RATES) - 1, 1, RATES.index(0.1), rates)}</div>"
        f'<p class="doing">{steps}</p><p role="status" data-out="told"></p>'
        f'<p class="aside" data-out="last"></p><p>{rich(words("concepts.optimiser_try"))}</p>'
        f"{_formula(words, 'optimiser_formula_gradient', 'optimiser_formula_adam')}<p>{escape(told)}</p>"
    )


def _loss(words: Words) -> str:
    """A guess, then the truth, the prediction and what it costs."""
    guesses = "".join(
        _button(
            words(f"concepts.loss_guess_{name}"),
            f'data-guess="{name}" data-verdict="{RIGHT if name == RIGHT_GUESS else WRONG}"',
            pressed=False,
        )
        for name in GUESSES
    )
    truths = "".join(
        f'<button type="button" class="plain" data-truth="{label}" aria-pressed="{str(label == CLASSES[0]).lower()}">'
        f"{class_word(words, label)}</button>"
        for label in CLASSES
    )
    names = "".join(f'data-{label}="{escape(words(f"class.{label}"))}" ' for label in CLASSES)
    return (
        f"{_pressable(words('concepts.loss_guess'), guesses)}"
        f'<p role="status" class="answer" data-out="answer"></p><div class="two loss" {names}>'
        f'<div class="concept-plot" data-plot="loss"></div><div>{_pressable(words("concepts.loss_truth"), truths)}'
        f"{_slider(words, 'loss_prediction', 0, 100, 1, 90)}"
        f'<p role="status" data-out="told"></p></div></div>'
        f"{_formula(words, 'loss_formula')}<p>{rich(words('concepts.loss_link'))}</p>"
    )


def _button(text: str, data: str, pressed: bool | None = None) -> str:
    state = "" if pressed is None else f' aria-pressed="{str(pressed).lower()}"'
    return f'<button type="button" class="plain" {data}{state}>{escape(text)}</button>'


def _play(words: Words) -> str:
    """Hidden by the script for those who ask for no motion."""
    return _button(words("concepts.play"), "data-do=play", pressed=False)


def _pressable(name: str, buttons: str) -> str:
    """Buttons of which one is pressed, under the question that they answer."""
    return f'<div class="pressable" role="group" aria-label="{escape(name)}"><span>{escape(name)}</span>{buttons}</div>'


def _slider(words: Words, name: str, low: float, high: float, step: float, value: float, data: str = "") -> str:
    ends = f'min="{low}" max="{high}" step="{step}" value="{value}"'
    return (
        f'<div class="dial"><label for="concept-{name}">{escape(words(f"concepts.{name}"))}</label>'
        f'<output for="concept-{name}" data-out="{name}"></output>'
        f'<input type="range" id="concept-{name}" data-in="{name}" {ends} {data}></div>'
    )


def _formula(words: Words, *names: str) -> str:
    lines = "".join(f"<p>{escape(words(f'concepts.{name}'))}</p>" for name in names)
    return f"<details><summary>{escape(words('concepts.formula'))}</summary>{lines}</details>"
