"""The Space: its card, what goes there, and the app as it runs there, in an environment with requirements.txt alone."""

import os
import re
import subprocess
import sys
import threading
import time
import urllib.request
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import cv2
import pytest
import yaml
from gradio_client import Client, handle_file

from busi.bundle.files import EMBEDDED, open_bundle
from busi.bundle.hub import push
from busi.data.dataset import image_files, read_busi, rows_called
from busi.images import read_image
from busi.server.space import CPU, ROOT, ZERO, deploy, main, stage
from busi.server.zero_gpu import declare_to_zero_gpu
from busi.serving.predict import Classifier
from busi.words.text import Words
from tests.integration.test_hub import silent
from tests.support.bare import bare_environment
from tests.support.drawings import drawn_ultrasound
from tests.support.hub_server import TOKEN
from tests.support.places import IN_CI
from tests.support.ports import free_port

SPACE, REPO = "atelier/demystifions", "atelier/reseau"
NOWHERE = "/proc/nobody"  # a home in which not even root can write


def front_matter(text: str) -> dict:
    return yaml.safe_load(text.split("---")[1])


def pinned(name: str) -> str:
    return re.search(rf"^{name}==([\d.]+)$", (ROOT / "requirements.txt").read_text(), re.MULTILINE)[1]


def test_the_card_names_the_versions_that_are_tested():
    front = front_matter((ROOT / "README.md").read_text("utf-8"))
    assert front["sdk"] == "gradio" and front["app_file"] == "app.py"
    assert front["sdk_version"] == pinned("gradio") == version("gradio")
    lowest = re.search(r'requires-python = ">=([\d.]+)', (ROOT / "pyproject.toml").read_text())[1]
    assert front["python_version"] == lowest
    assert (ROOT / front["thumbnail"]).is_file() and len(front["short_description"]) <= 60


def test_the_cards_pass_the_hubs_validator(hub, small_bundle):
    """In a process of its own: the client reads the Hub's address when it is imported."""
    push(small_bundle.folder, REPO, tell=silent)
    model_card = next(iter(hub.repositories[REPO].commits.values()))["README.md"].decode()
    command = (
        "import sys; from huggingface_hub import ModelCard, RepoCard;"
        "texts = sys.stdin.read().split(chr(0));"
        "ModelCard(texts[0]).validate(repo_type='model'); RepoCard(texts[1]).validate(repo_type='space');"
        "print('both pass')"
    )
    both = model_card + chr(0) + (ROOT / "README.md").read_text("utf-8")
    ran = subprocess.run([sys.executable, "-c", command], input=both, capture_output=True, text=True, timeout=60)
    assert "both pass" in ran.stdout, ran.stderr
    assert sum(path == "/api/validate-yaml" for _, path in hub.asked) >= 2
    spoilt = (both.replace("colorFrom: pink", "colorFrom: rose"), both.replace("sdk: gradio\n", ""))
    for text in spoilt:
        ran = subprocess.run([sys.executable, "-c", command], input=text, capture_output=True, text=True, timeout=60)
        assert ran.returncode and "both pass" not in ran.stdout


def test_what_goes_is_the_app_and_its_readings_and_no_picture_of_a_patient(tmp_path):
    stage(tmp_path / "space", SPACE, "me/reseau")
    files = {
        path.relative_to(tmp_path / "space").as_posix() for path in (tmp_path / "space").rglob("*") if path.is_file()
    }
    assert {
        "app.py",
        "requirements.txt",
        "README.md",
        "busi/web/style.css",
        "busi/bundle/default_bundle/model.keras",
    } <= files
    assert not [
        name
        for name in files
        if re.search(r"(^|/)(tests|benchmarks|experiments|runs|\..*|__pycache__)(/|$)|\.pyi$", name)
    ]
    assert [name for name in files if name.endswith((".png", ".jpg"))] == ["docs/thumbnail.png"]
    front = front_matter((tmp_path / "space" / "README.md").read_text("utf-8"))
    assert front["thumbnail"] == f"https://huggingface.co/spaces/{SPACE}/resolve/main/docs/thumbnail.png"
    assert front["models"] == ["me/reseau"]


def test_it_is_uploaded_by_hf_upload_and_what_is_gone_here_goes_there(hub):
    told = []
    deploy(SPACE, REPO, tell=told.append)
    held = hub.repositories[f"spaces/{SPACE}"]
    assert "busi/web/pages.py" in held.commits[held.refs["main"]]
    assert any("BUSI_BUNDLE" in line and REPO in line for line in told)
    held.commit({"busi/old.py": b"x"})
    deploy(SPACE, REPO, tell=told.append)
    assert "busi/old.py" not in held.commits[held.refs["main"]]


