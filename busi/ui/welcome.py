"""The tab."""

import gradio as gr

from busi.text import Words
from busi.ui.components import Picture
from busi.ui.figures import heading
from busi.workshop import Workshop


def welcome_tab(words: Words, workshop: Workshop, picture: Picture) -> None:
    """Lays out the tab and wires it.

    Args:
        words: of the page's language.
        workshop: what the pages work with.
        picture: the component that holds the chosen image.
    """
    with gr.Tab(words("welcome.tab"), id="welcome", elem_id="tab-welcome"):
        gr.HTML(heading(words, "welcome"))
