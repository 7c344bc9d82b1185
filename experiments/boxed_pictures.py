"""What the compression of the pictures in the box does to a network's answers.

    python -m experiments.boxed_pictures --data BREAST [--bundle DIR] [--out FILE]

Each of BrEaST's 252 lesions is asked about twice: as it was downloaded, and as it lies in `busi/data/breast_box`. To
put the change in proportion, a third time as downloaded with noise of one gray level, which nobody sees. It writes a
row for each picture and prints mean and largest change, and the AUC of each.
"""

import argparse
import os
import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd
from sklearn.metrics import roc_auc_score

from busi.bundle.files import EMBEDDED, BundleError, open_bundle
from busi.data import box
from busi.data.breast import read_breast
from busi.data.dataset import DatasetError, rows_called
from busi.images import read_image
from busi.serving.predict import Classifier
from busi.system.console import printable_output
from busi.system.places import repository
from busi.words.classes import MALIGNANT

OUT = repository() / "experiments/results/boxed_pictures.csv"
SEED = 23  # of the noise


def main(arguments: Sequence[str] | None = None) -> int:
    """Asks, writes and prints; returns 0, or 2 after one line that says what is wrong."""
    printable_output()
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", default=os.environ.get("BREAST_DATA_DIR", "."), metavar="DIR", help="of BrEaST")
    parser.add_argument("--bundle", type=Path, default=EMBEDDED, metavar="DIR")
    parser.add_argument("--out", type=Path, default=OUT, metavar="FILE")
    options = parser.parse_args(arguments)
    try:
        table = answers(Classifier(open_bundle(options.bundle)), options.data)
    except (BundleError, DatasetError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    table.to_csv(options.out, index=False, float_format="%.6f", lineterminator="\n")
    tell(table)
    return 0


def answers(classifier: Classifier, data: str) -> pd.DataFrame:
    """Probabilities of malignant, a row for each lesion.

    Args:
        classifier: of the network that is asked.
        data: BrEaST's folder.

    Returns:
        Columns image_id, label, original, box and noise.
    """
    lesions, rng = box.lesions(), np.random.default_rng(SEED)
    rows = []
    for _, row in rows_called(read_breast(data).images, lesions["image_id"].tolist()).iterrows():
        gray = read_image(row["path"])
        noisy = np.uint8(np.clip(np.rint(gray + rng.normal(size=gray.shape)), 0, 255))
        seen = (gray, read_image(box.picture(row["image_id"])), noisy)
        rows.append((row["image_id"], row["label"], *(classifier.predict(one).probability for one in seen)))
    return pd.DataFrame(rows, columns=["image_id", "label", "original", "box", "noise"])


def tell(table: pd.DataFrame) -> None:
    """Prints how much the answers change."""
    malignant = table["label"] == MALIGNANT
    print(f"{len(table)} lesions; originals: AUC {roc_auc_score(malignant, table['original']):.4f}")
    for name in ("box", "noise"):
        change = (table[name] - table["original"]).abs()
        told = f"mean change {change.mean():.4f}, median {change.median():.4f}, largest {change.max():.4f}"
        print(f"{name}: {told}; AUC {roc_auc_score(malignant, table[name]):.4f}")


if __name__ == "__main__":
    sys.exit(main())
