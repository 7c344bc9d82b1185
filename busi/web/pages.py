"""The pages, composed: French at /, English at /en, by one function called twice."""

import os
from collections.abc import Iterable
from pathlib import Path

import gradio as gr
from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware

from busi.bundle.card import data_name
from busi.bundle.files import BREAST, BUSI, OWN, Bundle
from busi.bundle.hub import source_of
from busi.server.asset_cache import AssetCache
from busi.server.gradio_internals import replace_queue
from busi.server.guard import Guard
from busi.server.lifespan import lifespan
from busi.server.questions import Questions
from busi.server.queue import BoundedQueue
from busi.server.scripts import Scripts
from busi.server.uploads import TidyUploads
from busi.serving.workshop import Workshop
from busi.web.endpoints import add_endpoints
from busi.web.files import style_sheets
from busi.web.page import Page
from busi.web.parts.invitation import room_panel
from busi.web.parts.picker import MAX_MEGABYTES, empty_picture, image_picker
from busi.web.scripts import head, modules
from busi.web.sentences import interval
from busi.web.tabs.data.tab import data_tab
from busi.web.tabs.evaluation.tab import evaluation_tab
from busi.web.tabs.exercises.tab import exercises_tab
from busi.web.tabs.further.tab import further_tab
from busi.web.tabs.glossary.tab import glossary_box, glossary_tab
from busi.web.tabs.laboratory.tab import laboratory_tab, open_shared_lesion
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
    further_tab,
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
SYSTEM_FONTS = ["system-ui", "-apple-system", "Segoe UI", "Roboto", "sans-serif"]


def build_pages(workshop: Workshop) -> gr.Blocks:
    """Builds both pages.

    Args:
        workshop: what the pages work with.

    Returns:
        The Gradio app, to be launched with `launch_settings()`.

    Raises:
        KeyError: if a word is missing in one of the languages.
    """
    french, english = Words("fr"), Words("en")
    with gr.Blocks(title=french("page.title"), analytics_enabled=False) as app:
        _lay_out(_page(french, workshop), app, path="", other_page=f"./{ENGLISH_PATH}")
        add_endpoints(workshop)
    with app.route("English", f"/{ENGLISH_PATH}", show_in_navbar=False):
        _lay_out(_page(english, workshop), app, path=ENGLISH_PATH, other_page="./")
    replace_queue(app, BoundedQueue(app))
    return app


def launch_settings(folder: str | os.PathLike | None = None, hosts: Iterable[str] = ()) -> dict:
    """How the app is launched, wherever it is: looks, privacy, and bounds on what may grow.

    Args:
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
        "app_kwargs": {"middleware": middleware(), "lifespan": lifespan(folder, hosts)},
    }


def middleware() -> list[Middleware]:
    """What stands between the network and Gradio, the outermost first."""
    return [
        Middleware(Guard, largest_upload=MAX_MEGABYTES * 1024 * 1024, pages=PAGES),
        Middleware(AssetCache, pages=(*PAGES, "/config", "/gradio_api/info")),
        Middleware(Scripts, modules=modules(), head=head(), pages=PAGES),
        Middleware(Questions, english_path=ENGLISH_PATH),
        Middleware(TidyUploads),
        Middleware(GZipMiddleware),
    ]


def _page(words: Words, workshop: Workshop) -> Page:
    return Page(words, workshop, empty_picture(words))


def _lay_out(page: Page, app: gr.Blocks, path: str, other_page: str) -> None:
    """One language's page: what stands on every tab, the picker, the tabs."""
    base = page.template("base.html")
    gr.HTML(base.header(other_page))
    if banner := _banner(page.words, page.workshop):
        gr.HTML(base.banner(banner))
    with gr.Row(elem_classes="desk"):
        with gr.Column(scale=1, min_width=300, elem_classes="picker"):
            gr.HTML(base.picker_title())
            image_picker(page)
        with gr.Column(scale=3, min_width=320), gr.Tabs(overflow_behavior="wrap") as tabs:
            for lay_out_tab in TABS:
                lay_out_tab(page)
    open_shared_lesion(tabs)
    gr.HTML(glossary_box(page))
    gr.HTML(base.place_in_line())
    room_panel(page, app, path)
    gr.HTML(base.footer(_footer(page.words, page.workshop)))


