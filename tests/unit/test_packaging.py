"""`pip install .` brings what the repository has: what it needs, its commands, its words and pages."""

import subprocess
import tomllib
from importlib.metadata import EntryPoint

import pytest
from packaging.requirements import Requirement

from tests.support.places import ROOT

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))


def test_it_needs_what_requirements_txt_asks_for():
    lines = [line.split("#")[0].strip() for line in (ROOT / "requirements.txt").read_text("utf-8").splitlines()]
    wanted = {Requirement(line) for line in lines if line}
    assert {Requirement(line) for line in PROJECT["project"]["dependencies"]} == wanted and len(wanted) > 15


def test_its_commands_are_there():
    commands = PROJECT["project"]["scripts"]
    assert set(commands) == {"demystifions", "demystifions-train"}
    assert all(callable(EntryPoint(name, place, "console_scripts").load()) for name, place in commands.items())
    assert all((ROOT / f"{module}.py").is_file() for module in PROJECT["tool"]["setuptools"]["py-modules"])


def test_what_is_no_code_is_packed():
    patterns = PROJECT["tool"]["setuptools"]["package-data"]["busi"]
    packed = {path for pattern in patterns for path in (ROOT / "busi").glob(pattern)}
    listed = subprocess.run(["git", "ls-files", "-z", "busi"], cwd=ROOT, capture_output=True, text=True)
    if listed.returncode:
        pytest.skip("not a clone of the repository")
    data = {ROOT / name for name in listed.stdout.split("\0") if name and not name.endswith(".py")}
    assert len(data) > 50 and data <= packed
