"""Lobules: the breast between skin and muscle as a mosaic of cells, some of fat and some of gland.

Cells stand on a grid that is longer along the skin than in depth, each moved and weighted by chance, so that no two are
of one size; every place belongs to the nearest (a power diagram). Thin bright ligaments run where two lobules of fat
meet. They shine most where they lie across the beam, taper, and many are not seen at all.
"""

from dataclasses import dataclass

import cv2
import numpy as np

from busi.simulator.fields import texture
from busi.simulator.scene import Scene

_PITCH_MM = 0.3  # of the grid on which cells are compared
_FLATNESS = 0.5  # height of a lobule, of its width
_BENDS = (0.3, 0.13), (0.1, 0.05)  # of borders: over which share of a lobule, and by how much
_NEIGHBOURS = tuple((row, column) for row in (-1, 0, 1) for column in (-1, 0, 1))


@dataclass(frozen=True)
class Mosaic:
    """Cells on a grid of their own.

    Attributes:
        nearest: int (h, w), the cell that each place belongs to.
        second: int (h, w), the next one.
        border_mm: float32 (h, w), how far the border between the two is.
        facing: float32 (h, w), how squarely the border meets the beam: 1 along the skin, 0 upright.
        depth_mm: float32 (cells,), of each cell's centre.
        across_mm: float32 (cells,), how far it is from the left side.
    """

    nearest: np.ndarray
    second: np.ndarray
    border_mm: np.ndarray
    facing: np.ndarray
    depth_mm: np.ndarray
    across_mm: np.ndarray


def mosaic(scene: Scene, rng: np.random.Generator) -> Mosaic:
    """Lays out the lobules.

    Args:
        scene: `lobule_mm`.
        rng: where cells are and how their borders bend.

    Returns:
        The cells.
    """
    size = np.array([_FLATNESS * scene.lobule_mm, scene.lobule_mm], np.float32)
    shape = max(24, round(scene.depth_mm / _PITCH_MM)), max(24, round(scene.width_mm / _PITCH_MM))
    row, column = _bent(scene, shape, size, rng)
    grid = int(row.max()) + 2, int(column.max()) + 2
    jitter = rng.uniform(-0.45, 0.45, (2, *grid)).astype(np.float32)
    centres = np.stack(np.meshgrid(*(np.arange(side) + 0.5 for side in grid), indexing="ij")).astype(np.float32)
    centres = (centres + jitter).reshape(2, -1)
    weight = rng.uniform(0, 0.35, centres.shape[1]).astype(np.float32)
    nearest, second, gap = _two_nearest(row, column, grid, centres, weight)
    step = (centres[:, second] - centres[:, nearest]) / size[:, np.newaxis, np.newaxis]
    slope = np.sqrt((step**2).sum(axis=0)) + 1e-6
    origin = np.array([[1.0], [1.0]], np.float32)
    down, across = (centres - origin) * size[:, np.newaxis]
    return Mosaic(nearest, second, gap / (2 * slope), (step[0] / slope) ** 2, down, across)


def ligaments(scene: Scene, cells: Mosaic, of_fat: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """How bright the borders between lobules are.

    Args:
        scene: `strands`, the more of them are seen.
        cells: the mosaic.
        of_fat: bool (cells,), which are fat.
        rng: which borders shine, and where they taper.

    Returns:
        float32 array (rows, columns), 0 (none) to about 1.
    """
    luck = rng.random(len(of_fat)).astype(np.float32)
    pair = (luck[cells.nearest] + luck[cells.second]) * np.float32(5.31) % 1
    seen = np.clip((pair - (1 - scene.strands) * 0.8) / 0.35, 0, 1)
    seen *= np.where(of_fat[cells.nearest] | of_fat[cells.second], 1, 0.25) * (0.25 + 0.75 * cells.facing)
    shown = cv2.resize(seen.astype(np.float32), (scene.columns, scene.rows), interpolation=cv2.INTER_LINEAR)
    away = cv2.resize(cells.border_mm, (scene.columns, scene.rows), interpolation=cv2.INTER_LINEAR)
    taper = np.clip(0.55 + 0.5 * texture(scene, 3, 1.5, rng), 0.05, 1.4)
    return shown * np.minimum(taper, 1) * np.exp(-((away / (0.08 + 0.16 * taper)) ** 2))


def _bent(
    scene: Scene, shape: tuple[int, int], size: np.ndarray, rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray]:
    """Where each place of the mosaic's grid lies, counted in cells; bent, so that no border is straight."""
    row = 1 + np.linspace(0, scene.depth_mm / size[0], shape[0], dtype=np.float32)[:, np.newaxis]
    column = 1 + np.linspace(0, scene.width_mm / size[1], shape[1], dtype=np.float32)
    for reach, strength in _BENDS:
        down, across = (
            cv2.resize(texture(scene, reach * size[1], 2 * reach * size[0], rng), shape[::-1]) for _ in "yx"
        )
        row, column = row + 1.2 * strength * down, column + strength * across
    return np.maximum(row, 0), np.maximum(column, 0)


def _two_nearest(
    row: np.ndarray, column: np.ndarray, grid: tuple[int, int], centres: np.ndarray, weight: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The two nearest cells of each place, and the difference of their squared distances."""
    nearest = np.zeros(row.shape, np.int32)
    second = np.zeros(row.shape, np.int32)
    best = np.full(row.shape, 1e6, np.float32)
    next_best = np.full(row.shape, 2e6, np.float32)
    home = row.astype(np.int32), column.astype(np.int32)
    for down, across in _NEIGHBOURS:
        cell = np.clip(home[0] + down, 0, grid[0] - 1) * grid[1] + np.clip(home[1] + across, 0, grid[1] - 1)
        away = (row - centres[0][cell]) ** 2 + (column - centres[1][cell]) ** 2 - weight[cell]
        closer, other = away < best, cell != nearest
        second = np.where(closer, np.where(other, nearest, second), np.where((away < next_best) & other, cell, second))
        next_best = np.where(
            closer, np.where(other, best, next_best), np.where(other, np.minimum(away, next_best), next_best)
        )
        nearest, best = np.where(closer, cell, nearest), np.minimum(away, best)
    return nearest, second, np.maximum(next_best - best, 0)
