"""The bundle: the folder that training leaves and the app opens.

    model.keras       architecture and weights, no custom code
    bundle.json       format, classes, the way of an image, threshold, temperature, training, data, metrics, checksums
    history.csv       one row per epoch
    predictions.csv   one row per held-out image
    README.md         the model card
    images.zip        the test images themselves, where whoever trained chose to add them; mostly absent
    replay.json       what the network answered while it was learning (`replay.py`); older bundles lack it
    figures/          drawings of the results in both languages, which the card shows; older bundles lack them

A bundle is written under a temporary name and renamed into place, so it is whole or absent. Opening checks
everything that can be checked without TensorFlow, so that a page can be built from a bundle before it is loaded;
`load_network` then reads the weights. Damage is told, never guessed around.
"""

import hashlib
import io
import json
import os
import zipfile
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from busi.bundle.archives import check_archive
from busi.bundle.replay import LARGEST_REPLAY, REPLAY, Replay, read_replay
from busi.bundle.schema import check_history, check_info, check_predictions
from busi.data.origin import BREAST as ORIGIN_BREAST
from busi.data.origin import BUSI as ORIGIN_BUSI
from busi.data.origin import Origin, learned_from, origin_of
from busi.images import ImageContract
from busi.model.fusion import LateFusion
from busi.model.metrics import Confusion, Estimate
from busi.model.out_of_domain import Domain
from busi.model.scoring import Scoring
from busi.system.places import folder_of
from busi.system.ranges import brief, check_number
from busi.system.whole_files import whole_folder
from busi.words.classes import CLASSES
from busi.words.text import LANGUAGES

if TYPE_CHECKING:
    import keras

FORMAT_VERSION = 1
MODEL, INFO, HISTORY, PREDICTIONS, CARD = "model.keras", "bundle.json", "history.csv", "predictions.csv", "README.md"
CHECKED = (MODEL, HISTORY, PREDICTIONS)
FILES = (MODEL, INFO, HISTORY, PREDICTIONS, CARD)
IMAGES = "images.zip"
OPTIONAL = (IMAGES, REPLAY)  # with checksums too, where a bundle has them
LARGEST_IMAGE = 8_000_000  # bytes of one file in it
# Drawn by training/figures.py and shown by the card; no checksum, because a card without them is still a card.
FIGURES = ("curves", "roc", "calibration", "confusion", "errors")
# What files of a bundle may have, in bytes: many times what ours have, and little enough to be read by any machine.
MEGABYTE = 1_000_000
LARGEST = {MODEL: 100 * MEGABYTE, INFO: MEGABYTE, HISTORY: 5 * MEGABYTE, PREDICTIONS: 20 * MEGABYTE, CARD: MEGABYTE}
LARGEST_IMAGES = 150 * MEGABYTE
# Keras writes three files into a model and packs none of them; ours unpack to 6 MB.
MOST_PARTS, LARGEST_MODEL = 20, 200 * MEGABYTE
LARGEST_FIGURE = MEGABYTE
MOST_IMAGES = 10_000  # files in the archive of test images
EMBEDDED = folder_of("busi.bundle") / "default_bundle"

_PNG = b"\x89PNG\r\n\x1a\n"

HISTORY_COLUMNS = (
    "epoch",
    "loss",
    "accuracy",
    "auc",
    "val_loss",
    "val_accuracy",
    "val_auc",
    "learning_rate",
    "seconds",
)
PREDICTION_COLUMNS = (
    "image_id",
    "source",
    "split",
    "label",
    "probability",
    "blur",
    "contrast",
    "brightness",
    "group",
)
# What the column source may hold. "busi" means a real image of the data that the network learned from, whatever these
# are: `Bundle.origin` says which. "breast" means one of BrEaST, from another hospital, on which nothing was learned.
BUSI, BREAST, SIMULATED = "busi", "breast", "simulated"
BREAST_FINAL = "breast_final"  # among the metrics: that half of BrEaST which judged no trial
OWN = "own"
# What bundle.json calls the fingerprint of the simulator that drew the held-out simulated images of predictions.csv. By
# which simulator the network learned, training.pretraining.simulator says.
HELD_OUT_SIMULATOR = "held_out_simulator"
METRICS = ("loss", "accuracy", "auc", "sensitivity", "specificity", "calibration_error")


def figure_file(name: str, language: str) -> str:
    """Where in a bundle the figure of this name is, with the words of this language."""
    return f"figures/{name}.{language}.png"


