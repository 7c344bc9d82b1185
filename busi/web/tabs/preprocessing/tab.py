"""The tab Prétraitement: an image step by step, CLAHE before and after with its settings, some pixels as numbers."""

from dataclasses import dataclass

import gradio as gr
import numpy as np
from markupsafe import Markup

from busi.bundle.files import SIMULATED
from busi.images import ImageContract, ImageRefused, clahe, resize
from busi.images.steps import CHANNEL, EQUALISED, RESIZED, SCALED, Step, steps_of
from busi.server.decoding import read_upload
from busi.serving.gallery import source_of
from busi.web.components import Knob
from busi.web.events import ask
from busi.web.page import Page
from busi.web.parts.curious import for_the_curious
from busi.web.parts.medicine import signs_changed
from busi.web.parts.thread import thread_step
from busi.web.pictures import exact_picture, light_picture, simulated_picture
from busi.web.refusals import refusal
from busi.web.scripts import mount
from busi.words.text import Words

HIGHEST_CLIP_LIMIT = 10.0
MOST_TILES = 16
PATCH = 8  # pixels a side

_TEMPLATE = "tabs/preprocessing/tab.html"
_HISTOGRAM_BARS = 64
_UNSEEN = (SCALED, CHANNEL)  # the last two: the eye sees no difference


@dataclass(frozen=True)
class Bench:
    """The tab's components: a message where there is nothing to show, or the steps, the slider, its settings, ..."""

    message: gr.HTML
    steps: gr.HTML
    clahe_title: gr.HTML
    column: gr.Column
    slider: gr.ImageSlider
    clip_limit: Knob
    tiles: Knob
    comparison: gr.HTML
    reset: gr.Button
    histograms: gr.HTML
    patch: gr.HTML

    @property
    def outputs(self) -> list[gr.blocks.Block]:
        """What follows the image and the settings of CLAHE."""
        return [self.message, self.clahe_title, self.column, self.slider, self.histograms, self.comparison]


@dataclass(frozen=True)
class ClaheSettings:
    """How CLAHE is set.

    Attributes:
        clip_limit: a bar of a tile's histogram is cut above this many times its mean.
        tiles: a side.
    """

    clip_limit: float
    tiles: int


@dataclass(frozen=True)
class StepFigure:
    """An image after a step, to be shown.

    Attributes:
        name: of the step.
        source: of the picture, a data URI.
        code: its shape, type and range, as code would print them.
    """

    name: str
    source: str
    code: str


@dataclass(frozen=True)
class Histogram:
    """How the gray levels of an image are spread.

    Attributes:
        heights: of the bars of a histogram from black to white; the highest is 100.
        median: the gray level, from 0 to 255.
        pixels: how many there are.
    """

    heights: list[float]
    median: int
    pixels: int


def preprocessing_tab(page: Page) -> None:
    """Lays out the tab and wires it to the chosen image."""
    contract = page.bundle.image
    with gr.Tab(page.words("preprocessing.tab"), id="preprocessing", elem_id="tab-preprocessing"):
        look_again = gr.Textbox(visible="hidden")  # changes when `show` is to look again for a new file
        bench = _lay_out(page)

    def show(path: str | None, clip_limit: float, tiles: float) -> dict[gr.blocks.Block, object]:
        if path is None:
            return _nothing_to_show(bench, page.template(_TEMPLATE).invitation())
        try:
            before = resize(read_upload(path).image, contract.size)
        except ImageRefused as error:
            return _nothing_to_show(bench, refusal(page.words, error))
        return _before_and_after(page, bench, before, ClaheSettings(clip_limit, int(tiles)), _source(page, path))

    def show_steps(path: str | None) -> tuple[str, str]:
        try:
            steps = steps_of(read_upload(path), contract) if path else ()
        except ImageRefused:  # `show` says why
            return "", ""
        if not steps:
            return "", ""
        source = _source(page, path)
        return steps_list(page, steps, source), patch(page, steps, source)

    def settings_of_the_network() -> tuple[float, int]:
        return contract.clahe_clip_limit, contract.clahe_tiles

    picture, settings = page.picture, [bench.clip_limit, bench.tiles]
    ask(picture.on_new_file, show_steps, [picture], [bench.steps, bench.patch])
    ask(picture.on_new_file, None, outputs=[look_again], js="() => String(performance.now())")
    changes = [look_again.change, bench.clip_limit.change, bench.tiles.change]
    ask(gr.on, show, [picture, *settings], bench.outputs, triggers=changes, trigger_mode="always_last")
    ask(bench.reset.click, settings_of_the_network, outputs=settings)


