"""Near-duplicate images, found from their pixels.

BUSI holds the same lesion several times: one frame with calipers and one without, a slightly shifted capture,
twice the very same picture. A split that puts one in training and its twin in test measures memory, not skill.
So images are joined into groups, and a split moves whole groups.

Two images are near-duplicates if, on thumbnails of 64 x 64 pixels,
  * they correlate above 0.94, or
  * they correlate above 0.85 and their perceptual hashes differ in at most 12 of 64 bits, or
  * they correlate above 0.70 and their fine structure correlates above 0.58 once one is shifted onto the other,
and groups are the connected components of that relation. The third finds a capture that was cropped or moved a
little; fine structure is what remains after taking away a blurred copy, so that two images that are merely bright
above and dark below do not count as alike.

The thresholds were set by looking at every pair of BUSI near them: on the near side all show one lesion, on the far
side strangers begin. Perceptual hash: C. Zauner, "Implementation and Benchmarking of Perceptual Image Hash
Functions", 2010 (signs of the low-frequency DCT around their median).

What this cannot do: tell that two pictures that look different are of one patient. BUSI names no patients.
"""

import cv2
import numpy as np

THUMBNAIL = 64
CORRELATION = 0.94
HASH_CORRELATION, HASH_DISTANCE = 0.85, 12
SHIFTED_CORRELATION, FINE_CORRELATION = 0.70, 0.58
LARGEST_SHIFT = 9  # pixels of the thumbnail, either way


def thumbnail(image: np.ndarray) -> np.ndarray:
    """A small copy that keeps what a glance would compare.

    Args:
        image: uint8 array of shape (H, W).

    Returns:
        uint8 array of shape (64, 64), averaged over areas.
    """
    return cv2.resize(image, (THUMBNAIL, THUMBNAIL), interpolation=cv2.INTER_AREA)


def group_near_duplicates(thumbnails: np.ndarray) -> np.ndarray:
    """Joins images that show the same capture.

    Args:
        thumbnails: uint8 array of shape (N, 64, 64), from `thumbnail`.

    Returns:
        int array of shape (N,): a group number per image, from 0, counted in order of first appearance.
    """
    from scipy.sparse import csr_array  # here, because pages need no groups of their own
    from scipy.sparse.csgraph import connected_components

    if len(thumbnails) == 0:
        return np.zeros(0, dtype=int)
    pairs = near_duplicate_pairs(thumbnails)
    _, labels = connected_components(csr_array(pairs), directed=False)
    _, first = np.unique(labels, return_index=True)
    rank = np.argsort(np.argsort(first))
    return rank[labels]


def near_duplicate_pairs(thumbnails: np.ndarray) -> np.ndarray:
    """Which images are near-duplicates of which.

    Args:
        thumbnails: uint8 array of shape (N, 64, 64).

    Returns:
        bool array of shape (N, N), symmetric, true on the diagonal.
    """
    correlation = _correlations(thumbnails)
    bits = np.stack([_perceptual_hash(image) for image in thumbnails]).astype(np.float32)  # (N, 64)
    distance = bits @ (1 - bits).T + (1 - bits) @ bits.T
    alike = (distance <= HASH_DISTANCE) & (correlation > HASH_CORRELATION)
    pairs = alike | (correlation > CORRELATION)
    pairs |= _shifted_pairs(thumbnails, (correlation > SHIFTED_CORRELATION) & ~pairs)
    np.fill_diagonal(pairs, True)
    return pairs


def _shifted_pairs(thumbnails: np.ndarray, candidates: np.ndarray) -> np.ndarray:
    """Which of the candidate pairs, bool (N, N), show the same fine structure after a shift: bool (N, N)."""
    fine = [image.astype(np.float32) - cv2.GaussianBlur(image.astype(np.float32), (0, 0), 5) for image in thumbnails]
    pairs = np.zeros_like(candidates)
    for first, second in np.argwhere(np.triu(candidates, 1)):
        inner = fine[first][LARGEST_SHIFT:-LARGEST_SHIFT, LARGEST_SHIFT:-LARGEST_SHIFT]
        best = cv2.matchTemplate(fine[second], inner, cv2.TM_CCOEFF_NORMED).max()
        pairs[first, second] = pairs[second, first] = best > FINE_CORRELATION
    return pairs


def _correlations(thumbnails: np.ndarray) -> np.ndarray:
    """Pearson correlation of every pair of thumbnails: float (N, N). A flat image correlates with none."""
    flat = thumbnails.reshape(len(thumbnails), -1).astype(np.float32)
    flat -= flat.mean(axis=1, keepdims=True)
    norm = np.linalg.norm(flat, axis=1, keepdims=True)
    flat /= np.maximum(norm, 1e-6)
    return flat @ flat.T


def _perceptual_hash(image: np.ndarray) -> np.ndarray:
    """64 bits: is each low-frequency DCT coefficient of the 32x32 thumbnail above their median?"""
    small = cv2.resize(image, (32, 32), interpolation=cv2.INTER_AREA).astype(np.float32)
    low = cv2.dct(small)[:8, :8].ravel()
    return low > np.median(low[1:])  # the first is the mean brightness
