"""Training shared out over two machines, here two processes on loopback."""

import json
import os
import subprocess
import sys
from pathlib import Path

import keras
import numpy as np
import pytest

import train
from busi.bundle.files import open_bundle
from busi.training.checkpoints import has_checkpoint
from tests.support.places import ROOT
from tests.support.ports import free_port

# Beside train.py, a step whose result is known: the same model, taught by the same batches on this machine alone.
SCRIPT = """
import sys
import keras, numpy as np, tensorflow as tf
import busi.data.simulated, train
from busi.training.workers import workers

busi.data.simulated.HELD_OUT_IMAGES = 8

def taught():
    model = keras.Sequential([keras.Input((3,)), keras.layers.Dense(1, kernel_initializer="ones")])
    model.compile(keras.optimizers.SGD(0.1), "mse")
    return model

shared, alone = workers(), taught()
with shared.scope():
    together = taught()
rows = np.arange(27.0).reshape(9, 3) / 27
batches = tf.data.Dataset.from_tensor_slices((rows, rows[:, :1] ** 2, np.arange(9.0))).batch(4)
shared.fit_epoch(together, batches, [])
alone.fit(batches.take(2), shuffle=False, verbose=0)  # the last one has no image for the other machine
for ours, theirs in zip(together.get_weights(), alone.get_weights()):
    np.testing.assert_allclose(ours, theirs, rtol=1e-5)
assert shared.mean([np.full((2, 2), float(shared.index))])[0].tolist() == [[0.5, 0.5], [0.5, 0.5]]
shared.check_same("the same")
try:
    shared.check_same(f"by {shared.index}")
    sys.exit("a difference went unseen")
except ValueError:
    sys.exit(train.main(sys.argv[1:]))
"""


def config(index: int, ports: list[int]) -> str:
    addresses = [f"127.0.0.1:{port}" for port in ports]
    return json.dumps({"cluster": {"worker": addresses}, "task": {"type": "worker", "index": index}})


def test_two_machines_learn_the_same(small_busi, tmp_path):
    command = [sys.executable, "-c", SCRIPT, "--data", str(small_busi), "--out", str(tmp_path / "bundle")]
    command += ["--recipe", "plain", "--image-size", "64", "--epochs", "1", "--seed", "3"]
    ports, machines, logs = [free_port(), free_port()], [], [tmp_path / "log-0.txt", tmp_path / "log-1.txt"]
    for index, log in enumerate(logs):
        environment = {**os.environ, "TF_CONFIG": config(index, ports)}
        with log.open("w") as told:
            machines.append(subprocess.Popen(command, cwd=ROOT, env=environment, stdout=told, stderr=told))
    try:
        ended = [machine.wait(timeout=180) for machine in machines]
    finally:
        for machine in machines:
            machine.kill()
    assert ended == [0, 0], [log.read_text() for log in logs]
    first, second = (open_bundle(tmp_path / name) for name in ("bundle", "bundle.worker-1"))
    assert first.info["training"]["pretraining"] is None, "none is told where there was none"
    assert not any(has_checkpoint(Path(f"{one.folder}.training")) for one in (first, second))
    for ours, theirs in zip(weights(first), weights(second), strict=True):
        np.testing.assert_array_equal(ours, theirs)
    np.testing.assert_array_equal(first.predictions["probability"], second.predictions["probability"])
    assert first.history.drop(columns="seconds").equals(second.history.drop(columns="seconds"))


def weights(bundle) -> list[np.ndarray]:
    return keras.models.load_model(bundle.folder / "model.keras").get_weights()


@pytest.mark.parametrize(
    "told",
    [
        "not json",
        "[]",
        '{"cluster": {"worker": ["a:1", "b:1"]}}',
        config(2, [1, 2]),
        config(0, [1, 2]).replace('"index": 0', '"index": "0"'),
        config(0, [1, 2]).replace('"type": "worker"', '"type": "chief"'),
        '{"cluster": {"worker": "10.0.0.1:2222"}, "task": {"type": "worker", "index": 0}}',
        config(0, [1, 2]).replace('"index": 0', '"index": 0.5'),
        '{"cluster": {"worker": ["a:1"], "ps": ["b:1"]}, "task": {"type": "worker", "index": 0}}',
    ],
)
def test_a_malformed_configuration_is_one_clear_error(told, monkeypatch, capsys, tmp_path):
    monkeypatch.setenv("TF_CONFIG", told)
    train.workers.cache_clear()  # a test before may have asked, without TF_CONFIG
    assert train.main(["--data", "simulated", "--out", str(tmp_path / "bundle")]) == 2
    assert capsys.readouterr().err.startswith("error: TF_CONFIG must be ") and not any(tmp_path.iterdir())


def test_one_machine_alone_needs_nobody(monkeypatch):
    monkeypatch.setenv("TF_CONFIG", config(0, [1]))
    assert train.workers.__wrapped__() is None
