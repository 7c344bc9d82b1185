"""Trains the network and writes a bundle that app.py opens.

    python train.py --data path/to/BUSI --out runs/mine
    python train.py --data simulated --out runs/simulated
    python train.py --data path/to/BUSI --out runs/mine --with-images --push USER/REPO
    python train.py --data path/to/BUSI --also path/to/BrEaST --out runs/both
    python train.py --data path/to/mine --out runs/mine --with-images --data-name "Clinic X" --licence "CC BY 4.0"

The steps, in order: index the images, split them by near-duplicate group, decode them; teach a network to draw, from
simulated images; hold out each fifth of the training and validation images once, from two networks that learn from the
others, and from what these say of it choose calibration and threshold; teach both networks from all of them; score the
test part once, simulated images and those of another hospital apart; write the bundle, print the report; push it to the
Hub if asked to. Other recipes train one network, give it a head start on simulated images, and choose on the validation
part. With --data simulated the network sees no real image while it learns. With --with-images the bundle brings the
test images along: those of BUSI, which are known by their pixels, and of BrEaST, known by its layout, under their
licences; others under the name and licence that you give. An interrupted run goes on with --resume.
"""

import argparse
import os
import sys
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")  # TensorFlow's own chatter would bury the progress

import numpy as np
import pandas as pd

from busi.bundle.card import model_card
from busi.bundle.files import (
    BREAST,
    BREAST_FINAL,
    BUSI,
    EMBEDDED,
    HISTORY_COLUMNS,
    SIMULATED,
    check_free,
    check_sizes,
    open_bundle,
    save_bundle,
)
from busi.bundle.first_pair import names_of_first_pair
from busi.bundle.hub import check_name, push
from busi.bundle.replay import Replay
from busi.data.box import picture
from busi.data.dataset import DataSet, default_cache, image_files, usable
from busi.data.origin import BREAST as ORIGIN_BREAST
from busi.data.origin import PUBLISHED, Origin, own_data
from busi.data.parts import Part, joined, load_part, simulated_part, simulated_table
from busi.data.sets import read_data
from busi.data.several import sets_beside
from busi.data.simulated import draw, held_out_seeds, training_seeds
from busi.data.split import PARTS, TEST, TRAIN, VALIDATION, folds_by_group, split_by_group
from busi.images import ImageContract, read_image
from busi.model.drawing import beside
from busi.model.network import ARCHITECTURES, FROM_SCRATCH, LITE, OURS
from busi.model.out_of_domain import Domain, learn_domain
from busi.system.console import printable_output
from busi.system.home import settle_home
from busi.system.proxies import settle_proxies
from busi.training.checkpoints import (
    DRAWING_STAGE,
    REAL_DRAWING_STAGE,
    SIMULATED_STAGE,
    clear_checkpoints,
    has_checkpoint,
)
from busi.training.cross_fit import Draws, OutOfFold, cross_fit
from busi.training.description import count_twins, describe, of_real, of_simulated
from busi.training.drawing import drawing_settings, learn_drawing, learn_real_outlines, real_settings
from busi.training.elsewhere import another_hospital, held_out_simulated, learned_from_breast
from busi.training.evaluation import Evaluation, evaluate, evaluate_fused
from busi.training.figures import draw_figures
from busi.training.fit import Fitted, fit
from busi.training.impostors import answers_to_impostors
from busi.training.moments import Recorder, recorders, replay_of
from busi.training.pretraining import pretrain, simulated_images
from busi.training.progress import Interruption, Progress
from busi.training.recipe import DEFAULT, RANDOM, RECIPES, SCRATCH, Recipe
from busi.training.workers import workers
from busi.words.classes import MALIGNANT

LOOKED_AT = 300  # simulated images that tell what simulated images look like


@dataclass(frozen=True)
class Material:
    """What a run learns from and is judged by.

    Attributes:
        source: "busi" for real images, of BUSI or other data, or "simulated".
        tables: the rows of "train", "validation" and "test".
        description: what bundle.json says of it.
        origin: whose the real images are; None if there are none.
        also: rows of other sets, of all of which the network learns too; None if there are none.
    """

    source: str
    tables: Mapping[str, pd.DataFrame]
    description: Mapping[str, Any]
    origin: Origin | None = None
    also: pd.DataFrame | None = None


