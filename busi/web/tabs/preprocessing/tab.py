"""The tab Prétraitement: an image step by step, CLAHE before and after with its settings, some pixels as numbers."""

from dataclasses import dataclass
from html import escape

import gradio as gr
import numpy as np

from busi.bundle.files import SIMULATED
from busi.images import ImageContract, ImageRefused, clahe, resize
from busi.images.steps import EQUALISED, RESIZED, Step, steps_of
from busi.server.decoding import read_upload
from busi.web.components import Knob
from busi.web.figures import (
    card,
    exact_picture,
    heading,
    histogram,
    light_picture,
    next_tab,
    rich,
    simulated_picture,
)
from busi.web.files import read
from busi.web.page import Page
from busi.web.parts.medicine import signs_changed
from busi.web.refusals import refusal
from busi.words.text import Words

HIGHEST_CLIP_LIMIT = 10.0
MOST_TILES = 16
PATCH = 8  # pixels a side

_PATCH_JS = read("tabs/preprocessing/patch.js")


@dataclass(frozen=True)
class Bench:
    """The tab's components: a message where there is nothing to show, or the steps, the slider, its settings, ..."""

    message: gr.HTML
    steps: gr.HTML
    clahe_title: gr.HTML
    row: gr.Row
    slider: gr.ImageSlider
    clip_limit: Knob
    tiles: Knob
    comparison: gr.HTML
    reset: gr.Button
    histograms: gr.HTML
    patch: gr.HTML


def preprocessing_tab(page: Page) -> None:
    """Lays out the tab and wires it to the chosen image."""
    words, workshop, picture = page.words, page.workshop, page.picture
    contract = workshop.bundle.image
    with gr.Tab(words("preprocessing.tab"), id="preprocessing", elem_id="tab-preprocessing"):
        asked = gr.Textbox(visible="hidden")  # changes when `show` is to look again for a new file
        bench = _lay_out(page)

    def show(path: str | None, clip: float, tile_count: float) -> dict[gr.blocks.Block, object]:
        if path is None:
            return _nothing_to_show(bench, _invitation(words))
        try:
            before = resize(read_upload(path).image, contract.size)
        except ImageRefused as error:
            return _nothing_to_show(bench, refusal(words, error))
        example = workshop.gallery.recognise(path)
        simulated = example is not None and example.source == SIMULATED
        return _before_and_after(bench, words, contract, before, clip, int(tile_count), simulated)

    def show_steps(path: str | None) -> tuple[str, str]:
        try:
            steps = steps_of(read_upload(path), contract) if path else ()
        except ImageRefused:  # `show` says why
            return "", ""
        if not steps:
            return "", ""
        example = workshop.gallery.recognise(path)
        simulated = example is not None and example.source == SIMULATED
        return steps_list(words, steps, simulated), patch(words, steps, simulated)

    def settings_of_the_network() -> tuple[float, int]:
        return contract.clahe_clip_limit, contract.clahe_tiles

    private = {"show_progress": "hidden", "api_visibility": "private"}
    picture.on_new_file(fn=show_steps, inputs=[picture], outputs=[bench.steps, bench.patch], **private)
    picture.on_new_file(fn=None, js="() => String(performance.now())", outputs=[asked], **private)
    gr.on(
        triggers=[asked.change, bench.clip_limit.change, bench.tiles.change],
        fn=show,
        inputs=[picture, bench.clip_limit, bench.tiles],
        outputs=[bench.message, bench.clahe_title, bench.row, bench.slider, bench.histograms, bench.comparison],
        trigger_mode="always_last",
        **private,
    )
    bench.reset.click(fn=settings_of_the_network, outputs=[bench.clip_limit, bench.tiles], **private)


def _lay_out(page: Page) -> Bench:
    words, contract = page.words, page.bundle.image
    gr.HTML(heading(words, "preprocessing"))
    message = gr.HTML(_invitation(words))
    steps = gr.HTML("")
    clahe_title = gr.HTML(_clahe_title(words), visible=False)
    with gr.Row(visible=False) as row:
        with gr.Column(scale=3, min_width=280):
            slider = gr.ImageSlider(
                label=_slider_label(words, simulated=False),
                format="png",
                interactive=False,
                buttons=[],
                elem_classes="before-after",
            )
        with gr.Column(scale=2, min_width=280):
            clip_limit, tiles = _settings(words, contract)
            comparison = gr.HTML(_comparison(words, contract, contract.clahe_clip_limit, contract.clahe_tiles))
            reset = gr.Button(words("preprocessing.reset"), size="sm", elem_classes="quiet")
    histograms = gr.HTML(visible=False)
    patch_here = gr.HTML("", js_on_load=_PATCH_JS)
    gr.HTML(signs_changed(page))
    gr.Markdown(words.lesson("preprocessing"), elem_classes="lesson")
    gr.HTML(next_tab(words, "network"))
    return Bench(message, steps, clahe_title, row, slider, clip_limit, tiles, comparison, reset, histograms, patch_here)


def steps_list(words: Words, steps: tuple[Step, ...], simulated: bool) -> str:
    """The image after each step, with its shape, type and range as the code holds them, as HTML.

    Args:
        words: of the reader's language.
        steps: of the image.
        simulated: whether it is a simulated image.
    """
    badge = words("laboratory.simulated") if simulated else ""
    items = "".join(f"<li>{_step(words, number, step, badge)}</li>" for number, step in enumerate(steps, start=1))
    return f'<ol class="steps">{items}</ol>'


