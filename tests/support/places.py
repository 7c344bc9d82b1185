"""Where the repository is, and what the environment says about the machine that the tests run on."""

import os
from pathlib import Path

ROOT = Path(__file__).parents[2]
IN_CI = os.environ.get("CI") == "true"
