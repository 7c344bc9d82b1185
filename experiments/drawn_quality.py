"""What a recipe is worth whose networks look and draw: the trials of `experiments.quality` for it, and their scores.

A trial of five folds trains both networks on the other four and asks them about the fold: log-odds for the whole image,
and the measures of what was drawn. When a seed has all its folds, each is calibrated, its shape model fitted and its
threshold chosen on the other four, so that no choice was made on the image that it judges. (The networks of those four
had learned from the fold's images, as in every cross-fit; what they said of their own fold is all that is used.) On
BreastMNIST's split, which has no folds, training and validation images together are cross-fitted, as train.py does, and
both networks that learned from all of these answer the test images.

Every network of a fold is asked about the half "choice" of BrEaST too.
"""

from collections.abc import Mapping
from pathlib import Path

import keras
import numpy as np
import pandas as pd

from busi.data.box import CHOICE
from busi.data.dataset import default_cache
from busi.data.parts import Part, load_part, simulated_part
from busi.data.simulated import training_seeds
from busi.data.split import folds_by_group
from busi.model.fusion import cross_fitted_outlines, fit_fusion
from busi.model.metrics import choose_threshold, fit_calibration, log_odds
from busi.model.scoring import shapes_of
from busi.model.shape import FEATURES, LESION_FROM, Shape
from busi.system.whole_files import whole_file
from busi.training.checkpoints import DRAWING_STAGE, clear_checkpoints
from busi.training.cross_fit import Draws, OutOfFold, cross_fit
from busi.training.drawing import drawing_settings, learn_drawing, learn_real_outlines, maps_of, real_settings
from busi.training.evaluation import TARGET_SENSITIVITY
from busi.training.fit import fit, predict_part
from busi.training.recipe import Recipe
from experiments.finished import save_network
from experiments.hospitals import breast_half, breast_part
from experiments.overlap import dice, inside_of
from experiments.protocols import OFFICIAL, Trial

WHOLE, OUTLINE, BOTH = LOOKS = ("whole", "outline", "both")
AWAY = "away"  # begins the names of the tables of answers to BrEaST's half "choice"


def drawing_stage(recipe: Recipe, out: Path) -> None:
    """Trains a seed's network that draws on simulated images, unless that is done.

    Args:
        recipe: with the seed.
        out: folder of the trials.
    """
    path = _stage_path(out, recipe.seed)
    if path.is_file():
        return
    print(f"seed {recipe.seed}: outlines of {recipe.drawn} simulated images", flush=True)
    folder = out / f"{DRAWING_STAGE}-{recipe.seed}"
    save_network(learn_drawing(drawing_settings(recipe), _simulated(recipe), folder, _tell), path)
    clear_checkpoints(folder)


def run_trial(trial: Trial, recipe: Recipe, out: Path, stages: Path | None = None) -> pd.DataFrame:
    """Trains both networks of a trial, and asks them.

    Args:
        trial: what is learned from what; its validation part is learned from too.
        recipe: how, with the seed.
        out: folder of the tables, and of checkpoints.
        stages: folder of the networks that draw; `out` if it is not given.

    Returns:
        A row for each image that is judged: image_id, group, fold, seed, malignant, "whole", log-odds for the whole
        image, `FEATURES`, empty where nothing was drawn, and "dice", how far the drawn outline covers the expert's,
        empty where there is none. On BreastMNIST's split also those of the images that were
        learned from, each by networks that had not, whose "inner" fold is 0 or more; it is -1 for the judges.
    """
    table = pd.concat([trial.learn, trial.validation]).sort_index()
    pool, draws, others = _pool(table, recipe), _draws(recipe, stages or out), []
    if trial.protocol == OFFICIAL:
        inner = folds_by_group(table.assign(label=pool.labels), recipe.folds, recipe.seed).to_numpy()
        said = cross_fit(recipe, draws, pool, inner, out / trial.name)
        others = [_rows(trial, table, pool, said.whole, said.shapes).assign(inner=inner)]
    networks = learned(recipe, draws, pool, out / trial.name)
    answers = asked(trial, trial.judge, load_part(trial.judge, recipe.image, with_outlines=True), networks, recipe)
    if trial.protocol == OFFICIAL:
        return pd.concat([answers.assign(inner=-1), *others])
    away = breast_half(CHOICE)
    write_rows(asked(trial, away, breast_part(away, recipe.image), networks, recipe), out / f"{AWAY}-{trial.name}.csv")
    return answers


