"""How a room gets in: which address is given, its QR code, and what happens without a relay."""

import os
import random
import re
import socket
import subprocess
import sys
import tempfile

import numpy as np
import pytest

from busi.server.invitation import HOSTED, NETWORK, SHARED, Invitation, Listening, invitation, network_address, qr_svg
from busi.web.parts.invitation import alone, invited
from busi.words.text import LANGUAGES
from tests.support.codes import read_qr
from tests.support.markup import parsed, text_of
from tests.support.pages import page_about
from tests.support.places import ROOT
from tests.support.ports import free_port
from tests.support.running import killed_after

LOCAL = Listening("127.0.0.1", 7860)


@pytest.mark.parametrize(
    ("listening", "seen_at", "environ", "expected"),
    [
        (Listening("0.0.0.0", 7860, "https://ab.gradio.live"), "", {}, Invitation("https://ab.gradio.live/", SHARED)),
        (LOCAL, "", {"SPACE_HOST": "me-atelier.hf.space"}, Invitation("https://me-atelier.hf.space/", HOSTED)),
        (LOCAL, "https://atelier.example", {}, Invitation("https://atelier.example/", HOSTED)),
        (LOCAL, "http://192.168.1.20:7860", {}, Invitation("http://192.168.1.20:7860/", NETWORK)),
        (LOCAL, "http://[fd00::1]:7860", {}, Invitation("http://[fd00::1]:7860/", NETWORK)),
        (Listening("192.168.1.20", 80), "http://localhost:80", {}, Invitation("http://192.168.1.20:80/", NETWORK)),
        (Listening("fd00::1", 80), "", {}, Invitation("http://[fd00::1]:80/", NETWORK)),
        (LOCAL, "http://localhost:7860", {}, None),
        (LOCAL, "http://127.0.0.1:7860", {}, None),
        (LOCAL, "http://[::1]:7860", {}, None),
        (LOCAL, "http://0.0.0.0:7860", {}, None),
        (LOCAL, "javascript://x", {}, None),
        (LOCAL, 'https://x"><script>', {}, None),
        (LOCAL, "https://a b", {}, None),
        (LOCAL, "", {}, None),
    ],
)
def test_the_address_given_is_one_that_others_can_open(listening, seen_at, environ, expected):
    assert invitation(listening, seen_at, environ) == expected


def test_listening_everywhere_gives_this_machines_own_address(monkeypatch):
    monkeypatch.setattr("busi.server.invitation.network_address", {"0.0.0.0": "10.0.0.7", "::": "fd00::7"}.get)
    assert invitation(Listening("0.0.0.0", 7861), "", {}) == Invitation("http://10.0.0.7:7861/", NETWORK)
    assert invitation(Listening("::", 7861), "", {}) == Invitation("http://[fd00::7]:7861/", NETWORK)
    monkeypatch.setattr("busi.server.invitation.network_address", lambda everywhere: None)
    assert invitation(Listening("0.0.0.0", 7861), "", {}) is None


def test_this_machines_address_is_one_of_its_own_or_none():
    address = network_address()
    if address is not None:
        with socket.socket() as listener:
            listener.bind((address, 0))  # no other machine's address could be bound


def read_code(svg: str) -> str:
    """What a phone reads in an SVG of horizontal strokes, drawn by hand."""
    side = int(re.search(r'viewBox="0 0 (\d+) \1"', svg)[1])
    modules = np.full((side, side), 255, np.uint8)
    path = re.search(r'stroke="#000" d="([^"]+)"', svg)[1]
    x = y = 0.0
    for command, numbers in re.findall(r"([Mmh])([-\d. ]+)", path):
        values = [float(number) for number in re.findall(r"-?\d*\.?\d+", numbers)]
        if command == "M":
            x, y = values
        elif command == "m":
            x, y = x + values[0], y + values[1]
        else:
            modules[int(y), int(x) : int(x + values[0])] = 0
            x += values[0]
    return decode(modules)


