"""Two of Gradio's components, made to let the page answer in the visitor's language.

(Gradio writes a stub, components.pyi, beside a file that specialises a component; git leaves it out.)
"""

import math
import os

import gradio as gr
from gradio_client.utils import is_http_url_like


class Picture(gr.Image):
    """An image upload whose file reaches callbacks as it was sent.

    Gradio's own component opens the file before a callback can, and answers a damaged one in English.
    """

    def preprocess(self, payload: gr.FileData | None) -> str | None:
        """The path of the uploaded file, or None."""
        return payload.path if payload else None

    async def async_move_resource_to_block_cache(self, url_or_file_path: str | os.PathLike | None) -> str | None:
        """Refuses an address: the workshop fetches nothing from elsewhere for whoever asks."""
        if is_http_url_like(str(url_or_file_path)):
            raise gr.Error("send the picture itself, not its address", print_exception=False)
        return await super().async_move_resource_to_block_cache(url_or_file_path)

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