def patch(words: Words, steps: tuple[Step, ...], simulated: bool) -> str:
    """A few pixels as numbers, before and after scaling; the browser fills the tables, as HTML.

    Args:
        words: of the reader's language.
        steps: of the image.
        simulated: whether it is a simulated image.
    """
    equalised = next(step.array for step in steps if step.name == EQUALISED)
    source = simulated_picture(equalised) if simulated else exact_picture(equalised)
    badge = f'<span class="badge">{escape(words("laboratory.simulated"))}</span>' if simulated else ""
    last, middle = len(equalised) - PATCH, (len(equalised) - PATCH) // 2
    sliders = "".join(
        f"<label>{escape(words(f'preprocessing.patch_{axis}'))}"
        f'<input type="range" min="0" max="{last}" value="{middle}" data-patch="{axis}"></label>'
        for axis in ("row", "column")
    )
    tables = "".join(
        f"<table><caption>{escape(words(f'preprocessing.patch_{kind}'))}"
        f"<small>{escape(words(f'preprocessing.patch_{kind}_type'))}</small></caption>"
        f'<tbody data-patch="{kind}"></tbody></table>'
        for kind in ("levels", "scaled")
    )
    alt, sentence = escape(words("preprocessing.patch_alt")), escape(words.unfilled("preprocessing.patch_told"))
    return (
        f"<h3>{escape(words('preprocessing.patch_title'))}</h3>"
        f'<p class="lead">{rich(words("preprocessing.patch_intro"))}</p>'
        f'<div class="patch"><div><span class="patch-picture"><img src="{source}" alt="{alt}" data-patch="picture">'
        f'<i data-patch="frame"></i>{badge}</span>{sliders}</div>{tables}'
        f'<p role="status" data-patch="told" data-sentence="{sentence}"></p></div>'
    )


def _step(words: Words, number: int, step: Step, badge: str) -> str:
    name = words(f"preprocessing.step_{step.name}")
    shown = shown_as_picture(step.array)
    source = exact_picture(shown) if step.name in (RESIZED, EQUALISED) else light_picture(shown)
    low, high = (words.number(float(end), 2 if step.array.dtype == np.float32 else 0) for end in step.ends)
    shape = str(step.shape).replace(" ", "\N{NO-BREAK SPACE}")
    code = words("preprocessing.step_code", shape=shape, type=step.array.dtype.name, low=low, high=high)
    over = f'<span class="badge">{escape(badge)}</span>' if badge else ""
    alt = escape(words("preprocessing.step_alt", name=name, code=code))
    told = escape(words(f"preprocessing.step_{step.name}_told"))
    return (
        f'<figure><span class="plate"><img src="{source}" alt="{alt}">{over}</span><figcaption>{number}. {escape(name)}'
        f"<code>{escape(code)}</code><small>{told}</small></figcaption></figure>"
    )


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


def _clahe_title(words: Words) -> str:
    return (
        f"<h3>{escape(words('preprocessing.clahe_title'))}</h3>"
        f'<p class="lead">{rich(words("preprocessing.clahe_intro"))}</p>'
    )


def _before_and_after(
    bench: Bench,
    words: Words,
    contract: ImageContract,
    before: np.ndarray,
    clip_limit: float,
    tiles: int,
    simulated: bool,
) -> dict[gr.blocks.Block, object]:
    after = clahe(before, clip_limit, tiles)
    return {
        bench.message: gr.HTML(visible=False),
        bench.clahe_title: gr.HTML(visible=True),
        bench.row: gr.Row(visible=True),
        bench.slider: gr.update(value=(before, after), label=_slider_label(words, simulated)),
        bench.histograms: gr.HTML(_histograms(words, before, after), visible=True),
        bench.comparison: _comparison(words, contract, clip_limit, tiles),
    }


def _nothing_to_show(bench: Bench, html: str) -> dict[gr.blocks.Block, object]:
    return {
        bench.message: gr.HTML(html, visible=True),
        bench.clahe_title: gr.HTML(visible=False),
        bench.row: gr.Row(visible=False),
        bench.slider: None,
        bench.histograms: gr.HTML(visible=False),
    }


def _settings(words: Words, contract: ImageContract) -> tuple[Knob, Knob]:
    clip_limit = Knob(
        0,
        max(HIGHEST_CLIP_LIMIT, contract.clahe_clip_limit),
        value=contract.clahe_clip_limit,
        step=0.5,
        label=words("preprocessing.clip_limit"),
        info=words("preprocessing.clip_limit_info"),
        buttons=[],
    )
    tiles = Knob(
        1,
        max(MOST_TILES, contract.clahe_tiles),
        value=contract.clahe_tiles,
        step=1,
        label=words("preprocessing.tiles"),
        info=words("preprocessing.tiles_info"),
        buttons=[],
    )
    return clip_limit, tiles


def _slider_label(words: Words, simulated: bool) -> str:
    label = words("preprocessing.slider_label")
    return f"{words('laboratory.simulated').capitalize()}. {label}" if simulated else label


def _invitation(words: Words) -> str:
    return card(words("preprocessing.invitation_title"), words("preprocessing.invitation"), "invitation")


def _comparison(words: Words, contract: ImageContract, clip_limit: float, tiles: int) -> str:
    """Says whether these are the network's own settings."""
    own = (contract.clahe_clip_limit, contract.clahe_tiles)
    if (clip_limit, tiles) == own:
        return f'<p class="aside">{words("preprocessing.same")}</p>'
    shown = words.number(own[0], 1)
    return f'<p class="aside">{words("preprocessing.other", clip_limit=shown, tiles=own[1])}</p>'


def _histograms(words: Words, before: np.ndarray, after: np.ndarray) -> str:
    return (
        '<div class="pair">'
        + histogram(words, words("preprocessing.histogram_before"), before)
        + histogram(words, words("preprocessing.histogram_after"), after)
        + "</div>"
    )
