"""What experts' outlines alone give away: eight measures of each outline of BUSI, and no pixel of any ultrasound.

    expert_outlines.csv      malignant, fold, group and the measures of 629 outlines (model/shape.py says what each is)

Whoever drew them gave malignant lesions more teeth, so a logistic regression of these numbers reaches an AUC of .99
without having seen an ultrasound. `python -m busi.lessons.expert_outlines --data DIR` measures all of them again.
"""

import argparse
import os
import sys
from collections.abc import Sequence
from functools import lru_cache

import cv2
import numpy as np
import pandas as pd

from busi.data.dataset import read_busi, read_mask, usable
from busi.data.split import folds_by_group
from busi.model.shape import read_shape
from busi.system.places import folder_of
from busi.system.whole_files import whole_file
from busi.words.classes import MALIGNANT

MEASURES = ("size", "taller", "roundness", "solidity", "ellipse", "lobes", "bumps", "teeth")
FOLDS = 5
TABLE = folder_of("busi.lessons") / "expert_outlines.csv"

_SIDE = 128


@lru_cache(maxsize=1)
def expert_outlines() -> pd.DataFrame:
    """The table: malignant (0 or 1), fold (from 0), group, and `MEASURES`. The caller must not change it."""
    return pd.read_csv(TABLE)


def measured(images: pd.DataFrame) -> pd.DataFrame:
    """Measures the experts' outlines of some images.

    Args:
        images: rows of BUSI's index, of the two-class task.

    Raises:
        ValueError: if one has no outline.
    """
    rows = []
    for _, row in images.iterrows():
        mask = read_mask(row)
        inside = cv2.resize(mask.astype(np.float32), (_SIDE, _SIDE), interpolation=cv2.INTER_AREA)
        nothing_seen = np.zeros((_SIDE, _SIDE), np.uint8)
        shape = read_shape(inside, nothing_seen, mask.shape[0] / mask.shape[1])
        if shape is None:
            raise ValueError(f"{row['image_id']} has no outline")
        rows.append([getattr(shape, name) for name in MEASURES])
    folds = folds_by_group(images, FOLDS, 0).to_numpy()
    table = pd.DataFrame(rows, columns=list(MEASURES)).round(4)
    known = {"malignant": (images["label"] == MALIGNANT).astype(int).to_numpy(), "fold": folds}
    return pd.concat([pd.DataFrame({**known, "group": images["group"].to_numpy()}), table], axis=1)


def main(arguments: Sequence[str] | None = None) -> int:
    """Measures BUSI's outlines, and writes the table."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--data", default=os.environ.get("BUSI_DATA_DIR", "kaggle"), metavar="DIR|kaggle")
    images = usable(read_busi(parser.parse_args(arguments).data).images).reset_index(drop=True)
    with whole_file(TABLE) as partial:
        measured(images).to_csv(partial, index=False)
    return 0


if __name__ == "__main__":
    sys.exit(main())
