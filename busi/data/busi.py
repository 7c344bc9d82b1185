"""BUSI known by its pictures: usual copies of them, as RGB, as JPEG, renamed or resized, and parts of the set too.

`busi_fingerprints.txt` holds a perceptual hash of each of its 780 images: 255 signs of low frequencies, from which no
picture can be drawn. `python -m experiments.hashes --data DIR` writes it again from BUSI itself, and says how far apart
strangers are.

Method: C. Zauner, "Implementation and Benchmarking of Perceptual Image Hash Functions", 2010, with 16 x 16 frequencies.
"""

from functools import lru_cache

import cv2
import numpy as np

from busi.system.places import folder_of

HASHES = folder_of("busi.data") / "busi_fingerprints.txt"
# Of 255 signs. Copies of BUSI as JPEG, resized, brightened or equalised differ in 40 at most, cropped by 2 % in 54;
# the pictures and outlines of another hospital (BrEaST, 522) in 84 at least, as drawn ones.
LARGEST_DISTANCE = 60
SHARE = 0.95  # of a data set's pictures that must be known before it counts as BUSI

_FREQUENCIES = 16


def perceptual_hash(image: np.ndarray) -> np.ndarray:
    """Whether each low frequency of a picture, shrunk to 32 x 32 pixels, is above their median.

    Args:
        image: uint8 array of shape (H, W).

    Returns:
        bool array of shape (255,); the mean brightness is left out.
    """
    small = cv2.resize(image, (32, 32), interpolation=cv2.INTER_AREA).astype(np.float32)
    low = cv2.dct(small)[:_FREQUENCIES, :_FREQUENCIES].ravel()[1:]
    return low > np.median(low)


def distances(hashes: np.ndarray) -> np.ndarray:
    """In how many of the 255 signs each picture differs from the image of BUSI that is nearest to it.

    Args:
        hashes: bool array of shape (N, 255), from `perceptual_hash`.

    Returns:
        int array of shape (N,), from 0 to 255.
    """
    ours, known = hashes.astype(np.float32), busi_hashes().astype(np.float32)
    return (ours @ (1 - known).T + (1 - ours) @ known.T).min(axis=1).astype(int)


def are_of_busi(hashes: np.ndarray) -> np.ndarray:
    """Which pictures are images of BUSI.

    Args:
        hashes: bool array of shape (N, 255), from `perceptual_hash`.

    Returns:
        bool array of shape (N,).
    """
    return distances(hashes) <= LARGEST_DISTANCE if len(hashes) else np.zeros(0, bool)


@lru_cache(maxsize=1)
def busi_hashes() -> np.ndarray:
    """The hashes of BUSI's images: bool array of shape (780, 255)."""
    lines = [line for line in HASHES.read_text(encoding="utf-8").splitlines() if not line.startswith("#")]
    return np.array([from_text(line) for line in lines])


def to_text(signs: np.ndarray) -> str:
    """A hash, bool (255,), as 64 hexadecimal digits."""
    return np.packbits(signs).tobytes().hex()


def from_text(digits: str) -> np.ndarray:
    """The hash that `to_text` wrote: bool array of shape (255,)."""
    return np.unpackbits(np.frombuffer(bytes.fromhex(digits), np.uint8)).astype(bool)[: _FREQUENCIES**2 - 1]
