"""Trains the network on BUSI and writes a bundle that app.py opens.

    python train.py --data path/to/BUSI --out runs/mine

The steps, in order: index the images, split them by near-duplicate group, decode them, fit the network, choose
temperature and threshold on validation, score the test part once, write the bundle, print the report. An
interrupted run goes on with --resume.
"""

import argparse
import datetime
import os
import shlex
import sys
from collections.abc import Sequence
from dataclasses import asdict
from importlib.metadata import version
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")  # TensorFlow's own chatter would bury the progress

import pandas as pd

from busi.bundle import HISTORY_COLUMNS, check_free, save_bundle
from busi.card import model_card
from busi.checkpoints import clear_checkpoints, has_checkpoint
from busi.classes import CLASSES, MALIGNANT
from busi.dataset import KAGGLE_PAGE, Busi, read_busi, usable
from busi.evaluation import Evaluation, evaluate
from busi.images import ImageContract
from busi.network import ARCHITECTURES, ATELIER
from busi.progress import Interruption, Progress
from busi.recipe import Recipe
from busi.split import PARTS, TRAIN, VALIDATION, split_by_group
from busi.training import Fitted, fit, load_part

LIBRARIES = ("tensorflow", "keras", "opencv-python-headless", "numpy", "pandas", "scikit-learn")


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs the training; returns 0, or 2 after one line that says what is wrong, or 130 when interrupted."""
    options = parse(arguments)
    try:
        run(options)
    except (ValueError, OSError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("\ninterrupted: the same command with --resume goes on from the last finished epoch", file=sys.stderr)
        return 130
    return 0


def parse(arguments: Sequence[str] | None) -> argparse.Namespace:
    """Reads the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    default_data = os.environ.get("BUSI_DATA_DIR", "kaggle")
    parser.add_argument("--data", default=default_data, metavar="DIR|kaggle", help=f"BUSI (default: {default_data})")
    parser.add_argument("--out", type=Path, default=Path("runs/bundle"), metavar="DIR", help="where the bundle goes")
    parser.add_argument("--epochs", type=int, default=Recipe.epochs, metavar="N", help="at most (default: %(default)s)")
    parser.add_argument("--seed", type=int, default=0, metavar="N", help="of the split and of the training")
    parser.add_argument("--image-size", type=int, default=ImageContract.size, metavar="N", help="default: %(default)s")
    parser.add_argument("--arch", choices=ARCHITECTURES, default=ATELIER, help="default: %(default)s")
    parser.add_argument("--resume", action="store_true", help="go on with an interrupted run")
    parser.add_argument("--force", action="store_true", help="replace the bundle, or an interrupted run, that is there")
    return parser.parse_args(arguments)


def run(options: argparse.Namespace) -> None:
    """The steps from the images to the bundle."""
    recipe = Recipe(
        arch=options.arch, image=ImageContract(size=options.image_size), epochs=options.epochs, seed=options.seed
    )
    out, checkpoints = output_folders(options)
    busi = read_busi(options.data)
    images = usable(busi.images)
    images["split"] = split_by_group(images, recipe.seed)
    print_data(busi, images)

    tables = {split: images[images["split"] == split] for split in PARTS}
    parts = {split: load_part(table, recipe.image) for split, table in tables.items()}
    if not options.resume:
        clear_checkpoints(checkpoints)
    with Progress(recipe.epochs) as progress, Interruption() as interruption:
        watching = {"on_epoch": progress.on_epoch, "callbacks": [progress, interruption]}
        fitted = fit(recipe, parts[TRAIN], parts[VALIDATION], checkpoints, **watching)
    evaluation = evaluate(fitted.model, parts, tables, source="busi")

    info = describe(recipe, fitted, evaluation, busi, images)
    history = pd.DataFrame([asdict(row) for row in fitted.history], columns=list(HISTORY_COLUMNS))
    save_bundle(out, fitted.model, info, history, evaluation.predictions, model_card(info), options.force)
    clear_checkpoints(checkpoints)
    print_report(fitted, evaluation, options.out)


def output_folders(options: argparse.Namespace) -> tuple[Path, Path]:
    """Where the bundle goes, and beside it where checkpoints go, after making sure that nothing there gets lost.

    Raises:
        ValueError: if there is a bundle, or an interrupted run, and neither --force nor --resume says what to do.
    """
    out = options.out.resolve()
    checkpoints = out.with_name(f"{out.name}.training")
    check_free(out, options.force)
    if has_checkpoint(checkpoints) and not (options.resume or options.force):
        raise ValueError(f"{checkpoints} holds an interrupted run: add --resume to go on, or --force to begin anew")
    return out, checkpoints