@dataclass(frozen=True)
class Stages:
    """What learning gave.

    Attributes:
        last: the stage whose network goes into the bundle.
        head_start: the stage on simulated images that came before, if one did.
        out_of_fold: what networks said of the pool that did not learn from it, where the recipe has folds.
    """

    last: Fitted
    head_start: Fitted | None = None
    out_of_fold: OutOfFold | None = None


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs the training; returns 0, or 2 after one line that says what is wrong, or 130 when interrupted."""
    printable_output()
    options = parse(arguments)
    settle_home()
    settle_proxies()
    try:
        if options.push:
            check_name(options.push)
        run(options)
        shared = workers()
        if options.push and not (shared and shared.index):
            push(options.out, options.push)
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
    data, usual, drawn = os.environ.get("BUSI_DATA_DIR", "kaggle"), RECIPES[DEFAULT], RECIPES[SCRATCH]
    epochs = f"{usual['epochs']}; {drawn['pretrain_epochs']} if simulated"
    add = parser.add_argument
    add("--data", default=data, metavar="DIR|kaggle|simulated", help="what to learn from (default: %(default)s)")
    add(
        "--also",
        action="append",
        default=[],
        metavar="DIR",
        help="a further set to learn from; validation, test and every number stay those of --data",
    )
    add("--out", type=Path, default=Path("runs/bundle"), metavar="DIR", help="where the bundle goes")
    add("--epochs", type=int, metavar="N", help=f"at most (default: {epochs})")
    add(
        "--pretrain",
        type=int,
        metavar="N",
        help=f"simulated images to start on (default: none; {drawn['pretrain']} if simulated)",
    )
    add("--seed", type=int, default=0, metavar="N", help="of the split and of the training")
    add("--image-size", type=int, metavar="N", help=f"default: {usual['image'].size}")
    add(
        "--recipe",
        choices=RECIPES,
        help=f"{DEFAULT}: begins with what photographs taught, and the outline that another network draws counts too; "
        "scratch: begins with simulated images; steady: the same with a rate that stays; short: shallower, faster; "
        "quick: one network, in a few minutes; plain: no simulated images, no outlines",
    )
    add("--arch", choices=ARCHITECTURES, help="default: that of the recipe")
    add("--with-images", action="store_true", help="put the test images, with their licence, into the bundle")
    add(
        "--data-name",
        metavar="NAME",
        help="what data are called that are neither BUSI nor BrEaST, on the page and in the card",
    )
    add(
        "--licence",
        "--license",
        metavar="LICENCE",
        help="under which they may be passed on; asked for by --with-images",
    )
    add("--citation", metavar="TEXT", help="how they are to be cited")
    add("--push", metavar="USER/REPO", help="upload the bundle to the Hugging Face Hub when it is written")
    add("--resume", action="store_true", help="go on with an interrupted run")
    add("--force", action="store_true", help="replace the bundle, or an interrupted run, that is there")
    return parser.parse_args(arguments)


def run(options: argparse.Namespace) -> None:
    """The steps from the images to the bundle."""
    take_own_folder(options)
    recipe = recipe_of(options)
    out, checkpoints = output_folders(options)
    material = simulated_material(recipe) if options.data == SIMULATED else real_material(options, recipe.seed)
    images = packed_images(material) if options.with_images else None
    held_out = {split: decode(material, split, recipe) for split in (VALIDATION, TEST)}
    simulated = draw_simulated(recipe) if recipe.pretrain else None
    if not options.resume:
        clear_checkpoints(checkpoints)

    stages = learn(recipe, material, held_out[VALIDATION], simulated, checkpoints)
    evaluation = judge(recipe, material, held_out, stages)
    replay = told_by_moments(recipe, stages, evaluation, checkpoints)
    write_bundle(out, recipe, material, stages, evaluation, images, options.force, replay)
    clear_checkpoints(checkpoints)
    print_report(stages.last, evaluation, options.out)


def take_own_folder(options: argparse.Namespace) -> None:
    """Of machines that train together, gives each but the first a folder of its own: two may see the same disk.

    Asks for the machines before TensorFlow has computed anything, as it wants.
    """
    if shared := workers():
        print(f"machine {shared.index} of {shared.count} that train together", flush=True)
        if shared.index:
            out = options.out.resolve()
            options.out = out.with_name(f"{out.name}.worker-{shared.index}")


def recipe_of(options: argparse.Namespace) -> Recipe:
    """How the network shall be trained.

    Raises:
        ValueError: if a setting is out of range, or there is nothing to learn from.
    """
    name = options.recipe or (SCRATCH if options.data == SIMULATED else DEFAULT)
    given = {
        "pretrain_epochs" if options.data == SIMULATED else "epochs": options.epochs,
        "image": options.image_size and ImageContract(size=options.image_size),
        "pretrain": options.pretrain,
        "arch": options.arch,
        "weights": RANDOM if options.arch not in (None, LITE) else None,
    }
    settings = {"name": name, "seed": options.seed, **RECIPES[name]}
    settings |= {name: value for name, value in given.items() if value is not None}
    recipe = Recipe(**settings)
    if recipe.arch not in OURS:
        recipe = replace(recipe, outline=0.0)
    if recipe.arch not in FROM_SCRATCH:
        recipe = replace(recipe, finer=False)
    if options.data == SIMULATED:
        recipe = replace(recipe, folds=0, drawn=0)
    if options.data == SIMULATED and recipe.pretrain == 0:
        raise ValueError("--data simulated needs --pretrain to be 20 images or more, got 0")
    if options.data == SIMULATED and (options.data_name or options.licence or options.citation):
        raise ValueError("--data-name, --licence and --citation are for real images, not for --data simulated")
    if options.data == SIMULATED and options.also:
        raise ValueError("--also adds real images to real ones, and --data simulated learns from none")
    if options.data == SIMULATED and options.with_images:
        raise ValueError(
            "--with-images has nothing to add to --data simulated: the seeds in the bundle draw its images"
        )
    if recipe.folds and workers():
        raise ValueError(
            f"the recipe {recipe.name} trains on one machine, since its folds are not shared out: take another"
        )
    if 0 < recipe.pretrain < 20:
        raise ValueError(
            f"--pretrain must be 0, or 20 images or more, so that both classes are there, got {recipe.pretrain}"
        )
    return recipe


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


def real_material(options: argparse.Namespace, seed: int) -> Material:
    """Real images, split by near-duplicate group.

    Raises:
        ValueError: if they cannot be used.
    """
    data = read_data(options.data)
    origin = origin_for(data, options)
    images = usable(data.images)
    print_data(data, origin)
    images["split"] = split_by_group(images, seed)
    print_split(data, images)
    also = sets_beside(data, [read_data(folder) for folder in options.also])
    for one in also:
        print(f"  also learned from: {len(one.images)} images of {one.origin.name} ({one.left_out} others are not new)")
    tables = {split: images[images["split"] == split] for split in PARTS}
    told = {**of_real(data, images, seed, origin), **({"also": [one.to_dict() for one in also]} if also else {})}
    return Material(BUSI, tables, told, origin, pd.concat([one.images for one in also]) if also else None)


def packed_images(material: Material) -> Mapping[str, bytes]:
    """The test images as they go along with the bundle; before training, so that no hour is lost if they cannot."""
    if material.origin is None:
        raise ValueError("only real images are packed: the seeds in the bundle draw simulated ones")
    images = image_files(material.tables[TEST], material.origin)
    check_sizes(images)
    return images


def origin_for(data: DataSet, options: argparse.Namespace) -> Origin:
    """Whose the images are: of a published data set, which is recognised, or whoever's the command line says.

    Raises:
        ValueError: if a published data set is given another name or licence.
    """
    own = own_data(options.data_name, options.licence, options.citation)
    if data.origin is None:
        return own
    if options.data_name or options.licence or options.citation:
        raise ValueError(
            f"{data.folder} holds images of {data.origin.name}, whose name, licence and citation are known: leave out"
            " --data-name, --licence and --citation"
        )
    return data.origin


def simulated_material(recipe: Recipe) -> Material:
    """Simulated images, and no real one."""
    seeds = {
        TRAIN: training_seeds(recipe.seed, recipe.pretrain),
        VALIDATION: held_out_seeds(VALIDATION),
        TEST: held_out_seeds(TEST),
    }
    tables = {split: simulated_table(some) for split, some in seeds.items()}
    return Material(SIMULATED, tables, of_simulated(tables))


def decode(material: Material, split: str, recipe: Recipe) -> Part:
    """The images of a part, as the network sees them."""
    if material.source == SIMULATED:
        return simulated_part(held_out_seeds(split), recipe.image, default_cache())
    if split != TRAIN:
        return load_part(material.tables[split], recipe.image)
    table = pd.concat([material.tables[TRAIN], *([] if material.also is None else [material.also])])
    return load_part(table, recipe.image, with_outlines=recipe.outline > 0)


def domain_of(material: Material, recipe: Recipe) -> Domain:
    """What the images look like that are learned from, real and simulated; validation images set the limit."""
    seeds = training_seeds(recipe.seed, min(recipe.pretrain, LOOKED_AT)) if recipe.pretrain else ()
    simulated = [draw(seed).image for seed in seeds]
    if material.source == SIMULATED:
        return learn_domain([simulated], [draw(seed).image for seed in held_out_seeds(VALIDATION)])
    real, chosen_by = ([read_image(path) for path in material.tables[part]["path"]] for part in (TRAIN, VALIDATION))
    others = [] if material.also is None else [[read_image(path) for path in material.also["path"]]]
    return learn_domain([real, *others, *([simulated] if simulated else [])], chosen_by)


def draw_simulated(recipe: Recipe) -> Part:
    """The simulated images to learn from; the first time they are drawn, which takes a minute or two."""
    print(f"\ndrawing {recipe.pretrain} simulated images, or taking them from {default_cache()}", flush=True)
    return simulated_images(recipe, default_cache())


def learn(recipe: Recipe, material: Material, validation: Part, simulated: Part | None, checkpoints: Path) -> Stages:
    """Both stages: on simulated images, if there are some, then on the real ones, if there are some."""
    with Interruption() as interruption:
        of_simulated_stage, of_real_stage = recorders(recipe, checkpoints)
        head_start = (
            learn_simulated(recipe, simulated, checkpoints, interruption, of_simulated_stage) if simulated else None
        )
        if head_start and material.source == SIMULATED:
            return Stages(head_start)
        if recipe.folds:
            return learn_in_folds(recipe, material, head_start, checkpoints, interruption, of_real_stage)
        train, rehearsal = decode(material, TRAIN, recipe), simulated if recipe.rehearsal else None
        return Stages(
            learn_real(recipe, train, validation, head_start, rehearsal, checkpoints, interruption, of_real_stage),
            head_start,
        )


def learn_simulated(
    recipe: Recipe, simulated: Part, checkpoints: Path, interruption: Interruption, record: Recorder
) -> Fitted:
    """The head start, with its progress shown."""
    print(f"\n{recipe.pretrain} simulated images, {recipe.pretrain_epochs} epochs, no real image yet", flush=True)
    with Progress(recipe.pretrain_epochs) as progress:
        watching = {"on_epoch": progress.on_epoch, "callbacks": [progress, interruption], "record": record}
        return pretrain(recipe, simulated, checkpoints / SIMULATED_STAGE, default_cache(), **watching)


def learn_real(
    recipe: Recipe,
    train: Part,
    validation: Part,
    head_start: Fitted | None,
    rehearsal: Part | None,
    checkpoints: Path,
    interruption: Interruption,
    record: Recorder,
) -> Fitted:
    """The training on real images, with its progress shown."""
    print(f"\n{len(train.images)} real images, at most {recipe.epochs} epochs", flush=True)
    start = head_start.whole if head_start else None
    with Progress(recipe.epochs) as progress:
        watching = {"on_epoch": progress.on_epoch, "callbacks": [progress, interruption], "record": record}
        return fit(recipe, train, validation, checkpoints, start=start, rehearsal=rehearsal, **watching)


def learn_in_folds(
    recipe: Recipe,
    material: Material,
    head_start: Fitted | None,
    checkpoints: Path,
    interruption: Interruption,
    record: Recorder,
) -> Stages:
    """Two networks for each fold of training and validation images together, then those that learn from all of them.

    Before that, the one that draws learns from simulated images.
    """
    table, start = pool_of(material), head_start.whole if head_start else None
    pool, folds = load_part(table, recipe.image, with_outlines=True), deal(table, recipe)
    also = None if material.also is None else load_part(material.also, recipe.image, with_outlines=True)
    draws = learn_to_draw(recipe, checkpoints, interruption)
    print(f"\n{len(table)} real images in {recipe.folds} folds, {recipe.epochs} epochs each", flush=True)
    with Progress(recipe.epochs) as progress:
        watching = {"on_fold": tell_fold, "on_epoch": progress.on_epoch, "callbacks": [progress, interruption]}
        out_of_fold = cross_fit(recipe, draws, pool, folds, checkpoints, start, also, **watching)
    everything = joined(pool, also) if also else pool
    print(f"\nall {len(everything.images)} of them, {recipe.epochs} epochs", flush=True)
    with Progress(recipe.epochs) as progress:
        watching = {"on_epoch": progress.on_epoch, "callbacks": [progress, interruption], "record": record}
        shown = draws.rehearsal if recipe.rehearsal else None
        fitted = fit(recipe, everything, None, checkpoints, start=start, rehearsal=shown, curve=False, **watching)
    print(f"\ntheir outlines, {draws.settings.epochs} epochs", flush=True)
    stage = checkpoints / REAL_DRAWING_STAGE
    drawing = learn_real_outlines(
        draws.settings, draws.start, everything, draws.rehearsal, stage, tell_drawing, [interruption]
    )
    curves = out_of_fold.history()  # of images that were held out: the last network has none
    last = replace(fitted, model=beside(fitted.model, drawing), history=curves, best=curves[-1])
    return Stages(last, head_start, out_of_fold)


def learn_to_draw(recipe: Recipe, checkpoints: Path, interruption: Interruption) -> Draws:
    """The network that draws, after simulated images, with its progress told, and how it goes on."""
    print(f"\noutlines of {recipe.drawn} simulated images, {recipe.drawn_epochs} epochs", flush=True)
    simulated = simulated_part(training_seeds(recipe.seed, recipe.drawn), recipe.image, default_cache())
    drawing = learn_drawing(
        drawing_settings(recipe), simulated, checkpoints / DRAWING_STAGE, tell_drawing, [interruption]
    )
    return Draws(real_settings(recipe), drawing, simulated)


def tell_drawing(number: int, loss: float, seconds: float) -> None:
    """Prints an epoch's line."""
    print(f"epoch {number:>3}   loss {loss:.3f}   {seconds:.0f} s", flush=True)


