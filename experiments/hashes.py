"""Writes busi/data/busi_fingerprints.txt, by which BUSI is known, and says how near strangers come to it.

    python -m experiments.hashes --data BUSI [--strangers FOLDER] [--check]

A hash of each image, in the order of the index; no pixel of BUSI can be had from it. With --strangers it prints how far
the pictures of another folder are from BUSI. With --check it writes nothing and returns 1 if the file differs.
"""

import argparse
import os
import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from busi.data.busi import HASHES, LARGEST_DISTANCE, distances, perceptual_hash, to_text
from busi.data.dataset import KAGGLE, read_busi
from busi.images import SUFFIXES, read_image
from busi.system.console import printable_output

HEAD = "# Perceptual hashes of the images of BUSI, written by `python -m experiments.hashes`; see busi.py.\n"


def main(arguments: Sequence[str] | None = None) -> int:
    """Writes or checks the file; returns 0, or 1 if it is not what BUSI gives."""
    printable_output()
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", default=os.environ.get("BUSI_DATA_DIR", KAGGLE), metavar="DIR|kaggle")
    parser.add_argument("--strangers", type=Path, metavar="FOLDER", help="pictures that are not of BUSI")
    parser.add_argument("--check", action="store_true", help="only compare")
    options = parser.parse_args(arguments)
    text = HEAD + "".join(f"{to_text(perceptual_hash(read_image(path)))}\n" for path in paths(options.data))
    same = HASHES.is_file() and HASHES.read_text(encoding="utf-8") == text
    if not options.check:
        HASHES.write_text(text, encoding="utf-8", newline="\n")
    if options.strangers:
        tell_strangers(options.strangers)
    return int(options.check and not same)


def paths(data: str) -> Sequence[str]:
    """The files of BUSI's images, in the order of the index."""
    return read_busi(data).images["path"].tolist()


def tell_strangers(folder: Path) -> None:
    """Prints how far the pictures of a folder are from the nearest of BUSI's."""
    files = sorted(path for path in folder.rglob("*") if path.suffix.lower() in SUFFIXES)
    apart = distances(np.array([perceptual_hash(read_image(path)) for path in files]))
    told = "the nearest {:.0f} signs from BUSI, a tenth within {:.0f}, half within {:.0f}"
    print(f"{len(files)} pictures: {told.format(*np.quantile(apart, [0, 0.1, 0.5]))}")
    print(f"{(apart <= LARGEST_DISTANCE).sum()} taken for BUSI's, within {LARGEST_DISTANCE} signs")


if __name__ == "__main__":
    sys.exit(main())
