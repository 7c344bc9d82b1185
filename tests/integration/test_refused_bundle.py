"""What the pages say of a bundle of the Hub that was refused."""

import gradio as gr

from busi.serving.workshop import open_workshop
from busi.web.pages import build_pages
from tests.support.markup import parsed


def test_a_refused_bundle_puts_a_banner_on_both_pages(hub):
    pages = build_pages(open_workshop("atelier/my-bundle"))
    html = [block.value for block in pages.blocks.values() if isinstance(block, gr.HTML) and block.value]
    alerts = [alert.text for value in html for alert in parsed(value).select("[role=alert]")]
    assert sum("my-bundle" in alert for alert in alerts) == 2
