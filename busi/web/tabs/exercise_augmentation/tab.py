"""The bench of the exercise on augmentation: how far each random change goes, and what the network says of the results.

The variants come from the layers that train (`augment.variants`). Knobs and seed live in the browser, and so does the
guess, which is compared there.
"""

import json
import math
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from html import escape
from typing import Any

import cv2
import gradio as gr
import numpy as np

from busi.bundle.files import SIMULATED, Bundle
from busi.images import ImageRefused, prepare
from busi.server.decoding import read_upload
from busi.serving.gallery import Gallery
from busi.serving.workshop import Workshop
from busi.web.components import EACH
from busi.web.figures import alert_word, answer_text, card, light_picture, rich
from busi.web.files import read
from busi.web.guesses import RIGHT, WRONG
from busi.web.page import Page
from busi.web.parts.enlarge import says
from busi.web.refusals import refusal
from busi.words.text import Words

COUNT = 11  # variants, beside the original
# Each knob with its highest setting here and its step; those of training are in bundle.json.
KNOBS = {
    "rotation": (90, 1),
    "zoom": (0.5, 0.01),
    "translation": (0.5, 0.01),
    "brightness": (0.6, 0.01),
    "contrast": (0.9, 0.01),
}
# What switches add, as far as training had it.
MORE = {"scanner": ("gamma", "shading", "softness", "grain"), "marks": ("marks",)}
USUAL = {"rotation": 15, "zoom": 0.15, "translation": 0.1, "brightness": 0.15, "contrast": 0.25}
LITTLE, MUCH = 0.05, 0.20  # spread of the probabilities from which on the answer changes "a little" and "much"
TILT, DARKER = 10, 0.15  # degrees, share of the range

_SIDE, _HIGHEST_SEED = 224, 2**31 - 1
_JS = read("tabs/exercise_augmentation/tab.js")
_COMPARE_JS = read("tabs/exercise_augmentation/compare.js")


@dataclass(frozen=True)
class Asked:
    """What a visitor asks to see.

    Attributes:
        image: key of an example; empty for the chosen image.
        knobs: how far each change may go.
        flip: whether half of the variants are mirrored.
        more: which of `MORE` they show too.
        seed: decides what is drawn.
    """

    image: str
    knobs: Mapping[str, float]
    flip: bool
    more: frozenset[str]
    seed: int


def augmentation_bench(page: Page) -> None:
    """Lays out the bench and wires it."""
    words, workshop, picture = page.words, page.workshop, page.picture
    controls = gr.HTML(controls_of(words, workshop), js_on_load=_JS)
    grid = gr.HTML("", elem_id="augmentation-grid", js_on_load=_COMPARE_JS)

    def draw_variants(path: str | None, event: gr.EventData) -> str:
        asked = asked_of(event, workshop.gallery)
        try:
            image, simulated = _image(workshop.gallery, asked.image, path)
            return grid_of(words, workshop, image, simulated, asked)
        except ImageRefused as error:
            return refusal(words, error)
        except ValueError:  # the weights cannot be used
            return card(words("refused.network_title"), words("refused.network"), "alert")

    controls.apply(
        fn=draw_variants,
        inputs=[picture],
        outputs=[grid],
        api_visibility="private",
        show_progress="hidden",
        **EACH,
    )


def asked_of(event: object, gallery: Gallery) -> Asked:
    """What a browser asks for; whatever makes no sense becomes the usual setting.

    Args:
        event: has the attributes image, flip, seed and those of `KNOBS` and `MORE`, of any type.
        gallery: that the image is of.
    """
    key, seed = getattr(event, "image", ""), getattr(event, "seed", 0)
    knobs = {name: _within(getattr(event, name, None), USUAL[name], highest) for name, (highest, _) in KNOBS.items()}
    return Asked(
        image=key if isinstance(key, str) and (not key or key in gallery.examples) else "",
        knobs=knobs,
        flip=getattr(event, "flip", True) is True,
        more=frozenset(name for name in MORE if getattr(event, name, False) is True),
        seed=seed if type(seed) is int and 0 <= seed <= _HIGHEST_SEED else 0,
    )