def describe(recipe: Recipe, fitted: Fitted, evaluation: Evaluation, busi: Busi, images: pd.DataFrame) -> dict:
    """What bundle.json says beside its format, classes and checksums."""
    labelled = images.groupby("split")
    return {
        "name": "demystifions-ia",
        "created": datetime.datetime.now(datetime.UTC).date().isoformat(),
        "intended_use": "Teaching how a neural network works and errs. Never for diagnosis.",
        "image": recipe.image.to_dict(),
        "output": "probability of malignant, after dividing the log-odds by the temperature",
        **evaluation.to_dict(),
        "training": {
            "command": command_of(recipe),
            "recipe": asdict(recipe),
            "parameters": fitted.model.count_params(),
            "epochs": len(fitted.history),
            "best_epoch": fitted.best.epoch,
            "minutes": round(sum(row.seconds for row in fitted.history) / 60, 1),
        },
        "data": {
            "name": "BUSI",
            "citation": "W. Al-Dhabyani et al., Data in Brief 28 (2020) 104863, doi:10.1016/j.dib.2019.104863",
            "source": KAGGLE_PAGE,
            "fingerprint": busi.fingerprint,
            "split": "by near-duplicate group, stratified by label; not by patient, whom BUSI does not name",
            "split_seed": recipe.seed,
            **count_twins(busi),
            "skipped": len(busi.skipped),
            "parts": {
                split: {"images": len(rows), **rows["label"].value_counts().sort_index().to_dict()}
                for split, rows in labelled
            },
        },
        "versions": {name: version(name) for name in LIBRARIES},
    }


def count_twins(busi: Busi) -> dict[str, int]:
    """Near-duplicates among the benign and malignant images: images that have one, their groups, and those left out."""
    images = busi.images[busi.images["label"].isin(CLASSES)]
    sizes = images.groupby("group").size()
    return {
        "images_with_twins": int(sizes[sizes > 1].sum()),
        "groups_of_twins": int((sizes > 1).sum()),
        "left_out": int(images["conflict"].sum()),
    }


def command_of(recipe: Recipe) -> str:
    """The command that trains this again, whatever folder BUSI is in."""
    given = {"--seed": recipe.seed, "--epochs": recipe.epochs, "--image-size": recipe.image.size, "--arch": recipe.arch}
    words = ["python", "train.py", *(word for name, value in given.items() for word in (name, str(value)))]
    return shlex.join(words)


def print_data(busi: Busi, images: pd.DataFrame) -> None:
    """Says what was found and how it was split."""
    counts = busi.images["label"].value_counts()
    print(f"BUSI in {busi.folder}: " + ", ".join(f"{count} {label}" for label, count in counts.items()))
    for skipped in busi.skipped:
        print(f"  skipped {skipped.path}: {skipped.why}")
    twins = count_twins(busi)
    print(
        f"  {twins['images_with_twins']} have a near-duplicate, in {twins['groups_of_twins']} groups that stay together"
    )
    print(f"  {twins['left_out']} are left out, because their group carries two labels")
    for split in PARTS:
        labels = images.loc[images["split"] == split, "label"].value_counts()
        print(f"  {split}: {labels.sum()} images, {labels.get(MALIGNANT, 0)} malignant")


def print_report(fitted: Fitted, evaluation: Evaluation, out: Path) -> None:
    """The numbers on the test part, each with n and interval, and the confusion matrix."""
    print(f"\nbest epoch {fitted.best.epoch} of {len(fitted.history)} (validation AUC {fitted.best.val_auc:.3f})")
    print(f"temperature {evaluation.temperature:.3f}, threshold {evaluation.threshold:.3f}, chosen on validation\n")
    print("test part                 value   95 % interval        n")
    for name, number in evaluation.metrics["test"].items():
        print(f"  {name:<22}  {number.value:.3f}   {number.low:.3f} - {number.high:.3f}   {number.n:>4}")
    counts = evaluation.confusions["test"]
    print("\n                   called malignant   called benign")
    print(f"  truly malignant  {counts.true_positives:>16} {counts.false_negatives:>15}")
    print(f"  truly benign     {counts.false_positives:>16} {counts.true_negatives:>15}")
    print(f"\nbundle written to {out}")
    print("This network is for teaching. It is no medical device, and its answers are no diagnosis.")


if __name__ == "__main__":
    sys.exit(main())
