"""Two pictures in one, half and quarter turns, negatives: told, each for its own reason, and seldom without one."""

from collections.abc import Callable

import cv2
import numpy as np
import pytest

from busi.bundle.files import EMBEDDED, open_bundle
from busi.data.dataset import read_busi
from busi.data.simulated import draw, held_out_seeds
from busi.images import read_image
from busi.model.arrangement import REASONS, is_side_by_side, reason_not_known
from busi.model.out_of_domain import Domain
from busi.words.text import LANGUAGES, Words
from tests.support.drawings import drawn_ultrasound


@pytest.fixture(scope="module")
def domain() -> Domain:
    return open_bundle(EMBEDDED).domain


def beside(one: np.ndarray, other: np.ndarray, gap: int = 0, level: int = 0) -> np.ndarray:
    height = min(len(one), len(other))
    fitted = [cv2.resize(each, (round(each.shape[1] * height / len(each)), height)) for each in (one, other)]
    return np.hstack([fitted[0], np.full((height, gap), level, np.uint8), fitted[1]])


def as_jpeg(image: np.ndarray) -> np.ndarray:
    return cv2.imdecode(cv2.imencode(".jpg", image, [cv2.IMWRITE_JPEG_QUALITY, 70])[1], cv2.IMREAD_GRAYSCALE)


def test_a_seam_and_a_gap_are_seen_and_a_soft_shadow_is_none():
    one, other = drawn_ultrasound(1)[0], drawn_ultrasound(2)[0]
    assert not is_side_by_side(one) and not is_side_by_side(other)
    assert is_side_by_side(beside(one, other, 12)) and is_side_by_side(beside(one, other, 2, 255))
    assert is_side_by_side(beside(one, np.uint8(other * 0.5)))
    across = np.linspace(0, 1, one.shape[1])
    shadow = one * (0.25 + 0.75 * np.minimum(1, np.abs(across - 0.5) * 4))
    assert not is_side_by_side(shadow.astype(np.uint8))


def test_every_reason_has_a_sentence_on_the_page():
    for language in LANGUAGES:
        sentences = [Words(language)(f"prediction.outside_{reason}") for reason in REASONS]
        assert len(set(sentences)) == len(REASONS)


def test_most_simulated_images_are_known_and_their_changes_are_told(domain):
    """The network in the box knows BUSI and the drawings of an earlier simulator, of which today's are a wider kind."""
    images = [draw(seed).image for seed in held_out_seeds("test")[:60]]

    def said(change: Callable[[np.ndarray], np.ndarray]) -> list[str | None]:
        return [reason_not_known(domain, np.ascontiguousarray(change(image))) for image in images]

    def share(reasons: list[str | None], *meant: str | None) -> float:
        return float(np.mean([reason in meant for reason in reasons]))

    assert share(said(lambda image: image), None) >= 0.8
    assert share(said(lambda image: np.rot90(image, 2)), "upside_down", "unlike") >= 0.7
    assert share(said(lambda image: np.rot90(image, 1)), "on_its_side", "side_by_side", "unlike") >= 0.97
    assert share(said(lambda image: 255 - image), "inverted", "unlike") >= 0.85
    assert share(said(lambda image: image[:, ::-1]), None) >= 0.8  # left and right are alike
    assert share(said(lambda image: np.hstack([image, image, image])), "shape", "side_by_side") >= 0.9
    assert reason_not_known(domain, images[0], colour=0.5) == "colour"


@pytest.mark.busi
def test_how_often_each_is_told_on_busi_s_test_images(domain, busi_folder):
    bundle = open_bundle(EMBEDDED)
    paths = read_busi(busi_folder).images.set_index("image_id")["path"]
    images = [read_image(paths[one]) for one in bundle.test_images["image_id"]]
    order = np.random.default_rng(3).permutation(len(images))
    pairs = [(image, images[other]) for image, other in zip(images, order, strict=True)]

    def told(pictures: list[np.ndarray]) -> float:
        return float(np.mean([reason_not_known(domain, np.ascontiguousarray(one)) is not None for one in pictures]))

    assert told(images) <= 0.03
    shares = {
        "side by side": told([beside(*pair) for pair in pairs]),
        "with a black gap": told([beside(*pair, 8) for pair in pairs]),
        "with a white line": told([beside(*pair, 2, 255) for pair in pairs]),
        "as a JPEG": told([as_jpeg(beside(*pair)) for pair in pairs]),
        "half a turn": told([np.rot90(image, 2) for image in images]),
        "a quarter turn": told([np.rot90(image, 1) for image in images]),
        "a quarter turn back": told([np.rot90(image, 3) for image in images]),
        "inverted": told([255 - image for image in images]),
    }
    assert shares.pop("half a turn") >= 0.8  # BUSI's images are nearly as gray below as above
    assert min(shares.values()) >= 0.9, shares
