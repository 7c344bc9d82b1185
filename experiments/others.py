"""Pictures that are no breast ultrasound: photographs that come with installed packages, and what this file draws.

Nothing is downloaded. Each kind holds many pictures, so that a share of them says something; the kinds weigh alike.

    for kind, picture in others(per_kind=30): ...      picture: uint8 (H, W) or (H, W, 3)
"""

from collections.abc import Callable, Iterator
from pathlib import Path

import cv2
import gradio
import matplotlib
import numpy as np
from sklearn.datasets import load_sample_images

from busi.images.impostors import IMPOSTORS


def others(per_kind: int = 30, seed: int = 0) -> Iterator[tuple[str, np.ndarray]]:
    """The pictures, by kind.

    Args:
        per_kind: how many of each.
        seed: decides crops and drawings.
    """
    rng = np.random.default_rng(seed)
    for kind, draw in KINDS.items():
        for _ in range(per_kind):
            yield kind, draw(rng)


def photographs() -> list[np.ndarray]:
    """Animals, people, flowers, buildings, toys: uint8 (H, W, 3), RGB."""
    media, samples = Path(gradio.__file__).parent / "media_assets" / "images", matplotlib.get_data_path()
    files = [*sorted(media.glob("*.jp*g")), Path(samples) / "sample_data" / "grace_hopper.jpg"]
    return [*load_sample_images().images, *(cv2.imread(str(file))[..., ::-1] for file in files)]


_PHOTOGRAPHS: list[np.ndarray] = []


def colour_photograph(rng: np.random.Generator) -> np.ndarray:
    """A crop of a photograph, at least a third of its side."""
    _PHOTOGRAPHS.extend([] if _PHOTOGRAPHS else photographs())
    picture = _PHOTOGRAPHS[int(rng.integers(len(_PHOTOGRAPHS)))]
    rows, columns = (int(side * rng.uniform(0.35, 1)) for side in picture.shape[:2])
    top, left = (
        int(rng.integers(side - kept + 1)) for side, kept in zip(picture.shape[:2], (rows, columns), strict=True)
    )
    cut = picture[top : top + rows, left : left + columns]
    return np.ascontiguousarray(cut[:, ::-1] if rng.random() < 0.5 else cut)


def gray_photograph(rng: np.random.Generator) -> np.ndarray:
    """The same without its colours."""
    return cv2.cvtColor(colour_photograph(rng), cv2.COLOR_RGB2GRAY)


def chart(rng: np.random.Generator) -> np.ndarray:
    """Bars or a curve in black or in colour, with axes and a title."""
    page = np.full((420, 560, 3), 255, np.uint8)
    ink = tuple(int(level) for level in rng.integers(0, 200, 3))
    cv2.rectangle(page, (60, 40), (530, 370), (0, 0, 0), 1)
    heights = rng.uniform(20, 310, 9)
    if rng.random() < 0.5:
        for number, height in enumerate(heights):
            cv2.rectangle(page, (75 + 50 * number, 370 - int(height)), (110 + 50 * number, 370), ink, -1)
    else:
        points = np.stack([75 + 50 * np.arange(9), 370 - heights], axis=1).astype(np.int32)
        cv2.polylines(page, [points], False, ink, 2, cv2.LINE_AA)
    cv2.putText(page, "Resultats par annee", (150, 28), 0, 0.7, (0, 0, 0), 1, cv2.LINE_AA)
    return page


def text(rng: np.random.Generator) -> np.ndarray:
    """A page of lines of words, dark on light or light on dark."""
    page = np.full((600, 460), 250, np.uint8)
    for row in range(40, 580, int(rng.integers(18, 34))):
        words = "".join(rng.choice(list("abcdefghilmnoprstu   "), int(rng.integers(20, 45))))
        cv2.putText(page, words, (20, row), 0, float(rng.uniform(0.4, 0.7)), 20, 1, cv2.LINE_AA)
    return page if rng.random() < 0.7 else 255 - page


