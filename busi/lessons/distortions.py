"""What preparing an image does to the signs that radiologists read: counts that `experiments.distortions` writes.

A mass that is taller than wide, its echo pattern, and a shadow or an enhancement behind it are words of a report
(BI-RADS lexicon). Squaring an image and equalising its contrast change what carries them.
"""

import json
from dataclasses import dataclass

from busi.images import ImageContract
from busi.model.metrics import Estimate
from busi.words.text import CONTENT

TABLE = CONTENT / "distortions.json"
LEVELS = 10  # of 255: from here on a change behind a lesion is counted


@dataclass(frozen=True)
class Distortions:
    """Shares of BUSI's outlined lesions, each with its interval and count.

    Attributes:
        taller_before: taller than wide in the file, taken to have square pixels.
        taller_after: taller than wide once the image is a square.
        malignant_before: of those taller than wide in the file, the malignant ones.
        malignant_after: of those taller than wide in the square, the malignant ones.
        more_uneven: whose gray levels inside spread more after CLAHE.
        behind_changed: whose difference in gray between behind and beside changes by `LEVELS` or more with CLAHE.
        contract: the size and the settings of CLAHE that the last two were measured with.
    """

    taller_before: Estimate
    taller_after: Estimate
    malignant_before: Estimate
    malignant_after: Estimate
    more_uneven: Estimate
    behind_changed: Estimate
    contract: ImageContract


def distortions() -> Distortions:
    """The counts of `TABLE`."""
    table = json.loads(TABLE.read_text("utf-8"))
    contract = ImageContract(**table.pop("contract"))
    return Distortions(**{name: Estimate(**share) for name, share in table.items()}, contract=contract)
