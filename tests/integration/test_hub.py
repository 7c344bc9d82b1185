"""Pushing and fetching bundles: the real client against a small Hub on this machine."""

import json
import shutil
from functools import partial
from pathlib import Path

import pandas as pd
import pytest
from huggingface_hub import ModelCard

import train
from busi.bundle.files import CARD, EMBEDDED, FIGURE_FILES, FILES, IMAGES, INFO, MODEL, open_bundle, write_checksums
from busi.bundle.hub import HubError, Source, fetch, main, push, source_of, tag_of
from busi.bundle.replay import REPLAY
from busi.serving.predict import Classifier
from busi.serving.workshop import open_workshop
from busi.web.frame import standing
from busi.words.text import Words
from tests.support.drawings import drawn_ultrasound
from tests.support.hub_server import EXPIRED, READ_ONLY, TOKEN, Hub

REPO = "atelier/petit-reseau"


@pytest.fixture
def cache(tmp_path) -> Path:
    return tmp_path / "cache"


@pytest.fixture
def folder(small_bundle, tmp_path) -> Path:
    copy = tmp_path / "bundle"
    shutil.copytree(small_bundle.folder, copy)
    return copy


def silent(line: str) -> None:
    pass


def contents(folder: Path) -> dict[str, bytes]:
    files = [path for path in folder.rglob("*") if path.is_file()]
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in files}


def test_what_is_pushed_comes_back_byte_for_byte_and_pushing_again_sends_nothing(hub, folder, cache):
    before = contents(folder)
    commit = push(folder, REPO, tell=silent)
    assert contents(folder) == before
    assert hub.sent_files == [sorted(FILES)]
    held = hub.repositories[REPO]
    assert held.refs[tag_of(open_bundle(folder))] == commit
    assert push(folder, REPO, tell=silent) == commit and hub.sent_files == [sorted(FILES)]

    fetched = fetch(Source(REPO), cache)
    assert fetched.commit == commit and fetched.stale is None
    again = contents(fetched.folder)
    assert {name: again[name] for name in FILES if name != CARD} == {n: before[n] for n in FILES if n != CARD}
    assert open_bundle(fetched.folder).threshold == open_bundle(folder).threshold


def test_a_replay_travels_with_its_bundle_and_can_be_done_without(hub, folder, cache, tmp_path):
    shutil.copy(EMBEDDED / REPLAY, folder)
    write_checksums(folder, open_bundle(folder).info)
    commit = push(folder, REPO, tell=silent)
    assert hub.sent_files == [sorted([*FILES, REPLAY])]
    fetched = open_bundle(fetch(Source(REPO), cache).folder)
    assert (fetched.folder / REPLAY).read_bytes() == (EMBEDDED / REPLAY).read_bytes()
    assert fetched.replay.pictures == open_bundle(EMBEDDED).replay.pictures
    held = hub.repositories[REPO].commits[commit]
    del held[REPLAY]
    assert open_bundle(fetch(Source(REPO), tmp_path / "another").folder).replay is None


def test_one_change_sends_one_file(hub, folder):
    push(folder, REPO, tell=silent)
    info = json.loads((folder / INFO).read_text())
    info["intended_use"] = "Teaching, as ever."
    (folder / INFO).write_text(json.dumps(info))
    push(folder, REPO, tell=silent)
    assert hub.sent_files[1:] == [[INFO]]


def test_branch_tag_and_commit_name_the_same_bundle_and_a_pinned_one_asks_nobody(hub, folder, cache):
    commit = push(folder, REPO, tell=silent)
    for revision in ("main", tag_of(open_bundle(folder)), commit):
        assert fetch(Source(REPO, revision), cache).commit == commit
    asked = len(hub.asked)
    pinned = fetch(Source(REPO, commit), cache)
    assert len(hub.asked) == asked and pinned.stale is None


def test_a_silent_hub_is_left_alone_after_the_deadline_and_the_cache_answers(hub, folder, cache):
    commit = push(folder, REPO, tell=silent)
    fetch(Source(REPO), cache)
    hub.silent = True
    fetched = fetch(Source(REPO), cache, deadline=0.5)
    assert (fetched.commit, fetched.stale.reason) == (commit, "slow")
    with pytest.raises(HubError, match=rf"did not answer within 0\.5 seconds about {REPO}") as error:
        fetch(Source(REPO), cache / "empty", deadline=0.5)
    assert error.value.reason == "slow"


def test_a_hub_that_is_down_is_told_and_the_cache_answers(hub, folder, cache):
    commit = push(folder, REPO, tell=silent)
    fetch(Source(REPO), cache)
    hub.shutdown()
    hub.server_close()
    fetched = fetch(Source(REPO), cache)
    assert (fetched.commit, fetched.stale.reason) == (commit, "unreachable")
    with pytest.raises(HubError, match=f"cannot be reached for {REPO}"):
        fetch(Source(REPO), cache / "empty")