def noise(rng: np.random.Generator) -> np.ndarray:
    """White, coarse or cloudy noise."""
    side, kind = 320, int(rng.integers(3))
    if kind == 0:
        return rng.integers(0, 256, (side, side)).astype(np.uint8)
    if kind == 1:
        grains = rng.integers(0, 256, (side // 8, side // 8)).astype(np.uint8)
        return cv2.resize(grains, (side, side), interpolation=cv2.INTER_NEAREST)
    return clouds(rng, float(rng.uniform(1.5, 3)))


def clouds(rng: np.random.Generator, slope: float, side: int = 320) -> np.ndarray:
    """Noise whose power falls with frequency: uint8 (side, side)."""
    frequency = np.hypot(*np.meshgrid(np.fft.fftfreq(side), np.fft.fftfreq(side)))
    frequency[0, 0] = 1
    spectrum = np.fft.fft2(rng.normal(size=(side, side))) / frequency ** (slope / 2)
    spectrum[0, 0] = 0
    return np.uint8(cv2.normalize(np.fft.ifft2(spectrum).real, None, 0, 255, cv2.NORM_MINMAX))


def radiograph(rng: np.random.Generator) -> np.ndarray:
    """What a chest radiograph looks like from afar: two dark fields, a pale middle, ribs, smooth shades."""
    side = 400
    y, x = np.mgrid[:side, :side] / side
    lungs = sum(np.exp(-(((x - cx) / 0.13) ** 2 + ((y - 0.45) / 0.28) ** 2)) for cx in (0.3, 0.7))
    shade = 190 - 130 * lungs + 30 * np.exp(-(((x - 0.5) / 0.06) ** 2))
    for number in range(8):
        arch = y - (0.15 + 0.085 * number + 0.5 * (x - 0.5) ** 2)
        shade += 26 * np.exp(-((arch / 0.012) ** 2)) * (np.abs(x - 0.5) > 0.08)
    shade += rng.normal(0, 3, shade.shape) + 14 * (clouds(rng, 2.5, side) / 255 - 0.5)
    return np.uint8(np.clip(cv2.GaussianBlur(shade, (0, 0), 1.5), 0, 255))


def pattern(rng: np.random.Generator) -> np.ndarray:
    """Squares, stripes, rings or a slope of gray."""
    side, kind = 320, int(rng.integers(4))
    y, x = np.mgrid[:side, :side]
    period = int(rng.integers(10, 80))
    if kind == 0:
        return np.uint8(255 * ((x // period + y // period) % 2))
    if kind == 1:
        angle = rng.uniform(0, np.pi)
        return np.uint8(127.5 + 127 * np.sin((x * np.cos(angle) + y * np.sin(angle)) / period * 6))
    if kind == 2:
        return np.uint8(127.5 + 127 * np.sin(np.hypot(x - 160, y - 160) / period * 6))
    return np.uint8(x * 255 // side) if rng.random() < 0.5 else np.uint8(y * 255 // side)


def drawing(rng: np.random.Generator) -> np.ndarray:
    """A few filled shapes on a plain ground."""
    page = np.full((300, 400, 3), rng.integers(0, 256, 3), np.uint8)
    for _ in range(int(rng.integers(2, 9))):
        centre, ink = (
            tuple(int(p) for p in rng.integers(0, 400, 2)),
            tuple(int(level) for level in rng.integers(0, 256, 3)),
        )
        axes = tuple(int(length) for length in rng.integers(15, 110, 2))
        cv2.ellipse(page, centre, axes, float(rng.uniform(0, 180)), 0, 360, ink, -1, cv2.LINE_AA)
    return page


def flat(rng: np.random.Generator) -> np.ndarray:
    """One gray, or nearly."""
    level, spread = int(rng.integers(256)), float(rng.uniform(0, 4))
    return np.uint8(np.clip(rng.normal(level, spread, (240, 320)), 0, 255))


def impostor(rng: np.random.Generator) -> np.ndarray:
    """One of the workshop's own, turned, resized."""
    picture = list(IMPOSTORS.values())[int(rng.integers(len(IMPOSTORS)))]()
    side = int(rng.integers(200, 500))
    return cv2.resize(np.rot90(picture, int(rng.integers(4))), (side, side), interpolation=cv2.INTER_AREA)


KINDS: dict[str, Callable[[np.random.Generator], np.ndarray]] = {
    "colour photograph": colour_photograph,
    "gray photograph": gray_photograph,
    "chart": chart,
    "text": text,
    "noise": noise,
    "radiograph": radiograph,
    "pattern": pattern,
    "drawing": drawing,
    "flat": flat,
    "impostor": impostor,
}
