"""The bench of the exercise augmentation."""

import gradio as gr

from busi.text import Words
from busi.ui.components import Picture
from busi.workshop import Workshop


def augmentation_bench(words: Words, workshop: Workshop, picture: Picture) -> None:
    """Lays out the bench and wires it.

    Args:
        words: of the page's language.
        workshop: what the pages work with.
        picture: the component that holds the chosen image.
    """
    gr.HTML("<section class='augmentation-bench'></section>")
