"""What networks are worth on real images that saw simulated ones alone, when one looks and another draws.

    python -m experiments.two_looks [--data DIR] [--seeds 0 1 2]
    python -m experiments.two_looks --final                     once, when nothing is to be changed any more

Two networks of a seed answer, each having learned from 6,000 drawings and nothing else: that of
`experiments.simulated_only`, which looks at the whole, and that of `experiments.outlines`, which draws the lesion. The
features of what it draws (busi/model/shape.py) become log-odds by a logistic regression (busi/model/shape_model.py),
learned from other simulated images, which neither network has seen. Both looks together are the mean of their log-odds.
So no real image, no real outline and no real label taught anything.

Both kinds of networks must be there, in the folders that those experiments leave; nothing is trained here but the
reading. The images that judge are theirs, and so is protocol-simulated.md. Numbers go to
experiments/results/two-looks.json, never written over; the half "final" of BrEaST is asked once.
"""

import argparse
import datetime
import os
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")

import keras
import numpy as np
import pandas as pd

from busi.data.box import CHOICE, FINAL
from busi.data.dataset import default_cache, read_busi
from busi.data.parts import Part, load_part
from busi.data.simulated import fingerprint
from busi.images import ImageContract
from busi.model.metrics import log_odds
from busi.model.shape_model import ShapeModel
from busi.system.console import printable_output
from busi.system.whole_files import whole_file
from busi.training.drawing import READ_IMAGES, drawn_shapes, read_from_simulated
from busi.training.fit import predict_part
from busi.words.classes import MALIGNANT
from experiments import outlines, simulated_only
from experiments.finished import add_result, is_finished, results
from experiments.hospitals import breast_half, breast_part, untouched
from experiments.scores import summary

RESULTS = Path(__file__).parent / "results" / "two-looks.json"
UNTOUCHED, BREAST_CHOICE, BREAST_FINAL = "busi untouched", f"breast {CHOICE}", f"breast {FINAL}"
WHOLE, OUTLINE, BOTH = LOOKS = ("whole", "outline", "both")
NAME = "two looks"


@dataclass(frozen=True)
class Judge:
    """Images that judge.

    Attributes:
        part: as the networks receive them, with proportions.
        rows: with image_id, label and group.
    """

    part: Part
    rows: pd.DataFrame


