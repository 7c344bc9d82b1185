"""Outlines told from ultrasound images by name and by content."""

import io

import numpy as np
import pytest
from PIL import Image

from busi.data.outline_names import names_outlines, parse, plain_name, without_picture_words
from busi.data.outlines import (
    BLANK,
    OUTLINE,
    PICTURE,
    content_of,
    inside_of,
    join,
    marks_the_outside,
    read_outline,
    read_values,
)
from tests.support.drawings import drawn_ultrasound


@pytest.mark.parametrize(
    "stem",
    [
        "x_mask", "x_Mask", "X-MASK", "x mask", "x.mask", "xMask", "x_masks", "x_gt", "x-GT", "x_tumor", "x_Tumour",
        "x_lésion", "x_lesion", "x-label", "x_seg", "x_segmentation", "x_annotation", "x_contour", "x_ground_truth",
        "x_masque", "x_Maske", "x_Läsion", "x_roi", "x_seg_mask", "x_mask_1", "x_mask_12", "x_mask2", "x_mask (1)",
        "x_mask - Copy", "x_mask - Copy (2)", "x_mask copy", "x_mask copy 2", "x_mask - Copie", "x_mask - Kopie (3)",
        "x_mask (copie)", "x_mask (another copy)", "Copie de x_mask", "Copy of x_mask", "Kopie von x_mask", "mask_x",
        "GT-x", "x_mask_",
    ],
)  # fmt: skip
def test_what_people_call_an_outline(stem):
    name = parse(stem)
    assert name.outline and name.bases[0] == "x"


@pytest.mark.parametrize(
    "stem",
    ["benign (1)", "case 7", "IMG_0012", "patient12_left", "contrast 3", "targeted", "amass", "x - Copy", "largo"],
)
def test_what_is_no_outline_by_its_name(stem):
    assert not parse(stem).outline


def test_what_a_name_is_taken_apart_into():
    assert parse("Benign (1)_Mask - Copie (2)").bases == ("benign (1)",)
    assert parse("mask (12)").bases == ("", "(12)")
    assert parse("benign_mask (3)").bases == ("benign", "benign (3)", "benign(3)")
    assert parse("x_mask").certain and not parse("x_tumor").certain
    assert plain_name("Écho_01") == plain_name("E\u0301cho-01") == "echo 01"
    assert without_picture_words("bus 0001 l") == parse("mask_0001-l").bases[0] == "0001 l"
    assert without_picture_words("img12") == "12" and without_picture_words("image") == ""
    assert names_outlines("Masks") and names_outlines("GT") and names_outlines("expert_masques")
    assert not names_outlines("images") and not names_outlines("benign")


MASK = drawn_ultrasound(3)[1]


def png(picture: Image.Image, kind: str = "PNG", **options) -> bytes:
    file = io.BytesIO()
    picture.save(file, kind, **options)
    return file.getvalue()


def with_palette(inside: np.ndarray, colours: list[int]) -> Image.Image:
    picture = Image.fromarray(inside.astype(np.uint8), "L")
    picture.putpalette(colours + [0] * (768 - len(colours)))
    return picture


def coloured(inside: np.ndarray, colour: tuple[int, ...]) -> Image.Image:
    return Image.fromarray(inside[..., None].astype(np.uint8) * np.array(colour, np.uint8))


WAYS = {
    "255": (lambda m: Image.fromarray(m.astype(np.uint8) * 255), "png", {}),
    "1": (lambda m: Image.fromarray(m.astype(np.uint8)), "png", {}),
    "128": (lambda m: Image.fromarray(m.astype(np.uint8) * 128), "png", {}),
    "16 bits, 255": (lambda m: Image.fromarray(m.astype(np.uint16) * 255), "png", {}),
    "16 bits, 1": (lambda m: Image.fromarray(m.astype(np.uint16)), "png", {}),
    "16 bits, full": (lambda m: Image.fromarray(m.astype(np.uint16) * 65535), "tiff", {}),
    "1 bit": (lambda m: Image.fromarray(m), "png", {}),
    "1 bit, TIFF": (lambda m: Image.fromarray(m), "tiff", {"compression": "group4"}),
    "float": (lambda m: Image.fromarray(m.astype(np.float32)), "tiff", {}),
    "palette": (lambda m: with_palette(m, [0, 0, 0, 128, 0, 0]), "png", {}),
    "palette of one colour": (lambda m: with_palette(m, [0, 0, 0, 0, 0, 0]), "png", {}),
    "blue": (lambda m: coloured(m, (0, 0, 200)), "png", {}),
    "drawn by transparency": (lambda m: coloured(m, (0, 0, 0, 255)), "png", {}),
    "white where transparent": (
        lambda m: Image.fromarray(np.dstack([np.full((*m.shape, 3), 255, np.uint8), np.uint8(m) * 255])), "png", {},
    ),
    "JPEG": (lambda m: Image.fromarray(m.astype(np.uint8) * 255), "jpeg", {"quality": 60}),
    "WebP": (lambda m: Image.fromarray(m.astype(np.uint8) * 255).convert("RGB"), "webp", {"quality": 60}),
    "GIF": (lambda m: Image.fromarray(m.astype(np.uint8) * 255), "gif", {}),
}  # fmt: skip


@pytest.mark.parametrize("way", WAYS)
def test_an_outline_is_the_same_however_it_is_written(way, tmp_path):
    draw, kind, options = WAYS[way]
    path = tmp_path / f"x_mask.{kind}"
    path.write_bytes(png(draw(MASK), kind.upper(), **options))
    values, _ = read_values(path)
    assert content_of(values) == OUTLINE
    found = read_outline(path)
    assert found.shape == MASK.shape and (found != MASK).mean() < (0.005 if kind in ("jpeg", "webp") else 1e-9)


def test_numbered_lesions_are_all_inside_and_soft_edges_are_cut_in_the_middle():
    labels = np.zeros((60, 80), np.uint8)
    for number in range(1, 7):
        labels[5:10, 10 * number : 10 * number + 5] = number
    np.testing.assert_array_equal(inside_of(labels), labels > 0)
    soft = np.tile(np.linspace(0, 255, 80).astype(np.uint8), (60, 1))
    assert inside_of(soft).mean() == pytest.approx(0.5, abs=0.02)


def test_what_content_is_called():
    image, mask = drawn_ultrasound(5)
    assert content_of(image) == PICTURE and content_of(np.uint8(mask) * 3) == OUTLINE
    assert content_of(np.zeros((40, 40), np.uint8)) == BLANK
    jpeg = Image.open(io.BytesIO(png(Image.fromarray(np.uint8(mask) * 255), "JPEG", quality=40)))
    assert content_of(np.asarray(jpeg)) == OUTLINE
    assert len(np.unique(np.asarray(jpeg))) > 3


def test_an_outline_of_everything_but_the_lesion_is_noticed():
    assert marks_the_outside(~MASK) and not marks_the_outside(MASK)
    assert not marks_the_outside(np.zeros((40, 40), bool))


def test_outlines_of_another_size_are_fitted_and_all_are_joined():
    left, right = np.zeros((40, 40), bool), np.zeros((20, 20), bool)
    left[:, :10], right[:, 15:] = True, True
    joined = join([left, right], (40, 40))
    assert joined[:, :10].all() and joined[:, 30:].all() and not joined[:, 10:30].any()
