"""The tab Pour aller plus loin: other architectures and what each gave here, and where to read on."""

import gradio as gr

from busi.text import Words
from busi.ui.figures import heading, next_tab


def further_tab(words: Words) -> None:
    """Lays out the tab.

    Args:
        words: of the page's language.
    """
    with gr.Tab(words("further.tab"), id="further", elem_id="tab-further"):
        gr.HTML(heading(words, "further"))
        gr.Markdown(words.lesson("further"), elem_classes="lesson")
        gr.HTML(next_tab(words, "glossary"))
