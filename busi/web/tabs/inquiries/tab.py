"""The tab Enquêtes: short experiments in one frame.

Each begins with a guess, which opens what is to be done; then comes what it means outside. The benches are in packages
of their own, `inquiry_<name>`. What a visitor guesses stays in the browser.
"""

from collections.abc import Callable

import gradio as gr

from busi.web.page import Page
from busi.web.scripts import mount
from busi.web.tabs.inquiry_abstain.tab import abstain_bench
from busi.web.tabs.inquiry_birads.tab import birads_bench
from busi.web.tabs.inquiry_for_whom.tab import for_whom_bench
from busi.web.tabs.inquiry_hidden.tab import hidden_bench
from busi.web.tabs.inquiry_leak.tab import leak_bench
from busi.web.tabs.inquiry_maps.tab import maps_bench
from busi.web.tabs.inquiry_outline.tab import outline_bench
from busi.web.tabs.inquiry_shortcut.tab import shortcut_bench
from busi.web.tabs.inquiry_sign.tab import sign_bench
from busi.web.tabs.inquiry_teach.tab import teach_bench
from busi.words.inquiries import INQUIRIES, part_of

BENCHES: dict[str, Callable[[Page], None]] = {
    "abstain": abstain_bench,
    "birads": birads_bench,
    "sign": sign_bench,
    "for_whom": for_whom_bench,
    "shortcut": shortcut_bench,
    "leak": leak_bench,
    "teach": teach_bench,
    "hidden": hidden_bench,
    "maps": maps_bench,
    "outline": outline_bench,
}

_TEMPLATE = "tabs/inquiries/tab.html"


def inquiries_tab(page: Page) -> None:
    """Lays out the tab; each inquiry in a tab of its own."""
    markup = page.template(_TEMPLATE)
    with gr.Tab(page.words("inquiries.tab"), id="inquiries", elem_id="tab-inquiries"):
        beginning = page.macros.heading("inquiries") + markup.all_of_them(INQUIRIES)
        gr.HTML(beginning, js_on_load=mount("tabs/inquiries/tab.js"))
        with gr.Tabs(overflow_behavior="wrap", elem_classes="inquiries"):
            for number, (name, minutes) in enumerate(INQUIRIES.items(), start=1):
                part = part_of(name)
                with gr.Tab(f"{number}. {page.words(f'{part}.tab')}", id=part, elem_id=f"tab-{part}"):
                    gr.HTML(markup.title(number, part, minutes))
                    BENCHES[name](page)
                    gr.HTML(page.macros.next_tab(_after(name)))


def _after(name: str) -> str:
    """The next inquiry, or after the last the part that follows."""
    names = list(INQUIRIES)
    place = names.index(name) + 1
    return part_of(names[place]) if place < len(names) else "further"
