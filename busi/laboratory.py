"""Experiments on a simulated lesion: turn one knob, keep the rest, and watch the network's answer.

An `Experiment` is everything that decides an image: the lesion, the scene, and the seed of its grain. It fits into the
address of a page. `sweep` turns one knob over its whole range, with several grains, so that chance shows; `tipping`
looks for the knob whose smallest turn changes the network's mind.
"""

from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from urllib.parse import parse_qsl, urlencode

import numpy as np

from busi.predict import Classifier
from busi.simulator import LESION_RANGES, MARGINS, SCENE_RANGES, SHAPES, Lesion, Scene, simulate

SWEEP_POINTS, SWEEP_GRAINS = 9, 4
OTHER_GRAINS = 4  # with which a tipping point is tried again
HIGHEST_SEED = 999_999


@dataclass(frozen=True)
class Experiment:
    """A lesion, the scene around it and the seed of everything that chance decides."""

    lesion: Lesion
    scene: Scene
    seed: int = 1

    def image(self) -> np.ndarray:
        """The simulated image: uint8 (H, W), the same each time."""
        return simulate(self.lesion, self.scene, self.seed)[0]


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
        value = min(max(round(value / self.step) * self.step, self.low), self.high)
        settings = {self.name: type(self.read(experiment))(round(value, 4))}
        if self.of_scene:
            return replace(experiment, scene=replace(experiment.scene, **settings))
        return replace(experiment, lesion=replace(experiment.lesion, **settings))

    def stops(self, count: int) -> np.ndarray:
        """Evenly spread places from end to end: float64 (count,)."""
        return np.linspace(self.low, self.high, count)


# Narrower than what the simulator can draw where the ends would leave the picture.
DIALS: Mapping[str, Dial] = {
    dial.name: dial
    for dial in (
        Dial("size_mm", 5, 28, 1),
        Dial("aspect", 0.35, 1, 0.05),
        Dial("angle_deg", -90, 90, 5),
        Dial("margin_strength", *LESION_RANGES["margin_strength"], 0.05),
        Dial("depth_mm", 8, 26, 1),
        Dial("echo_db", *LESION_RANGES["echo_db"], 1),
        Dial("heterogeneity", *LESION_RANGES["heterogeneity"], 0.05),
        Dial("posterior_db", -24, 14, 1),
        Dial("calcifications", 0, 30, 1),
        Dial("halo", *LESION_RANGES["halo"], 0.05),
        Dial("gain_db", -10, 10, 1, of_scene=True),
        Dial("frequency_mhz", *SCENE_RANGES["frequency_mhz"], 0.5, of_scene=True),
    )
}
WORDS: Mapping[str, Sequence[str]] = {"shape": SHAPES, "margin": MARGINS}

PRESETS: Mapping[str, Experiment] = {
    name: Experiment(lesion, Scene(calipers=False), seed=7)
    for name, lesion in {
        "cyst": Lesion(size_mm=13, depth_mm=15, aspect=0.75, echo_db=-36, heterogeneity=0, posterior_db=8),
        "fibroadenoma": Lesion(
            size_mm=16, depth_mm=15, aspect=0.55, angle_deg=5, echo_db=-14, heterogeneity=0.15, posterior_db=3
        ),
        "spiculated": Lesion(
            "irregular",
            "spiculated",
            size_mm=16,
            depth_mm=16,
            aspect=0.85,
            angle_deg=70,
            margin_strength=0.8,
            echo_db=-17,
            heterogeneity=0.5,
            posterior_db=-13,
            halo=0.7,
        ),
        "like_cyst": Lesion(
            "round", "circumscribed", size_mm=13, depth_mm=15, echo_db=-24, heterogeneity=0.15, posterior_db=5
        ),
        "scar": Lesion(
            "irregular",
            "indistinct",
            size_mm=11,
            depth_mm=14,
            aspect=0.8,
            angle_deg=60,
            margin_strength=0.7,
            echo_db=-14,
            heterogeneity=0.4,
            posterior_db=-12,
        ),
        "calcified": Lesion(
            "irregular",
            "microlobulated",
            size_mm=18,
            depth_mm=16,
            aspect=0.75,
            angle_deg=20,
            margin_strength=0.8,
            echo_db=-14,
            heterogeneity=0.6,
            calcifications=16,
            halo=0.3,
        ),
    }.items()
}


