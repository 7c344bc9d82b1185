"""Behind a proxy: the app starts, the proxy stays for the Internet, and what is no proxy is told and left out."""

import os
import subprocess
import sys
import urllib.request

import httpx
import pytest

from busi.system.proxies import settle_proxies
from tests.support.places import ROOT
from tests.support.ports import free_port
from tests.support.running import wait_for

NAMES = ("http_proxy", "https_proxy", "all_proxy", "no_proxy")
DEAD = "127.0.0.1:9"  # the port "discard": nothing answers there
OURS = "127.0.0.1,localhost,::1"


@pytest.fixture(autouse=True)
def no_proxies(monkeypatch):
    """Begins without any, and puts back what was there."""
    for name in NAMES:
        for spelling in (name, name.upper()):
            monkeypatch.setenv(spelling, "")  # remembered, so that it comes back whatever happens to it
            monkeypatch.delenv(spelling)
    monkeypatch.setenv("SSL_CERT_FILE", "")
    monkeypatch.delenv("SSL_CERT_FILE")


def settled(**named: str) -> dict[str, str]:
    """What the environment's proxies are after they have been settled, in the spelling of small letters."""
    os.environ.update(named)
    settle_proxies()
    for name in NAMES:
        assert os.environ.get(name) == os.environ.get(name.upper()), "both spellings say the same"
    httpx.Client().close()  # it stops over what it does not understand
    return {name: os.environ[name] for name in NAMES if name in os.environ}


def test_without_a_proxy_nothing_changes():
    assert settled() == {}


@pytest.mark.parametrize(
    ("named", "proxy"),
    [
        ({"HTTP_PROXY": "http://proxy.chu.example:3128"}, {"http_proxy": "http://proxy.chu.example:3128"}),
        ({"https_proxy": "proxy.chu.example:3128"}, {"https_proxy": "http://proxy.chu.example:3128"}),
        ({"ALL_PROXY": "socks5://10.0.0.1:1080"}, {"all_proxy": "socks5://10.0.0.1:1080"}),
        ({"all_proxy": "socks5h://10.0.0.1:1080"}, {"all_proxy": "socks5h://10.0.0.1:1080"}),
        ({"all_proxy": "socks://10.0.0.1:1080/"}, {"all_proxy": "socks5://10.0.0.1:1080/"}),
        ({"HTTP_PROXY": "http://a:1", "http_proxy": "http://b:2"}, {"http_proxy": "http://b:2"}),
    ],
)
def test_a_proxy_is_kept_and_this_machine_is_reached_without_it(named, proxy):
    assert settled(**named) == {**proxy, "no_proxy": OURS}
    assert urllib.request.proxy_bypass("127.0.0.1") and not urllib.request.proxy_bypass("huggingface.co")


@pytest.mark.parametrize("value", ["socks4://10.0.0.1:1080", "proxy address", "http://", "ftp://a:21", "http://a:port"])
def test_what_is_no_proxy_is_told_without_its_password_and_left_out(value, capsys):
    assert settled(HTTPS_PROXY=value, HTTP_PROXY="http://a:1") == {"http_proxy": "http://a:1", "no_proxy": OURS}
    told = capsys.readouterr().err
    assert told.startswith("warning: HTTPS_PROXY=") and told.count("\n") == 1
    settled(HTTPS_PROXY="socks4://me:secret@10.0.0.1:1080")
    assert "secret" not in capsys.readouterr().err


@pytest.mark.parametrize(
    ("named", "direct"),
    [
        ("*", "*"),
        ("", OURS),
        (" , ,", OURS),
        (".chu.example, 10.0.0.0/8", f".chu.example,10.0.0.0/8,{OURS}"),
        ("localhost", "localhost,127.0.0.1,::1"),
        ("[::1]", "::1,127.0.0.1,localhost"),
        ("fe80::/10,chu.example", f"chu.example,{OURS}"),
    ],
)
def test_what_is_reached_directly_is_added_to_and_never_lost(named, direct):
    assert settled(HTTP_PROXY="http://a:1", NO_PROXY=named) == {"http_proxy": "http://a:1", "no_proxy": direct}


def test_no_proxy_alone_is_put_right_too():
    assert settled(no_proxy="fe80::/10") == {"no_proxy": OURS}


def test_the_proxies_of_the_systems_settings_count_where_no_variable_names_one(monkeypatch):
    """As Windows and macOS keep them; urllib forgets them once a variable is there."""
    monkeypatch.setattr("busi.system.proxies.getproxies", lambda: {"http": "http://a:1", "ftp": "ftp://a:1"})
    assert settled() == {"http_proxy": "http://a:1", "no_proxy": OURS}


def test_an_address_of_its_own_is_reached_directly():
    os.environ["HTTP_PROXY"] = "http://a:1"
    settle_proxies(["192.168.1.20"])
    assert os.environ["no_proxy"] == f"{OURS},192.168.1.20"


def test_a_missing_file_of_certificates_is_told_and_forgotten(tmp_path, capsys):
    settled(SSL_CERT_FILE=str(tmp_path / "company.pem"))
    assert "SSL_CERT_FILE names no file" in capsys.readouterr().err and "SSL_CERT_FILE" not in os.environ
    (tmp_path / "company.pem").write_text("")
    os.environ["SSL_CERT_FILE"] = str(tmp_path / "company.pem")
    settle_proxies()
    assert os.environ["SSL_CERT_FILE"] == str(tmp_path / "company.pem")


@pytest.mark.parametrize(
    "named",
    [
        {"HTTPS_PROXY": f"http://{DEAD}", "http_proxy": DEAD, "NO_PROXY": "fe80::/10"},
        {"all_proxy": f"socks://{DEAD}/", "SSL_CERT_FILE": "/nowhere/company.pem"},
    ],
    ids=lambda named: "+".join(named),
)
def test_the_app_starts_behind_a_proxy(small_bundle, tmp_path, named):
    port = free_port()
    command = [sys.executable, "app.py", "--bundle", str(small_bundle.folder), "--port", str(port)]
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    server = subprocess.Popen(command, cwd=ROOT, env={**os.environ, **named, "TMPDIR": str(tmp_path)}, **quiet)
    try:
        assert "Démystifions" in wait_for(f"http://127.0.0.1:{port}", server, 240)
    finally:
        server.kill()
        server.wait(30)
