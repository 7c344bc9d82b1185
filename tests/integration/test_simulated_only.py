"""What a network is worth that saw simulated images alone: who judges, what goes on, and what is never done twice."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import roc_auc_score

from busi.data.simulated import fingerprint
from busi.images import ImageContract
from busi.model.augment import AugmentationSettings
from busi.model.network import ATELIER, build_network
from busi.training.checkpoints import newest
from busi.training.recipe import RECIPES, SCRATCH
from experiments import simulated_only
from experiments.finished import save_network
from experiments.hospitals import breast_half, breast_part
from experiments.left_out import Without
from experiments.scores import gain
from experiments.simulated_only import BREAST_CHOICE, JUDGES, UNTOUCHED, WHOLE, main
from tests.support.training import drawn_part, eagerly

SMALL = {
    **{**RECIPES[SCRATCH], "image": ImageContract(size=64), "arch": ATELIER, "augmentation": AugmentationSettings()},
    **{"pretrain": 20, "pretrain_epochs": 2},
}


def rows_of(count: int, name: str) -> pd.DataFrame:
    labels = ["malignant" if number % 3 == 0 else "benign" for number in range(count)]
    return pd.DataFrame(
        {"image_id": [f"{name} {number}" for number in range(count)], "label": labels, "group": range(count)}
    )


def some_judges(*_) -> dict:
    return {name: (drawn_part(12, 100), rows_of(12, name)) for name in JUDGES}


@pytest.fixture
def here(tmp_path, monkeypatch) -> Path:
    monkeypatch.setattr(simulated_only, "RECIPES", {SCRATCH: SMALL})
    monkeypatch.setattr(simulated_only, "_judges", some_judges)
    monkeypatch.setattr("busi.data.simulated.HELD_OUT_IMAGES", 20)
    monkeypatch.setattr(simulated_only, "breast_half", lambda half: breast_half(half).head(20))
    return tmp_path


@pytest.fixture
def answered(monkeypatch) -> list[tuple[str, int]]:
    """In place of a training: answers that depend on the seed and on what is left out, and an untrained network."""
    trained = []

    def answer(experiment, judges):
        seed = experiment.recipe.seed
        trained.append((experiment.name, seed))
        tables = []
        for name, (_, rows) in judges.items():
            chance = np.random.default_rng([seed, len(experiment.name)]).random(len(rows))
            malignant = (rows["label"] == "malignant").to_numpy()
            told = {"judge": name, "fold": 0, "seed": seed, "malignant": malignant, "called": False}
            tables.append(rows[["image_id", "group"]].assign(**told, probability=(0.3 * malignant + chance) / 1.3))
        save_network(build_network(ATELIER, 64, seed), experiment.network(seed))
        pd.concat(tables).to_csv(experiment.answers(seed), index=False)

    monkeypatch.setattr(simulated_only, "_run_seed", answer)
    return trained


def run(here: Path, *more: str) -> int:
    return main(["--runs", str(here / "runs"), "--out", str(here / "out.json"), *more])


def results(here: Path) -> dict:
    return json.loads((here / "out.json").read_text("utf-8"))


def test_a_seed_that_was_interrupted_goes_on_and_leaves_its_network_answers_and_numbers(here, monkeypatch, capsys):
    with eagerly():
        told = simulated_only._tell_epoch

        def stop(row):
            raise KeyboardInterrupt

        monkeypatch.setattr(simulated_only, "_tell_epoch", stop)
        with pytest.raises(KeyboardInterrupt):
            run(here, "--seeds", "3")
        assert newest(here / "runs" / WHOLE / "stage-3").name == "epoch-0001" and not (here / "out.json").exists()
        monkeypatch.setattr(simulated_only, "_tell_epoch", told)
        assert run(here, "--seeds", "3") == 0
    printed = capsys.readouterr().out
    assert "epoch 2:" in printed and "epoch 1:" not in printed
    assert sorted(path.name for path in (here / "runs" / WHOLE).iterdir()) == ["run.json", "seed-3.csv", "seed-3.keras"]
    found, table = results(here)[WHOLE], pd.read_csv(here / "runs" / WHOLE / "seed-3.csv")
    for name in JUDGES:
        rows = table[table["judge"] == name]
        auc = roc_auc_score(rows["malignant"], rows["probability"])
        assert found[name]["value"] == pytest.approx(auc, abs=1e-4) and found[name]["n"] == len(rows) == 12
    assert found["simulator"] == fingerprint() and found["recipe"]["pretrain"] == 20 and found["seeds"] == [3]


def test_finished_seeds_are_not_trained_again_and_a_finished_result_is_left_as_it_is(here, answered):
    assert run(here, "--seeds", "0") == 0
    (here / "out.json").unlink()
    assert run(here, "--seeds", "0", "1") == 0
    assert answered == [(WHOLE, 0), (WHOLE, 1)]
    before = (here / "out.json").read_bytes()
    assert run(here, "--seeds", "0", "1") == 0 and (here / "out.json").read_bytes() == before and len(answered) == 2


def test_a_result_of_another_recipe_or_of_other_seeds_is_never_written_over(here, answered, capsys):
    assert run(here, "--seeds", "0") == 0
    before = (here / "out.json").read_bytes()
    assert run(here, "--seeds", "0", "--images", "40") == 2 and "differs in recipe" in capsys.readouterr().err
    assert run(here, "--seeds", "1") == 2 and "differs in seeds" in capsys.readouterr().err
    (here / "out.json").rename(here / "kept.json")
    assert run(here, "--seeds", "0", "--images", "40") == 2 and "choose another --runs" in capsys.readouterr().err
    assert (here / "kept.json").read_bytes() == before and answered == [(WHOLE, 0)]


def test_what_a_part_brings_is_told_beside_the_whole_whichever_came_first(here, answered):
    assert run(here, "--seeds", "0", "1", "--without", "behind") == 0
    assert "loss" not in results(here)["without behind"]
    assert run(here, "--seeds", "0", "1") == 0
    found, tables = results(here), {}
    for name in (WHOLE, "without-behind"):
        tables[name] = pd.concat(pd.read_csv(here / "runs" / name / f"seed-{seed}.csv") for seed in (0, 1))
    for judge in JUDGES:
        of = {name: table[table["judge"] == judge] for name, table in tables.items()}
        assert found["without behind"]["loss"][judge] == gain(of[WHOLE], of["without-behind"])
        apart = found[WHOLE][judge]["value"] - found["without behind"][judge]["value"]
        assert found["without behind"]["loss"][judge]["value"] == pytest.approx(apart, abs=2e-4)
    assert found["without behind"]["simulator"] == fingerprint(Without("behind")) != found[WHOLE]["simulator"]


def test_no_training_looks_at_the_final_half(here, answered, monkeypatch):
    def only_choice(half):
        assert half == "choice", "the final half chooses nothing"
        return breast_half(half)

    monkeypatch.undo()
    monkeypatch.setattr(simulated_only, "breast_half", only_choice)
    monkeypatch.setattr(simulated_only, "read_busi", lambda _: type("Data", (), {"images": None}))
    monkeypatch.setattr(simulated_only, "untouched", lambda _: rows_of(2, "busi"))
    monkeypatch.setattr(simulated_only, "load_part", lambda *_: drawn_part(2, 5))
    monkeypatch.setattr(simulated_only, "breast_part", lambda rows, contract: breast_part(rows.head(2), contract))
    judges = simulated_only._judges("nowhere", simulated_only.Recipe(image=ImageContract(size=64)))
    assert list(judges) == [UNTOUCHED, BREAST_CHOICE] and len(judges[BREAST_CHOICE][1]) == 126


def test_a_folder_that_is_no_busi_is_told_in_a_line(tmp_path, capsys):
    assert run(tmp_path, "--data", str(tmp_path / "nowhere"), "--seeds", "0") == 2
    assert capsys.readouterr().err.startswith("error: ")


def test_a_network_that_was_kept_is_given_and_one_of_another_simulator_is_not(here, answered, monkeypatch):
    assert run(here, "--seeds", "0") == 0
    folder = here / "runs" / WHOLE
    given = simulated_only.kept_network(folder, 0)
    for one, other in zip(given.get_weights(), build_network(ATELIER, 64, 0).get_weights(), strict=True):
        np.testing.assert_array_equal(one, other)
    with pytest.raises(ValueError, match="lacks the network of seed 4"):
        simulated_only.kept_network(folder, 4)
    monkeypatch.setattr(simulated_only, "fingerprint", lambda *_: "another")
    with pytest.raises(ValueError, match="what another simulator drew"):
        simulated_only.kept_network(folder, 0)