def tell_fold(number: int, count: int) -> None:
    """Says which fold's turn it is, counted from 1."""
    print(f"fold {number} of {count}", flush=True)


def pool_of(material: Material) -> pd.DataFrame:
    """The rows of the training and of the validation part, one after the other."""
    return pd.concat([material.tables[TRAIN], material.tables[VALIDATION]])


def deal(table: pd.DataFrame, recipe: Recipe) -> np.ndarray:
    """The fold of each image, an int array (N,); near-duplicates stay together, classes are shared out evenly."""
    return folds_by_group(table, recipe.folds, recipe.seed).to_numpy()


def judge(recipe: Recipe, material: Material, held_out: Mapping[str, Part], stages: Stages) -> Evaluation:
    """Calibration and threshold from validation, then every number; each kind of images apart."""
    fitted = stages.last
    elsewhere = {} if material.source == SIMULATED else {SIMULATED: held_out_simulated(recipe.image)}
    if not learned_from_breast(material.description):
        elsewhere[BREAST] = another_hospital(recipe.image)
    if stages.out_of_fold is None:
        return evaluate(fitted.model, held_out, material.tables, material.source, elsewhere, recipe.mirrored)
    tables = {VALIDATION: pool_of(material), TEST: material.tables[TEST]}
    parts = {VALIDATION: load_part(tables[VALIDATION], recipe.image), TEST: held_out[TEST]}
    fusion, cross_fitted = stages.out_of_fold.fusion(), stages.out_of_fold.probabilities()
    others = (parts, tables, material.source, elsewhere, recipe.mirrored)
    return evaluate_fused(fitted.model, fusion, cross_fitted, *others)


