"""Which Chromium the tests drive."""

import shutil

# The shell has no window, no toolbar and no compositor of its own: a page costs half of the processor's time.
NAMES = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")


def chromium_path() -> str | None:
    """The program's path: the headless shell, where it is, else the browser; None if there is none."""
    return next((path for name in NAMES if (path := shutil.which(name))), None)
