"""A training step of the workshop's network, beside the same network's step in PyTorch on the same cores.

    python -m pip install -r requirements-bench.txt
    python -m experiments.training [--rounds 12] [--steps 20]

Each side is a process of its own and does its steps while the other waits, round by round. Both begin with the same
weights, and the first thing checked is that both give the same answers. A step is a batch of 16 images of 128 pixels:
forward, cross-entropy, backward, AdamW. Keras is timed through `model.fit`, as `busi.training.fit` trains, and with its
operations made deterministic, as it does; PyTorch as its tutorials write it, in the faster of its two memory layouts.
All of these compute with 32 bits. "keras_bfloat16" is Keras again as the recipe trains where the processor can
(`busi/model/mixed_precision.py`); without such a processor it is left out. Written to results/training.json.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

from benchmarks.visitor import machine

RESULTS = Path(__file__).parent / "results" / "training.json"
KERAS, SIXTEEN = "keras", "keras_bfloat16"
SIDES = (KERAS, SIXTEEN, "torch", "torch_channels_last")
BATCH, SIZE, BATCHES = 16, 128, 8
RATE, DECAY, DROPOUT = 1e-3, 1e-2, 0.4
# Of `atelier_deep`, that of the recipe `scratch`: filters, kernel, stride, whether a pooling comes before.
STAGES = ((24, 5, 2, False), *((filters, 3, 1, first) for filters in (48, 96, 160, 256) for first in (True, False)))
SAME = 1e-4  # how far the two sides' answers may be apart


def main() -> None:
    """Times the sides in turn, prints the ratio and writes it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=12)
    parser.add_argument("--steps", type=int, default=20)
    parser.add_argument("--side", choices=SIDES, help=argparse.SUPPRESS)
    parser.add_argument("--weights", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.side:
        return work(options.side, options.weights, options.steps)
    with tempfile.TemporaryDirectory() as folder:
        from busi.model.mixed_precision import has_bfloat16  # here: PyTorch's processes shall not load Keras

        sides = [side for side in SIDES if side != SIXTEEN or has_bfloat16()]
        workers = {side: _start(side, Path(folder) / "weights.npz", options.steps) for side in sides}
        times = {side: [] for side in sides}
        for number in range(options.rounds + 1):
            for side, worker in workers.items():
                taken = _asked(worker)
                if number:  # the first warms up
                    times[side].append(taken)
        for worker in workers.values():
            worker.communicate()
    medians = {side: statistics.median(taken) for side, taken in times.items()}
    fastest = min(medians["torch"], medians["torch_channels_last"])
    kept = {
        "machine": machine(),
        "rounds": options.rounds,
        "steps": options.steps,
        "ratio": {
            "training_step": round(medians[KERAS] / fastest, 3),
            **({"bfloat16": round(medians[SIXTEEN] / medians[KERAS], 3)} if SIXTEEN in medians else {}),
        },
        "milliseconds": {side: round(1000 * taken, 2) for side, taken in medians.items()},
    }
    RESULTS.write_text(json.dumps(kept, indent=1) + "\n", encoding="utf-8")
    print(json.dumps(kept, indent=1))


def _start(side: str, weights: Path, steps: int) -> subprocess.Popen:
    command = [sys.executable, "-m", "experiments.training", "--side", side, "--weights", str(weights)]
    worker = subprocess.Popen(
        [*command, "--steps", str(steps)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    told = worker.stdout.readline().strip()  # it is ready, or says why not
    if told != "ready":
        raise SystemExit(f"error: {side}: {told or 'stopped; is requirements-bench.txt installed?'}")
    return worker


def _asked(worker: subprocess.Popen) -> float:
    worker.stdin.write("go\n")
    worker.stdin.flush()
    return float(worker.stdout.readline())


def work(side: str, weights: Path, steps: int) -> None:
    """One side: gets ready, and does its steps each time a line comes in; prints seconds per step."""
    images = np.random.default_rng(0).random((BATCH * BATCHES, SIZE, SIZE, 1), dtype=np.float32)
    truth = np.float32(np.arange(BATCH * BATCHES) % 2)[:, np.newaxis]
    step = (_keras if side in (KERAS, SIXTEEN) else _torch)(side, weights, images, truth)
    step(BATCHES)
    print("ready", flush=True)
    for _ in sys.stdin:
        began = time.perf_counter()
        step(steps)
        print((time.perf_counter() - began) / steps, flush=True)


def _keras(side: str, weights: Path, images: np.ndarray, truth: np.ndarray) -> Callable[[int], object]:
    """Steps in Keras; with 32 bits, leaves its weights and answers for the other sides."""
    import keras
    import tensorflow as tf

    from busi.model.mixed_precision import computing_in, policy_of
    from busi.model.network import DEEP, build_network

    tf.config.experimental.enable_op_determinism()
    with computing_in(policy_of(side == SIXTEEN)):
        model = build_network(DEEP, SIZE)
    if side == KERAS:
        np.savez(weights, model(images[:BATCH], training=False).numpy(), *model.get_weights())
    model.compile(keras.optimizers.AdamW(RATE, weight_decay=DECAY), keras.losses.BinaryCrossentropy())
    batches = tf.data.Dataset.from_tensor_slices((images, truth)).batch(BATCH).cache().repeat().prefetch(2)
    return lambda steps: model.fit(batches.take(steps), shuffle=False, verbose=0)


def _torch(side: str, weights: Path, images: np.ndarray, truth: np.ndarray) -> Callable[[int], object]:
    """Steps in PyTorch, from the other side's weights; stops if its answers are others."""
    try:
        import torch
    except ImportError:
        print("PyTorch is not installed: python -m pip install -r requirements-bench.txt", flush=True)
        raise
    torch.set_num_threads(os.cpu_count())
    answers, *kept = np.load(weights).values()
    model = _torch_network(torch, kept)
    layout = torch.channels_last if side == "torch_channels_last" else torch.contiguous_format
    model = model.to(memory_format=layout)
    inputs = torch.from_numpy(images.transpose(0, 3, 1, 2)).contiguous(memory_format=layout)
    targets = torch.from_numpy(truth)
    model.eval()
    with torch.no_grad():
        apart = float(np.abs(torch.sigmoid(model(inputs[:BATCH])).numpy() - answers).max())
    if apart > SAME:
        raise SystemExit(print(f"the networks differ: answers are {apart:.2g} apart", flush=True))
    model.train()
    optimizer = torch.optim.AdamW(model.parameters(), RATE, weight_decay=DECAY)
    loss = torch.nn.BCEWithLogitsLoss()

    def step(steps: int) -> None:
        for number in range(steps):
            rows = slice(number % BATCHES * BATCH, number % BATCHES * BATCH + BATCH)
            optimizer.zero_grad(set_to_none=True)
            loss(model(inputs[rows]), targets[rows]).backward()
            optimizer.step()

    return step


def _torch_network(torch, weights: list[np.ndarray]):
    """The network `atelier_deep` in PyTorch, with Keras's weights: kernels, then scale, shift, mean and variance."""
    nn = torch.nn
    parts, channels = [], 1
    for number, (filters, kernel, stride, pooled) in enumerate(STAGES):
        if pooled:
            parts.append(nn.MaxPool2d(2))
        before = kernel - stride  # Keras's "same": what is odd goes to the right and below
        edges = (before // 2, before - before // 2, before // 2, before - before // 2)
        even = edges[0] == edges[1]
        parts += [] if even else [nn.ZeroPad2d(edges)]
        convolution = nn.Conv2d(channels, filters, kernel, stride, padding=edges[0] if even else 0, bias=False)
        normal = nn.BatchNorm2d(filters, eps=1e-3, momentum=0.1)
        drawn, scale, shift, mean, variance = (
            torch.from_numpy(array) for array in weights[5 * number : 5 * number + 5]
        )
        with torch.no_grad():
            convolution.weight.copy_(drawn.permute(3, 2, 0, 1))
            for own, theirs in zip(
                (normal.weight, normal.bias, normal.running_mean, normal.running_var),
                (scale, shift, mean, variance),
                strict=True,
            ):
                own.copy_(theirs)
        parts += [convolution, normal, nn.ReLU()]
        channels = filters
    unit = nn.Linear(channels, 1)
    with torch.no_grad():
        unit.weight.copy_(torch.from_numpy(weights[-2].T.copy()))
        unit.bias.copy_(torch.from_numpy(weights[-1]))
    return nn.Sequential(*parts, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Dropout(DROPOUT), unit)


if __name__ == "__main__":
    main()