def only(hub: Hub) -> dict[str, bytes]:
    """The files of the one commit."""
    return next(iter(hub.repositories[REPO].commits.values()))


@pytest.mark.parametrize(
    ("spoil", "reason"),
    [
        (lambda hub: hub.repositories[REPO].commits.popitem(), "missing"),
        (lambda hub: only(hub).pop(MODEL), "incomplete"),
        (lambda hub: only(hub).update({INFO: b" " * 2_000_000}), "too_large"),
        (lambda hub: hub.repositories.pop(REPO), "missing"),
        (lambda hub: setattr(hub, "truncate", MODEL), "unreachable"),
    ],
)
def test_what_is_no_whole_bundle_is_refused_by_name(hub, folder, cache, spoil, reason):
    push(folder, REPO, tell=silent)
    spoil(hub)
    with pytest.raises(HubError, match=REPO) as error:
        fetch(Source(REPO), cache)
    assert error.value.reason == reason


@pytest.mark.parametrize("token", ["hf_wrong", EXPIRED, "hf_é"])
@pytest.mark.parametrize("saved", [False, True])
def test_a_bad_token_does_not_hide_a_public_bundle_and_is_told_of(hub, folder, monkeypatch, capsys, token, saved):
    commit = push(folder, REPO, tell=silent)
    if saved:
        monkeypatch.delenv("HF_TOKEN")
        (folder.parent / "token").write_text(token, encoding="utf-8")
        monkeypatch.setattr("huggingface_hub.constants.HF_TOKEN_PATH", str(folder.parent / "token"))
    else:
        monkeypatch.setenv("HF_TOKEN", token)
    workshop = open_workshop(REPO)
    assert (
        workshop.fetched.commit == commit and not workshop.refused_bundle and not standing.banner(Words("fr"), workshop)
    )
    told = capsys.readouterr().err
    assert f"does not accept the token at hand (HF_TOKEN or `hf auth login`) for {REPO}; asked again without" in told


def test_a_bad_token_is_left_out_for_the_images_as_well(hub, folder, small_busi, monkeypatch, cache):
    with monkeypatch.context() as patch:
        patch.setattr("busi.bundle.hub._test_images", lambda bundle, data: pd.DataFrame({"image_id": []}))
        patch.setattr("busi.bundle.hub.image_files", lambda images, origin: {"LICENCE.txt": b"CC0"})
        push(folder, REPO, tell=silent, data=str(small_busi))
    monkeypatch.setenv("HF_TOKEN", "hf_wrong")
    fetched = fetch(Source(REPO), cache)
    assert (fetched.folder / IMAGES).is_file() and not fetched.without_images and REPO in str(fetched.without_token)


def test_a_good_token_is_shown_and_a_private_bundle_stays_private(hub, folder, monkeypatch, cache):
    push(folder, REPO, tell=silent)
    hub.repositories[REPO].private = True
    fetched = fetch(Source(REPO), cache / "mine")
    assert not fetched.without_token and set(hub.tokens) == {TOKEN}
    monkeypatch.setenv("HF_TOKEN", "hf_wrong")
    with pytest.raises(HubError, match=f"no {REPO}, or shows it to a token with the right") as error:
        fetch(Source(REPO), cache / "theirs")
    assert error.value.reason == "missing"


def test_files_that_are_not_a_bundles_are_never_fetched(hub, folder, cache):
    push(folder, REPO, tell=silent)
    hub.repositories[REPO].commit({"../evil.py": b"x", "code.py": b"x"})
    fetched = fetch(Source(REPO), cache)
    assert sorted(path.name for path in fetched.folder.iterdir()) == sorted(FILES)
    assert not [path for _, path in hub.asked if "evil" in path or "code.py" in path]


@pytest.mark.parametrize(
    ("token", "message"),
    [("hf_wrong", "wants a token"), (READ_ONLY, "has no right to do this"), (None, "wants a token")],
)
def test_a_push_without_the_right_says_so_and_leaves_the_bundle(hub, folder, monkeypatch, capsys, token, message):
    monkeypatch.delenv("HF_TOKEN")
    monkeypatch.setenv("HF_TOKEN_PATH", str(folder.parent / "no-token"))
    if token:
        monkeypatch.setenv("HF_TOKEN", token)
    before = contents(folder)
    assert main(["push", str(folder), REPO]) == 2
    told = capsys.readouterr().err
    assert message in told and REPO in told and contents(folder) == before and not hub.sent_files


def test_a_dry_run_tells_what_would_go_and_asks_nobody(hub, folder, capsys):
    assert main(["push", str(folder), REPO, "--dry-run"]) == 0
    told = capsys.readouterr().out
    assert all(name in told for name in FILES) and tag_of(open_bundle(folder)) in told and not hub.asked


