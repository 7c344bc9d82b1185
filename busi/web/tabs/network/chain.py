"""The network as a chain, from the image to the answer: what goes into each block, what comes out of it."""

from dataclasses import dataclass

import numpy as np
from markupsafe import Markup

from busi.images import gray_levels
from busi.model.activations import Layer, strongest_filters
from busi.serving.predict import Classifier
from busi.web.page import Page
from busi.web.parts.layer_names import stages_of
from busi.web.pictures import exact_picture, heat_picture
from busi.web.sentences import answer_text
from busi.web.tabs.network.current import Current
from busi.words.text import Words

MOST_BLOCKS = (
    8  # rows that can be looked over; of a longer network, blocks with maps of about the same size are one row
)
_BRIGHT = 0.995  # the share of values that are not clipped, lest a single bright spot leave all the rest in the dark
_SMALLER = 0.75  # of the side: from there on, maps are no longer of about the same size
_PADDING = ("ZeroPadding2D",)
_JOINING = ("Add", "Concatenate", "Multiply")
_TEMPLATE = "tabs/network/tab.html"


@dataclass(frozen=True)
class Block:
    """A row of the chain.

    Attributes:
        first: number of its first group of layers, from 1.
        last: number of its last one.
        layers: in order.
        given: shape of what goes into it.
    """

    first: int
    last: int
    layers: tuple[Layer, ...]
    given: tuple[int, ...]

    @property
    def end(self) -> Layer:
        """The layer whose maps come out of it: the last one, before what only pads for the next."""
        return next((layer for layer in reversed(self.layers) if layer.kind not in _PADDING), self.layers[-1])

    @property
    def shape(self) -> tuple[int, ...]:
        """Of what comes out."""
        return self.end.shape


def blocks_of(layers: tuple[Layer, ...]) -> list[Block]:
    """The groups of layers that draw maps, in order, not many more than can be looked over.

    Args:
        layers: of a network, in order, its input first.
    """
    stages = [stage for stage in stages_of(layers)[1:] if stage[0].has_maps]
    blocks: list[Block] = []
    for number, stage in enumerate(stages, start=1):
        given = blocks[-1].shape if blocks else layers[0].shape
        if blocks and len(stages) > MOST_BLOCKS and stage[-1].shape[0] > _SMALLER * blocks[-1].shape[0]:
            last = blocks.pop()
            blocks.append(Block(last.first, number, (*last.layers, *stage), last.given))
        else:
            blocks.append(Block(number, number, tuple(stage), given))
    return blocks


def chain(page: Page, classifier: Classifier, current: Current) -> Markup:
    """The rows, from the image to the answer.

    Args:
        page: that they stand on.
        classifier: whose network.
        current: the image.
    """
    words, inside = page.words, classifier.inside
    prediction = classifier.predict(current.image)
    seen = exact_picture(gray_levels(prediction.model_input))
    blocks = blocks_of(inside.layers)
    maps = inside.maps_of_several(prediction.model_input, [block.end.name for block in blocks])
    rows = [_row(words, block, of_block) for block, of_block in zip(blocks, maps, strict=True)]
    answer = answer_text(words, prediction.probability, prediction.threshold)
    return page.template(_TEMPLATE).chain(
        picture=seen,
        badge=page.macros.said_of(current.source),
        size=_size(words, inside.layers[0].shape),
        rows=rows,
        decision=_decision(words, inside.layers),
        answer=words("network.chain_answer", answer=answer),
        joins=any(layer.kind in _JOINING for layer in inside.layers),
        mirrored=inside.mirrored,
        strides=_shrinks_by_steps(inside.layers),
    )


def _shrinks_by_steps(layers: tuple[Layer, ...]) -> bool:
    """Whether maps shrink by convolutions that move two places at a time, and by no pooling but the mean at the end."""
    steps = any("Conv" in layer.kind and max(layer.settings.get("strides", (1,))) > 1 for layer in layers)
    pools = any(layer.kind in ("MaxPooling2D", "AveragePooling2D") for layer in layers)
    return steps and not pools and any(layer.kind == "GlobalAveragePooling2D" for layer in layers)


def strongest_map(maps: np.ndarray) -> tuple[int, str]:
    """The number of the map that answers most, and its picture, a data URI.

    Args:
        maps: float32 (H, W, C), of a layer for one image.
    """
    number = strongest_filters(maps, 1)[0]
    one = maps[..., number]
    low, high = float(one.min()), float(np.quantile(one, _BRIGHT))
    return number, heat_picture(np.clip((one - low) / (high - low), 0, 1) if high > low else np.zeros_like(one))


def _row(words: Words, block: Block, maps: np.ndarray) -> dict[str, str]:
    """What a block does, its sizes, and the strongest of the maps that come out of it."""
    number, picture = strongest_map(maps)
    height, width, _ = maps.shape
    return {
        "title": _title(words, block),
        "does": _does(words, block),
        "given": _size(words, block.given),
        "gives": _size(words, block.shape),
        "picture": picture,
        "alt": words("network.chain_alt", number=number + 1, all=maps.shape[2], height=height, width=width),
        "caption": words("network.chain_map", number=number + 1, all=maps.shape[2]),
    }


def _title(words: Words, block: Block) -> str:
    if block.first == block.last:
        return words("network.stage", number=block.first)
    return words("network.chain_blocks", first=block.first, last=block.last)


def _does(words: Words, block: Block) -> str:
    """How many convolutions, and whether the maps shrink behind them."""
    count = sum("Conv" in layer.kind for layer in block.layers)
    convolves = words("network.chain_one") if count == 1 else words("network.chain_many", count=count)
    pooling = [layer for layer in block.layers if layer.kind == "MaxPooling2D"]
    pools = f" {words('network.chain_pools')}" if pooling and pooling[-1].settings.get("strides") != (1, 1) else ""
    return (convolves if count else words("network.chain_none")) + pools


def _size(words: Words, shape: tuple[int, ...]) -> str:
    """A shape in words: so many places, so many numbers at each; or so many numbers."""
    if len(shape) != 3:
        return words("network.chain_numbers", count=words.number(shape[-1]))
    height, width, channels = shape
    key = "network.chain_size_one" if channels == 1 else "network.chain_size"
    return words(key, height=height, width=width, count=words.number(channels))


def _decision(words: Words, layers: tuple[Layer, ...]) -> str:
    """What becomes of the last maps: their means, or all their numbers in a row."""
    numbers = next((layer for layer in layers if layer.kind in ("GlobalAveragePooling2D", "Flatten")), None)
    if numbers is None:
        return words("network.chain_decides")
    key = "network.chain_means" if numbers.kind == "GlobalAveragePooling2D" else "network.chain_flat"
    return words(key, count=words.number(numbers.shape[-1]))