def test_names_that_are_none_and_an_upload_that_fails_are_told(hub, monkeypatch, capfd):
    assert main(["nobody"]) == 2 and "expected USER/REPO" in capfd.readouterr().err
    assert main([SPACE, "--bundle", "nobody"]) == 2 and "names no network" in capfd.readouterr().err
    monkeypatch.setenv("HF_TOKEN", "hf_wrong")
    told = (main([SPACE]), capfd.readouterr().err)
    assert told[0] == 2 and "wants a token" in told[1] and SPACE in told[1]
    with monkeypatch.context() as failing:
        failing.setenv("HF_TOKEN", TOKEN)
        failing.setattr("busi.server.space._upload_command", lambda *_: [sys.executable, "-c", "raise SystemExit(1)"])
        assert main([SPACE]) == 2 and f"{SPACE} was not updated" in capfd.readouterr().err
    assert main([SPACE, "--dry-run"]) == 0 and "nothing was sent" in capfd.readouterr().out


def test_a_space_on_zero_gpu_gets_its_hardware_its_python_and_its_package_and_nothing_else_does(hub, tmp_path):
    stage(tmp_path / "zero", SPACE, hardware=ZERO)
    stage(tmp_path / "cpu", SPACE)
    front, usual = (front_matter((tmp_path / name / "README.md").read_text("utf-8")) for name in (ZERO, CPU))
    assert front["suggested_hardware"] == "zero-a10g" and front["python_version"] == "3.12"
    assert usual["suggested_hardware"] == "cpu-basic" and front.keys() == usual.keys()
    assert usual == front_matter((ROOT / "README.md").read_text("utf-8")) | {"thumbnail": usual["thumbnail"]}
    asked, plain = ((tmp_path / name / "requirements.txt").read_text("utf-8") for name in (ZERO, CPU))
    assert plain == (ROOT / "requirements.txt").read_text("utf-8") and "spaces" not in plain
    assert asked.startswith(plain) and asked.splitlines()[-1].startswith("spaces>=")

    assert main([SPACE, "--hardware", ZERO]) == 0
    held = hub.repositories[f"spaces/{SPACE}"]
    assert held.hardware == "zero-a10g"
    assert b'python_version: "3.12"' in held.commits[held.refs["main"]]["README.md"]


def test_a_free_account_is_told_what_it_may_have(hub, capsys):
    hub.free_account = True
    assert main([SPACE]) == 2
    told = capsys.readouterr().err
    assert SPACE in told and "--hardware zero" in told and told.count("\n") == 1
    assert main([SPACE, "--hardware", ZERO]) == 0 and "Space hardware: ZeroGPU" in capsys.readouterr().out


def test_away_from_zero_gpu_nothing_is_declared():
    environ = {"SPACES_ZERO_GPU": "false"}
    declare_to_zero_gpu(environ)
    assert environ == {"SPACES_ZERO_GPU": "false"}


def test_on_zero_gpu_the_gpu_is_hidden_and_a_missing_package_is_told(monkeypatch):
    environ = {"SPACES_ZERO_GPU": "true"}
    monkeypatch.setitem(sys.modules, "spaces", None)  # as if it were not installed
    with pytest.raises(ValueError, match="needs the package spaces"):
        declare_to_zero_gpu(environ)
    assert environ["CUDA_VISIBLE_DEVICES"] == "-1"


@pytest.fixture(scope="module")
def zero_interpreter(tmp_path_factory) -> Path:
    """A Python with what a Space on ZeroGPU has installed of ours, and nothing else."""
    if sys.platform == "win32":
        pytest.skip("the environment is put together as Linux and macOS have it")
    try:
        version("spaces")
    except PackageNotFoundError:
        if IN_CI:
            pytest.fail("the package spaces is missing: see requirements-dev.txt")
        pytest.skip("needs the package spaces: pip install -r requirements-dev.txt")
    staged = tmp_path_factory.mktemp("zero")
    stage(staged / "space", SPACE, hardware=ZERO)
    return bare_environment(staged / "venv", staged / "space" / "requirements.txt")


