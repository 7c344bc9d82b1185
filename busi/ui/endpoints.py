"""The named HTTP endpoints, for programs rather than visitors. Their messages are in English."""

import gradio as gr

from busi.bundle import BundleError
from busi.images import ImageRefused, read_image
from busi.text import Words
from busi.ui.components import Picture
from busi.ui.refusals import refusal_sentence
from busi.workshop import Workshop


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
            prediction = workshop.classifier.get().predict(read_image(image))
        except ImageRefused as error:
            raise gr.Error(refusal_sentence(words, error), print_exception=False) from error
        except BundleError as error:
            raise gr.Error(
                f"{words('refused.network_title')}. {words('refused.network')}", print_exception=False
            ) from error
        return {
            "probabilities": prediction.probabilities,
            "label": prediction.label,
            "threshold": prediction.threshold,
            "notice": words("page.notice_strong"),
        }

    with gr.Row(visible=False):
        image, answer, run = Picture(type="filepath", label="image"), gr.JSON(label="prediction"), gr.Button()
    run.click(fn=predict, inputs=[image], outputs=[answer], api_name="predict")
