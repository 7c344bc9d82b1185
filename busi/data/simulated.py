"""Sets of simulated images: which seed shows what, drawn in parallel and kept for next time.

A seed alone decides a case: its class, its lesion, the scene and the grain. So a set needs no pixels to be kept with a
bundle: the seed is enough to draw the same image again. The seeds of training, validation and test are far apart, and
never meet.
"""

import hashlib
import os
import time
import zipfile
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from functools import cache as cache_result
from pathlib import Path

import cv2
import numpy as np

from busi.images import ImageContract, resize, standardise
from busi.images.quality import Quality, measure
from busi.simulator import Lesion, Scene, draw_case, simulate
from busi.system.ranges import check_number
from busi.system.whole_files import whole_file
from busi.words.classes import BENIGN, MALIGNANT

HELD_OUT = {"validation": 1_000_000, "test": 2_000_000}  # first seeds
HELD_OUT_IMAGES = 240
TRAINING = 10_000_000  # first seed of run 0; each run has a million of its own
# What an experiment does to a case before it is drawn; its repr tells it from all others.
Change = Callable[[Lesion, Scene], tuple[Lesion, Scene]]

_SAMPLED = (*range(1_000_000, 1_000_004), *range(10_000_000, 10_000_004))  # seeds that tell one simulator from another
_PREFIX = "simulated-"
_KEPT = 6  # sets in the cache; that of a training takes some 200 MB
_HOUR = 3600  # seconds: what was half written so long ago will never be finished


@dataclass(frozen=True)
class Case:
    """A simulated case.

    Attributes:
        seed: that drew it.
        label: "benign" or "malignant".
        lesion: its description.
        scene: the breast and the scanner.
        image: uint8 array (rows, columns).
        mask: bool array (rows, columns), true inside the lesion.
    """

    seed: int
    label: str
    lesion: Lesion
    scene: Scene
    image: np.ndarray
    mask: np.ndarray


def label_of(seed: int) -> str:
    """The class of a case: 7 of 20 are malignant, as 141 of Hong's 403 masses were."""
    return MALIGNANT if seed * 7 % 20 < 7 else BENIGN


def describe(seed: int) -> tuple[Lesion, Scene]:
    """What the case of a seed is like, without drawing it.

    Its stream of chance begins as that of the outline does in `simulate`, so the two are not independent; no class is
    told by that. It stays so because the shipped network's simulated images are drawn so.
    """
    return draw_case(label_of(seed), np.random.default_rng([seed, 0]))


def draw(seed: int, change: Change | None = None) -> Case:
    """Draws the case of a seed: the same pixels each time.

    Args:
        seed: 0 or more.
        change: what is done to the case before it is drawn, for an experiment; nothing if not given.

    Returns:
        The case.
    """
    lesion, scene = describe(seed)
    if change:
        lesion, scene = change(lesion, scene)
    return Case(seed, label_of(seed), lesion, scene, *simulate(lesion, scene, seed))


def training_seeds(run: int, count: int) -> range:
    """The seeds that a run learns from.

    Args:
        run: the run's own seed.
        count: of images, at most a million.

    Raises:
        ValueError: if there are too many.
    """
    check_number("the count of simulated images", count, 1, 1_000_000, whole=True)
    return range(TRAINING + run * 1_000_000, TRAINING + run * 1_000_000 + count)


def held_out_seeds(split: str) -> range:
    """The seeds of "validation" or "test": the same for every run, and never learned from."""
    return range(HELD_OUT[split], HELD_OUT[split] + HELD_OUT_IMAGES)


def image_id(seed: int) -> str:
    """What predictions.csv calls a case."""
    return f"{_PREFIX}{seed}"


def seed_of(name: str) -> int:
    """The seed of a case by the name that predictions.csv gives it.

    Raises:
        ValueError: if it is not such a name.
    """
    digits = name.removeprefix(_PREFIX)
    if not name.startswith(_PREFIX) or not digits.isdigit():
        raise ValueError(f"a simulated case is called {_PREFIX}<seed>, got {name!r}")
    return int(digits)