class ZeroGpu(ThreadingHTTPServer):
    """What the package `spaces` reports to on ZeroGPU, and asks for a GPU: it lends none, and keeps what it hears."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _ZeroGpuHandler)
        self.heard: list[str] = []
        self.address = f"http://127.0.0.1:{self.server_address[1]}"
        threading.Thread(target=self.serve_forever, daemon=True).start()


class _ZeroGpuHandler(BaseHTTPRequestHandler):
    server: ZeroGpu

    def do_POST(self) -> None:
        self.server.heard.append(self.path)
        self.send_response(200 if self.path == "/startup-report" else 503)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_) -> None:
        pass


@pytest.fixture
def zero_gpu():
    server = ZeroGpu()
    yield server
    server.shutdown()
    server.server_close()


def test_the_app_starts_on_zero_gpu_and_answers_without_a_gpu(zero_gpu, zero_interpreter, tmp_path):
    """The start is reported, once; a prediction comes from the processors; no GPU is ever asked for."""
    on_zero_gpu = {"SPACES_ZERO_GPU": "true", "SPACES_ZERO_DEVICE_API_URL": zero_gpu.address}
    image = drawn_ultrasound(7)[0]
    cv2.imwrite(str(tmp_path / "image.png"), image)
    with as_a_space(zero_interpreter, tmp_path, hardware=ZERO, **on_zero_gpu) as (url, server, log):
        wait_for(url, server, log)
        assert zero_gpu.heard == ["/startup-report"]
        answer = Client(url, verbose=False, httpx_kwargs={"timeout": 60}).predict(
            image=handle_file(tmp_path / "image.png"), api_name="/predict"
        )
    ours = Classifier(open_bundle(EMBEDDED)).predict(image)
    assert answer["probabilities"]["malignant"] == pytest.approx(ours.probability, abs=1e-6)
    assert zero_gpu.heard == ["/startup-report"] and server.returncode == 0
    assert "Traceback" not in log.read_text()


@contextmanager
def as_a_space(interpreter: Path, folder: Path, hardware: str = CPU, **environment: str):
    """The app as a Space starts it: its address, its process, and the file with what it printed."""
    stage(folder / "space", SPACE, hardware=hardware)
    port = free_port()
    variables = {
        "PATH": os.environ["PATH"],
        "HOME": NOWHERE,
        "TMPDIR": str(folder),
        "SYSTEM": "spaces",
        "SPACE_ID": SPACE,
        "SPACE_HOST": "atelier-demystifions.hf.space",
        "GRADIO_SERVER_NAME": "0.0.0.0",
        "GRADIO_SERVER_PORT": str(port),  # 7860 there
        "GRADIO_SSR_MODE": "true",
        "PYTHONDONTWRITEBYTECODE": "1",
        **environment,
    }
    log = folder / "log.txt"
    with log.open("w") as written:
        output = {"stdout": written, "stderr": subprocess.STDOUT}
        server = subprocess.Popen([str(interpreter), "app.py"], cwd=folder / "space", env=variables, **output)
    try:
        yield f"http://127.0.0.1:{port}/", server, log
    finally:
        server.terminate()
        server.wait(90)


def test_the_environment_is_bare(interpreter):
    code = (
        "import gradio, segno, importlib.util;"
        "print([n for n in ('pytest', 'playwright', 'ruff') if importlib.util.find_spec(n)])"
    )
    ran = subprocess.run([str(interpreter), "-c", code], capture_output=True, text=True)
    assert (ran.returncode, ran.stdout.strip()) == (0, "[]"), ran.stderr


def test_trained_pushed_and_served_by_a_space_it_gives_the_same_probability(
    hub, trained_folder, small_busi, interpreter, tmp_path
):
    """The whole round: one epoch, push, the app as a Space starts it on that bundle, a picture over HTTP."""
    push(trained_folder, REPO, tell=silent)
    of_the_hub = {"BUSI_BUNDLE": REPO, "HF_ENDPOINT": hub.address}
    with as_a_space(interpreter, tmp_path, **of_the_hub) as (url, server, log):
        page = wait_for(url, server, log)
        bundle = open_bundle(trained_folder)
        rows = rows_called(read_busi(small_busi).images, bundle.test_images["image_id"].tolist())
        files = image_files(rows, bundle.origin)
        name = f"{bundle.test_images['image_id'].iloc[0]}.png"
        (tmp_path / "image.png").write_bytes(files[name])
        answer = Client(url, verbose=False, httpx_kwargs={"timeout": 60}).predict(
            image=handle_file(tmp_path / "image.png"), api_name="/predict"
        )
        ours = Classifier(bundle).predict(read_image(files[name]))
        assert answer["probabilities"]["malignant"] == pytest.approx(ours.probability, abs=1e-6)
        commit = next(iter(hub.repositories[REPO].commits))
        assert commit[:7] in page and REPO in page and Words("fr").date(bundle.info["created"]) in page
        peak = int(re.search(r"VmHWM:\s+(\d+) kB", Path(f"/proc/{server.pid}/status").read_text())[1]) * 1024
        assert peak < 4e9
    told = log.read_text()
    assert "for the room:     https://atelier-demystifions.hf.space/" in told
    # Gradio's own thread for reloading code on a Space misses a package that Spaces have; nothing else may complain.
    assert told.split("Keyboard")[0].count("Traceback") == told.count("`spaces` package is required") <= 1, told


def wait_for(url: str, server: subprocess.Popen, log: Path) -> str:
    deadline = time.monotonic() + 90
    while True:
        try:
            return urllib.request.urlopen(url, timeout=5).read().decode()
        except OSError:
            assert server.poll() is None and time.monotonic() < deadline, log.read_text()
            time.sleep(0.3)