FIGURE_FILES = tuple(figure_file(name, language) for name in FIGURES for language in LANGUAGES)


class BundleError(ValueError):
    """A bundle cannot be opened or written; the message names the file and what was expected."""


@dataclass(frozen=True)
class Bundle:
    """An opened bundle, its weights not yet read.

    Attributes:
        folder: where it is.
        info: bundle.json as a dictionary.
        image: the way of an image.
        threshold: called malignant from this calibrated probability on.
        temperature: what the network's log-odds are divided by.
        history: one row per epoch, columns `HISTORY_COLUMNS`.
        predictions: one row per held-out image, columns `PREDICTION_COLUMNS`; probability is calibrated.
        images: the archive of its test images; None if it has none at hand.
        replay: how it learned, moment by moment; None if it has none at hand.
    """

    folder: Path
    info: Mapping[str, Any]
    image: ImageContract
    threshold: float
    temperature: float
    history: pd.DataFrame
    predictions: pd.DataFrame
    images: Path | None = None
    replay: Replay | None = None

    @property
    def population(self) -> str:
        """Which images the network was trained and calibrated on: "busi" (real ones, see `origin`) or "simulated"."""
        return str(self.predictions["source"].iloc[0])

    @property
    def own_images_learned(self) -> int:
        """How many images of its own data were learned from: validation images too, where folds were held out."""
        parts, recipe = self.info["data"]["parts"], self.info.get("training", {}).get("recipe", {})
        learned = ("train", "validation") if recipe.get("folds") else ("train",)
        return sum(int(parts[part]["images"]) for part in learned if part in parts)

    @property
    def origin(self) -> Origin:
        """Whose real images it was made from; BUSI's for a simulated one, which are at hand beside it."""
        return ORIGIN_BUSI if self.population == SIMULATED else origin_of(self.info["data"])

    @property
    def data_kind(self) -> str:
        """What sentences about its data must say: "busi", "simulated", or "own" for other real images than BUSI's."""
        if self.population == SIMULATED:
            return SIMULATED
        return BUSI if self.origin == ORIGIN_BUSI else OWN

    @property
    def mirrored(self) -> bool:
        """Whether its network answers by the mean over an image and its mirror image."""
        return bool(self.info.get("mirrored", False))

    @cached_property
    def domain(self) -> Domain | None:
        """What the pictures look like that its network learned from; None in bundles from before that was kept."""
        return Domain.from_dict(self.info["domain"]) if self.info.get("domain") else None

    @cached_property
    def fusion(self) -> LateFusion | None:
        """How the scores of the whole image and of the drawn outline are added; None where the whole alone answers."""
        return None if self.info.get("fusion") is None else LateFusion.from_dict(self.info["fusion"])

    @property
    def scoring(self) -> Scoring:
        """How its network's outputs become a score."""
        return Scoring(self.temperature, self.fusion)

    @property
    def test_images(self) -> pd.DataFrame:
        """The rows of predictions.csv that are real images of the test part."""
        return self.predictions[(self.predictions["split"] == "test") & (self.predictions["source"] == BUSI)]

    def metrics(self, split: str = "test") -> dict[str, Estimate]:
        """The numbers of a part of the data, by the names of `METRICS`.

        Args:
            split: "validation", "test", "breast" for images of another hospital, "breast_final" for those of them that
                judged no trial, or "simulated" for simulated ones beside real ones.

        Raises:
            KeyError: if the bundle has no such part.
        """
        return {name: Estimate(**self.info["metrics"][split][name]) for name in METRICS}

    @property
    def auc_on_simulated(self) -> Estimate | None:
        """The AUC on held-out simulated images; None if the network was never asked on any."""
        if self.population == SIMULATED:
            return self.metrics("test")["auc"]
        return self.metrics(SIMULATED)["auc"] if SIMULATED in self.info["metrics"] else None

    @property
    def learned_from_another_simulator(self) -> bool:
        """Whether its held-out simulated images were drawn by another simulator than those that it learned from."""
        return simulators_differ(self.info)

    @property
    def knows_another_hospital(self) -> bool:
        """Whether its network was asked on BrEaST, from which it learned nothing; older bundles' were not."""
        return BREAST in self.info["metrics"] and bool((self.predictions["source"] == BREAST).any())

    @property
    def elsewhere(self) -> str:
        """Which metrics tell what the network is worth in another hospital: of the lesions that chose nothing."""
        return part_elsewhere(self.info)

    @cached_property
    def first_pair(self) -> tuple[str, str] | None:
        """The names of the two pictures that a visitor meets first (`first_pair.py` has the rule); None without any."""
        from busi.bundle.first_pair import names_of_first_pair  # which imports this module

        return names_of_first_pair(self.predictions) if self.knows_another_hospital else None

    def confusion(self, split: str = "test") -> Confusion:
        """The counts at the threshold."""
        return Confusion(**self.info["metrics"][split]["confusion"])