def trained_with(bundle: Bundle) -> dict[str, float]:
    """How far each change went when the network was trained; the usual settings if the bundle does not tell.

    Args:
        bundle: of the network.
    """
    told = _augmentation_of(bundle)
    return {name: float(told.get(name, usual)) for name, usual in USUAL.items()}


def settings_of(bundle: Bundle, knobs: Mapping[str, float], flip: bool, more: Collection[str] = ()) -> dict[str, Any]:
    """What `AugmentationSettings` takes, for what a visitor chose.

    Args:
        bundle: whose network's training says what else goes with a choice.
        knobs: how far each of `KNOBS` may go.
        flip: whether half of the variants are mirrored.
        more: which of `MORE` they show too; those that training left alone are passed over.
    """
    added = trained_with_more(bundle)
    amounts = {name: amount for choice in more for name, amount in added.get(choice, {}).items()}
    return {**knobs, "flip": flip, "flatter": loses_contrast(bundle), **amounts}


def loses_contrast(bundle: Bundle) -> bool:
    """Whether contrast was lost too when the network was trained, and not only gained.

    Args:
        bundle: of the network.
    """
    return _augmentation_of(bundle).get("flatter", False)


def trained_with_more(bundle: Bundle) -> dict[str, dict[str, float]]:
    """What training changed beside the knobs, by the names of `MORE`; without what it left alone.

    Args:
        bundle: of the network.
    """
    told = _augmentation_of(bundle)
    found = {name: {one: float(told[one]) for one in of if told.get(one)} for name, of in MORE.items()}
    return {name: amounts for name, amounts in found.items() if amounts}


def _augmentation_of(bundle: Bundle) -> Mapping[str, float]:
    return bundle.info.get("training", {}).get("recipe", {}).get("augmentation", {})


def controls_of(words: Words, workshop: Workshop) -> str:
    """The image to choose, the knobs and the buttons, as HTML.

    Args:
        words: of the reader's language.
        workshop: what the pages work with.
    """
    trained = trained_with(workshop.bundle)
    presets = {
        "trained": trained,
        "off": dict.fromkeys(KNOBS, 0),
        "far": {name: highest for name, (highest, _) in KNOBS.items()},
    }
    buttons = "".join(
        f'<button type="button" class="plain" data-preset="{escape(json.dumps(knobs))}">'
        f"{escape(words(f'exercise_augmentation.preset_{name}'))}</button>"
        for name, knobs in presets.items()
    )
    said = {name: words.unfilled(f"exercise_augmentation.{name}_value") for name in KNOBS}
    if not loses_contrast(workshop.bundle):
        said["contrast"] = words.unfilled("exercise_augmentation.contrast_gained")
    knobs = "".join(_knob(words, name, trained[name], said[name]) for name in KNOBS)
    more = "".join(
        f'<div>{_switch(words, name)}<p class="aside">{rich(words(f"exercise_augmentation.{name}_told"))}</p></div>'
        for name in trained_with_more(workshop.bundle)
    )
    return (
        f'<section class="augmentation-controls"><div>{_images(words, workshop.gallery)}</div><div><div class="knobs">'
        f"{knobs}{_switch(words, 'flip')}{more}</div>"
        f'<p class="presets-of">{buttons}</p><button type="button" class="solid" data-again>'
        f"{escape(words('exercise_augmentation.again'))}</button></div></section>"
    )


def _switch(words: Words, name: str) -> str:
    """Something to switch off or on, with what it is about."""
    return (
        f'<label class="switch"><input type="checkbox" data-switch="{name}" checked> '
        f"<span>{rich(words(f'exercise_augmentation.{name}'))}</span></label>"
    )