def test_a_name_that_is_none_and_a_folder_that_is_no_bundle_are_refused(hub, folder, tmp_path, capsys, monkeypatch):
    assert main(["push", str(folder), "nobody"]) == 2 and "expected USER/REPO" in capsys.readouterr().err
    assert main(["push", str(tmp_path / "nothing"), REPO]) == 2 and "no such bundle" in capsys.readouterr().err
    assert source_of("a/b") == Source("a/b") and source_of("a/b@v1") == Source("a/b", "v1")
    monkeypatch.chdir(tmp_path)
    (tmp_path / "runs").mkdir()
    assert source_of("runs/misspelt") is None and source_of("runs/mine@main") == Source("runs/mine")
    for text in ("a", "a/b/c", "../a", "a/..", "a/b@", str(tmp_path), "https://x/y"):
        assert source_of(text) is None, text


def test_the_card_is_one_that_the_hub_understands(hub, folder):
    push(folder, REPO, tell=silent)
    text = only(hub)[CARD].decode()
    card = ModelCard(text)
    assert card.data.language == ["fr", "en"] and "not-for-diagnosis" in card.data.tags
    named = {result.metric_type: result for result in card.data.eval_results}
    auc = open_bundle(folder).metrics("test")["auc"]
    assert named["roc_auc"].metric_value == auc.value and f"n = {auc.n}" in named["roc_auc"].metric_name
    assert f"python app.py --bundle {REPO}" in text


def test_the_app_answers_with_what_was_pushed_to_the_last_digit(hub, folder):
    commit = push(folder, REPO, tell=silent)
    workshop = open_workshop(f"{REPO}@{commit}")
    assert workshop.fetched.commit == commit and not workshop.refused_bundle
    image = drawn_ultrasound(7)[0]
    ours, theirs = Classifier(open_bundle(folder)).predict(image), workshop.classifier.get().predict(image)
    assert theirs.probability == pytest.approx(ours.probability, abs=1e-6)
    assert (
        commit[:7] in " ".join(standing.footer(Words("fr"), workshop)) and standing.banner(Words("fr"), workshop) == ""
    )


@pytest.mark.parametrize("language", ["fr", "en"])
def test_whatever_the_hub_does_the_page_says_why_and_what_answers_instead(hub, folder, monkeypatch, capsys, language):
    words = Words(language)

    def banner(reason: str, told: str = "") -> str:
        workshop = open_workshop(REPO)
        assert workshop.bundle.folder == EMBEDDED and workshop.refused_why == reason
        warning = capsys.readouterr().err
        assert "the embedded bundle is used" in warning and told in warning and REPO in warning
        return standing.banner(words, workshop)

    assert words("page.why_missing", name=REPO) in banner("missing")
    hub.silent = True
    with monkeypatch.context() as impatient:
        impatient.setattr("busi.serving.workshop.fetch", partial(fetch, deadline=0.5))
        slow = banner("slow")
    assert words("page.why_slow", name=REPO) in slow and words("page.embedded_instead") in slow
    hub.silent = False
    push(folder, REPO, tell=silent)
    held, whole = hub.repositories[REPO], only(hub)
    held.commit({MODEL: b"these are no weights"})
    assert words("page.why_damaged", name=REPO) in banner("damaged", MODEL)
    held.commit({MODEL: whole[MODEL], INFO: json.dumps(json.loads(whole[INFO]) | {"format_version": 99}).encode()})
    assert words("page.why_damaged", name=REPO) in banner("damaged", "99")


def test_a_copy_in_the_cache_is_used_and_named_when_the_hub_is_silent(hub, folder, monkeypatch):
    push(folder, REPO, tell=silent)
    commit = open_workshop(REPO).fetched.commit
    hub.silent = True
    monkeypatch.setattr("busi.serving.workshop.fetch", partial(fetch, deadline=0.5))
    workshop = open_workshop(REPO)
    assert workshop.fetched.commit == commit and workshop.bundle.folder != EMBEDDED
    told = standing.banner(Words("fr"), workshop)
    assert commit[:7] in told and Words("fr")("page.why_slow", name=REPO) in told


def test_training_can_push_what_it_made_and_a_bad_name_is_told_before_it_starts(
    hub, small_busi, tmp_path, capsys, monkeypatch
):
    monkeypatch.setattr("train.run", lambda options: shutil.copytree(EMBEDDED, options.out))
    out = tmp_path / "bundle"
    assert train.main(["--out", str(out), "--push", "no/such/name"]) == 2
    assert "expected USER/REPO" in capsys.readouterr().err and not out.exists()
    assert train.main(["--out", str(out), "--push", REPO]) == 0
    assert hub.sent_files == [sorted([*FILES, *FIGURE_FILES, REPLAY])] and "sent: commit" in capsys.readouterr().out