def steps_list(page: Page, steps: tuple[Step, ...], source: str) -> Markup:
    """The image after each step that can be seen; for the curious the others, and what the code holds after each.

    Args:
        page: that they stand on.
        steps: of the image.
        source: where the image is from, as `Example.source`; empty for a visitor's own.
    """
    seen = [_step_figure(page.words, step) for step in steps if step.name not in _UNSEEN]
    unseen = [_step_figure(page.words, step) for step in steps if step.name in _UNSEEN]
    return page.template(_TEMPLATE).steps(seen, unseen, source)


def patch(page: Page, steps: tuple[Step, ...], source: str) -> Markup:
    """A few pixels as numbers, before and after scaling; the browser fills the tables.

    Args:
        page: that they stand on.
        steps: of the image.
        source: where the image is from, as `Example.source`; empty for a visitor's own.
    """
    equalised = next(step.array for step in steps if step.name == EQUALISED)
    picture = simulated_picture(equalised) if source == SIMULATED else exact_picture(equalised)
    return page.template(_TEMPLATE).patch(picture, len(equalised), PATCH, source)


def shown_as_picture(array: np.ndarray) -> np.ndarray:
    """What a step holds, as a picture that can be shown.

    Args:
        array: uint8, uint16, bool or float in [0, 1], of shape (H, W), (H, W, 1), (H, W, 2), (H, W, 3) or (H, W, 4).

    Returns:
        uint8 (H, W), or (H, W, 3) in the order red, green, blue.
    """
    if array.ndim == 3:
        array = array[..., :3] if array.shape[2] >= 3 else array[..., 0]
    if array.dtype == np.uint8:
        return np.ascontiguousarray(array)
    top = 1.0 if array.max() <= 1 else float(array.max())
    return np.rint(array.astype(np.float32) / top * 255).astype(np.uint8)


def histogram_of(image: np.ndarray) -> Histogram:
    """How the gray levels of an image are spread.

    Args:
        image: uint8 array of shape (H, W).
    """
    counts = np.histogram(image, bins=_HISTOGRAM_BARS, range=(0, 256))[0]
    return Histogram((100 * counts / counts.max()).tolist(), int(np.median(image)), image.size)


def _lay_out(page: Page) -> Bench:
    words, contract, markup = page.words, page.bundle.image, page.template(_TEMPLATE)
    gr.HTML(page.macros.heading("preprocessing"))
    message = gr.HTML(markup.invitation())
    steps = gr.HTML("")
    patch_shown = gr.HTML("", js_on_load=mount("tabs/preprocessing/patch.js"))
    clahe_title = gr.HTML(markup.clahe_title(), visible=False, js_on_load=mount("js/knobs.js"))
    with gr.Column(visible=False) as column:
        with gr.Row():
            with gr.Column(scale=3, min_width=280):
                slider = _slider(words)
            with gr.Column(scale=2, min_width=280, elem_classes="knobs"):
                clip_limit, tiles = _knobs(words, contract)
                comparison = gr.HTML(_comparison(page, _settings_of(contract)))
                reset = gr.Button(words("preprocessing.reset"), size="sm", elem_classes="quiet")
        with for_the_curious(page, words("preprocessing.histogram_title")):
            histograms = gr.HTML(visible=False)
    gr.HTML(signs_changed(page))
    gr.Markdown(words.lesson("preprocessing"), elem_classes="lesson")
    gr.HTML(thread_step(page, "preprocessing"))
    gr.HTML(page.macros.next_tab("network"))
    return Bench(
        message, steps, clahe_title, column, slider, clip_limit, tiles, comparison, reset, histograms, patch_shown
    )