def told_by_moments(recipe: Recipe, stages: Stages, evaluation: Evaluation, checkpoints: Path) -> Replay | None:
    """How the network learned, told by the pictures that a visitor meets first: of its own page, and of the workshop's.

    None for a network that was not asked on BrEaST, whose they are.
    """
    if BREAST not in evaluation.metrics:
        return None
    pairs = (names_of_first_pair(table) or () for table in (evaluation.predictions, open_bundle(EMBEDDED).predictions))
    pictures = {name: picture(name) for pair in pairs for name in pair}
    return replay_of(checkpoints, recipe, stages.last, stages.head_start, evaluation, pictures)


def write_bundle(
    out: Path,
    recipe: Recipe,
    material: Material,
    stages: Stages,
    evaluation: Evaluation,
    images: Mapping[str, bytes] | None,
    force: bool,
    replay: Replay | None = None,
) -> None:
    """Everything that a bundle holds, whole or not at all."""
    fitted = stages.last
    domain = domain_of(material, recipe)
    info = describe(recipe, fitted, evaluation, material.description, stages.head_start, domain)
    info["impostors"] = answers_to_impostors(fitted.model, recipe.image, evaluation.scoring, recipe.mirrored)
    history = pd.DataFrame([asdict(row) for row in fitted.history], columns=list(HISTORY_COLUMNS))
    figures = draw_figures(info, history, evaluation.predictions)
    card = model_card(info, figures)
    save_bundle(out, fitted.model, info, history, evaluation.predictions, card, force, images, figures, replay)


