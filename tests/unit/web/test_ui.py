"""The pages without a browser: what the drawing functions say, the callbacks, the endpoint, the command line."""

import base64
import dataclasses
import json
import re
import socket
import urllib.error
import urllib.request
from html import escape
from pathlib import Path
from types import SimpleNamespace

import cv2
import gradio as gr
import numpy as np
import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from gradio_client import Client, handle_file

import app
from busi.bundle.files import BundleError
from busi.data.simulated import describe, draw, label_of
from busi.images import read_image
from busi.lessons.laboratory import DIALS, PRESETS, Experiment, Tipping, to_query
from busi.model.out_of_domain import learn_domain
from busi.server.uploads import LOOKS, STAYS
from busi.serving.gallery import Example
from busi.serving.predict import ClassifierInBackground, Prediction
from busi.serving.workshop import open_workshop
from busi.simulator import Lesion, Scene, simulate
from busi.web.components import Knob
from busi.web.figures import exact_picture, light_picture, score_bar
from busi.web.pages import build_pages, launch_settings
from busi.web.tabs.laboratory.tab import _tipping, settings_of, tipping_list
from busi.web.tabs.prediction.tab import answer_panel, sureness
from busi.words.text import Words
from tests.support.drawings import drawn_ultrasound
from tests.support.running import started_app

SCORED = {"auc": {"value": 0.93, "low": 0.9, "high": 0.96, "n": 240}}
SCORED |= {name: SCORED["auc"] for name in ("loss", "accuracy", "sensitivity", "specificity", "calibration_error")}


@pytest.fixture(scope="module")
def workshop(small_bundle):
    return open_workshop(small_bundle.folder)


@pytest.fixture(scope="module")
def pages(workshop) -> gr.Blocks:
    return build_pages(workshop)


@pytest.fixture(scope="module")
def client(pages):
    with TestClient(gr.mount_gradio_app(FastAPI(), pages, path="/x")) as client:
        yield client


@pytest.fixture
def image_file(tmp_path) -> Path:
    path = tmp_path / "image.png"
    cv2.imwrite(str(path), drawn_ultrasound(3)[0])
    return path


def callbacks(pages: gr.Blocks, name: str) -> list:
    """The callbacks of this name, French first."""
    return [function.fn for function in pages.fns.values() if function.name == name]


def decoded(data_uri: str) -> np.ndarray:
    return read_image(base64.b64decode(data_uri.split(",", 1)[1]))


def test_the_exact_picture_is_lossless_and_the_light_one_is_small():
    image, _ = drawn_ultrasound(1, size=(900, 700))
    np.testing.assert_array_equal(decoded(exact_picture(image)), image)
    light = decoded(light_picture(image, 300))
    assert light.shape == (233, 300)
    assert len(light_picture(image, 300)) < len(exact_picture(image)) / 10


def test_one_bar_carries_the_score_the_threshold_and_what_follows():
    html = score_bar(Words("en"), 0.27, threshold=0.31)
    assert 'aria-label="Malignancy score: 27% on a scale from 0 to 100%; threshold: 31.0%; no alert"' in html
    assert html.count('class="fill"') == 1 and "width:27.0%" in html and "left:31.0%" in html
    near = score_bar(Words("fr"), 0.0862, threshold=0.0882)
    assert "8,6\N{NO-BREAK SPACE}%" in near and "8,8\N{NO-BREAK SPACE}%" in near and "9\N{NO-BREAK SPACE}%" not in near


def test_sureness_is_the_distance_from_the_threshold():
    seen = np.zeros((64, 64, 1), np.float32)
    assert [sureness(Prediction(p, 0.3, seen)) for p in (0.3, 0.25, 0.45, 0.15, 0.9, 0.01)] == [
        "hesitates",
        "hesitates",
        "leans",
        "leans",
        "firm",
        "firm",
    ]


