"""Figures of a finished training, drawn in full: the same bytes each time, small enough for a card."""

import io
import shutil
import threading

import numpy as np
import pytest
from PIL import Image

from busi.bundle.files import (
    CARD,
    EMBEDDED,
    FIGURE_FILES,
    IMAGES,
    figures_of,
    open_bundle,
)
from busi.training.figures import (
    draw_figures,
    main,
)


@pytest.fixture(scope="module")
def bundle():
    return open_bundle(EMBEDDED)


@pytest.fixture(scope="module")
def drawn(bundle) -> dict[str, bytes]:
    return draw_figures(bundle.info, bundle.history, bundle.predictions)


@pytest.fixture
def copy(tmp_path):
    return shutil.copytree(EMBEDDED, tmp_path / "copy")


def _embedded(name: str) -> bytes:
    return (EMBEDDED / name).read_bytes()


def test_the_same_tables_give_the_same_bytes_in_threads_too(drawn, bundle):
    found = []
    tables = (bundle.info, bundle.history, bundle.predictions)
    threads = [threading.Thread(target=lambda: found.append(draw_figures(*tables))) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [drawn, drawn] and list(drawn) == list(FIGURE_FILES)


def test_they_are_small_and_fit_a_card(drawn):
    for name, content in drawn.items():
        with Image.open(io.BytesIO(content)) as image:
            assert image.format == "PNG" and image.width == 910 and not image.info.keys() & {"Software", "date"}, name
        assert len(content) < 50_000, name
    assert all(drawn[f"figures/{name}.fr.png"] != drawn[f"figures/{name}.en.png"] for name in ("roc", "errors"))


def test_the_command_draws_them_again_and_the_card_with_them(copy, capsys):
    before = {path: path.read_bytes() for path in copy.rglob("*") if path.is_file()}
    shutil.rmtree(copy / "figures")
    (copy / CARD).write_text("# Another\n", "utf-8")
    assert main([str(copy)]) == 0
    printed = capsys.readouterr().out
    assert all(name in printed for name in FIGURE_FILES)
    assert {path for path in copy.rglob("*") if path.is_file()} == set(before)
    assert (copy / CARD).read_bytes() == before[copy / CARD]
    assert main([str(copy / IMAGES)]) == 2 and "no such bundle" in capsys.readouterr().err


def test_the_embedded_bundle_has_its_own(drawn):
    assert figures_of(EMBEDDED) == list(FIGURE_FILES)
    for name, content in drawn.items():
        shown = [np.asarray(Image.open(io.BytesIO(png)).convert("RGB"), float) for png in (content, _embedded(name))]
        assert np.abs(shown[0] - shown[1]).mean() < 2, name  # another version of FreeType moves an edge