def _slider(words: Words) -> gr.ImageSlider:
    label = words("preprocessing.slider_label")
    return gr.ImageSlider(label=label, format="png", interactive=False, buttons=[], elem_classes="before-after")


def _knobs(words: Words, contract: ImageContract) -> tuple[Knob, Knob]:
    """Those of CLAHE, which begin where the network has them."""
    own_clip, own_tiles = contract.clahe_clip_limit, contract.clahe_tiles
    return (
        _knob(words, "clip_limit", 0, max(HIGHEST_CLIP_LIMIT, own_clip), own_clip, step=0.5),
        _knob(words, "tiles", 1, max(MOST_TILES, own_tiles), own_tiles, step=1),
    )


def _knob(words: Words, name: str, lowest: float, highest: float, own: float, step: float) -> Knob:
    label, info = words(f"preprocessing.{name}"), words(f"preprocessing.{name}_info")
    return Knob(lowest, highest, value=own, step=step, label=label, info=info, buttons=[])


def _source(page: Page, path: str) -> str:
    """Where the chosen file is from; empty for a visitor's own."""
    return source_of(page.workshop.gallery.recognise(path))


def _step_figure(words: Words, step: Step) -> StepFigure:
    shown = shown_as_picture(step.array)
    source = exact_picture(shown) if step.name in (RESIZED, EQUALISED) else light_picture(shown)
    low, high = (words.number(float(end), 2 if step.array.dtype == np.float32 else 0) for end in step.ends)
    shape = str(step.shape).replace(" ", "\N{NO-BREAK SPACE}")
    code = words("preprocessing.step_code", shape=shape, type=step.array.dtype.name, low=low, high=high)
    return StepFigure(step.name, source, code)


def _before_and_after(
    page: Page, bench: Bench, before: np.ndarray, settings: ClaheSettings, source: str
) -> dict[gr.blocks.Block, object]:
    after = clahe(before, settings.clip_limit, settings.tiles)
    histograms = page.template(_TEMPLATE).histograms(histogram_of(before), histogram_of(after))
    return {
        bench.message: gr.HTML(visible=False),
        bench.clahe_title: gr.HTML(visible=True),
        bench.column: gr.Column(visible=True),
        bench.slider: gr.update(value=(before, after), label=_slider_label(page, source)),
        bench.histograms: gr.HTML(histograms, visible=True),
        bench.comparison: _comparison(page, settings),
    }


def _nothing_to_show(bench: Bench, message: Markup) -> dict[gr.blocks.Block, object]:
    return {
        bench.message: gr.HTML(message, visible=True),
        bench.clahe_title: gr.HTML(visible=False),
        bench.column: gr.Column(visible=False),
        bench.slider: None,
        bench.histograms: gr.HTML(visible=False),
    }


def _slider_label(page: Page, source: str) -> str:
    label, said = page.words("preprocessing.slider_label"), str(page.macros.said_of(source, link=False))
    return f"{said[0].upper()}{said[1:]}. {label}" if said else label


def _settings_of(contract: ImageContract) -> ClaheSettings:
    return ClaheSettings(contract.clahe_clip_limit, contract.clahe_tiles)


def _comparison(page: Page, settings: ClaheSettings) -> Markup:
    """Says whether these are the network's own settings."""
    own = _settings_of(page.bundle.image)
    return page.template(_TEMPLATE).comparison(settings == own, own.clip_limit, own.tiles)
