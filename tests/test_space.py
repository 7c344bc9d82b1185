"""The Space: its card, what goes there, and the app as it runs there, in an environment with requirements.txt alone."""

import os
import re
import subprocess
import sys
import time
import urllib.request
from importlib.metadata import version
from pathlib import Path

import pytest
import yaml
from gradio_client import Client, handle_file

import train
from busi.bundle import open_bundle
from busi.dataset import image_files, read_busi, rows_called
from busi.hub import push
from busi.images import read_image
from busi.predict import Classifier
from busi.space import ROOT, deploy, main, stage
from busi.text import Words
from tests.conftest import NAMED
from tests.ports import free_port
from tests.test_hub import silent
from tests.test_train import arguments, hurry

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
    assert {"app.py", "requirements.txt", "README.md", "busi/ui/style.css", "busi/default_bundle/model.keras"} <= files
    assert not [name for name in files if re.search(r"(^|/)(tests|benchmarks|runs|\..*|__pycache__)(/|$)|\.pyi$", name)]
    assert [name for name in files if name.endswith((".png", ".jpg"))] == ["docs/thumbnail.png"]
    front = front_matter((tmp_path / "space" / "README.md").read_text("utf-8"))
    assert front["thumbnail"] == f"https://huggingface.co/spaces/{SPACE}/resolve/main/docs/thumbnail.png"
    assert front["models"] == ["me/reseau"]


def test_it_is_uploaded_by_hf_upload_and_what_is_gone_here_goes_there(hub):
    told = []
    deploy(SPACE, REPO, tell=told.append)
    held = hub.repositories[f"spaces/{SPACE}"]
    assert "busi/ui/page.py" in held.commits[held.refs["main"]]
    assert any("BUSI_BUNDLE" in line and REPO in line for line in told)
    held.commit({"busi/old.py": b"x"})
    deploy(SPACE, REPO, tell=told.append)
    assert "busi/old.py" not in held.commits[held.refs["main"]]


def test_names_that_are_none_and_an_upload_that_fails_are_told(hub, monkeypatch, capfd):
    assert main(["nobody"]) == 2 and "expected USER/REPO" in capfd.readouterr().err
    assert main([SPACE, "--bundle", "nobody"]) == 2 and "names no network" in capfd.readouterr().err
    monkeypatch.setenv("HF_TOKEN", "hf_wrong")
    assert main([SPACE]) == 2 and "was not updated" in capfd.readouterr().err
    assert main([SPACE, "--dry-run"]) == 0 and "nothing was sent" in capfd.readouterr().out


@pytest.fixture(scope="module")
def trained(small_busi, tmp_path_factory) -> Path:
    """One epoch of train.py, with the images it holds out."""
    with pytest.MonkeyPatch.context() as patch:
        hurry(patch)
        out = tmp_path_factory.mktemp("runs") / "bundle"
        assert train.main(arguments(small_busi, out, "--with-images", *NAMED)) == 0
    return out


def test_the_environment_is_bare(interpreter):
    def imports(name: str) -> int:
        return subprocess.run([str(interpreter), "-c", f"import {name}"], capture_output=True).returncode

    assert imports("gradio") == imports("segno") == 0
    assert imports("pytest") and imports("playwright") and imports("ruff")


def test_trained_pushed_and_served_by_a_space_it_gives_the_same_probability(
    hub, trained, small_busi, interpreter, tmp_path
):
    """The whole round: one epoch, push, the app as a Space starts it on that bundle, a picture over HTTP."""
    push(trained, REPO, tell=silent)
    stage(tmp_path / "space", SPACE)
    port = free_port()
    environment = {
        "PATH": os.environ["PATH"],
        "HOME": NOWHERE,
        "TMPDIR": str(tmp_path),
        "SYSTEM": "spaces",
        "SPACE_ID": SPACE,
        "SPACE_HOST": "atelier-demystifions.hf.space",
        "GRADIO_SERVER_NAME": "0.0.0.0",
        "GRADIO_SERVER_PORT": str(port),  # 7860 there
        "BUSI_BUNDLE": REPO,
        "HF_ENDPOINT": hub.address,
        "PYTHONDONTWRITEBYTECODE": "1",
    }
    log = (tmp_path / "log.txt").open("w+")
    server = subprocess.Popen(
        [str(interpreter), "app.py"], cwd=tmp_path / "space", env=environment, stdout=log, stderr=subprocess.STDOUT
    )
    try:
        page = wait_for(f"http://127.0.0.1:{port}/", server, log.name)
        bundle = open_bundle(trained)
        rows = rows_called(read_busi(small_busi).images, bundle.test_images["image_id"].tolist())
        files = image_files(rows, bundle.origin)
        name = f"{bundle.test_images['image_id'].iloc[0]}.png"
        (tmp_path / "image.png").write_bytes(files[name])
        answer = Client(f"http://127.0.0.1:{port}", verbose=False).predict(
            image=handle_file(tmp_path / "image.png"), api_name="/predict"
        )
        ours = Classifier(bundle).predict(read_image(files[name]))
        assert answer["probabilities"]["malignant"] == pytest.approx(ours.probability, abs=1e-6)
        commit = next(iter(hub.repositories[REPO].commits))
        assert commit[:7] in page and REPO in page and Words("fr").date(bundle.info["created"]) in page
        peak = int(re.search(r"VmHWM:\s+(\d+) kB", Path(f"/proc/{server.pid}/status").read_text())[1]) * 1024
        assert peak < 4e9
    finally:
        server.terminate()
        server.wait(30)
    told = Path(log.name).read_text()
    assert "for the room:     https://atelier-demystifions.hf.space/" in told
    # Gradio's own thread for reloading code on a Space misses a package that Spaces have; nothing else may complain.
    assert told.split("Keyboard")[0].count("Traceback") == told.count("`spaces` package is required") <= 1, told


def wait_for(url: str, server: subprocess.Popen, log: str) -> str:
    deadline = time.monotonic() + 90
    while True:
        try:
            return urllib.request.urlopen(url, timeout=5).read().decode()
        except OSError:
            assert server.poll() is None and time.monotonic() < deadline, Path(log).read_text()
            time.sleep(0.3)
