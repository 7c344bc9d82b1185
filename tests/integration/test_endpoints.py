"""The endpoints /predict and /simulate over HTTP, and which ones there are."""

from pathlib import Path

import numpy as np
import pytest

from busi.images import read_image
from busi.simulator import Lesion, Scene, simulate
from tests.support.pages import fetched


def run_predict(client, path: Path):
    with open(path, "rb") as file:
        uploaded = client.post("/x/gradio_api/upload", files={"files": (path.name, file)}).json()[0]
    data = [{"path": uploaded, "meta": {"_type": "gradio.FileData"}, "orig_name": path.name}]
    return client.post("/x/gradio_api/run/predict", json={"data": data})


def test_the_endpoint_gives_both_probabilities(client, image_file, workshop):
    answer = run_predict(client, image_file).json()["data"][0]
    assert sum(answer["probabilities"].values()) == pytest.approx(1)
    expected = workshop.classifier.get().predict(read_image(image_file))
    assert answer["probabilities"] == pytest.approx(expected.probabilities)
    assert answer["label"] == expected.label and "never for diagnosis" in answer["notice"]


def test_the_endpoint_refuses_what_is_no_picture_and_goes_on(client, tmp_path, image_file):
    bad = tmp_path / "bad.png"
    bad.write_text("no picture")
    response = run_predict(client, bad)
    assert response.status_code == 500 and "not a picture" in response.text
    assert run_predict(client, image_file).status_code == 200


def test_only_the_named_endpoints_are_public(pages):
    assert set(pages.get_api_info()["named_endpoints"]) == {
        "/predict",
        "/clahe",
        "/augment",
        "/activations",
        "/simulate",
    }


def simulate_by_http(client, *data):
    return client.post("/x/gradio_api/run/simulate", json={"data": list(data)})


def test_the_endpoint_simulates(client, workshop):
    lesion, scene = {"shape": "irregular", "posterior_db": -12}, {"rows": 128, "columns": 160}
    response = simulate_by_http(client, lesion, scene, 5)
    image, mask, answer = response.json()["data"]
    expected, inside = simulate(Lesion(**lesion), Scene(**scene), 5)
    np.testing.assert_array_equal(fetched(client, image), expected)
    np.testing.assert_array_equal(fetched(client, mask) > 0, inside)
    assert answer["simulated"] is True and answer["lesion"]["posterior_db"] == -12
    assert "posterior shadowing" in answer["report"] and "never for diagnosis" in answer["notice"]
    probability = workshop.classifier.get().predict(expected).probability
    assert answer["probabilities"]["malignant"] == pytest.approx(probability)


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (({"size_mm": 400}, None, 1), "size_mm must be a number from 3 to 45, got 400"),
        (({"colour": "red"}, None, 1), "lesion has no setting"),
        ((None, {"rows": 1024}, 1), "rows and columns must be at most 512 here"),
        (([1, 2], None, 1), "lesion must be an object, got list"),
        ((None, None, -1), "seed must be a whole number"),
        ((None, None, 1e300), "seed must be a whole number"),
        (({"depth_mm": 40}, {"depth_mm": 20}, 1), "lies outside of the image"),
    ],
)
def test_the_endpoint_refuses_what_cannot_be_simulated(client, data, message):
    response = simulate_by_http(client, *data)
    assert response.status_code == 500 and message in response.text
    assert simulate_by_http(client, None, None, 1).status_code == 200