def learned_from_all(table: pd.DataFrame, recipe: Recipe, runs: Path) -> tuple[keras.Model, keras.Model]:
    """The network that looks and the one that draws, after all of some images.

    Args:
        table: rows of BUSI's index.
        recipe: how, with the seed.
        runs: folder of the networks that draw, and of checkpoints.
    """
    return learned(recipe, _draws(recipe, runs), _pool(table, recipe), runs / f"all-{recipe.seed}")


def learned(recipe: Recipe, draws: Draws, pool: Part, checkpoints: Path) -> tuple[keras.Model, keras.Model]:
    """The network that looks and the one that draws, after all images of a part.

    Args:
        recipe: how, with the seed.
        draws: how the second goes on.
        pool: the images, with outlines.
        checkpoints: folder of both trainings.
    """
    shown = draws.rehearsal if recipe.rehearsal else None
    looking = fit(recipe, pool, None, checkpoints, rehearsal=shown, curve=False).model
    stage = checkpoints / DRAWING_STAGE
    return looking, learn_real_outlines(draws.settings, draws.start, pool, draws.rehearsal, stage)


def asked(
    trial: Trial, table: pd.DataFrame, part: Part, networks: tuple[keras.Model, keras.Model], recipe: Recipe
) -> pd.DataFrame:
    """What both networks say of some images, as rows of `run_trial`.

    Args:
        trial: whose fold and seed stand in the rows.
        table: the images' image_id and group.
        part: the images, with proportions and outlines.
        networks: that looks, and that draws.
        recipe: of the first.

    Raises:
        ValueError: if the part has no proportions or no outlines.
    """
    looking, drawing = networks
    if part.proportions is None:
        raise ValueError("reading a shape needs the images' proportions, and the part has none")
    whole, maps = log_odds(predict_part(looking, part, recipe.mirrored)), maps_of(drawing, part.images)
    rows = _rows(trial, table, part, whole, shapes_of(maps, part.images, part.proportions))
    return rows.assign(dice=_overlaps(part, maps))


def write_rows(rows: pd.DataFrame, path: Path) -> None:
    """Leaves a table, whole or not at all, with numbers short enough to be kept.

    Args:
        rows: from `run_trial`.
        path: of the file.
    """
    with whole_file(path) as partial:
        rows.round(5).to_csv(partial, index=False)


def scored(rows: pd.DataFrame) -> Mapping[str, pd.DataFrame]:
    """The calibrated answers of one seed, by each look alone and by both.

    Args:
        rows: of all its trials of a protocol.

    Returns:
        For each of `LOOKS` the rows of the judges, with probability, threshold and called, as `scores.summary` takes
        them.
    """
    if "inner" in rows:
        judges, choosers = rows[rows["inner"] < 0], rows[rows["inner"] >= 0]
        told = _by_others(judges, choosers.assign(fold=choosers["inner"]))
        return {look: _filled(judges, told[look]) for look in LOOKS}
    folds = {fold: _by_others(here, rows[rows["fold"] != fold]) for fold, here in rows.groupby("fold")}
    return {look: pd.concat(_filled(here, folds[fold][look]) for fold, here in rows.groupby("fold")) for look in LOOKS}


def answers_away(away: pd.DataFrame, home: pd.DataFrame) -> Mapping[str, pd.DataFrame]:
    """The calibrated answers in the other hospital; the networks of each fold count as a seed of their own.

    Args:
        away: of the tables that begin with `AWAY`.
        home: what the same networks said at home, which fits, calibrates and chooses the threshold.

    Returns:
        As `scored`.
    """
    found: dict[str, list[pd.DataFrame]] = {look: [] for look in LOOKS}
    for number, ((seed, _), rows) in enumerate(away.groupby(["seed", "fold"])):
        told = _by_others(rows, home[home["seed"] == seed])
        for look in LOOKS:
            found[look].append(_filled(rows.assign(fold=0, seed=number), told[look]))
    return {look: pd.concat(tables) for look, tables in found.items()}


