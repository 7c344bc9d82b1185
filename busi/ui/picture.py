"""The component that takes a visitor's image.

(Gradio writes a stub, picture.pyi, beside any file that specialises a component; git leaves it out.)
"""

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