@dataclass(frozen=True)
class Sweep:
    """A dial turned from end to end.

    Attributes:
        dial: which.
        values: float64 (P,), where it stood.
        probabilities: float64 (G, P), what the network said, for each of G grains.
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
        agreeing: with how many of `OTHER_GRAINS` other grains the same turn changes the answer too.
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
    classifier: Classifier, experiment: Experiment, dial: Dial, points: int = SWEEP_POINTS, grains: int = SWEEP_GRAINS
) -> Sweep:
    """Turns one dial over its whole range while the others stay.

    Args:
        classifier: whose answers are asked for.
        experiment: where all dials stand.
        dial: the one to turn.
        points: places of the dial.
        grains: seeds tried at each, the experiment's own first.

    Returns:
        The network's answers.
    """
    turned = [dial.turn(experiment, value) for value in dial.stops(points)]
    seeds = _grains(experiment, grains)
    tried = [replace(one, seed=seed) for seed in seeds for one in turned]
    answers = probabilities(classifier, tried).reshape(len(seeds), points)
    return Sweep(dial, np.array([dial.read(one) for one in turned]), answers)


def tippings(classifier: Classifier, experiment: Experiment, stops: int = 9) -> list[Tipping]:
    """The dials and words that, turned alone, change the network's mind, the smallest turn first.

    Every dial is tried at `stops` places with the experiment's own grain; then each nearest place that changes the
    answer is tried with other grains, because a change that chance alone makes is none.

    Args:
        classifier: whose mind it is.
        experiment: where all dials stand.
        stops: places of each dial.
    """
    asked = [(name, value) for name, dial in DIALS.items() for value in dial.stops(stops)]
    asked += [(name, word) for name, words in WORDS.items() for word in words if word != _read(experiment, name)]
    answers = probabilities(classifier, [experiment, *(_set(experiment, *one) for one in asked)])
    threshold, now = classifier.bundle.threshold, answers[0]
    flips: dict[str, tuple[float, float | str, float]] = {}
    for (name, value), answer in zip(asked, answers[1:], strict=True):
        share = _share(experiment, name, value)
        if (answer >= threshold) != (now >= threshold) and share < flips.get(name, (2.0,))[0]:
            flips[name] = share, value, float(answer)
    found = [
        Tipping(
            name,
            _read(experiment, name),
            _read(_set(experiment, name, value), name),
            share,
            answer,
            _agreeing(classifier, experiment, name, value),
        )
        for name, (share, value, answer) in flips.items()
    ]
    return sorted(found, key=lambda tipping: (tipping.share, -tipping.agreeing))


def probabilities(classifier: Classifier, experiments: Sequence[Experiment]) -> np.ndarray:
    """The network's answers to many experiments, drawn on all cores.

    Args:
        classifier: that answers.
        experiments: N of them.

    Returns:
        float64 (N,), probability of malignant.
    """
    with ThreadPoolExecutor() as pool:
        images = list(pool.map(Experiment.image, experiments))
    return classifier.probabilities(images)


def _agreeing(classifier: Classifier, experiment: Experiment, name: str, value: float | str) -> int:
    others = [replace(experiment, seed=seed) for seed in _grains(experiment, OTHER_GRAINS + 1)[1:]]
    before = probabilities(classifier, others) >= classifier.bundle.threshold
    after = probabilities(classifier, [_set(one, name, value) for one in others]) >= classifier.bundle.threshold
    return int((before != after).sum())


def _grains(experiment: Experiment, count: int) -> list[int]:
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
        value = float(text)
    except (TypeError, ValueError):
        return None
    return value if np.isfinite(value) else None
