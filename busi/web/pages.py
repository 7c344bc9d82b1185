"""The pages, composed: French at /, English at /en, by one function called twice."""

import os
from collections.abc import Iterable, Mapping

import gradio as gr
from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware

from busi.server.asset_cache import AssetCache
from busi.server.gradio_internals import replace_queue
from busi.server.guard import Guard
from busi.server.lifespan import lifespan
from busi.server.page_frame import Frame, FramedPages
from busi.server.questions import Questions
from busi.server.queue import BoundedQueue
from busi.server.scripts import Scripts
from busi.server.uploads import TidyUploads
from busi.serving.workshop import Workshop
from busi.web.endpoints import add_endpoints
from busi.web.files import style_sheets
from busi.web.frame.frame import frame_of
from busi.web.page import Page
from busi.web.parts.invitation import room_panel
from busi.web.parts.picker import MAX_MEGABYTES, empty_picture, image_picker
from busi.web.pictures import addressed
from busi.web.scripts import served
from busi.web.tabs.data.tab import data_tab
from busi.web.tabs.ending.tab import ending_tab
from busi.web.tabs.evaluation.tab import evaluation_tab
from busi.web.tabs.exercises.tab import exercises_tab
from busi.web.tabs.further.tab import further_tab
from busi.web.tabs.glossary.tab import glossary_tab
from busi.web.tabs.inquiries.tab import inquiries_tab
from busi.web.tabs.laboratory.tab import laboratory_tab
from busi.web.tabs.network.tab import network_tab
from busi.web.tabs.prediction.tab import prediction_tab
from busi.web.tabs.preprocessing.tab import preprocessing_tab
from busi.web.tabs.training.tab import training_tab
from busi.web.tabs.welcome.tab import welcome_tab
from busi.words.text import Words

ENGLISH_PATH = "en"
PAGES = ("/", f"/{ENGLISH_PATH}")
TABS = (
    welcome_tab,
    data_tab,
    preprocessing_tab,
    network_tab,
    training_tab,
    evaluation_tab,
    prediction_tab,
    laboratory_tab,
    exercises_tab,
    inquiries_tab,
    further_tab,
    ending_tab,
    glossary_tab,
)
# Rose, dark enough from 500 on to be read on white (WCAG AA), light enough at 400 to be read on black.
ACCENT = gr.themes.Color(
    name="rose",
    c50="#FDF2F8",
    c100="#FCE7F3",
    c200="#FBCFE8",
    c300="#F9A8D4",
    c400="#F472B6",
    c500="#BE185D",
    c600="#BE185D",
    c700="#9D174D",
    c800="#831843",
    c900="#701A3F",
    c950="#500724",
)
# The first comes with the page.
FONTS = ["Figtree", "Figtree like", "system-ui", "-apple-system", "Segoe UI", "Roboto", "sans-serif"]


def build_pages(workshop: Workshop) -> gr.Blocks:
    """Builds both pages.

    Args:
        workshop: what the pages work with.

    Returns:
        The Gradio app, to be launched with `launch_settings(app)`; `app.frames` are the frames of its pages.

    Raises:
        KeyError: if a word is missing in one of the languages.
    """
    french, english = Words("fr"), Words("en")
    with gr.Blocks(title=french("page.title"), analytics_enabled=False) as app:
        french_page = _page(french, workshop)
        _lay_out(french_page, app, path="")
        add_endpoints(workshop)
    with app.route("English", f"/{ENGLISH_PATH}", show_in_navbar=False):
        english_page = _page(english, workshop)
        _lay_out(english_page, app, path=ENGLISH_PATH)
    replace_queue(app, BoundedQueue(app))
    frames = frame_of(french_page, f"./{ENGLISH_PATH}"), frame_of(english_page, "./")
    app.frames = dict(zip(PAGES, frames, strict=True))
    return app


def launch_settings(
    app: gr.Blocks | None = None, folder: str | os.PathLike | None = None, hosts: Iterable[str] = ()
) -> dict:
    """How the app is launched, wherever it is: looks, privacy, and bounds on what may grow.

    Args:
        app: from `build_pages`; None for pages without a frame.
        folder: of visitors' files and of nothing else; None if nobody is to look after them.
        hosts: the names under which the app may be asked; none for any.
    """
    return {
        "theme": _theme(),
        "css_paths": style_sheets(),
        "footer_links": [],
        "run_history": False,
        "enable_monitoring": False,
        "max_file_size": f"{MAX_MEGABYTES}mb",
        "state_session_capacity": 5000,
        "app_kwargs": {"middleware": middleware(getattr(app, "frames", {})), "lifespan": lifespan(folder, hosts)},
    }


def middleware(frames: Mapping[str, Frame]) -> list[Middleware]:
    """What stands between the network and Gradio, the outermost first.

    Args:
        frames: of the pages, by their paths.
    """
    return [
        Middleware(Guard, largest_upload=MAX_MEGABYTES * 1024 * 1024, pages=PAGES),
        Middleware(AssetCache, pages=(*PAGES, "/config", "/gradio_api/info")),
        Middleware(Scripts, modules=served(), pictures=addressed),
        Middleware(FramedPages, frames=frames),
        Middleware(Questions, english_path=ENGLISH_PATH),
        Middleware(TidyUploads),
        Middleware(GZipMiddleware),
    ]


def _page(words: Words, workshop: Workshop) -> Page:
    return Page(words, workshop, empty_picture(words))


def _lay_out(page: Page, app: gr.Blocks, path: str) -> None:
    """What Gradio has of one language's page: the picker, the parts, the panel that invites a room."""
    with gr.Column(elem_classes="picker"):
        image_picker(page)
    with gr.Tabs(overflow_behavior="wrap", elem_classes="parts"):
        for lay_out_tab in TABS:
            lay_out_tab(page)
    page.picture.listeners_end_here()
    room_panel(page, app, path)


def _both(name: str, value: str) -> dict[str, str]:
    """A setting of the theme, light and dark: the frame's own colours know which it is."""
    return {name: value, f"{name}_dark": value}


def _theme() -> gr.themes.Base:
    """The frame's colours and font, and rose for what can be pressed."""
    return gr.themes.Base(
        primary_hue=ACCENT,
        neutral_hue=gr.themes.colors.gray,
        font=FONTS,
        font_mono=["ui-monospace", "Menlo", "Consolas", "monospace"],
        radius_size=gr.themes.sizes.radius_md,
    ).set(
        **_both("body_background_fill", "var(--paper)"),
        **_both("background_fill_primary", "var(--raised)"),
        **_both("background_fill_secondary", "var(--soft)"),
        **_both("block_background_fill", "transparent"),
        **_both("block_border_color", "var(--line)"),
        **_both("border_color_primary", "var(--line)"),
        **_both("input_background_fill", "var(--raised)"),
        **_both("body_text_color", "var(--ink)"),
        **_both("body_text_color_subdued", "var(--quiet-ink)"),
        slider_color=ACCENT.c600,
        slider_color_dark=ACCENT.c400,
        block_info_text_color="*neutral_600",
        block_info_text_color_dark="*neutral_300",
    )
