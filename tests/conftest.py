"""What the tests share: drawn images, a small BUSI-like folder, a small bundle, and where the real BUSI is."""

import os
import shutil
import sys
import threading
import time
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
os.environ.setdefault("GRADIO_ANALYTICS_ENABLED", "False")

import cv2
import numpy as np
import pandas as pd
import pytest

from busi.words.classes import BENIGN, MALIGNANT
from tests.support.bare import bare_environment
from tests.support.drawings import drawn_ultrasound, write_busi
from tests.support.hub_server import TOKEN, Hub
from tests.support.once import made_once
from tests.support.places import IN_CI, ROOT

# Taken out of the environment, so that what a test starts behaves as on a newcomer's machine; the processes that
# pytest shares the tests out to, which start without it, find it under another name.
BUSI_FOLDER = os.environ.pop("BUSI_DATA_DIR", None) or os.environ.get("TESTS_BUSI_FOLDER")
if BUSI_FOLDER:
    os.environ["TESTS_BUSI_FOLDER"] = BUSI_FOLDER
BREAST_FOLDER = os.environ.get("BREAST_DATA_DIR")  # no program looks at it
os.environ.pop("BUSI_BUNDLE", None)


TIERS = ("integration", "browser", "unit", "js")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The files that take longest come first, so that neither of two processes is left with a long one at the end."""

    def tier(item: pytest.Item) -> int:
        name = item.path.relative_to(ROOT / "tests").parts[0]
        return TIERS.index(name) if name in TIERS else len(TIERS)

    items.sort(key=tier)  # stable: within a tier the order stays


@pytest.fixture(scope="session", autouse=True)
def _own_cache(tmp_path_factory):
    """No test, and nothing that is made for several tests, reads or fills the user's cache."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("BUSI_CACHE_DIR", str(tmp_path_factory.getbasetemp() / "cache"))
        yield


@pytest.fixture(scope="session")
def small_busi(tmp_path_factory) -> Path:
    return made_once(tmp_path_factory, "data", lambda folder: write_busi(folder / "Dataset_BUSI_with_GT"))


@pytest.fixture(scope="session")
def busi_folder() -> Path:
    """The real BUSI: skipped where it is missing, an error in CI."""
    if BUSI_FOLDER and Path(BUSI_FOLDER).is_dir():
        return Path(BUSI_FOLDER)
    if IN_CI:
        pytest.fail("BUSI_DATA_DIR does not name a folder, and CI must not skip these tests")
    pytest.skip("needs BUSI: set BUSI_DATA_DIR to its folder")


@pytest.fixture(scope="session")
def breast_folder() -> Path:
    """BrEaST as it was downloaded: skipped where it is missing, an error in CI."""
    if BREAST_FOLDER and Path(BREAST_FOLDER).is_dir():
        return Path(BREAST_FOLDER)
    if IN_CI:
        pytest.fail("BREAST_DATA_DIR does not name a folder, and CI must not skip these tests")
    pytest.skip("needs BrEaST: set BREAST_DATA_DIR to its folder")


@pytest.fixture(scope="session")
def small_predictions() -> pd.DataFrame:
    rng = np.random.default_rng(4)
    labels = np.array([MALIGNANT, BENIGN] * 20)
    probability = np.clip(rng.normal(np.where(labels == MALIGNANT, 0.65, 0.35), 0.2), 0.01, 0.99)
    return pd.DataFrame(
        {
            "image_id": [f"{label} ({number})" for number, label in enumerate(labels)],
            "source": "busi",
            "split": ["validation"] * 20 + ["test"] * 20,
            "label": labels,
            "probability": probability.round(6),
            "blur": rng.uniform(50, 400, 40).round(2),
            "contrast": rng.uniform(20, 60, 40).round(2),
            "brightness": rng.uniform(60, 140, 40).round(2),
            "group": np.arange(40),
        }
    )


@pytest.fixture(scope="session")
def small_bundle(tmp_path_factory, small_predictions):
    """A bundle with an untrained 64-pixel network, opened."""
    from busi.bundle.files import HISTORY_COLUMNS, save_bundle
    from busi.images import ImageContract
    from busi.model.network import build_network
    from busi.training.evaluation import score_predictions

    evaluation = score_predictions(small_predictions, temperature=1.5, threshold=0.4)
    info = {
        "created": "2026-01-31",
        "image": ImageContract(size=64).to_dict(),
        "data": {"fingerprint": "none", "parts": {"train": {"images": 100}}},
        **evaluation.to_dict(),
    }
    history = pd.DataFrame([[1, 0.7, 0.5, 0.5, 0.7, 0.5, 0.5, 0.001, 1.0]], columns=list(HISTORY_COLUMNS))
    folder = tmp_path_factory.mktemp("bundles") / "small"
    return save_bundle(folder, build_network("atelier", 64, seed=3), info, history, small_predictions, "# Card\n")


@pytest.fixture(scope="session")
def drawing_bundle(small_bundle, small_predictions, tmp_path_factory):
    """The same, but that its network draws what is darker than a third, and that both scores are added; opened."""
    from busi.bundle.files import save_bundle
    from tests.support.fusion import dark_is_lesion, some_fusion

    info = {name: value for name, value in small_bundle.info.items() if name not in ("format_version", "classes")}
    folder = tmp_path_factory.mktemp("bundles") / "drawing"
    told = {**info, "mirrored": True, "fusion": some_fusion().to_dict()}
    return save_bundle(folder, dark_is_lesion(), told, small_bundle.history, small_predictions, "# Card\n")


