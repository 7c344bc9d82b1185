"""What an import brings along, in a process of its own."""

import subprocess
import sys

from tests.support.places import ROOT


def test_importing_the_pages_does_not_load_tensorflow():
    code = "import sys, busi.web.pages; sys.exit(bool({'tensorflow', 'keras'} & set(sys.modules)))"
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT).returncode == 0
