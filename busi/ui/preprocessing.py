"""The tab Prétraitement: CLAHE before and after, its two settings, and what they do to the gray levels."""

import gradio as gr
import numpy as np

from busi.images import ImageContract, ImageRefused, clahe, read_image, resize
from busi.text import Words
from busi.ui.components import Knob
from busi.ui.figures import card, histogram
from busi.ui.refusals import refusal
from busi.workshop import Workshop

HIGHEST_CLIP_LIMIT = 10.0
MOST_TILES = 16


def preprocessing_tab(words: Words, workshop: Workshop, picture: gr.Image) -> None:
    """Lays out the tab and wires it to the chosen image.

    Args:
        words: of the page's language.
        workshop: what the pages work with.
        picture: the component that holds the chosen image.
    """
    contract = workshop.bundle.image
    with gr.Tab(words("preprocessing.tab"), id="preprocessing"):
        message = gr.HTML(_invitation(words))
        with gr.Row(visible=False) as bench:
            with gr.Column(scale=3, min_width=280):
                slider = gr.ImageSlider(
                    label=words("preprocessing.slider_label"),
                    format="png",
                    interactive=False,
                    buttons=[],
                    elem_classes="before-after",
                )
            with gr.Column(scale=2, min_width=280):
                clip_limit, tiles = _settings(words, contract)
                state = gr.HTML(_comparison(words, contract, contract.clahe_clip_limit, contract.clahe_tiles))
                reset = gr.Button(words("preprocessing.reset"), size="sm", elem_classes="quiet")
        histograms = gr.HTML(visible=False)
        gr.Markdown(words.lesson("preprocessing"), elem_classes="lesson")

    def show(path: str | None, clip: float, tile_count: int) -> dict[gr.Component, object]:
        try:
            before = resize(read_image(path), contract.size) if path else None
        except ImageRefused as error:
            return _nothing_to_show(refusal(words, error))
        if before is None:
            return _nothing_to_show(_invitation(words))
        after = clahe(before, clip, int(tile_count))
        return {
            message: gr.HTML(visible=False),
            bench: gr.Row(visible=True),
            slider: (before, after),
            histograms: gr.HTML(_histograms(words, before, after), visible=True),
            state: _comparison(words, contract, clip, int(tile_count)),
        }

    def _nothing_to_show(html: str) -> dict[gr.Component, object]:
        return {
            message: gr.HTML(html, visible=True),
            bench: gr.Row(visible=False),
            slider: None,
            histograms: gr.HTML(visible=False),
        }

    def settings_of_the_network() -> tuple[float, int]:
        return contract.clahe_clip_limit, contract.clahe_tiles

    inputs, outputs = [picture, clip_limit, tiles], [message, bench, slider, histograms, state]
    gr.on(
        triggers=[picture.change, clip_limit.change, tiles.change],
        fn=show,
        inputs=inputs,
        outputs=outputs,
        trigger_mode="always_last",
        show_progress="hidden",
        api_visibility="private",
    )
    reset.click(
        fn=settings_of_the_network,
        outputs=[clip_limit, tiles],
        show_progress="hidden",
        api_visibility="private",
    )


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
