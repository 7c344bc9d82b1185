"""The commands that `pip install .` puts on the path."""

import subprocess
import sys

import pytest

from tests.support.places import ROOT


@pytest.mark.parametrize(("command", "option"), [("app", "--share"), ("train", "--recipe")])
def test_a_command_runs_the_door_of_its_name(command, option):
    code = f"import sys; from busi.system.commands import {command}; sys.argv = ['{command}', '--help']; {command}()"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0 and option in done.stdout, done.stderr
