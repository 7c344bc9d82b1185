"""Two of Gradio's components, made to let the page answer in the visitor's language.

(Gradio writes a stub, components.pyi, beside a file that specialises a component; git leaves it out.)
"""

import math

import gradio as gr


class Picture(gr.Image):
    """An image upload whose file reaches callbacks as it was sent.

    Gradio's own component opens the file before a callback can, and answers a damaged one in English.
    """

    def preprocess(self, payload: gr.FileData | None) -> str | None:
        """The path of the uploaded file, or None."""
        return payload.path if payload else None

    def get_block_name(self) -> str:
        """The browser draws it as the component that it specialises."""
        return "image"


class Knob(gr.Slider):
    """A slider that takes a number typed out of range for the nearest end, and an empty field for its first value.

    Gradio's own checks each keystroke and answers "50 is greater than maximum value 10" in English.
    """

    def preprocess(self, payload: float | None) -> float:
        """The value, within the slider's ends."""
        try:
            value = float(self.value if payload is None else payload)
        except (TypeError, ValueError):
            value = float(self.value)
        if not math.isfinite(value):
            value = float(self.value)
        return min(max(value, self.minimum), self.maximum)

    def get_block_name(self) -> str:
        """The browser draws it as the component that it specialises."""
        return "slider"