@pytest.fixture(scope="session")
def bundle():
    """The embedded bundle, opened."""
    from busi.bundle.files import EMBEDDED, open_bundle

    return open_bundle(EMBEDDED)


@pytest.fixture(scope="session")
def gallery(bundle):
    """What its pages offer to choose from where no data is at hand."""
    from busi.serving.gallery import open_gallery

    return open_gallery(bundle, None)


@pytest.fixture(scope="session")
def odd_folder(tmp_path_factory) -> Path:
    """A copy of the embedded bundle, whose information a test may overwrite."""
    from busi.bundle.files import EMBEDDED

    return shutil.copytree(EMBEDDED, tmp_path_factory.mktemp("odd") / "bundle")


@pytest.fixture
def write_odd(odd_folder):
    """Writes its bundle.json: `write_odd(info)`."""
    from tests.support.odd_bundles import writing

    with writing(odd_folder) as write:
        yield write


@pytest.fixture
def answers() -> tuple[np.ndarray, np.ndarray]:
    """Labels and probabilities of 300 images: better than chance, and with ties."""
    rng = np.random.default_rng(3)
    labels = rng.random(300) < 0.35
    probabilities = np.clip(rng.normal(0.35 + 0.25 * labels, 0.2), 0.001, 0.999).round(2)
    return labels, probabilities


@pytest.fixture(scope="session")
def small_recipe():
    """For a training of four epochs."""
    from busi.images import ImageContract
    from busi.training.recipe import Recipe

    return Recipe(image=ImageContract(size=64), epochs=4, patience=4, batch_size=8, seed=5)


@pytest.fixture(scope="session")
def outline_recipe(small_recipe):
    """For one that learns the outline too."""
    return replace(small_recipe, epochs=6, patience=6, outline=1.0)


@pytest.fixture(scope="session")
def drawn_parts():
    """What it learns from, and what it is validated on."""
    from tests.support.training import drawn_part

    return drawn_part(24, 100), drawn_part(15, 500)


@pytest.fixture(scope="session")
def outlined_parts():
    """The same with outlines."""
    from tests.support.training import outlined_part

    return outlined_part(48, 100), outlined_part(15, 900)


@pytest.fixture
def image_file(tmp_path) -> Path:
    """A drawn ultrasound image, as a PNG file."""
    path = tmp_path / "image.png"
    cv2.imwrite(str(path), drawn_ultrasound(3)[0])
    return path


@pytest.fixture(scope="session")
def page_of(workshop):
    """Makes pages, of the small bundle or of another workshop: `page_of("en")`, `page_of("fr", other)`."""
    from tests.support import pages

    def make(language="fr", workshop=workshop):
        return pages.page_of(language, workshop)

    return make


@pytest.fixture(scope="session")
def workshop(small_bundle):
    """The workshop with the small bundle, for tests that leave it as it is."""
    from busi.serving.workshop import open_workshop

    return open_workshop(small_bundle.folder)


@pytest.fixture(scope="session")
def pages(workshop):
    """Its pages, for tests that leave them as they are."""
    from busi.web.pages import build_pages

    return build_pages(workshop)


@pytest.fixture(scope="session")
def client(pages):
    """Asks the pages' app over HTTP, under /x, without a server."""
    import gradio as gr
    from fastapi import FastAPI
    from fastapi.testclient import TestClient

    with TestClient(gr.mount_gradio_app(FastAPI(), pages, path="/x")) as client:
        yield client


@pytest.fixture(scope="session")
def interpreter(tmp_path_factory) -> Path:
    """A Python with requirements.txt and nothing else."""
    if sys.platform == "win32":
        pytest.skip("the environment is put together as Linux and macOS have it")
    made = made_once(
        tmp_path_factory, "bare", lambda folder: bare_environment(folder / "venv", ROOT / "requirements.txt")
    )
    return made / "venv" / "bin" / "python"


@pytest.fixture(scope="session")
def impatient_client():
    """The Hub's client hardly waits before it asks again.

    A thread that was given up on would else go on for half a minute, and close the client that all threads share while
    a later test talks through it.
    """
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("huggingface_hub.utils._http.time", SimpleNamespace(sleep=lambda _: time.sleep(0.01)))
        yield


@pytest.fixture
def hub(impatient_client, monkeypatch, tmp_path):
    """A small Hub on this machine, to which the real client talks with a token that may write; nothing cached yet."""
    server = Hub()
    monkeypatch.setenv("BUSI_CACHE_DIR", str(tmp_path / "hub-cache"))
    monkeypatch.setenv("HF_ENDPOINT", server.address)
    monkeypatch.setenv("HF_TOKEN", TOKEN)
    monkeypatch.setenv("HF_HUB_DISABLE_XET", "1")
    yield server
    server.silent, server.silent_for = False, ""
    server.shutdown()
    server.server_close()
    for thread in threading.enumerate():
        if thread.name == "ask-hub":
            thread.join(10)
