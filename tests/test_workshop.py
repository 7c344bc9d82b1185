import pytest

from busi.bundle import EMBEDDED
from busi.dataset import DatasetError
from busi.workshop import open_workshop


def test_the_embedded_bundle_is_the_default(monkeypatch):
    monkeypatch.delenv("BUSI_BUNDLE", raising=False)
    workshop = open_workshop()
    assert workshop.bundle.folder == EMBEDDED and workshop.refused_bundle is None
    assert not workshop.classifier.is_ready


def test_an_asked_bundle_comes_before_the_variable_and_the_variable_before_the_embedded(small_bundle, monkeypatch):
    assert open_workshop(small_bundle.folder).bundle.folder == small_bundle.folder
    monkeypatch.setenv("BUSI_BUNDLE", str(small_bundle.folder))
    assert open_workshop().bundle.folder == small_bundle.folder
    assert open_workshop(EMBEDDED).bundle.folder == EMBEDDED


def test_a_bundle_that_cannot_be_opened_leaves_the_embedded_one_in_use(tmp_path, capsys):
    workshop = open_workshop(tmp_path / "nowhere")
    assert workshop.bundle.folder == EMBEDDED
    assert workshop.refused_bundle == str(tmp_path / "nowhere")
    assert "no such bundle" in capsys.readouterr().err


def test_data_that_cannot_be_read_is_told(tmp_path):
    with pytest.raises(DatasetError, match="is not BUSI"):
        open_workshop(data=tmp_path)
