"""Experiments on a simulated lesion: turn one knob, keep the rest, and watch the network's answer.

An `Experiment` is everything that decides an image: the lesion, the scene, and the seed of what they leave to chance
(the grain, but also how exactly the outline and the tissue run). It fits into the address of a page. `sweep` turns one
knob over its whole range, with several seeds, so that chance shows; `tippings` looks for the knob whose smallest turn
changes the network's mind.
"""

import itertools
import os
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import lru_cache
from urllib.parse import parse_qsl, urlencode

import numpy as np

from busi.serving.predict import Classifier
from busi.simulator import INSIDES, LESION_RANGES, MARGINS, SCENE_RANGES, SHAPES, Lesion, Scene, simulate

SWEEP_POINTS, SWEEP_DRAWS = 9, 4
OTHER_DRAWS = 4  # of chance, with which a tipping point is tried again
REMEMBERED = 512  # images, of 64 kB: everyone starts from the same few
HIGHEST_SEED = 999_999


@dataclass(frozen=True)
class Experiment:
    """A lesion, the scene around it and the seed of everything that chance decides."""

    lesion: Lesion
    scene: Scene
    seed: int = 1

    def image(self) -> np.ndarray:
        """The simulated image: uint8 (H, W), not to be written to, the same each time."""
        return _drawn(self)


@dataclass(frozen=True)
class Dial:
    """A setting that can be turned.

    Attributes:
        name: of the attribute.
        low: one end.
        high: the other.
        step: between two stops.
        of_scene: whether it belongs to the scene; else to the lesion.
    """

    name: str
    low: float
    high: float
    step: float
    of_scene: bool = False

    def read(self, experiment: Experiment) -> float:
        """Where it stands."""
        return getattr(experiment.scene if self.of_scene else experiment.lesion, self.name)

    def turn(self, experiment: Experiment, value: float) -> Experiment:
        """The same experiment with this dial alone somewhere else: at the nearest stop within its ends."""
        value = min(max(value, self.low), self.high)
        stop = min(max(round(value / self.step) * self.step, self.low), self.high)
        settings = {self.name: type(self.read(experiment))(round(stop, 4))}
        if self.of_scene:
            return replace(experiment, scene=replace(experiment.scene, **settings))
        return replace(experiment, lesion=replace(experiment.lesion, **settings))

    def stops(self, count: int) -> np.ndarray:
        """Evenly spread places from end to end: float64 (N,)."""
        return np.linspace(self.low, self.high, count)


# Narrower than what the simulator can draw where the ends would leave the picture.
DIALS: Mapping[str, Dial] = {
    dial.name: dial
    for dial in (
        Dial("size_mm", 5, 28, 1),
        Dial("aspect", 0.35, 1, 0.05),
        Dial("angle_deg", -90, 90, 5),
        Dial("margin_strength", *LESION_RANGES["margin_strength"], 0.05),
        Dial("margin_variation", *LESION_RANGES["margin_variation"], 0.05),
        Dial("depth_mm", 8, 26, 1),
        Dial("echo_db", *LESION_RANGES["echo_db"], 1),
        Dial("heterogeneity", *LESION_RANGES["heterogeneity"], 0.05),
        Dial("posterior_db", -24, 14, 1),
        Dial("calcifications", 0, 30, 1),
        Dial("calcification_mm", *LESION_RANGES["calcification_mm"], 0.05),
        Dial("halo", *LESION_RANGES["halo"], 0.05),
        Dial("displacement", *LESION_RANGES["displacement"], 0.05),
        Dial("distortion", *LESION_RANGES["distortion"], 0.05),
        Dial("density", *SCENE_RANGES["density"], 0.05, of_scene=True),
        Dial("gain_db", -10, 10, 1, of_scene=True),
        Dial("frequency_mhz", *SCENE_RANGES["frequency_mhz"], 0.5, of_scene=True),
        Dial("dynamic_range_db", 40, SCENE_RANGES["dynamic_range_db"][1], 2, of_scene=True),
        Dial("speckle_reduction", *SCENE_RANGES["speckle_reduction"], 0.05, of_scene=True),
    )
}
WORDS: Mapping[str, Sequence[str]] = {"shape": SHAPES, "margin": MARGINS, "inside": INSIDES}

