"""A home for a process that has none.

In a container or under a service manager the variable HOME may be missing and the account unknown to the system. Some
of what the workshop stands on then stops, and some writes into a folder that is really called "~".
"""

import atexit
import os
import shutil
import tempfile
from pathlib import Path


def settle_home() -> None:
    """Gives this process an empty home, gone when it ends, if it has none; a home that is there is left as it is.

    Libraries look for it when they are imported: call this before.
    """
    try:
        Path.home()
    except RuntimeError:
        os.environ["HOME"] = tempfile.mkdtemp(prefix="demystifions-home-")
        atexit.register(shutil.rmtree, os.environ["HOME"], ignore_errors=True)
