"""Puts the workshop on a Hugging Face Space.

    python -m busi.space USER/NAME [--bundle USER/REPO] [--dry-run]

What goes is what the app needs to run and a reader needs to understand it, named one by one: no test, no benchmark, no
cache, and no data folder that happens to lie about. README.md is the Space's card; its picture gets the address that it
will have there. `hf upload` does the rest.
"""

import argparse
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

from busi.bundle import BundleError
from busi.hub import check_name, source_of

ROOT = Path(__file__).parent.parent
FOLDERS = ("busi", "docs")
NAMES = ("app.py", "train.py", "requirements.txt", "README.md", "README.en.md", "CHANGELOG.md", "LICENSE")
NOT_WANTED = shutil.ignore_patterns("__pycache__", "*.pyc", "*.pyi", ".*")
THUMBNAIL = "docs/thumbnail.png"


def stage(folder: Path, space: str, bundle: str | None = None) -> None:
    """Copies what goes to the Space into a folder.

    Args:
        folder: where to; it must not exist yet.
        space: USER/NAME of the Space.
        bundle: USER/REPO of the network that it will serve, named on its card; None for the embedded one.
    """
    folder.mkdir(parents=True)
    for name in FOLDERS:
        shutil.copytree(ROOT / name, folder / name, ignore=NOT_WANTED)
    for name in NAMES:
        shutil.copy(ROOT / name, folder / name)
    card = folder / "README.md"
    card.write_text(_card(card.read_text("utf-8"), space, bundle), encoding="utf-8", newline="\n")


def deploy(space: str, bundle: str | None = None, dry_run: bool = False, tell: Callable[[str], None] = print) -> None:
    """Uploads the workshop to a Space, and tells which settings are left to make.

    Args:
        space: USER/NAME; created if it is not there and the account may.
        bundle: USER/REPO or USER/REPO@REVISION of the network to serve.
        dry_run: only tell what would be sent.
        tell: gets each line of the report.

    Raises:
        HubError: if a name cannot be one of the Hub.
        BundleError: if `hf upload` fails; it has said why.
    """
    check_name(space)
    source = source_of(bundle) if bundle else None
    if bundle and source is None:
        raise BundleError(f"{bundle!r} names no network on the Hub: expected USER/REPO or USER/REPO@REVISION")
    with tempfile.TemporaryDirectory(prefix="demystifions-space-") as temporary:
        folder = Path(temporary) / "space"
        stage(folder, space, source.repo if source else None)
        files = sorted(path for path in folder.rglob("*") if path.is_file())
        tell(f"{len(files)} files, {sum(path.stat().st_size for path in files):,} bytes, to the Space {space}")
        if dry_run:
            for path in files:
                tell(f"  {path.relative_to(folder).as_posix()}")
            tell("nothing was sent (--dry-run)")
        elif subprocess.run(_upload_command(space, folder), check=False).returncode:
            raise BundleError(f"the Space {space} was not updated: see the message of `hf upload` above")
    for line in settings(space, bundle):
        tell(line)


def settings(space: str, bundle: str | None) -> tuple[str, ...]:
    """What is left to do by hand on the Space's settings page, a line each."""
    network = bundle or "USER/REPO@REVISION, a network pushed by train.py (without it, the one in the repository)"
    return (
        f"Two settings to make on https://huggingface.co/spaces/{space}/settings:",
        f"  1. Variables and secrets, variable BUSI_BUNDLE: {network}",
        "  2. Space hardware: CPU basic (2 vCPU, 16 GB) is what this is tested for",
    )


def main(arguments: Sequence[str] | None = None) -> int:
    """Deploys; returns 0, or 2 after one line that says what is wrong."""
    parser = argparse.ArgumentParser(prog="python -m busi.space", description="The workshop on a Hugging Face Space.")
    parser.add_argument("space", metavar="USER/NAME", help="the Space; created if it is not there")
    parser.add_argument("--bundle", metavar="USER/REPO[@REVISION]", help="the network that it shall serve")
    parser.add_argument("--dry-run", action="store_true", help="only print what would be sent")
    options = parser.parse_args(arguments)
    try:
        deploy(options.space, options.bundle, options.dry_run)
    except (BundleError, OSError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    return 0


def _upload_command(space: str, folder: Path) -> list[str]:
    """`hf upload`, by the interpreter that runs this; what is gone here goes there as well."""
    message = "The workshop, as its repository has it"
    command = [sys.executable, "-m", "huggingface_hub.cli.hf", "upload", space, str(folder), "."]
    return [*command, "--repo-type", "space", "--delete", "*", "--commit-message", message]


def _card(text: str, space: str, bundle: str | None) -> str:
    """README.md with the addresses that only the Space knows."""
    there = f"thumbnail: https://huggingface.co/spaces/{space}/resolve/main/{THUMBNAIL}"
    text = re.sub(rf"^thumbnail: {re.escape(THUMBNAIL)}$", there, text, count=1, flags=re.MULTILINE)
    return text.replace("models: []\n", f"models:\n- {bundle}\n", 1) if bundle else text


if __name__ == "__main__":
    sys.exit(main())
