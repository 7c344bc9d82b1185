"""The tests of the scripts themselves, which Node runs, and the numbers that they are held to."""

import shutil
import subprocess

import pytest

from tests.conftest import IN_CI
from tests.js.expected import FILE, as_text
from tests.support.places import ROOT

OLDEST_NODE = 18  # the first with a test runner that knows what these use, and what Debian 12 has


def node() -> str:
    """Node, new enough for its test runner; without it the test is skipped, but not in CI."""
    path = shutil.which("node")
    version = subprocess.run([path, "--version"], capture_output=True, text=True).stdout if path else ""
    if version and int(version.removeprefix("v").split(".")[0]) >= OLDEST_NODE:
        return str(path)
    if IN_CI:
        pytest.fail(f"Node {OLDEST_NODE} or later is missing, and CI must not skip the scripts' tests")
    pytest.skip(f"needs Node {OLDEST_NODE} or later on the PATH")


def test_the_numbers_that_scripts_are_held_to_are_those_that_python_computes():
    assert FILE.read_text("utf-8") == as_text(), "run: python -m tests.js.expected"


def test_what_scripts_compute_is_what_python_computes():
    files = sorted(path.relative_to(ROOT).as_posix() for path in (ROOT / "tests/js").glob("*.test.js"))
    assert files
    run = subprocess.run([node(), "--test", *files], cwd=ROOT, capture_output=True, text=True, timeout=120)
    assert run.returncode == 0, run.stdout