def main(arguments: Sequence[str] | None = None) -> int:
    """Asks and writes; returns 0, or 2 after one line that says what is wrong."""
    printable_output()
    options = _parse(arguments)
    try:
        ask(options)
    except (ValueError, OSError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    for name, found in results(options.out).items():
        for judge, looks in found["auc"].items():
            for look, auc in looks.items():
                print(
                    f"{name:<11}{judge:<16}{look:<9}AUC {auc['value']:.3f} [{auc['low']:.3f} to {auc['high']:.3f}],"
                    f" n = {auc['n']}"
                )
    return 0


def ask(options: argparse.Namespace) -> None:
    """Asks the networks on the images that may be looked at, or the half "final", once.

    Args:
        options: seeds, final, data, runs, outline_runs, out.

    Raises:
        ValueError: if a network is missing, or what is asked was answered before.
    """
    identity = {"seeds": list(options.seeds), "simulator": fingerprint(), "read_images": READ_IMAGES}
    name = FINAL if options.final else NAME
    table = options.runs / f"{name.replace(' ', '-')}.csv"
    if options.final:
        _check_final(options.out, table, identity)
    elif is_finished(options.out, NAME, identity):
        print(f"finished before, and left as it is in {options.out}", flush=True)
        return
    pairs = {seed: _networks(options, seed) for seed in options.seeds}
    contract = ImageContract(size=outlines.USUAL.size)
    judges = {BREAST_FINAL: _breast(FINAL, contract)} if options.final else _judges(options.data, contract)
    readings = {
        seed: read_from_simulated(drawing, contract, seed, default_cache()) for seed, (_, drawing) in pairs.items()
    }
    rows = pd.concat(
        answers(*pairs[seed], readings[seed], judge).assign(judge=place, seed=seed, fold=0)
        for place, judge in judges.items()
        for seed in options.seeds
    )
    with whole_file(table) as unfinished:
        rows.to_csv(unfinished, index=False, lineterminator="\n")
    day = {"asked": datetime.datetime.now(datetime.UTC).date().isoformat()} if options.final else {}
    found = {place: _auc_by_look(rows[rows["judge"] == place]) for place in judges}
    told = {str(seed): reading.to_dict() for seed, reading in readings.items()}
    add_result(options.out, name, {**day, **identity, "auc": found, "readings": told})


def _check_final(out: Path, table: Path, identity: Mapping[str, Any]) -> None:
    """Makes sure that the half "final" was never asked, and that the numbers of the others are written."""
    if asked := results(out).get(FINAL):
        raise ValueError(f"the half {FINAL!r} was asked on {asked['asked']}: it answers once ({out})")
    if table.is_file():
        raise ValueError(f"the half {FINAL!r} was asked before: {table} holds its answers")
    if not is_finished(out, NAME, identity):
        raise ValueError(f"the numbers of the half {CHOICE!r} are not in {out} yet: they come before {FINAL!r}")


def answers(looking: keras.Model, drawing: keras.Model, reading: ShapeModel, judge: Judge) -> pd.DataFrame:
    """The log-odds of each look, a row per image.

    Args:
        looking: the network that looks at the whole.
        drawing: the network that draws.
        reading: of what it draws.
        judge: the images.

    Returns:
        Columns image_id, group, malignant, and one for each of `LOOKS`.
    """
    whole = log_odds(predict_part(looking, judge.part, mirrored=True))
    drawn = [reading.log_odds(shape) for shape in drawn_shapes(drawing, judge.part)]
    return judge.rows[["image_id", "group"]].assign(
        malignant=(judge.rows["label"] == MALIGNANT).to_numpy(),
        **{WHOLE: np.round(whole, 5), OUTLINE: np.round(drawn, 5), BOTH: np.round((whole + drawn) / 2, 5)},
    )


def _auc_by_look(rows: pd.DataFrame) -> dict[str, Any]:
    return {
        look: summary(rows.assign(probability=1 / (1 + np.exp(-rows[look])), called=rows[look] >= 0), metrics=("auc",))[
            "auc"
        ]
        for look in LOOKS
    }


def _networks(options: argparse.Namespace, seed: int) -> tuple[keras.Model, keras.Model]:
    """The network that looks and the one that draws; refuses those of another simulator."""
    looking = simulated_only.kept_network(options.runs, seed)
    if not (outlines.path_of(options.outline_runs, seed)).is_file():
        raise ValueError(f"{options.outline_runs} lacks the network of seed {seed}: run experiments.outlines first")
    return looking, outlines.network(replace(outlines.USUAL, seed=seed), options.outline_runs)


def _judges(data: str, contract: ImageContract) -> Mapping[str, Judge]:
    busi = untouched(read_busi(data).images)
    return {
        UNTOUCHED: Judge(load_part(busi, contract), busi),
        BREAST_CHOICE: _breast(CHOICE, contract),
    }


def breast_choice(contract: ImageContract) -> Judge:
    """BrEaST's half "choice".

    Args:
        contract: how the networks' images are prepared.
    """
    return _breast(CHOICE, contract)


def _breast(half: str, contract: ImageContract) -> Judge:
    rows = breast_half(half)
    return Judge(breast_part(rows, contract), rows)


def _parse(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    add = parser.add_argument
    add("--data", default=os.environ.get("BUSI_DATA_DIR", "kaggle"), metavar="DIR|kaggle", help="BUSI")
    add("--seeds", nargs="+", type=int, default=[0, 1, 2])
    add("--final", action="store_true", help="ask BrEaST's half 'final', once")
    add("--runs", type=Path, default=simulated_only.RUNS / simulated_only.WHOLE, metavar="DIR", help="those that look")
    add("--outline-runs", type=Path, default=outlines.RUNS, metavar="DIR", help="those that draw")
    add("--out", type=Path, default=RESULTS, metavar="FILE")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    sys.exit(main())
