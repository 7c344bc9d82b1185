"""An account without a home: where things are kept, and the app all the same."""

import os
import sys
import tempfile
from pathlib import Path

import pytest
from gradio_client import Client, handle_file

from busi.data.dataset import default_cache
from busi.system.home import settle_home
from tests.support.places import ROOT
from tests.support.running import started_app

# An account that the system does not know, whoever runs the tests.
UNKNOWN = "import pwd, runpy, sys; pwd.getpwuid = {}.__getitem__; sys.argv[0] = 'app.py'; "
APP = "runpy.run_path('app.py', run_name='__main__')"


@pytest.fixture
def homeless(monkeypatch):
    monkeypatch.setenv("HOME", "")
    monkeypatch.delenv("HOME")
    monkeypatch.delenv("XDG_CACHE_HOME", raising=False)
    monkeypatch.setattr("pwd.getpwuid", {}.__getitem__)


@pytest.mark.skipif(sys.platform == "win32", reason="accounts of Linux and macOS")
def test_without_a_home_the_cache_is_where_it_was_asked_for_or_in_the_systems_folder(homeless, monkeypatch, tmp_path):
    monkeypatch.setenv("BUSI_CACHE_DIR", str(tmp_path))
    assert default_cache() == tmp_path
    monkeypatch.delenv("BUSI_CACHE_DIR")
    assert default_cache() == Path(tempfile.gettempdir()) / "demystifions-ia"
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "xdg"))
    assert default_cache() == tmp_path / "xdg" / "demystifions-ia"


@pytest.mark.skipif(sys.platform == "win32", reason="accounts of Linux and macOS")
def test_a_process_without_a_home_gets_one_and_any_other_keeps_its_own(homeless, monkeypatch, tmp_path):
    settle_home()
    given = Path.home()
    assert given.is_dir() and not list(given.iterdir())
    monkeypatch.setenv("HOME", str(tmp_path))
    settle_home()
    assert Path.home() == tmp_path
    given.rmdir()


@pytest.mark.skipif(sys.platform == "win32", reason="accounts of Linux and macOS")
def test_the_app_starts_without_a_home_and_what_visitors_sent_is_gone_when_it_is_stopped(
    small_bundle, image_file, tmp_path, monkeypatch
):
    monkeypatch.delenv("HOME")
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    command = (sys.executable, "-c", UNKNOWN + APP)
    with started_app(small_bundle, command=command, TMPDIR=str(temporary)) as (url, server):
        asked = Client(url, verbose=False, httpx_kwargs={"timeout": 60})
        assert asked.predict(image=handle_file(image_file), api_name="/predict")["probabilities"]
        sent = image_file.read_bytes()
        assert any(path.read_bytes() == sent for path in temporary.rglob("*.png")), "kept while the app runs"
    assert server.returncode == 0 and not (ROOT / "~").exists()
    assert not list(temporary.glob("demystifions-*"))
    assert [path for path in temporary.rglob("*") if path.is_file()] == []
    assert "HOME" not in os.environ
