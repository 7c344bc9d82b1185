"""A training that several files look at, and a running app that several files ask."""

import io
from collections.abc import Iterator
from contextlib import redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from subprocess import Popen

import pytest

from busi.model.network import DEEP
from tests.support.drawings import NAMED
from tests.support.once import made_once
from tests.support.running import started_app
from tests.support.training import arguments, hurry


@pytest.fixture(scope="session")
def trained_folder(small_busi, tmp_path_factory) -> Path:
    """A bundle of the default recipe's architecture with its test images, as train.py leaves it.

    Beside it, in printed.txt, what its training printed.
    """

    def train_it(folder: Path) -> None:
        import train

        printed = io.StringIO()
        with pytest.MonkeyPatch.context() as patch, redirect_stdout(printed):
            hurry(patch)
            more = ("--arch", DEEP, "--with-images", *NAMED)
            assert train.main(arguments(small_busi, folder / "bundle", *more)) == 0
        (folder / "printed.txt").write_text(printed.getvalue(), "utf-8")

    return made_once(tmp_path_factory, "trained", train_it) / "bundle"


@dataclass(frozen=True)
class RunningApp:
    """An app in a process of its own.

    Attributes:
        url: where it answers.
        server: its process.
        temporary: the folder that is its TMPDIR.
    """

    url: str
    server: Popen
    temporary: Path


@pytest.fixture(scope="session")
def running_app(small_bundle, tmp_path_factory) -> Iterator[RunningApp]:
    """The app as a user starts it, for tests that leave it as it is: nothing in them may end or change it."""
    temporary = tmp_path_factory.mktemp("temporary")
    with started_app(small_bundle, TMPDIR=str(temporary)) as (url, server):
        yield RunningApp(url, server, temporary)
