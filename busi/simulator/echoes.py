"""The map of echoes: the breast, the lesion in it, and everything that weakens sound between the probe and a place."""

import numpy as np

from busi.simulator.anatomy import contact_shadows, tissue
from busi.simulator.behind import behind_db, edge_shadows_db, tissue_shadows_db
from busi.simulator.displacement import displace
from busi.simulator.fields import depths
from busi.simulator.inside import calcifications_db, inside_db
from busi.simulator.lesion import Lesion
from busi.simulator.margin import presence, rim_db, spicules_db
from busi.simulator.outline import facing, mask_of, signed_distance
from busi.simulator.scene import Scene

SCANNER_ATTENUATION = 0.5  # dB/cm/MHz, what the scanner makes up for


def echoes(lesion: Lesion, scene: Scene, points: np.ndarray, chance: dict[str, np.random.Generator]) -> np.ndarray:
    """How strongly each place sends sound back, with everything that weakens it on its way.

    Args:
        lesion: what it is like.
        scene: the breast around it.
        points: its outline, float array (P, 2), x and y in mm.
        chance: a stream for each part.

    Returns:
        float32 array (rows, columns), in dB.
    """
    distance, mask = signed_distance(points, scene), mask_of(points, scene)
    towards_beam = facing(distance, scene)
    around = displace(lesion, scene, tissue(scene, chance["tissue"]), distance, chance["bend"])
    around += rim_db(lesion, scene, distance, towards_beam, chance["rim"])
    around += spicules_db(lesion, scene, points, chance["spicules"])
    within = presence(lesion, scene, distance, towards_beam, chance["edge"])
    echo = around + within * (inside_db(lesion, scene, mask, chance["inside"]) - around)
    echo += calcifications_db(lesion, scene, mask, chance["specks"])
    echo += behind_db(lesion, scene, within, chance["behind"])
    echo += edge_shadows_db(lesion, scene, points, chance["sides"])
    echo += tissue_shadows_db(scene, around) + contact_shadows(scene, chance["contact"]) - _uncompensated(scene)
    return echo.astype(np.float32)


def _uncompensated(scene: Scene) -> np.ndarray:
    """What tissue weakens beyond what the scanner makes up for: float32 (rows, 1), in dB, there and back."""
    return 2 * depths(scene) / 10 * scene.frequency_mhz * np.float32(scene.attenuation - SCANNER_ATTENUATION)