@pytest.mark.parametrize(
    ("probability", "expected"),
    [(0.27, "expected: 27."), (0.002, "expected: fewer than one."), (0.998, "expected: more than 99.")],
)
def test_the_sentence_says_what_the_number_means(small_bundle, probability, expected):
    image, _ = drawn_ultrasound(3)
    prediction = Prediction(probability, 0.4, np.full((64, 64, 1), 0.5, np.float32))
    html = answer_panel(Words("en"), small_bundle, image, prediction, None)
    assert expected in html and "nor a diagnosis" in html
    assert "<details>" not in html, "there is no truth to reveal for a visitor's own image"


def test_the_truth_waits_behind_something_to_open(small_bundle):
    image, _ = drawn_ultrasound(3)
    example = Example("image-01", "busi", "malignant", bytes)
    wrong = Prediction(0.1, 0.4, np.zeros((64, 64, 1), np.float32))
    html = answer_panel(Words("fr"), small_bundle, image, wrong, example)
    shown, hidden = html.split("<details>")
    assert "se trompe" not in shown and Words("fr")("prediction.truth", label="") not in shown
    assert "malin" in hidden and "se trompe" in hidden


def test_a_simulated_image_says_so_on_every_picture_and_tells_its_description(small_bundle):
    seed = 2_000_001
    example = Example("simulated-001", "simulated", label_of(seed), bytes, seed)
    prediction = Prediction(0.9, 0.4, np.zeros((64, 64, 1), np.float32))
    for words in (Words("fr"), Words("en")):
        html = answer_panel(words, small_bundle, draw(seed).image, prediction, example)
        assert html.count(f'class="badge">{words("laboratory.simulated")}') == 2
        assert "BUSI" not in html.split("<details>")[0].split('class="aside"')[0], "no word on women of a data set"
        assert words(f"report.shape_{describe(seed)[0].shape}") in html.split("<details>")[1]
    scored = dataclasses.replace(
        small_bundle, info={**small_bundle.info, "metrics": {**small_bundle.info["metrics"], "simulated": SCORED}}
    )
    assert "n'avait jamais vues".replace("'", "&#x27;") in answer_panel(
        Words("fr"), scored, draw(seed).image, prediction, example
    )


def test_what_the_network_sees_is_shown_to_the_pixel(small_bundle):
    image, _ = drawn_ultrasound(3)
    levels = np.arange(64 * 64, dtype=np.uint8).reshape(64, 64)
    seen = Prediction(0.5, 0.4, levels.astype(np.float32)[..., np.newaxis] / 255)
    html = answer_panel(Words("fr"), small_bundle, image, seen, None)
    png = re.search(r'src="(data:image/png[^"]+)"', html).group(1)
    np.testing.assert_array_equal(decoded(png), levels)


def test_the_callback_answers_in_each_language_s_page(pages, image_file, workshop):
    french, english = callbacks(pages, "show_answer")
    expected = workshop.classifier.get().predict(read_image(image_file)).probability
    threshold = workshop.bundle.threshold
    assert Words("fr").score_and_threshold(expected, threshold)[0] in french(str(image_file))
    assert Words("en").score_and_threshold(expected, threshold)[0] in english(str(image_file))
    assert "À vous de jouer" in french(None) and "Your turn" in english(None)


def test_every_bad_file_is_answered_by_one_sentence_in_both_tabs(pages, tmp_path):
    bad = tmp_path / "bad.png"
    bad.write_text("no picture")
    small = tmp_path / "small.png"
    cv2.imwrite(str(small), np.zeros((8, 8), np.uint8))
    sentences = {
        bad: ("n&#x27;est pas une image", "not a picture"),
        small: ("trop petite (8 × 8 pixels)", "too small (8 × 8 pixels)"),
    }
    for path, both in sentences.items():
        for language, sentence in enumerate(both):
            assert sentence in callbacks(pages, "show_answer")[language](str(path))
            update = callbacks(pages, "show")[language](str(path), 2.0, 8)
            message = next(value for value in update.values() if isinstance(value, gr.HTML) and value.value)
            assert sentence in message.value


def test_a_network_that_cannot_be_loaded_is_not_blamed_on_the_image(workshop, image_file, monkeypatch):
    def fail():
        raise BundleError("no weights")

    pages = build_pages(workshop)
    monkeypatch.setattr(workshop.classifier, "get", fail)
    for words, answer in zip((Words("fr"), Words("en")), callbacks(pages, "show_answer"), strict=True):
        html = answer(str(image_file))
        assert words("refused.network_title") in html and words("refused.title") not in html


