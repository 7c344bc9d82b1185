import csv
import io
import os
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import cv2
import numpy as np
import pytest

from busi.bundle.files import BundleError, load_network, open_bundle, write_checksums
from busi.data.parts import Part
from busi.data.simulated import draw, held_out_seeds
from busi.images import ImageContract, prepare, read_image, standardise
from busi.images.quality import measure
from busi.model.fusion import TERMS
from busi.model.metrics import apply_temperature, log_odds
from busi.model.network import both_ways
from busi.model.shape import read_shape
from busi.serving.predict import Classifier, ClassifierInBackground, Prediction, main
from busi.system.console import quiet_libraries
from busi.training.fit import predict_part
from tests.support.drawings import drawn_ultrasound
from tests.support.fusion import some_fusion
from tests.support.places import ROOT


@pytest.fixture(scope="module")
def classifier(small_bundle) -> Classifier:
    return Classifier(small_bundle)


def test_a_prediction_is_the_network_s_answer_calibrated(classifier, small_bundle):
    image, _ = drawn_ultrasound(3)
    prediction = classifier.predict(image)
    expected_input = prepare(image, ImageContract(size=64))
    np.testing.assert_array_equal(prediction.model_input, expected_input)
    raw = load_network(small_bundle).predict(expected_input[np.newaxis], verbose=0)[0, 0]
    assert prediction.probability == pytest.approx(float(apply_temperature(raw, 1.5)), abs=1e-6)
    assert sum(prediction.probabilities.values()) == pytest.approx(1, abs=1e-12)


def test_a_network_that_looks_twice_minds_no_mirror_and_is_scored_as_it_answers(classifier, small_bundle):
    twice = Classifier(replace(small_bundle, info={**small_bundle.info, "mirrored": True}))
    image, _ = drawn_ultrasound(3)
    answered = twice.predict(image).probability
    assert answered != pytest.approx(classifier.predict(image).probability, abs=1e-6)
    assert twice.predict(image[:, ::-1].copy()).probability == pytest.approx(answered, abs=1e-3)  # CLAHE's tiles differ
    part = Part(standardise(image, twice.contract)[np.newaxis], np.array([True]), (measure(image),))
    scored = apply_temperature(predict_part(twice.network, part, mirrored=True), small_bundle.temperature)
    assert answered == pytest.approx(scored[0], abs=1e-6)