def grid_of(words: Words, workshop: Workshop, image: np.ndarray, simulated: bool, asked: Asked) -> str:
    """The original and its variants, each with the network's answer, and changes to judge, as HTML.

    Args:
        words: of the reader's language.
        workshop: what the pages work with.
        image: uint8 (H, W), gray levels.
        simulated: whether it is a simulated one.
        asked: how far the changes may go.

    Raises:
        BundleError: if the weights cannot be used.
    """
    from busi.model.augment import AugmentationSettings, variants  # here, because it loads TensorFlow

    classifier = workshop.classifier.get()
    original = prepare(image, classifier.contract)
    settings = AugmentationSettings(**settings_of(workshop.bundle, asked.knobs, asked.flip, asked.more))
    drawn = variants(original, settings, asked.seed, COUNT)
    judged = changes(original)
    inputs = np.concatenate([original[np.newaxis], drawn, np.stack(list(judged.values()))])
    probabilities = classifier.answers(inputs)
    told = _told(words, workshop.bundle.threshold, probabilities[: COUNT + 1], bool(np.ptp(drawn - original)))
    names = [words("exercise_augmentation.original"), *(_variant(words, number) for number in range(COUNT))]
    cards = _cards(words, workshop.bundle, names, inputs[: COUNT + 1], probabilities[: COUNT + 1], simulated)
    titles = [words(f"exercise_augmentation.questions.wrong.choices.{name}") for name in judged]
    strip = _cards(words, workshop.bundle, titles, inputs[COUNT + 1 :], probabilities[COUNT + 1 :], simulated)
    return (
        f'<section class="augmentation-grid">{told}<div class="variants">{cards}</div>'
        f"<h4>{escape(words('exercise_augmentation.judge'))}</h4>"
        f"<p>{rich(words('exercise_augmentation.judge_told'))}</p><div class='variants'>{strip}</div></section>"
    )


def changes(image: np.ndarray) -> dict[str, np.ndarray]:
    """The changes that the question "which would be wrong?" names, done to one image.

    Args:
        image: float32 (S, S, 1) in [0, 1].

    Returns:
        By name, float32 (S, S, 1) in [0, 1].
    """
    side = len(image)
    turn = cv2.getRotationMatrix2D(((side - 1) / 2, (side - 1) / 2), TILT, 1)
    return {
        "mirror": image[:, ::-1],
        "upside_down": image[::-1],
        "tilt": cv2.warpAffine(image, turn, (side, side))[..., np.newaxis],
        "half_turn": image[::-1, ::-1],
        "darker": np.clip(image - np.float32(DARKER), 0, 1),
    }


def _images(words: Words, gallery: Gallery) -> str:
    """Which image: some examples, or the one that the visitor chose elsewhere."""
    examples = gallery.page(0, gallery.ultrasound)
    buttons = "".join(
        f'<button type="button" data-image="{example.key}" aria-pressed="{str(number == 0).lower()}" '
        f'aria-label="{escape(words("exercise_augmentation.example", number=number + 1))}">'
        f'<img src="{light_picture(example.image, 120)}" alt=""></button>'
        for number, example in enumerate(examples)
    )
    source = escape(words(f"picker.{gallery.ultrasound}"))
    own = escape(words("exercise_augmentation.own"))
    return (
        f'<h4>{escape(words("exercise_augmentation.image"))}</h4><p class="aside">{source}</p>'
        f'<div class="image-choice">{buttons}</div>'
        f'<button type="button" class="plain" data-image="" aria-pressed="false">{own}</button>'
    )


def _knob(words: Words, name: str, value: float, said: str) -> str:
    (highest, step), label = KNOBS[name], words(f"exercise_augmentation.{name}")
    return (
        f'<div><label for="augmentation-{name}">{rich(label)} <output data-said="{escape(said)}"></output></label>'
        f'<input id="augmentation-{name}" data-knob="{name}" type="range" min="0" max="{highest}" step="{step}" '
        f'value="{value:g}"></div>'
    )


