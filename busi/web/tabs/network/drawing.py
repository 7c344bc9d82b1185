"""How a network draws: down to few places, which say what is there, and up again, where the finer ones say where."""

import numpy as np
from markupsafe import Markup

from busi.images import gray_levels
from busi.serving.predict import Classifier
from busi.web.page import Page
from busi.web.pictures import exact_picture, heat_picture
from busi.web.tabs.network.chain import strongest_map
from busi.web.tabs.network.current import Current
from busi.words.text import Words

_TEMPLATE = "tabs/network/drawing.html"


def drawing(page: Page, classifier: Classifier, current: Current) -> Markup:
    """The levels of the network that draws, for the current image; nothing where none draws so.

    Args:
        page: that they stand on.
        classifier: whose networks.
        current: the image.
    """
    if classifier.steps is None:
        return Markup()
    words, steps = page.words, classifier.steps
    prediction = classifier.predict(current.image)
    if prediction.outline is None:
        return Markup()
    maps = steps.maps(prediction.model_input)
    beside = [*zip(steps.down[:-1], reversed(steps.up), strict=True)]  # levels of the same size, the finest first
    return page.template(_TEMPLATE).levels(
        seen=exact_picture(gray_levels(prediction.model_input)),
        badge=page.macros.said_of(current.source),
        drawn=heat_picture(prediction.outline),
        rows=[(_level(words, maps[down]), _level(words, maps[up])) for down, up in beside],
        bottom=_level(words, maps[steps.down[-1]]),
    )


def _level(words: Words, maps: np.ndarray) -> dict[str, str]:
    """The strongest map of a level, and its size in words."""
    height, width, count = maps.shape
    told = {"height": height, "width": width, "count": words.number(count)}
    return {
        "picture": strongest_map(maps)[1],
        "size": words("network.chain_size", **told),
        "alt": words("network.draws_alt", **told),
    }
