"""The bench of the exercise on augmentation: how far each random change goes, and what the network makes of it.

The variants come from the layers that train (`augment.variants`). Knobs and seed live in the browser, and so does the
guess, which is compared there.
"""

from collections.abc import Sequence

import cv2
import gradio as gr
import numpy as np
from markupsafe import Markup

from busi.images import gray_levels, prepare, proportion_of
from busi.server.decoding import read_upload
from busi.serving.gallery import Gallery, source_of
from busi.web.events import EACH, ask, message_of
from busi.web.page import Page
from busi.web.parts.cases import predicted_class
from busi.web.scripts import mount
from busi.web.sentences import answer_text, score_text
from busi.web.signs import RIGHT, WRONG
from busi.web.tabs.exercise_augmentation.settings import (
    KNOBS,
    Wanted,
    loses_contrast,
    settings_of,
    trained_with,
    trained_with_more,
)
from busi.words.text import Words

COUNT = 11  # variants, next to the original
LITTLE, MUCH = 0.05, 0.20  # spread of the probabilities from which on the answer changes "a little" and "much"
MOVES = ("same", "little", "much")
TILT, DARKER = 10, 0.15  # degrees, share of the range

_TEMPLATE = "tabs/exercise_augmentation/tab.html"


def augmentation_bench(page: Page) -> None:
    """Lays out the bench and wires it."""
    controls = gr.HTML(controls_of(page), js_on_load=mount("tabs/exercise_augmentation/tab.js"))
    compare = mount("tabs/exercise_augmentation/compare.js")
    grid = gr.HTML("", elem_id="augmentation-grid", js_on_load=compare)

    @page.or_refusal
    def draw_variants(path: str | None, event: gr.EventData) -> Markup:
        wanted = message_of(event, Wanted) or Wanted()
        image, source = _image(page.workshop.gallery, wanted.image, path)
        return grid_of(page, image, source, wanted)

    ask(controls.apply, draw_variants, inputs=[page.picture], outputs=[grid], **EACH)


def controls_of(page: Page) -> Markup:
    """The image to choose, the knobs and the buttons."""
    gallery, bundle = page.workshop.gallery, page.bundle
    trained = trained_with(bundle)
    presets = {
        "trained": trained,
        "off": dict.fromkeys(KNOBS, 0),
        "far": {name: highest for name, (highest, _) in KNOBS.items()},
    }
    knobs = [_knob(page, name, trained[name]) for name in KNOBS]
    examples, source = gallery.page(0, gallery.ultrasound), gallery.ultrasound
    return page.template(_TEMPLATE).controls(examples, source, knobs, trained_with_more(bundle), presets)


def _knob(page: Page, name: str, value: float) -> dict[str, object]:
    highest, step = KNOBS[name]
    only_gained = name == "contrast" and not loses_contrast(page.bundle)
    sentence = page.words.unfilled(f"exercise_augmentation.{'contrast_gained' if only_gained else f'{name}_value'}")
    return {"name": name, "value": value, "highest": highest, "step": step, "sentence": sentence}


def grid_of(page: Page, image: np.ndarray, source: str, wanted: Wanted) -> Markup:
    """The original and its variants, each with the network's answer, and changes to judge.

    Args:
        page: that they stand on.
        image: uint8 (H, W), gray levels.
        source: where it is from, as `Example.source`; empty for a visitor's own.
        wanted: how far the changes may go.

    Raises:
        BundleError: if the weights cannot be used.
    """
    from busi.model.augment import AugmentationSettings, variants  # here, because it loads TensorFlow

    words, classifier = page.words, page.workshop.classifier.get()
    original = prepare(image, classifier.contract)
    settings = AugmentationSettings(**settings_of(page.bundle, wanted.knobs, wanted.flip, wanted.more))
    drawn, judged = variants(original, settings, wanted.seed, COUNT), changes(original)
    inputs = np.concatenate([original[np.newaxis], drawn, np.stack(list(judged.values()))])
    probabilities = classifier.answers(inputs, [proportion_of(image)] * len(inputs)).probability
    shown = _variants(page, [*_variant_names(words), *_change_names(words, judged)], inputs, probabilities)
    is_changed = bool(np.ptp(drawn - original))
    summary = _summary(page, probabilities[: COUNT + 1]) if is_changed else page.template(_TEMPLATE).unchanged()
    return page.template(_TEMPLATE).grid(summary, shown[: COUNT + 1], shown[COUNT + 1 :], source)


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


def _image(gallery: Gallery, key: str, path: str | None) -> tuple[np.ndarray, str]:
    """The image that is wanted, and where it is from: an example, the chosen one, or the first example."""
    if key not in gallery.examples and path is not None:
        return read_upload(path).image, source_of(gallery.recognise(path))
    example = gallery.examples.get(key) or gallery.page(0, gallery.ultrasound)[0]
    return example.image, example.source


def _variant_names(words: Words) -> list[str]:
    numbered = [words("exercise_augmentation.variant", number=number + 1) for number in range(COUNT)]
    return [words("exercise_augmentation.original"), *numbered]


def _change_names(words: Words, judged: dict[str, np.ndarray]) -> list[str]:
    return [words(f"exercise_augmentation.questions.wrong.choices.{name}") for name in judged]


def _variants(page: Page, names: list[str], inputs: np.ndarray, probabilities: np.ndarray) -> list[dict[str, object]]:
    """Each picture with its name and the network's answer."""
    words, threshold = page.words, page.bundle.threshold
    return [
        {
            "name": name,
            "image": gray_levels(seen),
            "score": score_text(words, probability, threshold),
            "answer": answer_text(words, probability, threshold),
            "alerts": bool(probability >= threshold),
        }
        for name, seen, probability in zip(names, inputs, probabilities, strict=True)
    ]


def _summary(page: Page, probabilities: np.ndarray) -> Markup:
    """How much the answer moves, and what each guess is worth."""
    words, spread = page.words, float(np.ptp(probabilities))
    moved = "same" if spread < LITTLE else "little" if spread < MUCH else "much"
    found = words(f"exercise_augmentation.moved_{moved}", points=words.number(100 * spread))
    guesses = {guess: _judged(words, guess, guess == moved) for guess in MOVES}
    return page.template(_TEMPLATE).moved(guesses, found, _numbers(page, probabilities))


def _numbers(page: Page, probabilities: np.ndarray) -> str:
    """The scores from the lowest to the highest, and how many answers are others than that to the original."""
    threshold = page.bundle.threshold
    first, *others = (predicted_class(one, threshold) for one in probabilities)
    shown = [float(one) for one in (probabilities[0], probabilities.min(), probabilities.max())]
    (original, low, high), at = page.words.scores_and_threshold(shown, threshold)
    flips = sum(one != first for one in others)
    scores = {"original": original, "low": low, "high": high, "threshold": at}
    return page.words("exercise_augmentation.told", flips=flips, count=COUNT, **scores)


def _judged(words: Words, guess: str, is_right: bool) -> Sequence[str]:
    """What a guess is worth: its mark, and a sentence."""
    verdict = words("guess.right" if is_right else "guess.wrong")
    return RIGHT if is_right else WRONG, f"{verdict} {words(f'exercise_augmentation.guessed_{guess}')}"