PRESETS: Mapping[str, Experiment] = {
    "cyst": Experiment(
        Lesion(
            size_mm=14,
            depth_mm=15,
            aspect=0.7,
            echo_db=-36,
            heterogeneity=0,
            posterior_db=8,
            inside="fluid",
            margin_variation=0.1,
            displacement=0.5,
        ),
        Scene(),
        seed=22,
    ),
    "complicated_cyst": Experiment(
        Lesion(
            size_mm=15,
            depth_mm=16,
            aspect=0.75,
            angle_deg=-10,
            echo_db=-31,
            heterogeneity=0.1,
            posterior_db=6,
            inside="debris",
            margin_variation=0.2,
        ),
        Scene(),
        seed=9,
    ),
    "fibroadenoma": Experiment(
        Lesion(
            size_mm=16,
            depth_mm=15,
            aspect=0.55,
            angle_deg=5,
            echo_db=-15,
            heterogeneity=0.15,
            posterior_db=3,
            margin_variation=0.2,
            displacement=0.7,
        ),
        Scene(),
        seed=7,
    ),
    "hyperechoic": Experiment(
        Lesion(
            size_mm=14,
            depth_mm=9,
            aspect=0.5,
            echo_db=3,
            heterogeneity=0.2,
            margin_variation=0.3,
            displacement=0.3,
        ),
        Scene(density=0.3),
        seed=22,
    ),
    "spiculated": Experiment(
        Lesion(
            "irregular",
            "spiculated",
            size_mm=15,
            depth_mm=15,
            aspect=0.85,
            angle_deg=70,
            margin_strength=0.75,
            echo_db=-18,
            heterogeneity=0.5,
            posterior_db=-12,
            halo=0.6,
            displacement=0,
            distortion=0.7,
        ),
        Scene(density=0.4),
        seed=9,
    ),
    "like_cyst": Experiment(
        Lesion(
            "round",
            "circumscribed",
            size_mm=14,
            depth_mm=15,
            echo_db=-25,
            heterogeneity=0.15,
            posterior_db=5,
            margin_variation=0.5,
            displacement=0.5,
        ),
        Scene(),
        seed=8,
    ),
    "scar": Experiment(
        Lesion(
            "irregular",
            "indistinct",
            size_mm=11,
            depth_mm=13,
            aspect=0.8,
            angle_deg=60,
            margin_strength=0.7,
            echo_db=-16,
            heterogeneity=0.4,
            posterior_db=-12,
            displacement=0,
            distortion=0.9,
        ),
        Scene(density=0.3),
        seed=22,
    ),
    "calcified": Experiment(
        Lesion(
            "irregular",
            "microlobulated",
            size_mm=17,
            depth_mm=15,
            aspect=0.7,
            angle_deg=20,
            margin_strength=0.7,
            echo_db=-17,
            heterogeneity=0.65,
            calcifications=18,
            calcification_mm=0.3,
            halo=0.3,
        ),
        Scene(),
        seed=10,
    ),
}


@dataclass(frozen=True)
class Sweep:
    """A dial turned from end to end.

    Attributes:
        dial: which.
        values: float64 (P,), where it stood.
        probabilities: float64 (G, P), what the network said, for each of G seeds.
    """

    dial: Dial
    values: np.ndarray
    probabilities: np.ndarray


@dataclass(frozen=True)
class Tipping:
    """A turn of one dial, or another word, that changes the network's mind.

    Attributes:
        name: of the setting.
        before: its value or word.
        after: the nearest one tried at which the answer is the other class.
        share: how far that is, as a share of the dial's whole range; 1 for a word.
        probability: of malignant, after.
        agreeing: with how many of `OTHER_DRAWS` other seeds the same turn changes the same answer into the same other.
    """

    name: str
    before: float | str
    after: float | str
    share: float
    probability: float
    agreeing: int


def to_query(experiment: Experiment) -> str:
    """The experiment as the query of an address: the seed, and what differs from the defaults."""
    plain = Experiment(Lesion(), Scene())
    settings: dict[str, object] = {"lesion": 1, "seed": experiment.seed}
    for name in (*WORDS, *DIALS):
        value = _read(experiment, name)
        if value != _read(plain, name):
            settings[name] = value if isinstance(value, str) else f"{value:g}"
    if experiment.scene.calipers:
        settings["calipers"] = 1
    return urlencode(settings)


def from_query(query: str) -> Experiment | None:
    """The experiment that an address carries.

    Args:
        query: with or without its question mark.

    Returns:
        The experiment, or None if the address carries none. A setting that is unknown or makes no sense is left at
        its default, and a number out of range is taken for the nearest end: a link may be old, or mistyped.
    """
    given = dict(parse_qsl(query.removeprefix("?")))
    if "lesion" not in given:
        return None
    experiment = Experiment(Lesion(), Scene(calipers=given.get("calipers") == "1"), _seed(given.get("seed", "1")))
    for name, words in WORDS.items():
        if given.get(name) in words:
            experiment = replace(experiment, lesion=replace(experiment.lesion, **{name: given[name]}))
    for name, dial in DIALS.items():
        value = _number(given.get(name))
        if value is not None:
            experiment = dial.turn(experiment, value)
    return experiment


def sweep(
    classifier: Classifier, experiment: Experiment, dial: Dial, points: int = SWEEP_POINTS, draws: int = SWEEP_DRAWS
) -> Sweep:
    """Turns one dial over its whole range while the others stay.

    Args:
        classifier: whose answers are asked for.
        experiment: where all dials stand.
        dial: the one to turn.
        points: places of the dial.
        draws: of chance, tried at each place: the experiment's own seed first.

    Returns:
        The network's answers.
    """
    turned = [dial.turn(experiment, value) for value in dial.stops(points)]
    seeds = _seeds(experiment, draws)
    tried = [replace(one, seed=seed) for seed in seeds for one in turned]
    answers = probabilities(classifier, tried).reshape(len(seeds), points)
    return Sweep(dial, np.array([dial.read(one) for one in turned]), answers)