def draw_set(
    seeds: range, contract: ImageContract, cache: Path | None = None, change: Change | None = None
) -> tuple[np.ndarray, np.ndarray, tuple[Quality, ...], np.ndarray]:
    """Draws many cases, on all cores, as the network sees them.

    Args:
        seeds: of the cases.
        contract: the way of an image.
        cache: folder where sets are kept; none if not given. One that cannot be written is done without.
        change: as for `draw`.

    Returns:
        uint8 (N, S, S) after size and CLAHE; bool (N,), true for malignant; N measures of quality, taken before CLAHE;
        uint8 (N, S, S), 255 inside the lesion.
    """
    path = cache / f"{_PREFIX}{_key(seeds, contract, change)}.npz" if cache else None
    found = _read(path) if path else None
    if found is None:
        found = _draw_all(seeds, contract, change)
        if path:
            _write(path, *found)
    shown, quality, inside = found
    labels = np.array([label_of(seed) == MALIGNANT for seed in seeds])
    outlines = np.unpackbits(inside, axis=-1, count=contract.size) * np.uint8(255)
    return shown, labels, tuple(Quality(*row) for row in quality.tolist()), outlines


@cache_result
def fingerprint(change: Change | None = None) -> str:
    """Tells one version of the simulator from another: a hash of what it draws and measures from a few seeds.

    Of pixels rather than of code, so that a file that moves, or a comment, changes nothing.

    Args:
        change: as for `draw`; its repr counts too, since it may change none of these few.
    """
    digest = hashlib.sha256(repr(change).encode() if change else b"")
    for seed in _SAMPLED:
        case = draw(seed, change)
        digest.update(case.label.encode() + case.image.tobytes() + case.mask.tobytes())
        digest.update(standardise(case.image, ImageContract(size=128)).tobytes() + repr(measure(case.image)).encode())
    return digest.hexdigest()[:24]


def _draw_all(
    seeds: range, contract: ImageContract, change: Change | None
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """What the network sees, the measures of quality, and where the lesion is, a bit for each pixel."""
    size = contract.size
    shown = np.empty((len(seeds), size, size), np.uint8)
    quality = np.empty((len(seeds), 3))
    inside = np.empty((len(seeds), size, -(-size // 8)), np.uint8)

    def fill(number: int) -> None:
        case = draw(seeds[number], change)
        shown[number] = standardise(case.image, contract)
        measured = measure(resize(case.image, size))
        quality[number] = measured.blur, measured.contrast, measured.brightness
        inside[number] = np.packbits(resize(case.mask.astype(np.uint8) * 255, size) > 127, axis=-1)

    threads = cv2.getNumThreads()
    cv2.setNumThreads(1)  # one case per core is faster than many cores per case
    pool = ThreadPoolExecutor(os.cpu_count())
    try:
        list(pool.map(fill, range(len(seeds))))
    finally:
        pool.shutdown(cancel_futures=True)  # Control-C does not wait for what has not begun
        cv2.setNumThreads(threads)
    return shown, quality, inside


def _key(seeds: range, contract: ImageContract, change: Change | None) -> str:
    """Changes with the seeds, the contract, and what the simulator draws."""
    return hashlib.sha256(f"{seeds!r} {contract!r} {fingerprint(change)}".encode()).hexdigest()[:24]


def _read(path: Path) -> tuple[np.ndarray, np.ndarray, np.ndarray] | None:
    try:
        with np.load(path) as arrays:
            return arrays["shown"], arrays["quality"], arrays["inside"]
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile):  # absent or damaged: drawn again
        return None


def _write(path: Path, shown: np.ndarray, quality: np.ndarray, inside: np.ndarray) -> None:
    with suppress(OSError):  # a cache is a convenience
        path.parent.mkdir(parents=True, exist_ok=True)
        with whole_file(path) as partial, open(partial, "wb") as file:
            np.savez(file, shown=shown, quality=quality, inside=inside)
        _tidy(path.parent)


def _tidy(cache: Path) -> None:
    """Removes what was left half written, and the oldest sets."""
    for unfinished in cache.glob(f".{_PREFIX}*"):
        if time.time() - unfinished.stat().st_mtime > _HOUR:
            unfinished.unlink()
    for older in sorted(cache.glob(f"{_PREFIX}*.npz"), key=os.path.getmtime)[:-_KEPT]:
        older.unlink()