def _image(gallery: Gallery, key: str, path: str | None) -> tuple[np.ndarray, bool]:
    """The image that is asked for, and whether it is simulated: an example, the chosen one, or the first example."""
    if not key and path is not None:
        known = gallery.recognise(path)
        return read_upload(path).image, known is not None and known.source == SIMULATED
    example = gallery.examples[key] if key else gallery.page(0, gallery.ultrasound)[0]
    return example.image, example.source == SIMULATED


def _told(words: Words, threshold: float, probabilities: np.ndarray, changed: bool) -> str:
    """How much the answer moves, and what the visitor guessed, which only the browser knows."""
    if not changed:
        return f'<p class="told" role="status">{escape(words("exercise_augmentation.unchanged"))}</p>'
    low, high = float(probabilities.min()), float(probabilities.max())
    first = says(probabilities[0], threshold)
    flips = sum(says(one, threshold) != first for one in probabilities[1:])
    moved = "same" if high - low < LITTLE else "little" if high - low < MUCH else "much"
    (original, lowest, highest), at = words.scores_and_threshold([float(probabilities[0]), low, high], threshold)
    numbers = words(
        "exercise_augmentation.told",
        original=original,
        low=lowest,
        high=highest,
        flips=flips,
        count=COUNT,
        threshold=at,
    )
    guesses = {
        name: [RIGHT if name == moved else WRONG, _judged_guess(words, name, name == moved)]
        for name in ("same", "little", "much")
    }
    found = escape(words(f"exercise_augmentation.moved_{moved}", points=words.number(100 * (high - low))))
    return (
        f'<p class="told" role="status" data-guesses="{escape(json.dumps(guesses))}"><span data-guessed></span> '
        f"<strong>{found}</strong> {escape(numbers)}</p>"
    )


def _judged_guess(words: Words, name: str, right: bool) -> str:
    told = words("guess.right" if right else "guess.wrong")
    return f"{told} {words(f'exercise_augmentation.guessed_{name}')}"


def _cards(
    words: Words, bundle: Bundle, names: list[str], inputs: np.ndarray, probabilities: np.ndarray, simulated: bool
) -> str:
    return "".join(
        _card(words, bundle.threshold, name, seen, probability, simulated)
        for name, seen, probability in zip(names, inputs, probabilities, strict=True)
    )


def _card(words: Words, threshold: float, name: str, seen: np.ndarray, probability: float, simulated: bool) -> str:
    """A picture that opens large, with the network's answer."""
    badge = f'<span class="badge">{escape(words("laboratory.simulated"))}</span>' if simulated else ""
    source = light_picture(np.rint(seen[..., 0] * 255).astype(np.uint8), _SIDE)
    said = escape(answer_text(words, probability, threshold))
    title, network = escape(name), escape(words("enlarge.fact_network"))
    score = escape(words("score.short", score=words.score_and_threshold(probability, threshold)[0]))
    under = f"<span>{title}</span><b>{score}</b>{alert_word(words, probability >= threshold)}"
    return (
        f'<div class="case-item"><button type="button" class="case-open" data-example="" aria-label="{title}">'
        f'<span class="plate"><img src="{source}" alt="">{badge}</span></button><div class="case-under">{under}</div>'
        f'<div data-facts hidden><dl class="facts"><dt>{escape(words("exercise_augmentation.image"))}</dt>'
        f"<dd>{title}</dd><dt>{network}</dt><dd>{said}</dd></dl></div></div>"
    )


def _variant(words: Words, number: int) -> str:
    return words("exercise_augmentation.variant", number=number + 1)


def _within(value: object, otherwise: float, highest: float) -> float:
    """A number from 0 to the highest, whatever a browser sent."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        return otherwise
    return min(max(float(value), 0.0), highest)
