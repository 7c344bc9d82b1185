"""What squaring an image and CLAHE do to the signs that radiologists read, on BUSI's outlined lesions.

    python -m experiments.distortions [--data DIR|kaggle] [--out FILE]

All benign and malignant images with an outline are counted, near-duplicates too, each for one, so Wilson's intervals
are a little too narrow. Pixels are taken to be square, as BUSI does not tell their size. Three things are counted:

- taller than wide: the box around the experts' outline, in the file and in the square that the network receives; and
  how many of those lesions are malignant;
- the echo pattern: whether the gray levels inside the outline spread more after CLAHE than before;
- what is behind: the mean gray of a strip under the lesion's middle half, less that of strips under its two sides, and
  whether CLAHE moves that difference by ten gray levels of 255 or more.

The page shows the table (busi/words/content/distortions.json). CLAHE has the settings of the embedded network.
"""

import argparse
import json
import os
from dataclasses import asdict
from pathlib import Path

import cv2
import numpy as np
import pandas as pd

from busi.bundle.files import EMBEDDED, open_bundle
from busi.data.dataset import read_busi, read_mask
from busi.images import ImageContract, clahe, read_image, resize
from busi.lessons.distortions import LEVELS, TABLE
from busi.model.metrics import rate
from busi.words.classes import CLASSES, MALIGNANT


def main() -> None:
    """Prints the shares and writes the table that the page shows."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", metavar="DIR|kaggle", default=os.environ.get("BUSI_DATA_DIR", "kaggle"))
    parser.add_argument("--out", type=Path, default=TABLE)
    options = parser.parse_args()
    contract = open_bundle(EMBEDDED).image
    found = measure(lesions(options.data), contract)
    for name, share in found.items():
        print(f"{name:<18}{share['value']:.3f} [{share['low']:.3f} - {share['high']:.3f}], n = {share['n']}")
    options.out.write_text(json.dumps(found | {"contract": asdict(contract)}, indent=1) + "\n", encoding="utf-8")


def lesions(data: str) -> pd.DataFrame:
    """The rows of BUSI's benign and malignant images that somebody outlined.

    Args:
        data: a BUSI folder, or "kaggle".
    """
    images = read_busi(data).images
    return images[images["label"].isin(CLASSES) & images["mask_paths"].map(bool)]


def measure(rows: pd.DataFrame, contract: ImageContract) -> dict[str, dict[str, float | int]]:
    """The shares of `Distortions`, as plain values.

    Args:
        rows: of `DataSet.images`, with an outline each.
        contract: how the network's images are prepared.
    """
    measured = pd.DataFrame([_measure_one(row, contract) for _, row in rows.iterrows()])
    taller, squared = measured[measured["taller"]], measured[measured["taller_squared"]]
    behind = measured["behind"].dropna()
    shares = {
        "taller_before": rate(len(taller), len(measured)),
        "taller_after": rate(len(squared), len(measured)),
        "malignant_before": rate(int(taller["malignant"].sum()), len(taller)),
        "malignant_after": rate(int(squared["malignant"].sum()), len(squared)),
        "more_uneven": rate(int(measured["more_uneven"].sum()), len(measured)),
        "behind_changed": rate(int((behind.abs() >= LEVELS).sum()), len(behind)),
    }
    return {name: share.to_dict() for name, share in shares.items()}


def _measure_one(row: pd.Series, contract: ImageContract) -> dict[str, bool | float]:
    mask, before = read_mask(row), resize(read_image(row["path"]), contract.size)
    after = clahe(before, contract.clahe_clip_limit, contract.clahe_tiles)
    squared = squared_mask(mask, contract.size)
    return {
        "malignant": row["label"] == MALIGNANT,
        "taller": is_taller_than_wide(mask),
        "taller_squared": is_taller_than_wide(mask, square=True),
        "more_uneven": bool(after[squared].std() > before[squared].std()),
        "behind": behind(after, squared) - behind(before, squared),
    }


def is_taller_than_wide(mask: np.ndarray, square: bool = False) -> bool:
    """Whether the box around a lesion is taller than wide.

    Args:
        mask: bool array (H, W), true inside; not empty.
        square: measure it as if the image had been stretched to a square.
    """
    height, width = (np.ptp(places) + 1 for places in np.nonzero(mask))
    rows, columns = mask.shape if square else (1, 1)
    return bool(height / rows > width / columns)


def squared_mask(mask: np.ndarray, size: int) -> np.ndarray:
    """A mask in the network's square: bool (size, size), from bool (H, W)."""
    return cv2.resize(np.uint8(mask), (size, size), interpolation=cv2.INTER_NEAREST).astype(bool)


def behind(image: np.ndarray, mask: np.ndarray) -> float:
    """How much lighter it is behind a lesion than beside that place, in gray levels; nan where there is no room.

    Args:
        image: uint8 array (S, S).
        mask: bool array (S, S), true inside; not empty.
    """
    rows, columns = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
    left, right, bottom, half = columns[0], columns[-1] + 1, rows[-1] + 1, max(len(columns) // 2, 2)
    strip = image[bottom + 2 : bottom + 2 + max(len(rows) // 2, len(image) // 15)].astype(float)
    under = strip[:, left + half // 2 : right - half // 2]
    beside = np.concatenate([strip[:, max(left - half, 0) : left].ravel(), strip[:, right : right + half].ravel()])
    return float(under.mean() - beside.mean()) if min(under.size, beside.size) >= 20 else float("nan")


if __name__ == "__main__":
    main()