def save_bundle(
    folder: Path,
    model: "keras.Model",
    info: dict[str, Any],
    history: pd.DataFrame,
    predictions: pd.DataFrame,
    card: str,
    force: bool = False,
    images: Mapping[str, bytes] | None = None,
    figures: Mapping[str, bytes] | None = None,
    replay: Replay | None = None,
) -> Bundle:
    """Writes a bundle, whole or not at all.

    Args:
        folder: where to; its parent is made if needed.
        model: the network, with its best weights.
        info: what bundle.json says, without format_version, classes and files, which are added here.
        history: columns `HISTORY_COLUMNS`.
        predictions: columns `PREDICTION_COLUMNS`.
        card: the model card, in Markdown.
        force: replace a bundle that is there.
        images: files to put beside, in one archive: the test images and what must be said of them.
        figures: PNG files that the card shows, by their names of `FIGURE_FILES`.
        replay: how the network learned, moment by moment.

    Returns:
        The bundle, opened again from the disk.

    Raises:
        BundleError: if something is there already and `force` is not given, or the folder cannot be written.
    """
    check_free(folder, force)
    try:
        with whole_folder(folder) as partial:
            _bare_copy(model).save(partial / MODEL)
            history[list(HISTORY_COLUMNS)].to_csv(partial / HISTORY, index=False, lineterminator="\n")
            predictions[list(PREDICTION_COLUMNS)].to_csv(partial / PREDICTIONS, index=False, lineterminator="\n")
            (partial / CARD).write_text(card, encoding="utf-8", newline="\n")
            if images:
                pack_images(partial, images)
            write_figures(partial, figures or {})
            if replay:
                write_replay(partial, replay)
            write_checksums(partial, {"format_version": FORMAT_VERSION, "classes": list(CLASSES), **info})
            open_bundle(partial)
    except OSError as error:
        raise BundleError(f"cannot write the bundle {folder}: {error.strerror or error}") from error
    return open_bundle(folder)


def check_free(folder: Path, force: bool) -> None:
    """Makes sure that writing a bundle there destroys nothing that was not meant to go.

    Args:
        folder: where a bundle shall be written.
        force: allow the replacement of a bundle.

    Raises:
        BundleError: if the folder holds a bundle and `force` is not given, or holds anything else.
    """
    if folder.is_dir() and any(folder.iterdir()):
        found = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if not path.is_dir()}
        others = sorted(found - {*FILES, *OPTIONAL, *FIGURE_FILES})
        if others or not (folder / INFO).is_file():
            held = f" ({', '.join(others[:3])})" if others else ""
            raise BundleError(f"{folder} holds other files{held}: a bundle needs a new or empty folder")
        if not force:
            raise BundleError(f"{folder} already holds a bundle: choose another folder, or add --force to replace it")
    elif folder.exists() and not folder.is_dir():
        raise BundleError(f"{folder} is a file: a bundle needs a folder")


def open_bundle(folder: str | os.PathLike) -> Bundle:
    """Opens a bundle and checks it.

    Args:
        folder: where it is.

    Returns:
        The bundle.

    Raises:
        BundleError: if the folder or a file is missing, the format version is another, a checksum does not fit,
            the classes are not ours, or a value is out of range.
    """
    folder = Path(folder)
    if not folder.is_dir():
        raise BundleError(f"no such bundle: {folder} (expected a folder with {INFO} in it)")
    info = _read_info(folder)
    _check_files(folder, info)
    return _assemble(folder, info)


def pack_images(folder: Path, images: Mapping[str, bytes]) -> None:
    """Writes the archive of test images into the folder of a bundle.

    Args:
        folder: of the bundle.
        images: the files by name; "benign (1).png" for the image that predictions.csv calls "benign (1)".

    Raises:
        BundleError: if one is too large.
    """
    check_sizes(images)
    with zipfile.ZipFile(folder / IMAGES, "w", zipfile.ZIP_STORED) as archive:
        for name, content in images.items():
            archive.writestr(zipfile.ZipInfo(name), content)  # a fixed date: the same images, the same archive


