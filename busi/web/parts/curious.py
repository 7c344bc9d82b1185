"""What only the curious need, of components rather than of markup: closed until somebody asks for it.

Whoever opens one finds all of them open from then on (`js/curious.js`); for markup alone there is the macro `curious`.
"""

import gradio as gr

from busi.web.page import Page


def for_the_curious(page: Page, title: str) -> gr.Accordion:
    """A closed box, to be filled as any block of Gradio is, in a `with`.

    Args:
        page: that it stands on.
        title: what is in it, in the page's language.
    """
    return gr.Accordion(f"{page.words('page.curious')} {title}", open=False, elem_classes="curious")
