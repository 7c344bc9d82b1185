"""What inquiries share that train a small network while one watches: one training at a time for the whole server.

The bench is markup; its script asks for a run (`apply`) or stops one (`stop`), and brings what arrives to its place
(`arrived.js`). Whoever waits for a turn reads how many wait before (`place_in_line.js`), and of a recorded run.
"""

from collections.abc import Callable, Iterator

import gradio as gr
from markupsafe import Markup

from busi.bundle.files import BundleError
from busi.web.events import ask
from busi.web.page import Page
from busi.web.scripts import mount

# One visitor at a time for the whole server, whatever the page: the same turn as that of the training tab.
ALONE = {"concurrency_id": "live training", "concurrency_limit": 1}


def live_bench(page: Page, bench: Markup, script: str, run: Callable[[gr.EventData], Iterator[Markup]]) -> None:
    """Lays out a bench and the place of what its runs show, and wires them.

    Args:
        page: that it stands on.
        bench: markup of the frame `inquiry`.
        script: of the bench, as `mount` takes it.
        run: what a run shows, again and again, from what the bench sent.
    """
    shown = gr.HTML("", js_on_load=mount("tabs/inquiries/arrived.js"), elem_classes="arrived")
    place = gr.HTML(bench, js_on_load=mount(script))

    def watch_run(event: gr.EventData) -> Iterator[Markup]:
        try:
            page.workshop.classifier.get()  # its threads and ours would otherwise both wait for TensorFlow
        except BundleError:
            yield page.network_refused()
            return
        yield from run(event)

    running = ask(place.apply, watch_run, outputs=[shown], **ALONE)
    ask(place.stop, lambda: Markup(), outputs=[shown], cancels=[running], queue=False)
