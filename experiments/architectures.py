"""What other architectures give here: each trained by train.py in the same way, from random weights.

    python -m experiments.architectures [--data DIR] [--runs DIR] [--seeds N]

For each architecture and seed it runs train.py (a finished run is taken as it is, an interrupted one goes on), then
writes the table that the page shows, with the command beside each row, into busi/words/content/architectures.json. A
seed draws its own split, so a row tells how each seed's network did on its own test part. All architectures of a seed
are tested on the same images; so the row also tells how far it is from the workshop's network there: the mean
difference over the seeds, with an interval over redrawn near-duplicate groups. The time of one compiled forward pass is
given as a ratio to the workshop's network, timed in turn.

Images are 128 pixels a side and there is no head start from simulated images, so that two cores can train them all in
an hour or two. Weights pre-trained on photographs, with which these networks usually start, are not used.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")

import numpy as np
import pandas as pd
import tensorflow as tf

from busi.bundle.files import MODEL, Bundle, load_network, open_bundle, population_of
from busi.data.split import TEST
from busi.model.metrics import BOOTSTRAP_DRAWS, Estimate, area_under_roc
from busi.model.network import ATELIER, PUBLISHED, SIMPLE
from busi.words.classes import MALIGNANT
from busi.words.text import CONTENT

ROOT = Path(__file__).parent.parent
SETTINGS = {"--recipe": "plain", "--epochs": 30, "--image-size": 128}
COMPARED = (ATELIER, SIMPLE, *PUBLISHED)
ROUNDS = 40


def main() -> None:
    """Trains what is missing, prints the table and writes it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", metavar="DIR|kaggle", default=os.environ.get("BUSI_DATA_DIR", "kaggle"))
    parser.add_argument("--runs", type=Path, default=Path("runs/architectures"))
    parser.add_argument("--seeds", type=int, default=1)
    parser.add_argument("--out", type=Path, default=CONTENT / "architectures.json")
    options = parser.parse_args()
    bundles = {
        arch: [trained(arch, seed, options.data, options.runs) for seed in range(options.seeds)] for arch in COMPARED
    }
    rows = list(table(bundles))
    for row in rows:
        aucs = ", ".join(f"{auc['value']:.3f} [{auc['low']:.3f} - {auc['high']:.3f}]" for auc in row["auc"])
        print(f"{row['arch']:<18}{row['parameters']:>12,}{row['relative_time']:>7.1f}  {aucs}  {row['difference']}")
    options.out.write_text(json.dumps(rows, indent=1) + "\n", encoding="utf-8")


def trained(arch: str, seed: int, data: str, runs: Path) -> Bundle:
    """The bundle of a run of train.py, which is started if it is not there yet.

    Args:
        arch: one of `COMPARED`.
        seed: of the split and of the training.
        data: a BUSI folder, or "kaggle".
        runs: folder of the runs.
    """
    out = runs / f"{arch}-{seed}"
    if not out.exists():
        given = {"--data": data, "--arch": arch, "--seed": seed, "--out": out, **SETTINGS}
        words = [str(word) for pair in given.items() for word in pair]
        subprocess.run([sys.executable, "train.py", *words, "--resume"], cwd=ROOT, check=True)
    return open_bundle(out)


def table(bundles: dict[str, list[Bundle]]) -> Iterator[dict]:
    """One row per architecture: what it weighs, what it scored, and the commands that made it.

    Args:
        bundles: of each architecture, one per seed, in the same order of seeds.
    """
    times = relative_times({arch: of[0] for arch, of in bundles.items()})
    for arch, of in bundles.items():
        yield {
            "arch": arch,
            "parameters": of[0].info["training"]["parameters"],
            "megabytes": round((of[0].folder / MODEL).stat().st_size / 1e6, 1),
            "relative_time": round(times[arch], 1),
            "auc": [bundle.metrics(TEST)["auc"].to_dict() for bundle in of],
            "sensitivity": [bundle.metrics(TEST)["sensitivity"].to_dict() for bundle in of],
            "specificity": [bundle.metrics(TEST)["specificity"].to_dict() for bundle in of],
            "epochs": [bundle.info["training"]["epochs"] for bundle in of],
            "difference": None if arch == ATELIER else difference(of, bundles[ATELIER]).to_dict(),
            "commands": [bundle.info["training"]["command"] for bundle in of],
        }


def difference(ones: list[Bundle], others: list[Bundle]) -> Estimate:
    """How much higher the AUC of the first network is on the same test images, on average over the seeds.

    Args:
        ones: bundles of one architecture, a seed each.
        others: of the other, of the same seeds.

    Returns:
        The mean difference, with a percentile interval over redrawn near-duplicate groups.
    """
    pairs = [_side_by_side(one, other) for one, other in zip(ones, others, strict=True)]
    rng, n = np.random.default_rng(0), sum(len(pair) for pair in pairs)
    draws = [np.mean([_gain(_redrawn(pair, rng)) for pair in pairs]) for _ in range(BOOTSTRAP_DRAWS)]
    low, high = np.quantile(draws, [0.025, 0.975])
    return Estimate(float(np.mean([_gain(pair) for pair in pairs])), float(low), float(high), n)


def relative_times(bundles: dict[str, Bundle]) -> dict[str, float]:
    """Median time of one compiled forward pass of each network, as a ratio to the workshop's, timed in turn.

    Args:
        bundles: by architecture.
    """
    networks = {arch: tf.function(load_network(bundle)) for arch, bundle in bundles.items()}
    size = bundles[ATELIER].image.size
    image = tf.constant(np.random.default_rng(0).random((1, size, size, 1), np.float32))
    times: dict[str, list[float]] = {arch: [] for arch in networks}
    for number in range(ROUNDS + 3):
        for arch, network in networks.items():
            start = time.perf_counter()
            network(image, training=False).numpy()
            if number >= 3:
                times[arch].append(time.perf_counter() - start)
    return {arch: statistics.median(values) / statistics.median(times[ATELIER]) for arch, values in times.items()}


def _side_by_side(one: Bundle, other: Bundle) -> pd.DataFrame:
    """The test images with the probabilities of both networks."""
    keys = ["image_id", "label", "group"]
    tables = [bundle.predictions[population_of(bundle.predictions) == TEST] for bundle in (one, other)]
    both = tables[0].merge(tables[1], on=keys, validate="one_to_one", suffixes=("", "_other"))
    if len(both) != len(tables[0]):
        raise ValueError("the two networks were not tested on the same images")
    return both


def _redrawn(pair: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    """As many groups drawn with replacement; drawn again until both classes are there."""
    rows = list(pair.groupby("group").indices.values())
    while True:
        drawn = pair.iloc[np.concatenate([rows[number] for number in rng.integers(len(rows), size=len(rows))])]
        if drawn["label"].nunique() == 2:
            return drawn


def _gain(pair: pd.DataFrame) -> float:
    labels = (pair["label"] == MALIGNANT).to_numpy()
    return area_under_roc(labels, pair["probability"].to_numpy()) - area_under_roc(
        labels, pair["probability_other"].to_numpy()
    )


if __name__ == "__main__":
    main()
