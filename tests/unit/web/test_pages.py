"""What the pages promise about visitors' data, and what they say of a bundle that was refused."""

import gradio as gr

from busi.server.uploads import LOOKS, STAYS
from busi.serving.workshop import open_workshop
from busi.web.pages import build_pages, launch_settings


def test_privacy_settings(pages):
    settings = launch_settings()
    assert settings["run_history"] is False and settings["enable_monitoring"] is False
    assert pages.analytics_enabled is False
    assert pages.delete_cache is None, "it goes by the clock, which may jump"
    assert STAYS + LOOKS <= 3600, "the page promises that files are erased within an hour"


def test_a_refused_bundle_puts_a_banner_on_both_pages(hub):
    pages = build_pages(open_workshop("atelier/my-bundle"))
    html = [block.value for block in pages.blocks.values() if isinstance(block, gr.HTML) and block.value]
    banners = [value for value in html if "my-bundle" in value]
    assert len(banners) == 2 and all('role="alert"' in banner for banner in banners)
