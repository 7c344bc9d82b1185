"""Everything at once, as in benchmarks/mixed.py but for seconds: nothing fails, nothing piles up, nothing is left."""

import sys

from benchmarks.mixed import ACTS, loaded
from benchmarks.visitor import files_in, started
from tests.support.running import awaited

SECONDS, VISITORS = 12, 8
MORE_MEMORY = 250  # megabytes that a first load may take: what the tensors and the encoders keep


def test_a_mixed_load_leaves_nothing_behind(tmp_path):
    with started([sys.executable, "app.py"], TMPDIR=str(tmp_path)) as app:
        tally, rows = awaited(loaded(app, tmp_path, SECONDS, VISITORS))
    assert tally.failures == []
    assert len(tally.acts) == len(ACTS) and sum(tally.acts.values()) > 2 * len(ACTS)
    before, after = rows[0], rows[-1]
    assert after["descriptors"] <= before["descriptors"] + 10
    assert after["kept_files"] <= before["kept_files"] + 2
    assert after["memory_megabytes"] < before["memory_megabytes"] + MORE_MEMORY
    assert files_in(tmp_path) == []