def print_data(data: DataSet, origin: Origin) -> None:
    """Says what was found: images and outlines of each class, and every file that is neither, and why."""
    counts = data.images["label"].value_counts()
    outlined = data.images.loc[data.images["mask_paths"].map(len) > 0, "label"].value_counts()
    found = (f"{count} {label} ({outlined.get(label, 0)} with an outline)" for label, count in counts.items())
    print(f"{origin.name} in {data.folder}: {', '.join(found)}")
    if origin not in PUBLISHED:
        print(f"  not BUSI: {data.images['in_busi'].sum()} of the {len(data.images)} images are of that data set")
    for skipped in data.skipped:
        print(f"  skipped {skipped.path}: {skipped.why}")
    if data.junk:
        print(f"  passed over {data.junk} files that systems leave behind, such as Thumbs.db")
    if data.not_read:
        print(f"  not read, beside the class folders: {', '.join(data.not_read)}")


def print_split(data: DataSet, images: pd.DataFrame) -> None:
    """Says how the images were split."""
    twins = count_twins(data)
    print(
        f"  {twins['images_with_twins']} have a near-duplicate, in {twins['groups_of_twins']} groups that stay together"
    )
    print(f"  {twins['left_out']} are left out, because their group carries two labels")
    for split in PARTS:
        labels = images.loc[images["split"] == split, "label"].value_counts()
        print(f"  {split}: {labels.sum()} images, {labels.get(MALIGNANT, 0)} malignant")