def test_a_network_that_draws_answers_by_both_looks_and_tells_its_terms(drawing_bundle):
    classifier, (image, _) = Classifier(drawing_bundle), drawn_ultrasound(3)
    prediction, fusion = classifier.predict(image), some_fusion()
    assert list(prediction.terms) == list(TERMS)
    assert prediction.probability == pytest.approx(1 / (1 + np.exp(-sum(prediction.terms.values()))))
    assert prediction.outline.shape == (32, 32) and prediction.proportion == image.shape[0] / image.shape[1]
    seen = np.uint8(np.rint(prediction.model_input[..., 0] * 255))
    assert prediction.shape == read_shape(prediction.outline, seen, prediction.proportion) is not None
    raw = both_ways(load_network(drawing_bundle))(prediction.model_input[np.newaxis])
    whole = float(log_odds(raw["probability"].numpy()[0, 0]))
    assert sum(prediction.terms.values()) == pytest.approx(fusion.log_odds(whole, prediction.shape), abs=1e-4)
    alone = classifier.network(prediction.model_input[np.newaxis])
    assert alone.shape == (1, 1) and classifier.inside.with_maps
    squashed = image[: image.shape[0] // 2]
    several = classifier.probabilities([image, squashed])
    assert several == pytest.approx([prediction.probability, classifier.predict(squashed).probability], abs=1e-6)


def test_what_shows_no_lesion_is_answered_by_the_whole_alone(drawing_bundle):
    prediction = Classifier(drawing_bundle).predict(np.full((90, 120), 200, np.uint8))
    assert prediction.shape is None and {name for name, value in prediction.terms.items() if value} == {"base", "whole"}


def test_looks_need_a_network_that_draws(drawing_bundle, small_bundle, tmp_path):
    for name, taken in (("silent", small_bundle), ("talkative", drawing_bundle)):
        folder = shutil.copytree(taken.folder, tmp_path / name)
        info = {key: value for key, value in taken.info.items() if key != "fusion"}
        write_checksums(folder, info | ({"fusion": some_fusion().to_dict()} if name == "silent" else {}))
        with pytest.raises(BundleError, match="expected"):
            load_network(open_bundle(folder))


def test_the_threshold_itself_counts_as_malignant():
    seen = np.zeros((64, 64, 1), np.float32)
    assert Prediction(0.4, 0.4, seen).label == "malignant"
    assert Prediction(0.39999, 0.4, seen).label == "benign"


def test_many_threads_get_the_answers_of_one(classifier):
    images = [drawn_ultrasound(seed)[0] for seed in range(12)]
    alone = [classifier.predict(image).probability for image in images]
    with ThreadPoolExecutor(6) as pool:
        together = [prediction.probability for prediction in pool.map(classifier.predict, images)]
    np.testing.assert_allclose(together, alone, atol=1e-6)


def test_in_the_background_it_loads_once_and_is_waited_for(small_bundle, monkeypatch):
    made, warmed = [], []
    loaded = SimpleNamespace(inside=SimpleNamespace(warm_up=lambda: warmed.append(True)))
    monkeypatch.setattr("busi.serving.predict.Classifier", lambda bundle: made.append(bundle) or loaded)
    background = ClassifierInBackground(small_bundle)
    assert not background.is_ready and not made
    background.start()
    with ThreadPoolExecutor(4) as pool:
        assert all(one is loaded for one in pool.map(lambda _: background.get(), range(8)))
    background.settle(10)
    assert background.is_ready and len(made) == len(warmed) == 1


def test_in_the_background_a_failure_reaches_whoever_asks(small_bundle, monkeypatch, capsys):
    def fail(bundle):
        raise BundleError("no weights")

    monkeypatch.setattr("busi.serving.predict.Classifier", fail)
    background = ClassifierInBackground(small_bundle)
    background._load_quietly()
    assert "no weights" in capsys.readouterr().err
    with pytest.raises(BundleError):
        background.get()


@pytest.fixture
def files(tmp_path):
    good = []
    for number in range(2):
        path = tmp_path / f"image, number {number}.png"
        cv2.imwrite(str(path), drawn_ultrasound(number)[0])
        good.append(path)
    bad = tmp_path / "bad.png"
    bad.write_text("no picture")
    return good, bad


def test_the_command_prints_a_row_per_file(files, small_bundle, classifier, capsys):
    good, _ = files
    assert main(["--bundle", str(small_bundle.folder), *map(str, good)]) == 0
    rows = list(csv.DictReader(io.StringIO(capsys.readouterr().out)))
    assert [row["file"] for row in rows] == [str(path) for path in good]
    for row, path in zip(rows, good, strict=True):
        prediction = classifier.predict(read_image(path))
        assert float(row["probability_malignant"]) == pytest.approx(prediction.probability, abs=1e-6)
        assert row["label"] == prediction.label


def test_the_command_goes_on_after_a_bad_file_and_fails_at_the_end(files, small_bundle, capsys):
    good, bad = files
    assert main(["--bundle", str(small_bundle.folder), str(bad), str(good[0])]) == 1
    printed = capsys.readouterr()
    assert len(printed.out.splitlines()) == 2
    assert "bad.png" in printed.err and "not a picture" in printed.err


def test_the_command_says_what_is_known_and_may_leave_it_out(small_bundle, tmp_path, capsys):
    """With the domain of the embedded network: a simulated image is known; upside down or twice it is not."""
    image = draw(held_out_seeds("test")[4]).image
    pictures = {"as it is": image, "upside down": image[::-1, ::-1], "side by side": np.hstack([image, 255 - image])}
    files = [str(tmp_path / f"{name}.png") for name in pictures]
    for file, picture in zip(files, pictures.values(), strict=True):
        cv2.imwrite(file, picture)
    assert main(files) == 0
    printed = capsys.readouterr()
    rows = list(csv.DictReader(io.StringIO(printed.out)))
    assert [row["known"] for row in rows] == ["yes", "no", "no"]
    notes = [line for line in printed.err.splitlines() if line.startswith("note: ")]
    assert len(notes) == 2 and "upside down" in notes[0] and "side by side" in notes[1]
    assert main(["--no-known", *files]) == 0
    printed = capsys.readouterr()
    assert printed.out.splitlines()[0] == "file,probability_malignant,label" and "note" not in printed.err
    assert main(["--bundle", str(bundle_without_domain(small_bundle, tmp_path)), files[0]]) == 0
    assert capsys.readouterr().out.splitlines()[1].endswith(",")


def bundle_without_domain(bundle, tmp_path):
    folder = tmp_path / "old"
    shutil.copytree(bundle.folder, folder)
    write_checksums(folder, {name: value for name, value in bundle.info.items() if name != "domain"})
    return folder


def test_the_command_prints_rows_and_nothing_of_how_tensorflow_starts(files):
    """In a process of its own, whose stderr TensorFlow writes to from C++; and names that no console knows."""
    good = Path(files[0][0])
    odd = [good.with_name("снимок.png"), good.with_name("e\u0301chographie.png"), Path(f"{good.parent}/caf\udce9.png")]
    for path in odd:
        path.write_bytes(good.read_bytes())
    for encoding in ("utf-8:strict", "cp1252", "ascii"):
        environment = {**os.environ, "PYTHONIOENCODING": encoding}
        environment.pop("TF_CPP_MIN_LOG_LEVEL", None)
        command = [sys.executable, "-m", "busi.predict", *map(str, [*odd, good])]
        done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True)
        assert done.returncode == 0, done.stderr
        rows = done.stdout.decode("latin-1").splitlines()
        assert len(rows) == 5 and len({row.split(",")[-3] for row in rows[1:]}) == 1
        notes = done.stderr.decode("latin-1").splitlines()
        assert all(line.startswith("note: ") for line in notes), notes


def test_what_a_library_says_is_heard_where_it_fails(capfd):
    with quiet_libraries():
        os.write(2, b"only noise")
    assert capfd.readouterr().err == ""
    with pytest.raises(ValueError, match="broken"), quiet_libraries():
        os.write(2, b"the reason")
        raise ValueError("broken")
    assert capfd.readouterr().err == "the reason"


def test_the_command_tells_a_bad_bundle(files, tmp_path, capsys):
    assert main(["--bundle", str(tmp_path / "nowhere"), str(files[0][0])]) == 2
    assert "no such bundle" in capsys.readouterr().err
