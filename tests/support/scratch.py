"""A bundle of the recipe `scratch`, the one embedded until November 2026, without its weights.

Validation chose its epoch, simulated images gave it a head start, and no drawn outline counts in its answers.
"""

import json
from pathlib import Path

import pandas as pd

from busi.bundle.files import HISTORY, INFO, PREDICTIONS, Bundle
from busi.images import ImageContract

FOLDER = Path(__file__).with_name("scratch_bundle")


def scratch_bundle() -> Bundle:
    """The bundle, for all that needs no weights."""
    info = json.loads((FOLDER / INFO).read_text("utf-8"))
    image = info["image"]
    return Bundle(
        folder=FOLDER,
        info=info,
        image=ImageContract(image["size"], image["clahe_clip_limit"], image["clahe_tiles"]),
        threshold=info["threshold"],
        temperature=info["temperature"],
        history=pd.read_csv(FOLDER / HISTORY),
        predictions=pd.read_csv(FOLDER / PREDICTIONS),
    )
