"""The named HTTP endpoints, for programs rather than visitors. Their messages are in English."""

import math
from dataclasses import asdict, fields

import gradio as gr
import numpy as np

from busi.bundle import BundleError
from busi.images import ImageRefused, read_image
from busi.simulator import Lesion, Scene
from busi.simulator import simulate as draw
from busi.text import Words
from busi.ui.components import Picture
from busi.ui.refusals import refusal_sentence
from busi.ui.report import report
from busi.workshop import Workshop

LARGEST_SIMULATED = 512  # pixels a side: what a server shared by a room can draw quickly


def add_endpoints(workshop: Workshop) -> None:
    """Adds the endpoints to the page that is being built, without anything to see.

    Args:
        workshop: what the pages work with.
    """
    words = Words("en")

    def predict(image: str | None) -> dict:
        """What the network says of an image. For teaching, never for diagnosis."""
        if image is None:
            raise gr.Error("image is required", print_exception=False)
        try:
            return _answer(words, workshop, read_image(image))
        except ImageRefused as error:
            raise gr.Error(refusal_sentence(words, error), print_exception=False) from error

    def simulate(lesion: dict | None, scene: dict | None, seed: float | None) -> tuple[np.ndarray, np.ndarray, dict]:
        """A simulated image, the pixels inside its lesion, and what the network says. Defaults where not given."""
        try:
            drawn, around = settings(Lesion, lesion), settings(Scene, scene)
            if max(around.rows, around.columns) > LARGEST_SIMULATED:
                raise ValueError(f"rows and columns must be at most {LARGEST_SIMULATED} here")
            image, mask = draw(drawn, around, _whole(seed))
        except ValueError as error:
            raise gr.Error(str(error), print_exception=False) from error
        described = {"lesion": asdict(drawn), "scene": asdict(around), "report": report(words, drawn)}
        answer = {"simulated": True, **described, **_answer(words, workshop, image)}
        return image, np.uint8(mask) * 255, answer

    with gr.Row(visible=False):
        image, answer, run = Picture(type="filepath", label="image"), gr.JSON(label="prediction"), gr.Button()
        lesion, scene, seed = gr.JSON(label="lesion"), gr.JSON(label="scene"), gr.Number(1, label="seed", precision=0)
        drawn, mask = (gr.Image(label=label, image_mode="L", format="png") for label in ("image", "mask"))
        run_simulation, said = gr.Button(), gr.JSON(label="prediction")
    run.click(fn=predict, inputs=[image], outputs=[answer], api_name="predict")
    run_simulation.click(fn=simulate, inputs=[lesion, scene, seed], outputs=[drawn, mask, said], api_name="simulate")


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
        "notice": words("page.notice_strong"),
    }


def _whole(seed: float | None) -> int:
    if seed is None or not math.isfinite(seed) or seed != int(seed) or not 0 <= seed < 2**53:
        raise ValueError(f"seed must be a whole number from 0 on, got {seed}")
    return int(seed)
