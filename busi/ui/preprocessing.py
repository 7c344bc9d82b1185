"""The tab Prétraitement: CLAHE before and after, its two settings, and what they do to the gray levels."""

from dataclasses import dataclass

import gradio as gr
import numpy as np

from busi.bundle import SIMULATED
from busi.images import ImageContract, ImageRefused, clahe, read_image, resize
from busi.text import Words
from busi.ui.components import Knob
from busi.ui.figures import card, histogram
from busi.ui.refusals import refusal
from busi.workshop import Workshop

HIGHEST_CLIP_LIMIT = 10.0
MOST_TILES = 16


@dataclass(frozen=True)
class Bench:
    """The tab's components: a message where there is nothing to show, or the slider, its settings and histograms."""

    message: gr.HTML
    row: gr.Row
    slider: gr.ImageSlider
    clip_limit: Knob
    tiles: Knob
    comparison: gr.HTML
    reset: gr.Button
    histograms: gr.HTML


def preprocessing_tab(words: Words, workshop: Workshop, picture: gr.Image) -> None:
    """Lays out the tab and wires it to the chosen image.

    Args:
        words: of the page's language.
        workshop: what the pages work with.
        picture: the component that holds the chosen image.
    """
    contract = workshop.bundle.image
    with gr.Tab(words("preprocessing.tab"), id="preprocessing", elem_id="tab-preprocessing"):
        bench = _lay_out(words, contract)

    def show(path: str | None, clip: float, tile_count: float) -> dict[gr.blocks.Block, object]:
        if path is None:
            return _nothing_to_show(bench, _invitation(words))
        try:
            before = resize(read_image(path), contract.size)
        except ImageRefused as error:
            return _nothing_to_show(bench, refusal(words, error))
        example = workshop.gallery.recognise(path)
        simulated = example is not None and example.source == SIMULATED
        return _before_and_after(bench, words, contract, before, clip, int(tile_count), simulated)

    def settings_of_the_network() -> tuple[float, int]:
        return contract.clahe_clip_limit, contract.clahe_tiles

    gr.on(
        triggers=[picture.change, bench.clip_limit.change, bench.tiles.change],
        fn=show,
        inputs=[picture, bench.clip_limit, bench.tiles],
        outputs=[bench.message, bench.row, bench.slider, bench.histograms, bench.comparison],
        trigger_mode="always_last",
        show_progress="hidden",
        api_visibility="private",
    )
    bench.reset.click(
        fn=settings_of_the_network,
        outputs=[bench.clip_limit, bench.tiles],
        show_progress="hidden",
        api_visibility="private",
    )


def _lay_out(words: Words, contract: ImageContract) -> Bench:
    message = gr.HTML(_invitation(words))
    with gr.Row(visible=False) as row:
        with gr.Column(scale=3, min_width=280):
            slider = gr.ImageSlider(
                label=_slider_label(words, simulated=False), format="png", interactive=False, buttons=[]
            )
        with gr.Column(scale=2, min_width=280):
            clip_limit, tiles = _settings(words, contract)
            comparison = gr.HTML(_comparison(words, contract, contract.clahe_clip_limit, contract.clahe_tiles))
            reset = gr.Button(words("preprocessing.reset"), size="sm", elem_classes="quiet")
    histograms = gr.HTML(visible=False)
    gr.Markdown(words.lesson("preprocessing"), elem_classes="lesson")
    return Bench(message, row, slider, clip_limit, tiles, comparison, reset, histograms)


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
        bench.row: gr.Row(visible=True),
        bench.slider: gr.update(value=(before, after), label=_slider_label(words, simulated)),
        bench.histograms: gr.HTML(_histograms(words, before, after), visible=True),
        bench.comparison: _comparison(words, contract, clip_limit, tiles),
    }


def _nothing_to_show(bench: Bench, html: str) -> dict[gr.blocks.Block, object]:
    return {
        bench.message: gr.HTML(html, visible=True),
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
    return card(words("preprocessing.title"), words("preprocessing.invitation"), "invitation")


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
