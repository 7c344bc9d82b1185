"""The named HTTP endpoints, for programs rather than visitors. Their messages are in English."""

import math
from dataclasses import asdict, fields

import gradio as gr
import numpy as np

from busi.bundle.files import BundleError
from busi.images import ImageRefused, Reading, clahe, prepare, proportion_of, resize
from busi.model.activations import as_gray, gradcam, strongest_filters
from busi.server.decoding import read_upload
from busi.serving.predict import Prediction
from busi.serving.workshop import Workshop
from busi.simulator import Lesion, Scene
from busi.simulator import simulate as draw
from busi.web.components import Picture
from busi.web.parts.outlines import fine_lesion
from busi.web.pictures import edges_of
from busi.web.refusals import refusal_sentence
from busi.web.report import report
from busi.web.tabs.exercise_augmentation.settings import settings_of, trained_with
from busi.words.classes import MALIGNANT
from busi.words.text import Words

LARGEST_SIMULATED = 512  # pixels a side: what a server shared by a room can draw quickly
USUAL_MAPS, MOST_MAPS = 12, 64
# What takes long, in one line, so that programs do not keep visitors waiting: each by itself fills a processor.
LONG = {"concurrency_id": "programs", "concurrency_limit": 2}
USUAL_VARIANTS, MOST_VARIANTS = 8, 24


def add_endpoints(workshop: Workshop) -> None:
    """Adds the endpoints to the page that is being built, without anything to see.

    Args:
        workshop: what the pages work with.
    """
    words = Words("en")
    with gr.Row(visible=False):
        _add_predict(words, workshop)
        _add_clahe(words, workshop)
        _add_augment(words, workshop)
        _add_activations(words, workshop)
        _add_simulate(words, workshop)


def _add_predict(words: Words, workshop: Workshop) -> None:
    def predict(image: str | None) -> dict:
        """What the network says of an image. For teaching, never for diagnosis."""
        picture = _picture(words, image)
        answer = _answer(words, workshop, picture.image)
        why = workshop.classifier.get().why_unknown(picture.image, picture.colour)
        return answer | {"known": why is None} | ({"why_unknown": why} if why else {})

    image, answer, run = Picture(type="filepath", label="image"), gr.JSON(label="prediction"), gr.Button()
    run.click(fn=predict, inputs=[image], outputs=[answer], api_name="predict")


def _add_clahe(words: Words, workshop: Workshop) -> None:
    contract = workshop.bundle.image

    def equalise(
        image: str | None, clip_limit: float | None, tiles: float | None
    ) -> tuple[np.ndarray, np.ndarray, dict]:
        """An image at the network's size before and after CLAHE; the network's own settings where not given."""
        clip = contract.clahe_clip_limit if clip_limit is None else clip_limit
        grid = contract.clahe_tiles if tiles is None else _whole(tiles, "tiles")
        before = resize(_read(words, image), contract.size)
        try:
            after = clahe(before, clip, grid)
        except ValueError as error:
            raise gr.Error(str(error), print_exception=False) from error
        own = (clip, grid) == (contract.clahe_clip_limit, contract.clahe_tiles)
        return before, after, {"clip_limit": clip, "tiles": grid, "size": contract.size, "as_the_network": own}

    image, run = Picture(type="filepath", label="image"), gr.Button()
    # With values, so that a program may leave them out.
    clip_limit = gr.Number(contract.clahe_clip_limit, label="clip_limit")
    tiles = gr.Number(contract.clahe_tiles, label="tiles")
    pictures = [gr.Image(label=label, image_mode="L", format="png") for label in ("before", "after")]
    outputs = [*pictures, gr.JSON(label="settings")]
    run.click(fn=equalise, inputs=[image, clip_limit, tiles], outputs=outputs, api_name="clahe")


