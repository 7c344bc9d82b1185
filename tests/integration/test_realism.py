"""What tells simulated images from real ones: nothing where nothing differs, else what was planted."""

import cv2
import numpy as np
import pytest
from sklearn.metrics import roc_auc_score

from busi.simulator import draw_case
from busi.words.classes import BENIGN, MALIGNANT
from experiments import realism
from experiments.realism import MEASURES, SIDE, VALUES, draw_sheet, main, measured, table, what_tells
from tests.support.places import ROOT


def images(count: int, seed: int) -> list[np.ndarray]:
    """Blurred noise."""
    rng = np.random.default_rng(seed)
    drawn = []
    for _ in range(count):
        noise = cv2.GaussianBlur(rng.normal(0, 60, (SIDE, SIDE)).astype(np.float32), (0, 0), 1.5) * 3 + 110
        noise += rng.normal(0, 6)
        drawn.append(np.uint8(np.clip(noise, 0, 255)))
    return drawn


@pytest.fixture(scope="module")
def real() -> dict[str, np.ndarray]:
    return measured(images(60, 1))


def test_every_value_of_every_measure_has_a_name(real):
    assert set(VALUES) == set(MEASURES)
    for name, values in real.items():
        assert values.shape == (60, len(VALUES[name])) and len(set(VALUES[name])) == len(VALUES[name])


def test_images_of_one_kind_are_not_told_apart(real):
    found = table(real, measured(images(60, 2)), np.arange(120)).set_index("measure")
    assert 0.3 < found.loc["all together", "AUC"] < 0.7 and (found["n"] == 120).all()
    assert (found["distance"].dropna() < 2 * found["by chance"].dropna()).all()


def test_what_was_planted_is_named_with_its_direction(real):
    for step, word in ((20, "more"), (-20, "less")):
        simulated = measured(images(60, 2))
        simulated["depth profile"][:, 2] += step
        assert table(real, simulated, np.arange(120)).set_index("measure").loc["depth profile", "AUC"] > 0.9
        first = what_tells(real, simulated, np.arange(120), most=3).iloc[0]
        assert (first["measure"], first["value"]) == ("depth profile", "brightness of layer 3 of 16 from the skin")
        values = np.concatenate([real["depth profile"][:, 2], simulated["depth profile"][:, 2]])
        alone = roc_auc_score(np.repeat([0, 1], 60), np.sign(step) * values)
        assert first["AUC alone"] == pytest.approx(alone) and first["loss"] > 0.1
        assert first["simulated has"] == word and first["simulated"] - first["real"] == pytest.approx(step, abs=4)


def test_the_simulated_images_have_the_classes_of_the_real_ones_and_only_the_choice_half_is_looked_at(
    monkeypatch, capsys
):
    asked, labels = [], []

    def only_choice(half):
        asked.append(half)
        return realism_breast_half(half)

    realism_breast_half = realism.breast_half
    monkeypatch.setattr(realism, "breast_half", only_choice)
    monkeypatch.setattr(realism, "draw_case", lambda label, rng: labels.append(label) or draw_case(label, rng))
    assert main(["--hospital", "breast", "--images", "24"]) == 0
    rows = realism_breast_half("choice").sample(24, random_state=0)
    assert asked == ["choice"] and labels == rows["label"].tolist()
    printed = capsys.readouterr().out
    assert "24 images of breast against 24 simulated ones" in printed and "tells them by" in printed


def test_the_sheet_has_24_real_images_at_the_left_and_24_simulated_at_the_right(tmp_path):
    labels = np.array([BENIGN] * 14 + [MALIGNANT] * 13)
    drawn = [np.full((SIDE, SIDE), 9 * number, np.uint8) for number in range(27)]
    draw_sheet(tmp_path / "sheet.png", labels, drawn, seed=0)
    sheet = cv2.imread(str(tmp_path / "sheet.png"), cv2.IMREAD_GRAYSCALE)
    assert sheet.shape == (6 * SIDE, 8 * SIDE + 24)
    shown = [sheet[row * SIDE, column * SIDE] // 9 for row in range(6) for column in range(4)]
    assert shown == [*range(12), *range(14, 26)]
    assert all(
        sheet[row * SIDE :, 4 * SIDE + 24 + column * SIDE :][:SIDE, :SIDE].std() > 5
        for row in range(6)
        for column in range(4)
    )
    with pytest.raises(ValueError, match="a sheet needs 12 malignant images, got 11"):
        draw_sheet(tmp_path / "short.png", labels[:25], drawn[:25], seed=0)


@pytest.mark.parametrize("place", ["sheet.png", "runs/sheet.png", "experiments/../sheet.png"])
def test_a_sheet_inside_the_repository_is_refused_in_a_sentence(place, capsys):
    assert main(["--sheet", str(ROOT / place), "--against", "breast"]) == 2
    told = capsys.readouterr().err.splitlines()
    assert len(told) == 1 and "lies in the repository, where no hospital's pixels may be" in told[0]
    assert not (ROOT / place).exists()


def test_a_link_that_leads_into_the_repository_is_refused_too(tmp_path):
    (tmp_path / "link").symlink_to(ROOT)
    with pytest.raises(ValueError, match="lies in the repository"):
        realism.check_outside(tmp_path / "link" / "sheet.png")
    realism.check_outside(tmp_path / "sheet.png")