def test_a_simulated_picture_that_was_saved_is_known_again(pages, workshop, tmp_path):
    """As a visitor saves it from the laboratory, and brings it back another day."""
    picture = callbacks(pages, "draw")[0](*knobs_of(PRESETS["cyst"]))[0]
    saved = tmp_path / "saved.png"
    saved.write_bytes(base64.b64decode(re.search(r'src="data:image/png;base64,([^"]+)"', picture).group(1)))
    example = workshop.gallery.recognise(saved)
    assert example.source == "simulated" and example.label == ""
    html = callbacks(pages, "show_answer")[1](str(saved))
    assert html.count("simulated image") == 2 and "BUSI images" not in html and "<details>" not in html
    assert "simulated image" in callbacks(pages, "say")[1](str(saved))


def test_a_file_that_is_gone_breaks_nothing_under_the_picker(pages, tmp_path):
    assert escape(Words("fr")("refused.missing")) in callbacks(pages, "say")[0](str(tmp_path / "gone.png"))


def test_an_impostor_is_called_one(pages, workshop):
    html = callbacks(pages, "show_answer")[0](str(workshop.gallery.path("smiley")))
    assert "Ceci n&#x27;est pas une échographie" in html


def test_what_is_out_of_the_domain_is_told_before_any_number(workshop, image_file):
    drawn = [drawn_ultrasound(seed)[0] for seed in range(60)]
    domain = learn_domain([drawn], drawn)
    bundle = dataclasses.replace(workshop.bundle, info={**workshop.bundle.info, "domain": domain.to_dict()})
    told = dataclasses.replace(workshop, bundle=bundle, classifier=ClassifierInBackground(bundle))
    for number, language in enumerate(("fr", "en")):
        words, show = Words(language), callbacks(build_pages(told), "show_answer")[number]
        html = show(str(workshop.gallery.path("smiley")))
        assert (
            html.index(words("prediction.outside_title")) < html.index('class="score-bar')
            and "<details><summary>" in html
        )
        assert html.index("<details>") < html.index('class="score-bar')
        assert words("prediction.outside_title") not in show(str(workshop.gallery.path("simulated-001")))
        assert words("prediction.outside_title") not in show(str(image_file))


def before_and_after(update: dict) -> dict:
    return next(value for component, value in update.items() if isinstance(component, gr.ImageSlider))


def test_a_simulated_image_is_called_one_under_the_picker_and_in_preprocessing(pages, workshop, image_file):
    simulated = str(workshop.gallery.path("simulated-001"))
    for language, words in enumerate((Words("fr"), Words("en"))):
        say, show = (callbacks(pages, name)[language] for name in ("say", "show"))
        assert words("laboratory.simulated") in say(simulated)
        assert say(str(image_file)) == say(None) == ""
        labels = [before_and_after(show(path, 2.0, 8))["label"] for path in (simulated, str(image_file))]
        called = [label.lower().startswith(words("laboratory.simulated")) for label in labels]
        assert called == [True, False]


def test_preprocessing_shows_what_the_settings_do(pages, image_file, workshop):
    show = callbacks(pages, "show")[0]
    image = cv2.resize(read_image(image_file), (64, 64), interpolation=cv2.INTER_AREA)
    pair = before_and_after(show(str(image_file), 4.0, 3))["value"]
    np.testing.assert_array_equal(pair[0], image)
    np.testing.assert_array_equal(pair[1], cv2.createCLAHE(4.0, (3, 3)).apply(image))
    own = str(show(str(image_file), 2.0, 8).values())
    other = str(show(str(image_file), 4.0, 3).values())
    assert Words("fr")("preprocessing.same") in own and Words("fr")("preprocessing.same") not in other


def test_a_number_typed_out_of_range_or_not_at_all_is_taken_as_it_was_meant():
    knob = Knob(0, 10, value=2)
    typed = {50: 10, -3: 0, None: 2, "": 2, "4.5": 4.5, 7: 7, "nan": 2, float("inf"): 2}
    assert {value: knob.preprocess(value) for value in typed} == typed


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


