import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import roc_auc_score

from busi.bundle.files import PREDICTION_COLUMNS
from busi.data.parts import Part, simulated_part, simulated_table
from busi.data.simulated import seed_of
from busi.images import ImageContract
from busi.images.quality import measure
from busi.model.metrics import apply_temperature, choose_threshold, confusion, fit_calibration, log_odds
from busi.model.network import build_network
from busi.training.evaluation import evaluate, score_predictions
from busi.training.fit import predict_part
from tests.support.drawings import drawn_ultrasound


@pytest.fixture(scope="module")
def parts_and_tables():
    parts, tables = {}, {}
    for offset, split in ((0, "validation"), (100, "test")):
        labels = ["benign", "malignant"] * 6
        images = [drawn_ultrasound(offset + n, label, size=(64, 64))[0] for n, label in enumerate(labels)]
        parts[split] = Part(
            np.stack(images), np.array(labels) == "malignant", tuple(measure(image) for image in images)
        )
        tables[split] = pd.DataFrame(
            {"image_id": [f"{split} {n}" for n in range(12)], "label": labels, "group": np.arange(12) + offset}
        )
    return parts, tables


def test_validation_chooses_and_test_is_only_scored(parts_and_tables):
    parts, tables = parts_and_tables
    network = build_network("atelier", 64, seed=1)
    truth, before = parts["validation"].labels, predict_part(network, parts["validation"])
    temperature, shift = fit_calibration(truth, before)
    evaluation = evaluate(network, parts, tables, source="busi")

    assert evaluation.temperature == temperature
    raw = predict_part(network, parts["validation"])  # its bias was moved
    np.testing.assert_allclose(log_odds(raw), log_odds(before) + shift, atol=1e-4)
    assert evaluation.threshold == choose_threshold(truth, apply_temperature(raw, temperature))

    test = evaluation.predictions[evaluation.predictions["split"] == "test"]
    expected = apply_temperature(predict_part(network, parts["test"]), temperature)
    np.testing.assert_allclose(test["probability"], expected, atol=1e-6)
    assert evaluation.metrics["test"]["auc"].value == pytest.approx(roc_auc_score(parts["test"].labels, expected))


def test_the_table_of_predictions_says_everything(parts_and_tables):
    parts, tables = parts_and_tables
    evaluation = evaluate(build_network("atelier", 64), parts, tables, source="busi")
    assert tuple(evaluation.predictions.columns) == PREDICTION_COLUMNS
    assert evaluation.predictions["image_id"].tolist() == [
        f"{s} {n}" for s in ("validation", "test") for n in range(12)
    ]
    again = score_predictions(evaluation.predictions, evaluation.temperature, evaluation.threshold)
    assert again.to_dict() == evaluation.to_dict()


def test_images_beside_busi_choose_nothing_and_are_counted_apart(parts_and_tables):
    parts, tables = parts_and_tables
    alone = evaluate(build_network("atelier", 64, seed=1), parts, tables, source="busi")
    network = build_network("atelier", 64, seed=1)  # anew: calibrating moved the other's bias
    seeds = range(2_000_000, 2_000_010)
    drawn = simulated_part(seeds, ImageContract(size=64)), simulated_table(seeds)
    beside = evaluate(network, parts, tables, "busi", {"simulated": drawn, "breast": drawn})
    assert (beside.temperature, beside.threshold) == (alone.temperature, alone.threshold)
    assert beside.metrics["test"] == alone.metrics["test"] and set(alone.metrics) == {"validation", "test"}
    assert beside.metrics["simulated"]["auc"].n == 10 and beside.metrics["breast"] == beside.metrics["simulated"]
    rows = beside.predictions[beside.predictions["source"] == "simulated"]
    assert [seed_of(name) for name in rows["image_id"]] == list(seeds)
    again = score_predictions(beside.predictions, beside.temperature, beside.threshold)
    assert again.to_dict() == beside.to_dict()


def test_every_number_carries_its_n_and_interval(small_predictions):
    evaluation = score_predictions(small_predictions, 1.0, 0.5)
    test = small_predictions[small_predictions["split"] == "test"]
    counts = confusion(test["label"] == "malignant", test["probability"], 0.5)
    assert evaluation.confusions["test"] == counts
    for numbers in evaluation.to_dict()["metrics"].values():
        for name, number in numbers.items():
            if name != "confusion":
                assert set(number) == {"value", "low", "high", "n"} and number["n"] >= 10