def decode(modules: np.ndarray) -> str:
    """Reads a code of one number per module, each drawn 8 pixels wide."""
    return read_qr(np.kron(modules, np.ones((8, 8), np.uint8)))


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("reach", [SHARED, HOSTED, NETWORK])
def test_the_panel_shows_a_code_that_reads_as_the_address_under_it(small_bundle, language, reach):
    page, path = page_about(small_bundle, language), "en" if language == "en" else ""
    html = invited(page, Invitation("https://me-atelier.hf.space/", reach), path)
    assert read_code(html) == f"https://me-atelier.hf.space/{path}"
    panel = parsed(html)
    assert panel.a["href"] == f"https://me-atelier.hf.space/{path}" and panel.h2.text == page.words("room.title")
    assert panel.select_one(".aside").text == page.words(f"room.{reach}")


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_page_that_nobody_else_can_open_says_how_to_change_that(small_bundle, language):
    panel = parsed(alone(page_about(small_bundle, language)))
    commands = [code.text for code in panel.select_one("details.curious").extract().select("code")]
    assert commands == ["python app.py --share", "python app.py --host 0.0.0.0"]
    assert "app.py" not in text_of(panel), "a guest can run nothing"


def test_a_long_address_still_has_a_code():
    url = "https://" + "a" * 200 + ".example/"
    assert read_code(qr_svg(url)) == url


def test_any_address_on_a_local_network_has_a_code_that_reads():
    draw = random.Random(5)
    for _ in range(100):
        ends = [str(draw.randrange(1, 255)) for _ in range(3)]
        host = ".".join(draw.choice([["10", *ends], ["172", "16", *ends[1:]], ["192", "168", *ends[1:]]]))
        url = f"http://{host}:{draw.randrange(1024, 65536)}/"
        assert read_code(qr_svg(url)) == url


def code_in(terminal: str) -> str:
    """What a phone reads in a code printed with half blocks, two modules to a character."""
    lines = [line for line in terminal.splitlines() if line and set(line) <= set(" ▀▄█")]
    upper = {"█": (255, 255), "▀": (255, 0), "▄": (0, 255), " ": (0, 0)}
    width = max(map(len, lines))
    rows = [[upper[character][half] for character in line.ljust(width)] for line in lines for half in (0, 1)]
    return decode(np.array(rows, np.uint8))


def run_app(*arguments: str, tunnel: str | None = None) -> tuple[str, str]:
    """Starts app.py with no way out of this machine, and stops it once it has told where it is."""
    patch = f"import gradio.networking as n; n.setup_tunnel = lambda **_: {tunnel!r}; " if tunnel else ""
    command = f"{patch}import sys, app; sys.exit(app.main(sys.argv[1:]))"
    nowhere = {
        "HTTPS_PROXY": "http://127.0.0.1:9",
        "HTTP_PROXY": "http://127.0.0.1:9",
        "NO_PROXY": "127.0.0.1,localhost",
    }
    environ = {**os.environ, **nowhere, "PYTHONIOENCODING": "utf-8", "GRADIO_ANALYTICS_ENABLED": "False"}
    with tempfile.TemporaryFile("w+", encoding="utf-8") as errors:
        command = [sys.executable, "-c", command, *arguments]
        server = subprocess.Popen(
            command, cwd=ROOT, stdout=subprocess.PIPE, stderr=errors, encoding="utf-8", env=environ
        )
        told = []
        with killed_after(180, server):
            for line in server.stdout:
                told.append(line)
                if line.startswith("for the room:"):
                    break
            server.terminate()  # it finishes what it was saying
            told.append(server.stdout.read())  # not communicate(), which would lose what this stream has read ahead
        errors.seek(0)
        assert server.wait() == 0, errors.read()
        errors.seek(0)
        return "".join(told), errors.read()


@pytest.mark.skipif(network_address() is None, reason="this machine is on no network")
def test_without_a_relay_the_app_says_so_and_gives_its_address_on_the_network():
    port = free_port()
    told, errors = run_app("--share", "--port", str(port))
    url = f"http://{network_address()}:{port}/"
    assert f"for the room:     {url}" in told and code_in(told) == url
    assert "no public link" in errors and "the local network can still come in" in errors


def test_a_public_link_is_printed_with_its_code():
    told, errors = run_app("--share", "--port", str(free_port()), tunnel="https://0123456789.gradio.live")
    assert "for the room:     https://0123456789.gradio.live/" in told
    assert code_in(told) == "https://0123456789.gradio.live/" and "warning" not in errors