def write_replay(folder: Path, replay: Replay) -> None:
    """Writes how a network learned into the folder of a bundle, before its checksums.

    Args:
        folder: of the bundle.
        replay: what is told.
    """
    (folder / REPLAY).write_text(replay.to_text(), encoding="utf-8", newline="\n")


def check_sizes(images: Mapping[str, bytes]) -> None:
    """Makes sure that what is packed can be opened again.

    Args:
        images: the files by name.

    Raises:
        BundleError: if one is too large.
    """
    for name, content in images.items():
        if len(content) > LARGEST_IMAGE:
            raise BundleError(f"{name} has {len(content):,} bytes, more than the {LARGEST_IMAGE:,} that can be packed")


def packed_image(archive: Path, name: str) -> bytes | None:
    """A file of the archive of test images, by its name; nothing is ever unpacked to the disk.

    Args:
        archive: its path.
        name: as `pack_images` wrote it.

    Returns:
        Its bytes, or None if the archive has no such file.

    Raises:
        BundleError: if the archive is damaged, or the file in it is too large to be an image of ours.
    """
    try:
        with zipfile.ZipFile(archive) as opened:
            try:
                entry = opened.getinfo(name)
            except KeyError:
                return None
            if entry.file_size > LARGEST_IMAGE or entry.compress_type != zipfile.ZIP_STORED:
                raise BundleError(f"{archive}: {name} is compressed, or larger than {LARGEST_IMAGE:,} bytes")
            return opened.read(entry)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError) as error:
        raise BundleError(f"{archive} is damaged: {error}") from error


def write_figures(folder: Path, figures: Mapping[str, bytes]) -> None:
    """Writes figures into the folder of a bundle.

    Args:
        folder: of the bundle.
        figures: PNG files by their names of `FIGURE_FILES`.

    Raises:
        ValueError: if a name is not one of these.
    """
    for name, content in figures.items():
        if name not in FIGURE_FILES:
            raise ValueError(f"a figure must be one of {', '.join(FIGURE_FILES)}, got {brief(name)}")
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_bytes(content)


def figures_of(folder: Path) -> list[str]:
    """The figures of a bundle that can be shown: PNG files of a known name, and not too large; odd ones count as none.

    Args:
        folder: of the bundle.
    """
    return [name for name in FIGURE_FILES if _is_figure(folder / name)]


def _is_figure(path: Path) -> bool:
    try:
        with open(path, "rb") as file:
            return path.stat().st_size <= LARGEST_FIGURE and file.read(len(_PNG)) == _PNG
    except OSError:
        return False


def write_checksums(folder: Path, info: Mapping[str, Any]) -> None:
    """Writes bundle.json, last of all files, because it holds the checksums of the others.

    Args:
        folder: of the bundle.
        info: what bundle.json says; the checksums in it are made anew.
    """
    complete = {**info, "files": {name: _checksum(folder / name) for name in CHECKED}}
    complete["files"] |= {name: _checksum(folder / name) for name in OPTIONAL if (folder / name).is_file()}
    text = json.dumps(complete, indent=2, ensure_ascii=False)
    (folder / INFO).write_text(text + "\n", encoding="utf-8", newline="\n")


def simulators_differ(info: Mapping[str, Any]) -> bool:
    """Whether a bundle's held-out simulated images were drawn by another simulator than those it learned from.

    Args:
        info: what bundle.json says; one that tells only one of the two, or neither, is taken at its word.
    """
    training = info.get("training", {})
    stage = training.get("pretraining") or training.get("drawing") or {}
    learned, held_out = stage.get("simulator"), info.get(HELD_OUT_SIMULATOR)
    return bool(learned and held_out and learned != held_out)


def part_elsewhere(info: Mapping[str, Any]) -> str:
    """The part of the metrics that leads where BrEaST is told, by what bundle.json says.

    The half "choice" judged the trials that led to networks which look and draw (experiments/protocol.md); so for these
    it is the other half.
    """
    judged = info.get("training", {}).get("recipe", {}).get("folds") and BREAST_FINAL in info["metrics"]
    return BREAST_FINAL if judged else BREAST