def _add_augment(words: Words, workshop: Workshop) -> None:
    trained = trained_with(workshop.bundle)

    def augment(
        image: str | None,
        rotation: float | None,
        zoom: float | None,
        translation: float | None,
        brightness: float | None,
        contrast: float | None,
        flip: bool | None,
        seed: float | None,
        count: float | None,
    ) -> tuple[np.ndarray, dict]:
        """Looks that training could give an image, side by side, and what the network says of each."""
        from busi.model.augment import AugmentationSettings, variants  # here, because it loads TensorFlow
        from busi.model.setting_names import as_in_bundle

        gray = _read(words, image)
        answer = _answer(words, workshop, gray)
        amounts = {
            "rotation": rotation,
            "zoom": zoom,
            "translation": translation,
            "brightness": brightness,
            "contrast": contrast,
        }
        try:
            number, start = _whole(count, "count"), _whole(seed, "seed")
            if not 1 <= number <= MOST_VARIANTS or start >= 2**31:
                raise ValueError(f"count must be from 1 to {MOST_VARIANTS} and seed below 2**31")
            chosen = trained | {name: value for name, value in amounts.items() if value is not None}
            settings = AugmentationSettings(**settings_of(workshop.bundle, chosen, True if flip is None else flip))
            drawn = variants(prepare(gray, workshop.bundle.image), settings, start, number)
        except (ValueError, TypeError) as error:
            raise gr.Error(str(error), print_exception=False) from error
        found = workshop.classifier.get().answers(drawn, [proportion_of(gray)] * len(drawn))
        side_by_side = np.hstack(np.rint(drawn[..., 0] * 255).astype(np.uint8))
        details = {
            "settings": as_in_bundle(settings),
            "seed": start,
            "count": number,
            "malignant": found.probability.tolist(),
        }
        return side_by_side, answer | details

    image, run = Picture(type="filepath", label="image"), gr.Button()
    amounts = [gr.Number(value, label=name) for name, value in trained.items()]
    rest = [gr.Checkbox(True, label="flip"), gr.Number(1, label="seed", precision=0)]
    count = gr.Number(USUAL_VARIANTS, label="count", precision=0)
    outputs = [gr.Image(label="variants", image_mode="L", format="png"), gr.JSON(label="answers")]
    run.click(fn=augment, inputs=[image, *amounts, *rest, count], outputs=outputs, api_name="augment", **LONG)


def _add_activations(words: Words, workshop: Workshop) -> None:
    def activations(image: str | None, layer: str | None, maps: float | None) -> tuple[np.ndarray, np.ndarray, dict]:
        """The strongest maps of a layer side by side, Grad-CAM for malignant, and the network's layers."""
        gray, count = _read(words, image), USUAL_MAPS if maps is None else _whole(maps, "maps")
        answer = _answer(words, workshop, gray)
        try:
            if not 1 <= count <= MOST_MAPS:
                raise ValueError(f"maps must be from 1 to {MOST_MAPS}, got {count}")
            inside = workshop.classifier.get().inside
            chosen = layer or inside.with_maps[-1].name
            model_input = prepare(gray, workshop.bundle.image)
            drawn = inside.maps(model_input, chosen)
            heat = gradcam(inside.evidence(model_input), MALIGNANT, len(model_input))
        except ValueError as error:
            raise gr.Error(str(error), print_exception=False) from error
        filters = strongest_filters(drawn, count)
        side_by_side = np.hstack([as_gray(drawn[..., number]) for number in filters])
        layers = [asdict(one) for one in inside.layers]
        return (
            side_by_side,
            np.rint(heat * 255).astype(np.uint8),
            answer
            | {
                "layer": chosen,
                "filters": [{"number": number, "mean": float(drawn[..., number].mean())} for number in filters],
                "layers": layers,
            },
        )

    image, run = Picture(type="filepath", label="image"), gr.Button()
    layer, maps = gr.Textbox("", label="layer"), gr.Number(USUAL_MAPS, label="maps", precision=0)
    pictures = [gr.Image(label=label, image_mode="L", format="png") for label in ("maps", "gradcam")]
    outputs = [*pictures, gr.JSON(label="layers")]
    run.click(fn=activations, inputs=[image, layer, maps], outputs=outputs, api_name="activations", **LONG)


