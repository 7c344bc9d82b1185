import re
import shutil
from pathlib import Path

import pytest

import app
from busi.bundle.files import EMBEDDED, MODEL, BundleError
from busi.data.dataset import DatasetError
from busi.serving.workshop import open_workshop
from tests.support.ports import free_port


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


def test_a_folder_that_holds_no_good_bundle_is_an_error_wherever_it_is_named(small_bundle, tmp_path, monkeypatch):
    with pytest.raises(BundleError, match=r"no such bundle.*nowhere"):
        open_workshop(tmp_path / "nowhere")
    monkeypatch.setenv("BUSI_BUNDLE", str(tmp_path))
    with pytest.raises(BundleError, match=re.escape(str(tmp_path))):
        open_workshop()
    damaged = shutil.copytree(small_bundle.folder, tmp_path / "damaged")
    (damaged / MODEL).write_bytes(b"no weights")
    with pytest.raises(BundleError, match=MODEL):
        open_workshop(damaged)


@pytest.mark.parametrize("named", ["runs/misspelt", "./misspelt", "one/two/three"])
def test_the_app_says_in_one_line_that_there_is_no_such_folder(named, tmp_path, monkeypatch, capsys):
    (tmp_path / "runs").mkdir()
    monkeypatch.chdir(tmp_path)
    assert app.main(["--bundle", named, "--port", str(free_port())]) == 2
    told = capsys.readouterr().err
    assert told.startswith("error: no such bundle") and Path(named).name in told and told.count("\n") == 1


def test_data_that_cannot_be_read_is_told(tmp_path):
    with pytest.raises(DatasetError, match="is not BUSI"):
        open_workshop(data=tmp_path)
