"""Stand-ins for ultrasound images, and a folder of them that is laid out like BUSI."""

from pathlib import Path

import cv2
import numpy as np

from busi.words.classes import BENIGN, CLASSES

# Drawn pictures are not BUSI's: they are packed under a name and a licence of their own.
NAMED = ("--data-name", "Drawn Clinic", "--licence", "CC0-1.0", "--citation", "Nobody, 2026")


def drawn_ultrasound(
    seed: int, label: str = BENIGN, size: tuple[int, int] = (150, 120)
) -> tuple[np.ndarray, np.ndarray]:
    """A stand-in for an ultrasound image, different for each seed: uint8 (H, W), and its mask, bool (H, W)."""
    rng = np.random.default_rng(seed)
    width, height = size
    texture = cv2.GaussianBlur(rng.normal(size=(height, width)), (0, 0), 6)
    image = 120 + 400 * texture + rng.normal(scale=14, size=(height, width))
    mask = np.zeros((height, width), np.uint8)
    centre = (int(rng.uniform(0.35, 0.65) * width), int(rng.uniform(0.35, 0.65) * height))
    axes = (26, 15) if label == BENIGN else (15, 24)
    cv2.ellipse(mask, centre, axes, float(rng.integers(-20, 20)), 0, 360, 1, -1)
    image[mask > 0] -= 75 if label == BENIGN else 40
    return np.uint8(np.clip(image, 0, 255)), mask.astype(bool)


def write_busi(folder: Path, per_class: int = 24, as_rgb: bool = False, seed: int = 0) -> Path:
    """A folder laid out like BUSI, with drawn images and masks."""
    for class_number, label in enumerate((*CLASSES, "normal")):
        (folder / label).mkdir(parents=True)
        for number in range(1, (per_class if label in CLASSES else 3) + 1):
            image, mask = drawn_ultrasound(100_000 * seed + 1000 * class_number + number, label)
            name = folder / label / f"{label} ({number})"
            cv2.imwrite(f"{name}.png", cv2.cvtColor(image, cv2.COLOR_GRAY2BGR) if as_rgb else image)
            cv2.imwrite(f"{name}_mask.png", np.uint8(mask) * 255)
    return folder
