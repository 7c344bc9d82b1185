"""replay.json: written, read again, refused where it is odd, and lent by a sister."""

import json
import shutil
from dataclasses import replace

import numpy as np
import pytest

from busi.bundle.files import EMBEDDED, INFO, BundleError, open_bundle, write_checksums, write_replay
from busi.bundle.first_pair import names_of_first_pair
from busi.bundle.replay import LARGEST_REPLAY, OWN, REAL, REPLAY, SIMULATED, SISTER, Moment, Replay, read_replay
from busi.model.metrics import Estimate
from experiments.sister_replay import lend

PAIR = names_of_first_pair(open_bundle(EMBEDDED).predictions) or ()
NAMES = (*PAIR, "case017")


def replay_about(names: tuple[str, ...] = NAMES, source: str = OWN) -> Replay:
    """Two stages, three moments, maps of two rows and three columns."""

    def moment(stage: str, epoch: int) -> Moment:
        grid = np.array([[0.5, -1.25, 0], [2, 0.01, -0.3]], np.float32) + epoch
        return Moment(stage, epoch, {name: 0.1 * epoch + 0.2 for name in names}, dict.fromkeys(names, grid))

    curves = {SIMULATED: ((1, 0.6, 0.65),), REAL: ((1, 0.5, 0.6), (2, 0.4, 0.55))}
    moments = (moment(SIMULATED, 0), moment(REAL, 1), moment(REAL, 2))
    return Replay(source, "quick", 0.35, Estimate(0.9, 0.8, 0.95, 96), 2, 7937, curves, moments)


def written(folder, replay: Replay):
    path = folder / REPLAY
    path.write_text(replay.to_text(), encoding="utf-8")
    return path


def test_what_is_written_is_read_again(tmp_path):
    replay = replay_about()
    again = read_replay(written(tmp_path, replay))
    assert replace(again, moments=()) == replace(replay, moments=())
    for one, other in zip(again.moments, replay.moments, strict=True):
        assert (one.stage, one.epoch, dict(one.scores)) == (other.stage, other.epoch, dict(other.scores))
        for name in NAMES:
            np.testing.assert_allclose(one.evidence[name], other.evidence[name], atol=0.00006)
    assert again.pictures == NAMES and again.last_stage == REAL
    assert [again.is_kept(moment) for moment in again.moments] == [False, False, True]


def test_a_network_without_maps_has_scores_alone(tmp_path):
    bare = replace(replay_about(), moments=tuple(replace(one, evidence={}) for one in replay_about().moments))
    assert all(not moment.evidence for moment in read_replay(written(tmp_path, bare)).moments)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda told: told.update(source="aunt"), "source must be one of own, sister"),
        (lambda told: told.update(threshold=2), "threshold"),
        (lambda told: told.update(moments=[]), "moments must be a list of 1 to 100"),
        (lambda told: told.pop("auc"), "auc is missing"),
        (lambda told: told["moments"][1]["scores"].pop(NAMES[0]), "each moment of a replay must tell of"),
        (lambda told: told["moments"][1].update(stage="dreamt"), "stage"),
        (lambda told: told["curves"].pop(SIMULATED), "of a stage with a curve"),
        (lambda told: told["moments"][0]["evidence"].update({NAMES[0]: [[1, 2], [3]]}), "inhomogeneous"),
        (lambda told: told["moments"][0]["scores"].update({NAMES[0]: "many"}), NAMES[0]),
        (lambda told: told.update(curves={}), "a curve"),
    ],
)
def test_a_replay_that_a_page_cannot_show_is_refused(tmp_path, change, message):
    told = json.loads(replay_about().to_text())
    change(told)
    path = tmp_path / REPLAY
    path.write_text(json.dumps(told), encoding="utf-8")
    with pytest.raises(ValueError, match=message):
        read_replay(path)


@pytest.fixture
def copy(tmp_path):
    """The embedded bundle, without a recording."""
    folder = shutil.copytree(EMBEDDED, tmp_path / "bundle")
    (folder / REPLAY).unlink(missing_ok=True)
    write_checksums(folder, open_bundle(EMBEDDED).info)
    return folder


def test_an_older_bundle_opens_without_one(copy):
    assert open_bundle(copy).replay is None and REPLAY not in open_bundle(copy).info["files"]


def test_a_bundle_holds_one_under_its_checksum(copy):
    write_replay(copy, replay_about())
    assert open_bundle(copy).replay is None, "a file that bundle.json does not list is none of the bundle's"
    write_checksums(copy, open_bundle(copy).info)
    assert open_bundle(copy).replay.recipe == "quick"
    text = (copy / REPLAY).read_text("utf-8")
    (copy / REPLAY).write_text(text.replace("quick", "quack"), "utf-8")
    with pytest.raises(BundleError, match=r"replay\.json is damaged"):
        open_bundle(copy)
    (copy / REPLAY).write_text(text + " " * LARGEST_REPLAY, "utf-8")
    with pytest.raises(BundleError, match="are expected"):
        open_bundle(copy)
    (copy / REPLAY).unlink()
    assert open_bundle(copy).replay is None, "it can be done without"


def test_an_odd_one_is_one_line(copy):
    (copy / REPLAY).write_text("{}", "utf-8")
    write_checksums(copy, open_bundle(EMBEDDED).info)
    with pytest.raises(BundleError, match="is missing") as refused:
        open_bundle(copy)
    assert "\n" not in str(refused.value)


def test_a_sister_lends_her_recording_and_the_bundle_says_whose_it_is(copy):
    before = json.loads((copy / INFO).read_text("utf-8"))
    bundle = lend(replace(open_bundle(EMBEDDED), replay=replay_about()), copy)
    assert bundle.replay.source == SISTER and bundle.replay.pictures == PAIR
    assert [moment.scores[PAIR[0]] for moment in bundle.replay.moments] == pytest.approx([0.2, 0.3, 0.4])
    after = json.loads((copy / INFO).read_text("utf-8"))
    assert after["files"].pop(REPLAY) and after == before


def test_she_must_have_learned_from_the_same_images_and_know_the_pictures(copy):
    sister = replace(open_bundle(EMBEDDED), replay=replay_about())
    stranger = replace(sister, info={**sister.info, "data": {**sister.info["data"], "fingerprint": "another"}})
    with pytest.raises(BundleError, match="not made from the same images"):
        lend(stranger, copy)
    for lacking in (replace(sister, replay=None), replace(sister, replay=replay_about(("case017",)))):
        with pytest.raises(BundleError, match="no recording of"):
            lend(lacking, copy)