def _banner(words: Words, workshop: Workshop) -> str:
    """Why another network than the one asked for is in use, or an older copy of it; empty if all is well."""
    if workshop.refused_bundle:
        why = words(f"page.why_{workshop.refused_why or 'damaged'}", name=_short(workshop.refused_bundle))
        return f"{why} {words('page.embedded_instead')}"
    if workshop.fetched and workshop.fetched.stale:
        why = words(f"page.why_{workshop.fetched.stale.reason}", name=workshop.fetched.source.repo)
        return f"{why} {words('page.cached_instead', commit=workshop.fetched.commit[:7])}"
    if workshop.fetched and workshop.fetched.without_images:
        return words("page.without_images", name=workshop.fetched.source.repo)
    return ""


def _short(name: str) -> str:
    """A bundle's name for visitors: that on the Hub, or of its folder without the way to it."""
    return name if source_of(name) else Path(name).name


def _footer(words: Words, workshop: Workshop) -> tuple[str, ...]:
    """Which network this is, what it scored, and what becomes of images."""
    info, auc = workshop.bundle.info, workshop.bundle.metrics("test")["auc"]
    served = words(
        _served(workshop.bundle),
        train=words.number(info["data"]["parts"]["train"]["images"]),
        simulated=words.number(_head_start(workshop.bundle)),
        data=data_name(words, workshop.bundle.origin),
        created=words.date(info["created"]),
        n=auc.n,
        auc=words.number(auc.value, 2),
        low=words.number(auc.low, 2),
        high=words.number(auc.high, 2),
    )
    fetched = workshop.fetched
    source = [words("page.from_hub", repo=fetched.source.repo, commit=fetched.commit[:7])] if fetched else []
    elsewhere = [_elsewhere(words, workshop.bundle)] if workshop.bundle.knows_another_hospital else []
    return served, *elsewhere, *source, words("page.auc"), words("page.privacy")


def _elsewhere(words: Words, bundle: Bundle) -> str:
    """What the network scored on BrEaST, from which it learned nothing."""
    found, counts = bundle.metrics(BREAST), bundle.confusion(BREAST)

    def points(value: float) -> str:
        return words.number(100 * value, 1)

    written = {
        "auc": (found["auc"], lambda value: words.number(value, 2)),
        "sensitivity": (found["sensitivity"], words.percent),
        "specificity": (found["specificity"], words.percent),
        "error": (found["calibration_error"], points),
    }
    return words(
        "page.elsewhere",
        n=found["auc"].n,
        malignant=counts.true_positives + counts.false_negatives,
        benign=counts.true_negatives + counts.false_positives,
        **{name: write(number.value) for name, (number, write) in written.items()},
        **{f"{name}_interval": interval(words, number, write) for name, (number, write) in written.items()},
    )


def _served(bundle: Bundle) -> str:
    """Which sentence tells what the network was trained on."""
    if bundle.population != BUSI:
        return "page.served_simulated"
    if bundle.data_kind == OWN:
        return "page.served_pretrained_own" if _head_start(bundle) else "page.served_own"
    return "page.served_pretrained" if _head_start(bundle) else "page.served"


def _head_start(bundle: Bundle) -> int:
    """How many simulated images the network learned from before it saw a real one."""
    stage = bundle.info.get("training", {}).get("pretraining")
    return int(stage["images"]) if stage else 0


def _theme() -> gr.themes.Base:
    """Much white, gray lines, rose for what can be pressed, and the fonts that the visitor already has."""
    return gr.themes.Base(
        primary_hue=ACCENT,
        neutral_hue=gr.themes.colors.gray,
        font=SYSTEM_FONTS,
        font_mono=["ui-monospace", "Menlo", "Consolas", "monospace"],
        radius_size=gr.themes.sizes.radius_md,
    ).set(
        slider_color=ACCENT.c600,
        slider_color_dark=ACCENT.c400,
        block_info_text_color="*neutral_600",
        block_info_text_color_dark="*neutral_300",
    )
