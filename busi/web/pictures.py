"""Pictures for a page, from arrays: as data URIs or under an address, and outlines as the path of an SVG.

What belongs to the workshop, and many visitors see, has an address: the page does not carry it, and browsers keep it.
What a visitor gave goes into the answer itself, and is kept nowhere.
"""

import base64
import hashlib

import cv2
import numpy as np

from busi.images.provenance import mark_simulated
from busi.server.scripts import PICTURES

LARGEST_SHOWN = 560  # pixels: what a page has room for

addressed: dict[str, bytes] = {}  # pictures by their address, "/pictures/<digest>.jpeg"; as many as the workshop has


def exact_picture(image: np.ndarray) -> str:
    """A gray image as a data URI, losslessly.

    Args:
        image: uint8 array of shape (H, W).
    """
    return _as_uri(_png(image))


def simulated_picture(image: np.ndarray) -> str:
    """A simulated image as a data URI, losslessly; whoever saves it saves with it that it is simulated.

    Args:
        image: uint8 array of shape (H, W).
    """
    return _as_uri(mark_simulated(_png(image)))


def heat_picture(values: np.ndarray) -> str:
    """A map in colours from black over violet to pale yellow (magma), as a data URI.

    Args:
        values: float array (H, W) in [0, 1].
    """
    coloured = cv2.applyColorMap(np.rint(values * 255).astype(np.uint8), cv2.COLORMAP_MAGMA)
    return _as_uri(_png(coloured))


def veil_picture(values: np.ndarray) -> str:
    """A map to be laid over a picture: the higher, the brighter and the less transparent, as a data URI.

    Args:
        values: float array (H, W) in [0, 1].
    """
    coloured = cv2.applyColorMap(np.rint(values * 255).astype(np.uint8), cv2.COLORMAP_INFERNO)
    opacity = np.rint(np.clip(values * 1.4, 0, 1) * 255).astype(np.uint8)
    return _as_uri(_png(np.dstack([coloured, opacity])))


def outline_path(mask: np.ndarray) -> str:
    """The edge of a mask as the `d` of an SVG path in a field of 100 x 100; empty if nothing is inside.

    Args:
        mask: bool array (H, W), true inside.
    """
    return "".join("M" + "L".join(f"{x:.1f},{y:.1f}" for x, y in 100 * edge) + "Z" for edge in edges_of(mask))


def edges_of(mask: np.ndarray) -> list[np.ndarray]:
    """The outer edges of a mask: for each float (N, 2), columns and rows as shares of its width and height.

    Args:
        mask: bool array (H, W), true inside.
    """
    edges = cv2.findContours(np.uint8(mask), cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)[0]
    return [(edge[:, 0] + 0.5) / np.array(mask.shape[::-1]) for edge in edges]


def light_picture(image: np.ndarray, largest: int = LARGEST_SHOWN) -> str:
    """An image as a data URI, scaled down to `largest` pixels a side and lightly compressed.

    Args:
        image: uint8 array of shape (H, W), gray, or (H, W, 3), red, green, blue.
        largest: longest side, in pixels.
    """
    scale = largest / max(image.shape)
    if scale < 1:
        size = [max(1, round(side * scale)) for side in image.shape[1::-1]]
        image = cv2.resize(image, size, interpolation=cv2.INTER_AREA)
    if image.ndim == 3:
        image = cv2.cvtColor(image, cv2.COLOR_RGB2BGR)
    return _as_uri(cv2.imencode(".jpg", image, [cv2.IMWRITE_JPEG_QUALITY, 88])[1].tobytes(), "jpeg")


def picture_address(image: np.ndarray, largest: int = LARGEST_SHOWN) -> str:
    """Where the same picture is, from the page. For the workshop's own alone, as `with_address`.

    Args:
        image: uint8 array of shape (H, W), gray, or (H, W, 3), red, green, blue.
        largest: longest side, in pixels.
    """
    return with_address(light_picture(image, largest))


def with_address(picture: str) -> str:
    """Gives a picture an address, relative to the page. For the workshop's own alone: it stays in memory.

    Args:
        picture: a data URI, as the functions here make it.
    """
    kind, content = picture.removeprefix("data:image/").split(";base64,")
    encoded = base64.b64decode(content)
    address = f"{PICTURES}{hashlib.sha256(encoded).hexdigest()[:16]}.{kind}"
    addressed[address] = encoded
    return f".{address}"


def _png(image: np.ndarray) -> bytes:
    return cv2.imencode(".png", image, [cv2.IMWRITE_PNG_COMPRESSION, 3])[1].tobytes()


def _as_uri(encoded: bytes, kind: str = "png") -> str:
    return f"data:image/{kind};base64,{base64.b64encode(encoded).decode()}"
