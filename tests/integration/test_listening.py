"""Where the app listens, and what is told when it cannot."""

import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager

import pytest

import app
from busi.server.invitation import Listening, own_address
from busi.server.listening import free_port, host_to_listen_on
from tests.support import ports
from tests.support.places import ROOT
from tests.support.running import wait_for

LOOPBACK = "127.0.0.1"


@contextmanager
def taken(port: int) -> Iterator[int]:
    with closing(socket.socket()) as other:
        other.bind((LOOPBACK, port))
        other.listen()
        yield port


def has_ipv6() -> bool:
    try:
        with closing(socket.socket(socket.AF_INET6)) as tried:
            tried.bind(("::1", 0))
    except OSError:
        return False
    return True


@pytest.mark.parametrize(
    ("host", "share", "environ", "expected"),
    [
        (None, False, {}, LOOPBACK),
        (None, True, {}, "0.0.0.0"),
        ("localhost", False, {}, LOOPBACK),
        ("192.168.1.20", True, {"GRADIO_SERVER_NAME": "0.0.0.0"}, "192.168.1.20"),
        (None, False, {"GRADIO_SERVER_NAME": "0.0.0.0"}, "0.0.0.0"),
        (None, False, {"GRADIO_SERVER_NAME": ""}, LOOPBACK),
        ("[::]", False, {}, "::"),
    ],
)
def test_the_option_comes_before_the_variable(host, share, environ, expected):
    assert host_to_listen_on(host, share, environ) == expected


@pytest.mark.parametrize(
    ("host", "address"),
    [
        ("0.0.0.0", "http://127.0.0.1:80/"),
        ("::", "http://[::1]:80/"),
        ("192.168.1.20", "http://192.168.1.20:80/"),
        ("fd00::1", "http://[fd00::1]:80/"),
    ],
)
def test_this_machine_opens_the_page_where_the_app_listens(host, address):
    assert own_address(Listening(host, 80)) == address


def test_a_port_that_is_asked_for_is_given_or_refused_by_the_options_name():
    port = ports.free_port()
    assert free_port(LOOPBACK, port, {}) == port
    with taken(port), pytest.raises(OSError, match=f"port {port} is taken .* --port"):
        free_port(LOOPBACK, port, {})


def test_else_it_is_the_first_free_one_of_a_hundred():
    first = ports.free_port()
    environ = {"GRADIO_SERVER_PORT": str(first), "GRADIO_NUM_PORTS": "2"}
    with ExitStack() as others:
        others.enter_context(taken(first))
        assert free_port(LOOPBACK, None, environ) == first + 1
        others.enter_context(taken(first + 1))
        with pytest.raises(OSError, match=f"from {first} to {first + 1} is taken.* --port"):
            free_port(LOOPBACK, None, environ)


@pytest.mark.parametrize("host", ["203.0.113.5", "999.1.1.1", "no-such-machine.invalid"])
def test_an_address_of_another_machine_is_refused_at_once_by_the_options_name(host):
    with pytest.raises(OSError, match="--host"):
        free_port(host, None, {})


@pytest.mark.parametrize("text", ["", "x", "0", "-1", "65536", "²"])
def test_a_variable_that_is_no_port_is_named(text):
    with pytest.raises(ValueError, match="GRADIO_SERVER_PORT must be a number from 1 to 65535"):
        free_port(LOOPBACK, None, {"GRADIO_SERVER_PORT": text})


@pytest.mark.parametrize(
    ("environ", "arguments", "told"),
    [
        ({"GRADIO_SERVER_PORT": "abc"}, [], "GRADIO_SERVER_PORT"),
        ({"GRADIO_NUM_PORTS": ""}, ["--port", "7999"], "GRADIO_NUM_PORTS"),
    ],
)
def test_the_app_says_it_in_one_line(environ, arguments, told):
    command = [sys.executable, "app.py", *arguments]
    ran = subprocess.run(command, cwd=ROOT, env={**os.environ, **environ}, capture_output=True, text=True, timeout=60)
    assert ran.returncode == 2 and told in ran.stderr and len(ran.stderr.splitlines()) == 1, ran.stderr


def test_an_address_of_another_machine_says_so_in_one_line(capsys, monkeypatch):
    monkeypatch.setenv("GRADIO_SERVER_NAME", "203.0.113.5")
    assert app.main([]) == 2
    told = capsys.readouterr().err
    assert "--host" in told and told.count("\n") == 1


def test_a_taken_port_says_so_in_one_line(capsys):
    with taken(ports.free_port()) as port:
        assert app.main(["--port", str(port)]) == 2
    told = capsys.readouterr().err
    assert told.startswith(f"error: port {port} is taken") and "--port" in told and "GRADIO" not in told


@pytest.mark.skipif(not has_ipv6(), reason="this machine has no IPv6")
def test_it_listens_on_ipv6_as_well(small_bundle, tmp_path):
    port = ports.free_port()
    command = [sys.executable, "app.py", "--bundle", str(small_bundle.folder), "--host", "::", "--port", str(port)]
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    server = subprocess.Popen(command, cwd=ROOT, env={**os.environ, "TMPDIR": str(tmp_path)}, **quiet)
    try:
        assert "Démystifions" in wait_for(f"http://[::1]:{port}", server, 240)
    finally:
        server.kill()
        server.wait(30)