def _add_simulate(words: Words, workshop: Workshop) -> None:
    def simulate(lesion: dict | None, scene: dict | None, seed: float | None) -> tuple[np.ndarray, np.ndarray, dict]:
        """A simulated image, the pixels inside its lesion, and what the network says. Defaults where not given."""
        try:
            drawn, around = settings(Lesion, lesion), settings(Scene, scene)
            if max(around.rows, around.columns) > LARGEST_SIMULATED:
                raise ValueError(f"rows and columns must be at most {LARGEST_SIMULATED} here")
            image, mask = draw(drawn, around, _whole(seed, "seed"))
        except ValueError as error:
            raise gr.Error(str(error), print_exception=False) from error
        described = {"lesion": asdict(drawn), "scene": asdict(around), "report": report(words, drawn)}
        answer = {"simulated": True, **described, **_answer(words, workshop, image)}
        return image, np.uint8(mask) * 255, answer

    lesion, scene, seed = gr.JSON(label="lesion"), gr.JSON(label="scene"), gr.Number(1, label="seed", precision=0)
    drawn, mask = (gr.Image(label=label, image_mode="L", format="png") for label in ("image", "mask"))
    run, answer = gr.Button(), gr.JSON(label="prediction")
    run.click(fn=simulate, inputs=[lesion, scene, seed], outputs=[drawn, mask, answer], api_name="simulate", **LONG)


def settings(kind: type[Lesion] | type[Scene], given: dict | None) -> Lesion | Scene:
    """A lesion or a scene from what a program sent.

    Args:
        kind: which.
        given: values by name; whole numbers are taken for numbers.

    Raises:
        ValueError: if a name is unknown, or a value is out of range, naming it.
    """
    if not isinstance(given, dict | None):
        raise ValueError(f"{kind.__name__.lower()} must be an object, got {type(given).__name__}")
    known = {field.name for field in fields(kind)}
    for name in given or {}:
        if name not in known:
            raise ValueError(f"{kind.__name__.lower()} has no setting {name!r}; it has {', '.join(sorted(known))}")
    return kind(**(given or {}))


def _answer(words: Words, workshop: Workshop, image: np.ndarray) -> dict:
    try:
        prediction = workshop.classifier.get().predict(image)
    except BundleError as error:
        sentence = f"{words('refused.network_title')}. {words('refused.network')}"
        raise gr.Error(sentence, print_exception=False) from error
    return {
        "probabilities": prediction.probabilities,
        "label": prediction.label,
        "threshold": prediction.threshold,
        **(_drawn(prediction) if prediction.terms else {}),
        "notice": words("page.notice_strong"),
    }


def _drawn(prediction: Prediction) -> dict:
    """The outline that the network drew, what was measured of it, and the terms of the score's log-odds."""
    lesion = fine_lesion(prediction)
    outline = [] if lesion is None else [edge.round(4).tolist() for edge in edges_of(lesion)]
    return {
        "outline": outline,  # polygons of columns and rows, as shares of the picture's width and height
        "shape": asdict(prediction.shape) if prediction.shape else None,
        "terms": dict(prediction.terms or {}),
    }


def _read(words: Words, image: str | None) -> np.ndarray:
    return _picture(words, image).image


def _picture(words: Words, image: str | None) -> Reading:
    if image is None:
        raise gr.Error("image is required", print_exception=False)
    try:
        return read_upload(image)
    except ImageRefused as error:
        raise gr.Error(refusal_sentence(words, error), print_exception=False) from error


def _whole(value: float | None, name: str) -> int:
    if value is None or not math.isfinite(value) or value != int(value) or not 0 <= value < 2**53:
        raise gr.Error(f"{name} must be a whole number from 0 on, got {value}", print_exception=False)
    return int(value)
