import io
import struct
import zlib

import cv2
import numpy as np
import pytest
from PIL import Image

from busi.images import ImageContract, ImageRefused, clahe, prepare, read_image, resize, standardise, to_model_input


@pytest.fixture
def gradient() -> np.ndarray:
    """60 rows of 0, 4, 8 ... 196: every column has its own gray."""
    return np.tile(np.arange(0, 200, 4, dtype=np.uint8), (60, 1))


def saved(picture: Image.Image, kind: str, **options) -> bytes:
    buffer = io.BytesIO()
    picture.save(buffer, kind, **options)
    return buffer.getvalue()


@pytest.mark.parametrize("kind", ["PNG", "TIFF", "BMP", "GIF"])
@pytest.mark.parametrize("mode", ["L", "RGB", "P"])
def test_lossless_formats_keep_every_gray_level(gradient, kind, mode):
    data = saved(Image.fromarray(gradient).convert(mode), kind)
    np.testing.assert_allclose(read_image(data), gradient, atol=0 if mode != "P" or kind != "GIF" else 1)


def test_lossless_webp_keeps_every_gray_level(gradient):
    data = saved(Image.fromarray(gradient).convert("RGB"), "WEBP", lossless=True)
    np.testing.assert_array_equal(read_image(data), gradient)


def test_jpeg_in_gray_rgb_and_cmyk_stays_close(gradient):
    for mode in ("L", "RGB", "CMYK"):
        image = read_image(saved(Image.fromarray(gradient).convert(mode), "JPEG", quality=95))
        assert np.abs(image.astype(int) - gradient).mean() < 3


@pytest.mark.parametrize("kind", ["PNG", "TIFF"])
def test_sixteen_bits_are_scaled_to_eight(gradient, kind):
    data = saved(Image.fromarray(gradient.astype(np.uint16) * 257), kind)
    np.testing.assert_array_equal(read_image(data), gradient)


def test_float_tiff_is_stretched_from_black_to_white(gradient):
    image = read_image(saved(Image.fromarray(gradient.astype(np.float32) * 3 - 100), "TIFF"))
    assert image.min() == 0 and image.max() == 255 and image.dtype == np.uint8


def test_transparency_is_laid_on_black(gradient):
    for mode in ("LA", "RGBA"):
        picture = Image.fromarray(gradient).convert(mode)
        alpha = np.full(gradient.shape, 255, np.uint8)
        alpha[:30] = 0
        picture.putalpha(Image.fromarray(alpha))
        image = read_image(saved(picture, "PNG"))
        assert (image[:30] == 0).all()
        np.testing.assert_array_equal(image[30:], gradient[30:])


def test_exif_rotation_is_applied(gradient):
    exif = Image.Exif()
    exif[274] = 6  # the camera was held on its side
    image = read_image(saved(Image.fromarray(gradient), "PNG", exif=exif))
    np.testing.assert_array_equal(image, np.rot90(gradient, -1))


def test_an_animated_gif_gives_its_first_frame(gradient):
    frames = [Image.fromarray(gradient), Image.fromarray(255 - gradient)]
    data = saved(frames[0], "GIF", save_all=True, append_images=frames[1:])
    np.testing.assert_allclose(read_image(data), gradient, atol=1)


def test_paths_pil_images_and_arrays_give_the_same(gradient, tmp_path):
    path = tmp_path / "image.png"
    Image.fromarray(gradient).save(path)
    rgb = np.stack([gradient] * 3, axis=-1)
    rgba = np.dstack([rgb, np.full(gradient.shape, 255, np.uint8)])
    sources = [path, str(path), path.read_bytes(), Image.fromarray(gradient), gradient, gradient[..., None], rgb, rgba]
    sources += [gradient.astype(np.uint16) * 257, gradient / 255, gradient.astype(np.float32)]
    for source in sources:
        np.testing.assert_array_equal(read_image(source), gradient)


def huge_png() -> bytes:
    """A PNG that claims 60,000 x 60,000 pixels and holds a few bytes of them."""

    def chunk(kind: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))

    header = struct.pack(">IIBBBBB", 60_000, 60_000, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"\0" * 99))


