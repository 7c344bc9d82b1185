"""BUSI from Kaggle: the real client against a small Kaggle on this machine."""

import pytest

import train
from busi.data.dataset import KAGGLE, DatasetError, find_busi, read_busi
from tests.support.kaggle_server import PORT, Kaggle
from tests.support.places import IN_CI


@pytest.fixture
def kaggle(small_busi, monkeypatch, tmp_path):
    monkeypatch.setenv("KAGGLE_API_ENVIRONMENT", "TEST")
    monkeypatch.setenv("KAGGLEHUB_CACHE", str(tmp_path / "kaggle"))
    monkeypatch.setenv("HOME", str(tmp_path))  # no account of whoever runs this
    for name in ("KAGGLE_USERNAME", "KAGGLE_KEY", "KAGGLE_API_TOKEN", "KAGGLE_CONFIG_DIR"):
        monkeypatch.delenv(name, raising=False)
    try:
        server = Kaggle(small_busi)
    except OSError:
        if IN_CI:
            raise
        pytest.skip(f"another program listens on port {PORT}, where kagglehub looks for a test server")
    yield server
    server.shutdown()
    server.server_close()


def test_it_is_downloaded_once_without_an_account(kaggle, small_busi):
    folder = find_busi(KAGGLE)
    (call, asked), *more = kaggle.asked
    assert call == "DownloadDataset" and not more
    assert (asked["ownerSlug"], asked["datasetSlug"]) == ("aryashah2k", "breast-ultrasound-images-dataset")
    assert find_busi(KAGGLE) == folder and len(kaggle.asked) == 1
    ours = read_busi(small_busi)
    assert read_busi(KAGGLE).fingerprint == ours.fingerprint and len(kaggle.asked) == 1


def test_what_is_in_the_cache_needs_no_server(kaggle):
    folder = find_busi(KAGGLE)
    kaggle.shutdown()
    kaggle.server_close()
    assert find_busi(KAGGLE) == folder


def test_a_server_that_is_down_is_told_in_one_line(kaggle, tmp_path, capsys):
    kaggle.shutdown()
    kaggle.server_close()
    with pytest.raises(DatasetError, match="Kaggle did not deliver"):
        find_busi(KAGGLE)
    assert train.main(["--data", "kaggle", "--out", str(tmp_path / "bundle")]) == 2
    told = capsys.readouterr().err.strip().splitlines()[-1]
    assert told.startswith("error: Kaggle did not deliver") and "give its folder" in told
    assert not (tmp_path / "bundle").exists()


def test_a_download_cut_short_is_told_and_the_next_one_is_whole(kaggle):
    kaggle.truncate = True
    with pytest.raises(DatasetError, match="Kaggle did not deliver"):
        find_busi(KAGGLE)
    kaggle.truncate = False
    assert len(read_busi(KAGGLE).images) == 51
