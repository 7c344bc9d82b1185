"""What `pip install .` puts on the path: `demystifions` and `demystifions-train`, as if app.py and train.py were run.

Both are run as main modules, not imported: app.py settles where home and proxies are before it imports the rest.
"""

import runpy


def app() -> None:
    """Opens the workshop; exits with app.py's status."""
    runpy.run_module("app", run_name="__main__")


def train() -> None:
    """Trains a network; exits with train.py's status."""
    runpy.run_module("train", run_name="__main__")