def test_each_bad_file_is_refused_for_its_own_reason(gradient, tmp_path):
    png = saved(Image.fromarray(gradient), "PNG")
    noise = np.random.default_rng(0).integers(0, 255, (200, 200)).astype(np.uint8)
    whole = {kind: saved(Image.fromarray(noise), kind) for kind in ("PNG", "JPEG", "TIFF", "WEBP", "BMP", "GIF")}
    expected = {
        "missing": [tmp_path / "nowhere.png", tmp_path],
        "empty": [b"", np.zeros((0, 5), np.uint8)],
        "not_an_image": [
            b"<svg></svg>",
            b"%PDF-1.7",
            b"PK\x03\x04",
            b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 99 99\n",
            np.zeros(50, np.uint8),
            np.zeros((50, 50, 7)),
        ],
        "truncated": [data[: len(data) // 2] for data in whole.values()] + [png[:20]],
        "too_small": [saved(Image.new("L", (31, 500)), "PNG"), saved(Image.new("L", (1, 1)), "PNG")],
        "too_large": [huge_png(), saved(Image.new("1", (8000, 5001)), "PNG")],
        "bad_values": [
            saved(Image.fromarray(np.full((40, 40), np.nan, np.float32)), "TIFF"),
            np.full((40, 40), -1.0),
            np.full((40, 40), np.inf),
            np.zeros((40, 40), np.int64),
        ],
    }
    for reason, sources in expected.items():
        for source in sources:
            with pytest.raises(ImageRefused) as refused:
                read_image(source)
            assert refused.value.reason == reason, (reason, str(refused.value))


def test_size_is_checked_before_decoding(monkeypatch):
    def decode(*arguments):
        raise AssertionError("decoded")

    monkeypatch.setattr("busi.images.read._loaded", decode)
    with pytest.raises(ImageRefused, match="megapixels"):
        read_image(saved(Image.new("1", (8000, 5001)), "PNG"))


def test_resize_averages_areas_when_shrinking():
    checkerboard = np.kron([[0, 200] * 32, [200, 0] * 32] * 32, np.ones((1, 1))).astype(np.uint8)
    np.testing.assert_array_equal(resize(checkerboard, 32), np.full((32, 32), 100))


def test_resize_stretches_to_a_square_and_grows():
    assert resize(np.zeros((50, 80), np.uint8), 224).shape == (224, 224)


def test_clahe_is_opencv_s_and_zero_leaves_the_image(gradient):
    expected = cv2.createCLAHE(2.0, (8, 8)).apply(gradient)
    np.testing.assert_array_equal(clahe(gradient, 2.0, 8), expected)
    unchanged = clahe(gradient, 0, 8)
    np.testing.assert_array_equal(unchanged, gradient)
    assert unchanged is not gradient


def test_model_input_has_a_channel_and_lies_in_zero_to_one():
    scaled = to_model_input(np.array([[0, 51], [102, 255]], np.uint8))
    assert scaled.shape == (2, 2, 1) and scaled.dtype == np.float32
    np.testing.assert_allclose(scaled[..., 0], [[0, 0.2], [0.4, 1]], rtol=1e-6)


def test_prepare_is_the_steps_in_order(gradient):
    contract = ImageContract(size=64, clahe_clip_limit=3.0, clahe_tiles=4)
    by_hand = to_model_input(clahe(resize(gradient, 64), 3.0, 4))
    np.testing.assert_array_equal(prepare(gradient, contract), by_hand)
    np.testing.assert_array_equal(standardise(gradient, contract), np.rint(by_hand[..., 0] * 255))


@pytest.mark.parametrize(
    ("setting", "value"),
    [("size", 16), ("size", 4096), ("clahe_clip_limit", -1), ("clahe_tiles", 0), ("clahe_tiles", "8"), ("size", True)],
)
def test_a_setting_out_of_range_is_named_with_its_value(setting, value):
    with pytest.raises(ValueError, match=f"{setting} must be .* got {value!r}"):
        ImageContract(**{setting: value})