def _by_others(rows: pd.DataFrame, others: pd.DataFrame) -> dict[str, tuple[np.ndarray, float]]:
    """Scores by each look, and the threshold, where all that is fitted and chosen is fitted on other rows."""
    shapes, theirs = _shapes(rows), _shapes(others)
    malignant, folds = others["malignant"].to_numpy(), others["fold"].to_numpy()
    said = OutOfFold(others["whole"].to_numpy(), theirs, folds, malignant, ())
    fusion = fit_fusion(said.whole, theirs, malignant, folds)
    outline = np.array([fusion.shape_model.log_odds(shape) for shape in shapes])
    whole = rows["whole"].to_numpy()
    both = np.array([fusion.log_odds(*each) for each in zip(whole, shapes, strict=True)])
    found = {
        WHOLE: _calibrated(whole, said.whole, malignant),
        OUTLINE: _calibrated(outline, cross_fitted_outlines(theirs, malignant, folds), malignant),
        BOTH: (_probability(both), said.probabilities()),
    }
    return {
        look: (probability, choose_threshold(malignant, chosen_by, TARGET_SENSITIVITY))
        for look, (probability, chosen_by) in found.items()
    }


def _calibrated(odds: np.ndarray, others: np.ndarray, malignant: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    temperature, shift = fit_calibration(malignant, _probability(others))
    return _probability((odds + shift) / temperature), _probability((others + shift) / temperature)


def _filled(rows: pd.DataFrame, told: tuple[np.ndarray, float]) -> pd.DataFrame:
    probability, threshold = told
    columns = ["image_id", "group", "fold", "seed", "malignant"]
    return rows[columns].assign(
        probability=probability.round(6), called=probability >= threshold, threshold=round(float(threshold), 6)
    )


def _rows(
    trial: Trial, table: pd.DataFrame, part: Part, whole: np.ndarray, shapes: tuple[Shape | None, ...]
) -> pd.DataFrame:
    nothing = np.full(len(FEATURES), np.nan)
    measured = np.array([nothing if shape is None else shape.vector() for shape in shapes])
    names = table[["image_id", "group"]].reset_index(drop=True)
    told = names.assign(fold=trial.fold, seed=trial.seed, malignant=part.labels, whole=whole)
    return pd.concat([told, pd.DataFrame(measured, columns=list(FEATURES))], axis=1)


def _overlaps(part: Part, maps: np.ndarray) -> np.ndarray:
    inside = inside_of(part)
    outlined, found = inside.any(axis=(1, 2)), np.full(len(inside), np.nan)
    found[outlined] = dice(inside[outlined], maps[outlined] >= LESION_FROM)
    return found


def _shapes(rows: pd.DataFrame) -> tuple[Shape | None, ...]:
    measured = rows[list(FEATURES)].to_numpy()
    return tuple(None if np.isnan(row).any() else Shape(*row.tolist()) for row in measured)


def _probability(odds: np.ndarray) -> np.ndarray:
    return 1 / (1 + np.exp(-odds))


def _tell(number: int, loss: float, seconds: float) -> None:
    print(f"  epoch {number}: loss {loss:.3f}, {seconds:.0f} s", flush=True)


def _pool(table: pd.DataFrame, recipe: Recipe) -> Part:
    return load_part(table, recipe.image, with_outlines=True)


def _draws(recipe: Recipe, stages: Path) -> Draws:
    drawing = keras.models.load_model(_stage_path(stages, recipe.seed), compile=False)
    return Draws(real_settings(recipe), drawing, _simulated(recipe))


def _simulated(recipe: Recipe) -> Part:
    return simulated_part(training_seeds(recipe.seed, recipe.drawn), recipe.image, default_cache())


def _stage_path(out: Path, seed: int) -> Path:
    return out / f"{DRAWING_STAGE}-{seed}.keras"
