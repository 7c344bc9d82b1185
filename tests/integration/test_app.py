"""app.py as its user starts it: both pages, the real client, what is wrong in one line."""

import json
import urllib.error
import urllib.request

import pytest
from gradio_client import Client, handle_file

import app
from busi.images import read_image
from busi.serving.predict import Classifier


def test_the_command_line_tells_what_is_wrong(tmp_path, capsys):
    assert app.main(["--data", str(tmp_path)]) == 2
    assert "is not BUSI" in capsys.readouterr().err


def test_the_running_app_serves_both_pages(running_app):
    for path in ("/", "/en"):
        assert "Démystifions" in urllib.request.urlopen(running_app.url + path).read().decode()


def test_the_real_client_gets_probabilities(running_app, image_file, small_bundle):
    result = Client(running_app.url, verbose=False).predict(image=handle_file(str(image_file)), api_name="/predict")
    expected = Classifier(small_bundle).predict(read_image(image_file))
    assert result["probabilities"] == pytest.approx(expected.probabilities, abs=1e-6)


def test_the_running_app_reads_no_file_that_was_not_uploaded(running_app, image_file):
    body = json.dumps({"data": [{"path": str(image_file), "meta": {"_type": "gradio.FileData"}}]}).encode()
    request = urllib.request.Request(
        f"{running_app.url}/gradio_api/run/predict", body, {"Content-Type": "application/json"}
    )
    with pytest.raises(urllib.error.HTTPError) as refused:
        urllib.request.urlopen(request)
    assert refused.value.code >= 400 and "probabilities" not in refused.value.read().decode()
