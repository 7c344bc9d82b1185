"""Pictures for a page, from arrays: as data URIs, and outlines as the path of an SVG."""

import base64

import cv2
import numpy as np

from busi.images.provenance import mark_simulated

LARGEST_SHOWN = 560  # pixels: what a page has room for


def exact_picture(image: np.ndarray) -> str:
    """A gray image as a data URI, losslessly.

    Args:
        image: uint8 array of shape (H, W).
    """
    return _data_uri(image, ".png", [cv2.IMWRITE_PNG_COMPRESSION, 3])


def gray_levels(model_input: np.ndarray) -> np.ndarray:
    """What the network saw, as an image: uint8 (S, S).

    Args:
        model_input: float array (S, S, 1) in [0, 1].
    """
    return np.rint(model_input[..., 0] * 255).astype(np.uint8)


def simulated_picture(image: np.ndarray) -> str:
    """A simulated image as a data URI, losslessly; whoever saves it saves with it that it is simulated.

    Args:
        image: uint8 array of shape (H, W).
    """
    encoded = cv2.imencode(".png", image, [cv2.IMWRITE_PNG_COMPRESSION, 3])[1].tobytes()
    return f"data:image/png;base64,{base64.b64encode(mark_simulated(encoded)).decode()}"


def heat_picture(values: np.ndarray) -> str:
    """A map in colours from black over violet to pale yellow (magma), as a data URI.

    Args:
        values: float array (H, W) in [0, 1].
    """
    coloured = cv2.applyColorMap(np.rint(values * 255).astype(np.uint8), cv2.COLORMAP_MAGMA)
    return _data_uri(coloured, ".png", [cv2.IMWRITE_PNG_COMPRESSION, 3])


def veil_picture(values: np.ndarray) -> str:
    """A map to be laid over a picture: the higher, the brighter and the less transparent, as a data URI.

    Args:
        values: float array (H, W) in [0, 1].
    """
    coloured = cv2.applyColorMap(np.rint(values * 255).astype(np.uint8), cv2.COLORMAP_INFERNO)
    opacity = np.rint(np.clip(values * 1.4, 0, 1) * 255).astype(np.uint8)
    return _data_uri(np.dstack([coloured, opacity]), ".png", [cv2.IMWRITE_PNG_COMPRESSION, 3])


def outline_path(mask: np.ndarray) -> str:
    """The edge of a mask as the `d` of an SVG path in a field of 100 x 100; empty if nothing is inside.

    Args:
        mask: bool array (H, W), true inside.
    """
    edges = cv2.findContours(np.uint8(mask), cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)[0]
    scale = 100 / np.array(mask.shape[::-1])
    return "".join("M" + "L".join(f"{x:.1f},{y:.1f}" for x, y in (edge[:, 0] + 0.5) * scale) + "Z" for edge in edges)


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
    return _data_uri(image, ".jpg", [cv2.IMWRITE_JPEG_QUALITY, 88])


def _data_uri(image: np.ndarray, extension: str, options: list[int]) -> str:
    encoded = cv2.imencode(extension, image, options)[1]
    kind = {".png": "png", ".jpg": "jpeg"}[extension]
    return f"data:image/{kind};base64,{base64.b64encode(encoded).decode()}"