def fetched(client, file: dict) -> np.ndarray:
    return read_image(client.get(f"/x/gradio_api/file={file['path']}").content)


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


def knobs_of(experiment: Experiment) -> list:
    return list(settings_of(experiment).values())


def test_the_laboratory_draws_what_its_knobs_say(pages, workshop):
    experiment = PRESETS["spiculated"]
    for language, draw_lesion in zip(("fr", "en"), callbacks(pages, "draw"), strict=True):
        picture, notes, *asked_for_another = draw_lesion(*knobs_of(experiment))
        assert asked_for_another == ["", ""], "a curve of the lesion before would mislead"
        png = re.search(r'src="(data:image/png[^"]+)"', picture).group(1)
        np.testing.assert_array_equal(decoded(png), experiment.image())
        answer = workshop.classifier.get().predict(experiment.image())
        assert Words(language).score_and_threshold(answer.probability, answer.threshold)[0] in picture
        assert Words(language)("laboratory.simulated") in picture
        assert to_query(experiment).replace("&", "&amp;") in notes
        assert escape(Words(language)("laboratory.preset_spiculated_story")) in notes


def test_a_lesion_of_the_visitor_s_own_has_no_true_answer(pages):
    own = DIALS["halo"].turn(PRESETS["cyst"], 0.4)
    notes = callbacks(pages, "draw")[1](*knobs_of(own))[1]
    assert "Nobody can say" in notes and "Benign." not in notes


def test_an_address_a_preset_and_another_grain_set_every_knob(pages):
    event = gr.EventData(None, {"query": "?" + to_query(PRESETS["scar"])})
    *knobs, _, notes, _, _ = callbacks(pages, "open_from_address")[0](event)
    assert knobs == knobs_of(PRESETS["scar"]) and "cicatrice" in notes
    *knobs, _, _, _, _ = callbacks(pages, "open_from_address")[0](gr.EventData(None, {"query": "?lesion"}))
    assert knobs == knobs_of(PRESETS["fibroadenoma"])
    *knobs, _, _, _, _ = callbacks(pages, "start_from")[0](gr.EventData(None, {"preset": "cyst"}))
    assert knobs == knobs_of(PRESETS["cyst"])
    seed, *others, _, _, _, _ = callbacks(pages, "another_draw")[0](*knobs)
    assert seed != knobs[0] and others == knobs[1:]


def test_the_curve_shows_one_line_per_grain_their_mean_and_where_one_stands(pages):
    html = callbacks(pages, "draw_curve")[1]("echo_db", *knobs_of(PRESETS["cyst"]))
    assert html.count('class="one"') == 4 and html.count('class="mean"') == 1 and "you are here" in html
    points = [point.split(",") for point in re.search(r'class="mean" points="([^"]+)"', html).group(1).split()]
    assert len(points) == 9 and float(points[0][0]) < float(points[-1][0])
    here = float(re.search(r'class="here" x1="([\d.]+)"', html).group(1))
    assert here == pytest.approx(76 + (-36 + 40) / 50 * 540, abs=0.2)


class Scripted:
    """Stands in for a network: the darker the middle of the image, the more malignant; or never impressed."""

    def __init__(self, impressed: bool) -> None:
        self.bundle = SimpleNamespace(threshold=0.5)
        self.impressed = impressed

    def probabilities(self, images: list[np.ndarray]) -> np.ndarray:
        middle = np.array([image[70:110, 108:148].mean() for image in images])
        return 1 / (1 + np.exp((middle - 60) / 8)) if self.impressed else np.full(len(images), 0.2)

    def predict(self, image: np.ndarray) -> Prediction:
        return Prediction(float(self.probabilities([image])[0]), 0.5, np.zeros((64, 64, 1), np.float32))


def test_tipping_points_are_told_in_words_the_surest_and_smallest_first():
    start = DIALS["echo_db"].turn(PRESETS["fibroadenoma"], -8)
    html = tipping_list(Words("fr"), Scripted(True), start)
    first, others = html.split("<details>")
    assert "de la course du curseur" in first and "fois sur 4" in first
    assert re.search(r"intérieur, en dB.: de −8 à −\d", html)
    assert others.count("<li>") >= 1 and "{" not in html