def print_report(fitted: Fitted, evaluation: Evaluation, out: Path) -> None:
    """The numbers on the test part, each with n and interval, and the confusion matrix; other images apart."""
    print(f"\nbest epoch {fitted.best.epoch} of {len(fitted.history)} (validation AUC {fitted.best.val_auc:.3f})")
    print(f"temperature {evaluation.temperature:.3f}, threshold {evaluation.threshold:.3f}, chosen on validation\n")
    print("test part                 value   95 % interval        n")
    for name, number in evaluation.metrics["test"].items():
        print(f"  {name:<22}  {number.value:.3f}   {number.low:.3f} - {number.high:.3f}   {number.n:>4}")
    counts = evaluation.confusions["test"]
    print("\n                   called malignant   called benign")
    print(f"  truly malignant  {counts.true_positives:>16} {counts.false_negatives:>15}")
    print(f"  truly benign     {counts.false_positives:>16} {counts.true_negatives:>15}")
    if SIMULATED in evaluation.metrics:
        auc = evaluation.metrics[SIMULATED]["auc"]
        print(f"\nheld-out simulated images: auc {auc.value:.3f} [{auc.low:.3f} - {auc.high:.3f}], n = {auc.n}")
    if BREAST in evaluation.metrics:
        print(f"\nanother hospital ({ORIGIN_BREAST.name}), at the same threshold")
        for part in (one for one in (BREAST_FINAL, BREAST) if one in evaluation.metrics):
            print("  the half that judged no trial" if part == BREAST_FINAL else "  all lesions")
            for name in ("auc", "sensitivity", "specificity", "calibration_error"):
                number = evaluation.metrics[part][name]
                print(f"  {name:<22}  {number.value:.3f}   {number.low:.3f} - {number.high:.3f}   {number.n:>4}")
    print(f"\nbundle written to {out}")
    print("This network is for teaching. It is no medical device, and its answers are no diagnosis.")


if __name__ == "__main__":
    sys.exit(main())
