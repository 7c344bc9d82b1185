"""The locks hold what the requirements ask for, each file by its hash; images go by their digest."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

from tests.support.places import ROOT

LOCKS = {"requirements.txt": "requirements.lock", "requirements-dev.txt": "requirements-dev.lock"}
DIGEST = re.compile(r"(?:python|nginx):[\w.-]+@sha256:[0-9a-f]{64}\b")


def asked_for(name: str) -> list[Requirement]:
    """The requirements of a file, and of the files that it names."""
    found = []
    for line in (ROOT / name).read_text("utf-8").splitlines():
        if line.startswith("-r "):
            found += asked_for(line.removeprefix("-r ").strip())
        elif line.strip() and not line.startswith("#"):
            found.append(Requirement(line))
    return found


def locked(name: str) -> dict[str, tuple[Requirement, list[str]]]:
    """Each entry of a lock, by the name that PyPI compares: what is required, and the hashes of its files."""
    text = re.sub(r"^#.*\n", "", (ROOT / name).read_text("utf-8"), flags=re.MULTILINE).replace("\\\n", " ")
    found = {}
    for line in text.splitlines():
        required, *hashes = line.split(" --hash=")
        requirement = Requirement(required)
        assert canonicalize_name(requirement.name) not in found, line
        found[canonicalize_name(requirement.name)] = (requirement, [one.strip() for one in hashes])
    return found


def version_of(requirement: Requirement) -> Version:
    (only,) = requirement.specifier
    assert only.operator == "=="
    return Version(only.version)


@pytest.mark.parametrize(("requirements", "lock"), LOCKS.items())
def test_each_requirement_is_locked_within_its_range_for_every_system(requirements, lock):
    held = locked(lock)
    for wanted in asked_for(requirements):
        requirement, _ = held[canonicalize_name(wanted.name)]
        assert version_of(requirement) in wanted.specifier, wanted
        assert requirement.marker is None, f"{wanted} is wanted on every system"


@pytest.mark.parametrize("lock", LOCKS.values())
def test_each_package_has_hashes(lock):
    held = locked(lock)
    assert len(held) > 80
    for requirement, hashes in held.values():
        assert hashes and all(re.fullmatch(r"sha256:[0-9a-f]{64}", one) for one in hashes), requirement


def test_tests_run_with_the_versions_that_the_app_runs_with():
    app, dev = locked("requirements.lock"), locked("requirements-dev.lock")
    assert {name: str(requirement) for name, (requirement, _) in app.items()} == {
        name: str(requirement) for name, (requirement, _) in dev.items() if name in app
    }


def test_pinned_packages_of_other_systems_are_there_too():
    held = locked("requirements.lock")
    assert held["colorama"][0].marker.evaluate({"sys_platform": "win32"})
    assert held["audioop-lts"][0].marker.evaluate({"python_full_version": "3.13.1"})


def test_the_image_and_make_install_from_the_locks_with_hashes():
    image = (ROOT / "deploy" / "Dockerfile").read_text("utf-8")
    assert "COPY requirements.lock ." in image
    assert re.findall(r"^RUN pip install .*", image, re.MULTILINE) == [
        "RUN pip install --no-cache-dir --require-hashes -r requirements.lock"
    ]
    assert "!requirements.lock" in (ROOT / ".dockerignore").read_text("utf-8").splitlines()
    recipes = re.findall(r"^\t.*pip install .* -r .*", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE)
    assert len(recipes) == 2 and all("--require-hashes -r requirements" in one and ".lock" in one for one in recipes)


def test_each_image_has_its_digest():
    image = (ROOT / "deploy" / "Dockerfile").read_text("utf-8")
    bases = re.findall(r"^FROM (\S+)", image, re.MULTILINE)
    images = re.findall(r"^\s+image: (\S+)", (ROOT / "deploy" / "compose.yaml").read_text("utf-8"), re.MULTILINE)
    assert len(bases) == len(images) == 1 and all(DIGEST.fullmatch(one) for one in bases + images)


def test_make_pins_writes_what_the_registry_says(tmp_path):
    if not shutil.which("make"):
        pytest.skip("needs make")
    shutil.copytree(ROOT / "deploy", tmp_path / "deploy", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "Makefile", tmp_path)
    docker = tmp_path / "bin" / "docker"
    docker.parent.mkdir()
    script = 'case "$4" in python:*) d=1;; nginx:*) d=2;; esac; printf "sha256:%064d" $d'
    docker.write_text(f"#!/bin/sh\n{script}\n")
    docker.chmod(0o755)
    path = f"{docker.parent}:/usr/bin:/bin"
    subprocess.run(["make", "pins"], cwd=tmp_path, env={"PATH": path}, check=True, capture_output=True, timeout=30)
    for name, digit in (("Dockerfile", 1), ("compose.yaml", 2)):
        before, after = (Path(root / "deploy" / name).read_text("utf-8") for root in (ROOT, tmp_path))
        assert after == re.sub(r"sha256:[0-9a-f]{64}", f"sha256:{digit:064d}", before) != before
    assert {path.name for path in (tmp_path / "deploy").iterdir()} >= {"Dockerfile", "compose.yaml"}
    assert not list((tmp_path / "deploy").glob("*.before"))
    docker.write_text("#!/bin/sh\nexit 1\n")
    failed = subprocess.run(["make", "pins"], cwd=tmp_path, env={"PATH": path}, capture_output=True, timeout=30)
    assert failed.returncode and (tmp_path / "deploy" / "Dockerfile").read_text("utf-8").count("@sha256:") == 1