def population_of(predictions: pd.DataFrame) -> pd.Series:
    """Which number a row counts for: its split, or its source where that is not what the network learned from."""
    own = predictions["source"].iloc[0]
    beside = predictions["source"].isin((BREAST, SIMULATED)) & (predictions["source"] != own)
    return predictions["split"].mask(beside, predictions["source"])


def load_network(bundle: Bundle) -> "keras.Model":
    """Reads the weights. Imports TensorFlow.

    Args:
        bundle: an opened bundle.

    Returns:
        A model from float32 (N, S, S, 1) in [0, 1] to float32 (N, 1): probability of malignant, not calibrated; or, if
        the bundle has a fusion, to a dictionary of that, "probability", and "outline", float32 (N, H, H, 1) in
        [0, 1].

    Raises:
        BundleError: if the file is no Keras model, or its input or output is not what bundle.json says.
    """
    import keras  # here, because the page is built before TensorFlow is loaded

    path, size = bundle.folder / MODEL, bundle.image.size
    try:
        _check_weights(path)
        model = keras.models.load_model(path, compile=False, safe_mode=True)
    except BundleError:
        raise
    except Exception as error:  # Keras raises many kinds for a file that is not a model
        raise BundleError(f"{path} is not a usable Keras model: {error}") from error
    _check_shapes(path, model, size, draws=bundle.fusion is not None)
    return model


def _check_shapes(path: Path, model: "keras.Model", size: int, draws: bool) -> None:
    several = isinstance(model.output, dict)
    found = {name: one.shape for name, one in model.output.items()} if several else model.output_shape
    side = found["outline"][1] if several and "outline" in found else None
    expected: Any = (None, 1)
    if draws:
        square = side if side and side <= size else "H"
        expected = {"probability": (None, 1), "outline": (None, square, square, 1)}
    if model.input_shape != (None, size, size, 1) or found != expected:
        raise BundleError(
            f"{path} maps {model.input_shape} to {found}, expected (None, {size}, {size}, 1) to {expected}"
        )


def _bare_copy(model: "keras.Model") -> "keras.Model":
    """The same network without its optimiser, which would triple the file."""
    copy = type(model).from_config(model.get_config())
    copy.set_weights(model.get_weights())
    return copy


def _read_info(folder: Path) -> dict[str, Any]:
    path = folder / INFO
    if not path.is_file():
        raise BundleError(f"{folder} is not a bundle: {INFO} is missing")
    _check_size(path, LARGEST[INFO])
    try:
        info = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError) as error:  # the last: thousands of brackets in brackets
        raise BundleError(f"{path} cannot be read as JSON: {error}") from error
    version = info.get("format_version") if isinstance(info, dict) else None
    if type(version) is not int or version != FORMAT_VERSION:
        raise BundleError(f"{path} has format version {brief(version)}, this program reads version {FORMAT_VERSION}")
    if info.get("classes") != list(CLASSES):
        named = brief(info.get("classes"))
        raise BundleError(f"{path} names the classes {named}, expected {list(CLASSES)} in this order")
    return info


def _check_files(folder: Path, info: Mapping[str, Any]) -> None:
    for name in FILES:
        if not (folder / name).is_file():
            raise BundleError(f"the bundle {folder} lacks {name}")
        _check_size(folder / name, LARGEST[name])
    for name, most in ((IMAGES, LARGEST_IMAGES), (REPLAY, LARGEST_REPLAY)):
        if (folder / name).is_file():
            _check_size(folder / name, most)
    checksums = info.get("files")
    if not isinstance(checksums, dict):
        raise BundleError(f"{folder / INFO} lists no files, expected the checksums of {', '.join(CHECKED)}")
    for name in CHECKED:
        path = folder / name
        if _checksum(path) != checksums.get(name):
            raise BundleError(f"{path} is damaged or was changed: its checksum is not the one in {INFO}")
    for name in OPTIONAL:
        if name in checksums and (folder / name).is_file() and _checksum(folder / name) != checksums[name]:
            raise BundleError(f"{folder / name} is damaged or was changed: its checksum is not the one in {INFO}")
    _check_archives(folder)


def _check_size(path: Path, most: int) -> None:
    """Refuses a file by its size, before it is read."""
    if (size := path.stat().st_size) > most:
        raise BundleError(f"{path} has {size:,} bytes, {most:,} at most are expected")


