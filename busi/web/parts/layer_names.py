"""What a visitor reads as a layer's name, "Bloc 2, convolution 1", and the blocks that a network falls into."""

from busi.model.activations import Layer
from busi.words.text import Words

CONVOLUTIONS = 2  # most that stand in one block
# The kinds of layers that content/ names and explains; any other gets a general word.
EXPLAINED = (
    "InputLayer",
    "Conv2D",
    "DepthwiseConv2D",
    "BatchNormalization",
    "ReLU",
    "Add",
    "MaxPooling2D",
    "GlobalAveragePooling2D",
    "Flatten",
    "Dropout",
    "Dense",
)


def stages_of(layers: tuple[Layer, ...]) -> list[list[Layer]]:
    """The layers in groups: the image; convolutions, two at most, up to the pooling behind them; what decides.

    Args:
        layers: of a network, in order.
    """
    stages: list[list[Layer]] = []
    for layer in layers:
        decides = not layer.has_maps and stages and stages[-1][-1].has_maps
        if not stages or decides or _is_full(stages[-1], layer) or stages[-1][0].kind == "InputLayer":
            stages.append([])
        stages[-1].append(layer)
    return stages


def _is_full(stage: list[Layer], layer: Layer) -> bool:
    """Whether a convolution would be the third of its group, or come after its pooling."""
    kinds = [one.kind for one in stage]
    pooled = any("Pooling" in kind for kind in kinds)
    return "Conv" in layer.kind and (pooled or sum("Conv" in kind for kind in kinds) == CONVOLUTIONS)


def stage_title(words: Words, number: int, stage: list[Layer]) -> str:
    """What a group of layers is called.

    Args:
        words: of the reader's language.
        number: of the group, the image's being 0.
        stage: its layers.
    """
    if stage[0].kind == "InputLayer":
        return words("network.stage_image")
    return words("network.stage", number=number) if stage[0].has_maps else words("network.stage_decision")


def names_within(words: Words, stage: list[Layer]) -> dict[str, str]:
    """What each layer of a group is called in it, by the network's own name: {"conv2a": "convolution 1", ...}.

    Args:
        words: of the reader's language.
        stage: its layers.
    """
    called = [words(f"network.short_{explained_as(layer)}") for layer in stage]
    names = {}
    for place, (layer, name) in enumerate(zip(stage, called, strict=True)):
        is_alone = called.count(name) == 1
        names[layer.name] = name if is_alone else f"{name} {called[: place + 1].count(name)}"
    return names


def layer_names(words: Words, layers: tuple[Layer, ...]) -> dict[str, str]:
    """What each layer is called, by the network's own name: {"conv2a": "Bloc 2, convolution 1", ...}.

    Args:
        words: of the reader's language.
        layers: of a network, in order.
    """
    names = {}
    for number, stage in enumerate(stages_of(layers)):
        title = stage_title(words, number, stage)
        within = names_within(words, stage)
        names |= {name: title if stage[0].kind == "InputLayer" else f"{title}, {own}" for name, own in within.items()}
    return names


def explained_as(layer: Layer) -> str:
    """How the keys of content/ call a layer's kind.

    Args:
        layer: any.
    """
    return layer.kind.lower() if layer.kind in EXPLAINED else "other"