def tippings(classifier: Classifier, experiment: Experiment, stops: int = 9) -> list[Tipping]:
    """The dials and words that, turned alone, change the network's mind.

    Every dial is tried at `stops` places with the experiment's own seed; between the nearest place that changes the
    answer and the one before it, the turn is then made as small as the dial's steps allow. What is found is tried with
    other seeds, because a change that chance alone makes is none.

    Args:
        classifier: whose mind it is.
        experiment: where all dials stand.
        stops: places of each dial.

    Returns:
        Those that at least half of the other seeds confirm, the smallest turn first; then the others likewise.
    """
    others = [replace(experiment, seed=seed) for seed in _seeds(experiment, OTHER_DRAWS + 1)[1:]]
    now, *others_now = _called_malignant(classifier, [experiment, *others])
    found = []
    for name, value in _nearest_flips(classifier, experiment, bool(now), stops).items():
        turned = [_set(one, name, value) for one in (experiment, *others)]
        after = probabilities(classifier, turned)
        flipped = (after[1:] >= classifier.bundle.threshold) != now
        agreeing = int((flipped & (np.array(others_now) == now)).sum())
        before, reached = _read(experiment, name), _read(turned[0], name)
        found.append(Tipping(name, before, reached, _share(experiment, name, value), float(after[0]), agreeing))
    return sorted(found, key=lambda tipping: (2 * tipping.agreeing < OTHER_DRAWS, tipping.share))


def probabilities(classifier: Classifier, experiments: Sequence[Experiment]) -> np.ndarray:
    """The network's answers to many experiments, drawn on all cores.

    Args:
        classifier: that answers.
        experiments: N of them.

    Returns:
        float64 (N,), probability of malignant.
    """
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        images = list(pool.map(Experiment.image, experiments))
    return classifier.probabilities(images)


def _called_malignant(classifier: Classifier, experiments: Sequence[Experiment]) -> np.ndarray:
    return probabilities(classifier, experiments) >= classifier.bundle.threshold


def _nearest_flips(classifier: Classifier, experiment: Experiment, now: bool, stops: int) -> dict[str, float | str]:
    """For each setting that can change the answer alone, its smallest turn that does."""
    candidates = [(name, value) for name, dial in DIALS.items() for value in dial.stops(stops)]
    candidates += [(name, word) for name, words in WORDS.items() for word in words if word != _read(experiment, name)]
    flips = _called_malignant(classifier, [_set(experiment, *one) for one in candidates]) != now
    nearest: dict[str, float | str] = {}
    for name, value in itertools.compress(candidates, flips):
        if name not in nearest or _share(experiment, name, value) < _share(experiment, name, nearest[name]):
            nearest[name] = value
    return {name: _smallest(classifier, experiment, now, name, value) for name, value in nearest.items()}


def _smallest(classifier: Classifier, experiment: Experiment, now: bool, name: str, value: float | str) -> float | str:
    """The place nearest to where a dial stands that still flips, by halving the way to one that does."""
    if name not in DIALS:
        return value
    dial, stays = DIALS[name], DIALS[name].read(experiment)
    flips = dial.read(dial.turn(experiment, float(value)))
    while abs(flips - stays) > 1.5 * dial.step:
        middle = dial.turn(experiment, (stays + flips) / 2)
        if dial.read(middle) in (stays, flips):
            break
        if bool(_called_malignant(classifier, [middle])[0]) != now:
            flips = dial.read(middle)
        else:
            stays = dial.read(middle)
    return flips


@lru_cache(maxsize=REMEMBERED)
def _drawn(experiment: Experiment) -> np.ndarray:
    image = simulate(experiment.lesion, experiment.scene, experiment.seed)[0]
    image.flags.writeable = False
    return image


def _seeds(experiment: Experiment, count: int) -> list[int]:
    return [(experiment.seed + 1000 * number) % (HIGHEST_SEED + 1) for number in range(count)]


def _read(experiment: Experiment, name: str) -> float | str:
    return DIALS[name].read(experiment) if name in DIALS else getattr(experiment.lesion, name)


def _set(experiment: Experiment, name: str, value: float | str) -> Experiment:
    if name in DIALS:
        return DIALS[name].turn(experiment, float(value))
    return replace(experiment, lesion=replace(experiment.lesion, **{name: value}))


def _share(experiment: Experiment, name: str, value: float | str) -> float:
    if name not in DIALS:
        return 1.0
    dial = DIALS[name]
    return abs(dial.read(_set(experiment, name, value)) - dial.read(experiment)) / (dial.high - dial.low)


def _seed(text: str) -> int:
    return min(int(text), HIGHEST_SEED) if text.isdecimal() and len(text) < 10 else 1


def _number(text: str | None) -> float | None:
    try:
        value = float(text or "")
    except ValueError:
        return None
    return value if np.isfinite(value) else None