def _check_archives(folder: Path) -> None:
    """Refuses archives that would unpack to more than a network, or images, of ours."""
    try:
        check_archive(folder / MODEL, MOST_PARTS, LARGEST_MODEL)
    except ValueError as error:
        raise BundleError(f"{folder / MODEL} is not a Keras model file that can be opened: it {error}") from error
    if (folder / IMAGES).is_file():
        try:
            check_archive(folder / IMAGES, MOST_IMAGES, LARGEST_IMAGES)
        except ValueError as error:
            raise BundleError(f"{folder / IMAGES} cannot be opened: it {error}") from error


def _check_weights(path: Path) -> None:
    """Refuses weights that unpack to more than a network of ours: HDF5 packs its numbers too, or leaves zeros out."""
    import h5py

    with zipfile.ZipFile(path) as opened:
        weights = [opened.read(entry) for entry in opened.infolist() if entry.filename.endswith(".h5")]
    sizes = []
    for content in weights:
        with h5py.File(io.BytesIO(content)) as file:
            file.visititems(lambda _, item: sizes.append(getattr(item, "nbytes", 0)))
    if sum(sizes) > LARGEST_MODEL:
        raise BundleError(f"{path} holds weights of {sum(sizes):,} bytes, {LARGEST_MODEL:,} at most are expected")


def _assemble(folder: Path, info: Mapping[str, Any]) -> Bundle:
    try:
        check_info(info)
        image = info["image"]
        bundle = Bundle(
            folder=folder,
            info=info,
            image=ImageContract(image["size"], image["clahe_clip_limit"], image["clahe_tiles"]),
            threshold=_number(info, "threshold", 0, 1),
            temperature=_number(info, "temperature", 0.01, 100),
            history=_table(folder / HISTORY, HISTORY_COLUMNS),
            predictions=_table(folder / PREDICTIONS, PREDICTION_COLUMNS),
            images=folder / IMAGES if IMAGES in info["files"] and (folder / IMAGES).is_file() else None,
            replay=_replay(folder, info),
        )
        _check_what_pages_need(bundle)
    except BundleError:
        raise
    except Exception as error:  # whatever a file makes Python or pandas raise, the file is wrong
        raise BundleError(f"{folder / INFO} is incomplete or wrong: {one_line(error)}") from error
    return bundle


def _replay(folder: Path, info: Mapping[str, Any]) -> Replay | None:
    return read_replay(folder / REPLAY) if REPLAY in info["files"] and (folder / REPLAY).is_file() else None


def one_line(error: Exception) -> str:
    """What an error says, as one line that can be printed; its kind first, unless it is a wrong value.

    Args:
        error: of any kind.
    """
    kind = "" if isinstance(error, ValueError) else type(error).__name__
    line = " ".join(f"{kind} {error}".split())[:400]
    return line if line.isprintable() else ascii(line)


def _check_what_pages_need(bundle: Bundle) -> None:
    """Reads once, when an error can still be told, all that the pages will read later."""
    check_history(bundle.history, bundle.info.get("training", {}))
    check_predictions(bundle.predictions)
    _check_sources(bundle)
    for split in sorted(set(population_of(bundle.predictions)) | {"validation", "test"}):
        bundle.metrics(split)
        counts = bundle.confusion(split)
        for rate_of in (counts.accuracy, counts.sensitivity, counts.specificity):
            rate_of()
    _number(bundle.info, "target_sensitivity", 0, 1)
    _ = bundle.domain, bundle.fusion  # reading them is the check


def _check_sources(bundle: Bundle) -> None:
    """Makes sure that each row's source is known, and that no image stands for another hospital than it is from."""
    sources = bundle.predictions["source"]
    if not set(sources) <= {BUSI, BREAST, SIMULATED}:
        raise ValueError(f"source must be {BUSI}, {BREAST} or {SIMULATED}, got {sorted(set(sources.map(str)))}")
    if bundle.population == BREAST:
        raise ValueError(f"the first prediction must be of the network's own data, got source {BREAST}")
    if learned_from(bundle.info["data"], ORIGIN_BREAST) and (sources == BREAST).any():
        raise ValueError(f"a network that learned from {ORIGIN_BREAST.name} is not asked on it as on another hospital")


def _number(info: Mapping[str, Any], name: str, low: float, high: float) -> float:
    check_number(name, info[name], low, high)
    return float(info[name])


def _table(path: Path, columns: tuple[str, ...]) -> pd.DataFrame:
    table = pd.read_csv(path)
    if tuple(table.columns) != columns:
        raise BundleError(f"{path} has the columns {list(table.columns)}, expected {list(columns)}")
    return table


def _checksum(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()