def test_no_tipping_point_is_told_too():
    html = tipping_list(Words("en"), Scripted(False), PRESETS["cyst"])
    assert "No setting" in html and "<details>" not in html


def test_another_word_that_tips_the_answer_is_told_as_a_word():
    tipping = Tipping("margin", "angular", "spiculated", 1.0, 0.7, 3)
    assert "Contour : « anguleux » devient « étoilé (spiculé) »" in _tipping(Words("fr"), tipping, 0.4, 0.5).replace(
        "\N{NO-BREAK SPACE}", " "
    )


def test_a_network_that_cannot_be_loaded_is_told_in_the_laboratory_too(workshop, monkeypatch):
    pages = build_pages(workshop)
    monkeypatch.setattr(workshop.classifier, "get", raise_bundle_error)
    for name, arguments in (("draw", ()), ("draw_curve", ("halo",)), ("find_tipping", ())):
        answer = str(callbacks(pages, name)[0](*arguments, *knobs_of(PRESETS["cyst"])))
        assert Words("fr")("refused.network_title") in answer


def raise_bundle_error():
    raise BundleError("no weights")


def test_privacy_settings(pages):
    settings = launch_settings()
    assert settings["run_history"] is False and settings["enable_monitoring"] is False
    assert pages.analytics_enabled is False
    assert pages.delete_cache is None, "it goes by the clock, which may jump"
    assert STAYS + LOOKS <= 3600, "the page promises that files are erased within an hour"


def test_what_visitors_sent_is_gone_when_the_app_is_stopped(small_bundle, image_file, tmp_path):
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    with started_app(small_bundle, TMPDIR=str(temporary)) as (url, server):
        Client(url, verbose=False).predict(image=handle_file(str(image_file)), api_name="/predict")
        sent = image_file.read_bytes()
        assert any(path.read_bytes() == sent for path in temporary.rglob("*.png")), "kept while the app runs"
        server.terminate()
        assert server.wait(30) == 0
    assert [path for path in temporary.rglob("*") if path.is_file()] == []


def test_a_refused_bundle_puts_a_banner_on_both_pages(hub):
    pages = build_pages(open_workshop("atelier/my-bundle"))
    html = [block.value for block in pages.blocks.values() if isinstance(block, gr.HTML) and block.value]
    banners = [value for value in html if "my-bundle" in value]
    assert len(banners) == 2 and all('role="alert"' in banner for banner in banners)


def test_the_command_line_tells_what_is_wrong(tmp_path, capsys):
    assert app.main(["--data", str(tmp_path)]) == 2
    assert "is not BUSI" in capsys.readouterr().err


def test_a_port_in_use_is_told(small_bundle, capsys):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        assert app.main(["--bundle", str(small_bundle.folder), "--port", str(port)]) == 2
    assert str(port) in capsys.readouterr().err


@pytest.fixture(scope="module")
def running_app(small_bundle):
    with started_app(small_bundle) as (url, _):
        yield url


def test_the_running_app_serves_both_pages(running_app):
    for path in ("/", "/en"):
        assert "Démystifions" in urllib.request.urlopen(running_app + path).read().decode()


def test_the_real_client_gets_probabilities(running_app, image_file, workshop):
    result = Client(running_app, verbose=False).predict(image=handle_file(str(image_file)), api_name="/predict")
    expected = workshop.classifier.get().predict(read_image(image_file))
    assert result["probabilities"] == pytest.approx(expected.probabilities, abs=1e-6)


def test_the_running_app_reads_no_file_that_was_not_uploaded(running_app, image_file):
    body = json.dumps({"data": [{"path": str(image_file), "meta": {"_type": "gradio.FileData"}}]}).encode()
    request = urllib.request.Request(
        f"{running_app}/gradio_api/run/predict", body, {"Content-Type": "application/json"}
    )
    with pytest.raises(urllib.error.HTTPError) as refused:
        urllib.request.urlopen(request)
    assert refused.value.code >= 400 and "probabilities" not in refused.value.read().decode()
