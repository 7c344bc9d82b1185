"""Bundles of a network that has been trained."""

import numpy as np

from busi.bundle.files import MODEL, load_network, save_bundle
from busi.model.network import build_network


def test_the_optimiser_is_left_out(small_bundle, tmp_path):
    network = build_network("atelier", 64)
    network.compile("adam", "binary_crossentropy")
    network.train_on_batch(np.zeros((2, 64, 64, 1), np.float32), np.zeros((2, 1), np.float32))
    tables = (small_bundle.history, small_bundle.predictions)
    saved = save_bundle(tmp_path / "trained", network, dict(small_bundle.info), *tables, "# Card\n")
    assert (saved.folder / MODEL).stat().st_size < 1.1 * 4 * network.count_params() + 100_000
    assert not load_network(saved).compiled
