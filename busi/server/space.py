"""Puts the workshop on a Hugging Face Space.

    python -m busi.server.space USER/NAME [--hardware cpu|zero] [--bundle USER/REPO] [--dry-run]

What goes is what the app needs to run and a reader needs to understand it, named one by one: no test, no benchmark, no
cache, and no data folder that happens to lie about. README.md is the Space's card; its picture gets the address that it
will have there. `hf upload` does the rest.

A Space on ZeroGPU ("zero"), which a free account may have, gets three things more: the hardware when it is created, a
version of Python that ZeroGPU has, and the package `spaces` (`busi/server/zero_gpu.py` tells why).
"""

import argparse
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

from huggingface_hub import HfApi, SpaceHardware
from huggingface_hub.errors import HfHubHTTPError

from busi.bundle.files import BundleError
from busi.bundle.hub import HubError, ask_hub, check_name, endpoint, source_of
from busi.data.box import BOX, CREDIT, CREDIT_URL
from busi.system.console import printable_output
from busi.system.places import repository
from busi.system.proxies import settle_proxies

ROOT = repository()
FOLDERS = ("busi", "docs")
NAMES = ("app.py", "train.py", "requirements.txt", "README.md", "README.en.md", "CHANGELOG.md", "LICENSE", "NOTICE")
# The figures stand on the card of a bundle, which nobody reads on a Space.
NOT_WANTED = shutil.ignore_patterns("__pycache__", "*.pyc", "*.pyi", ".*", "figures")
THUMBNAIL = "docs/thumbnail.png"
CPU, ZERO = "cpu", "zero"
HARDWARE = {CPU: SpaceHardware.CPU_BASIC, ZERO: SpaceHardware.ZERO_A10G}
ZERO_PYTHON = "3.12"  # ZeroGPU has 3.10 and 3.12; asked for another one, it takes 3.10, which is too old for the app
# ZeroGPU installs a version of its own choice in the same command: a narrower range would contradict it one day.
ZERO_REQUIREMENT = "spaces>=0.43,<1"
PAYMENT_REQUIRED = 402


def stage(folder: Path, space: str, bundle: str | None = None, hardware: str = CPU) -> None:
    """Copies what goes to the Space into a folder.

    Args:
        folder: where to; it must not exist yet.
        space: USER/NAME of the Space.
        bundle: USER/REPO of the network that it will serve, named on its card; None for the embedded one.
        hardware: that the Space will run on, "cpu" or "zero".
    """
    folder.mkdir(parents=True)
    for name in FOLDERS:
        shutil.copytree(ROOT / name, folder / name, ignore=NOT_WANTED)
    for name in NAMES:
        shutil.copy(ROOT / name, folder / name)
    card = folder / "README.md"
    card.write_text(_card(card.read_text("utf-8"), space, bundle, hardware), encoding="utf-8", newline="\n")
    if hardware == ZERO:
        with (folder / "requirements.txt").open("a", encoding="utf-8", newline="\n") as requirements:
            requirements.write(f"# Of ZeroGPU, on this Space only.\n{ZERO_REQUIREMENT}\n")


def deploy(
    space: str,
    bundle: str | None = None,
    dry_run: bool = False,
    tell: Callable[[str], None] = print,
    hardware: str = CPU,
) -> None:
    """Uploads the workshop to a Space, and tells which settings are left to make.

    Args:
        space: USER/NAME; created if it is not there and the account may.
        bundle: USER/REPO or USER/REPO@REVISION of the network to serve.
        dry_run: only tell what would be sent.
        tell: gets each line of the report.
        hardware: that the Space will run on, "cpu" or "zero".

    Raises:
        HubError: if a name cannot be one of the Hub, or the Space cannot be created.
        BundleError: if `hf upload` fails; it has said why.
    """
    check_name(space)
    source = source_of(bundle) if bundle else None
    if bundle and source is None:
        raise BundleError(f"{bundle!r} names no network on the Hub: expected USER/REPO or USER/REPO@REVISION")
    with tempfile.TemporaryDirectory(prefix="demystifions-space-") as temporary:
        folder = Path(temporary) / "space"
        stage(folder, space, source.repo if source else None, hardware)
        files = sorted(path for path in folder.rglob("*") if path.is_file())
        tell(f"{len(files)} files, {sum(path.stat().st_size for path in files):,} bytes, to the Space {space}")
        if dry_run:
            boxed = folder / BOX.relative_to(ROOT)
            for path in files:
                if path.suffix != ".webp" or path.parent != boxed:
                    tell(f"  {path.relative_to(folder).as_posix()}")
            pictures = len(list(boxed.glob("*.webp")))
            tell(f"  {BOX.relative_to(ROOT).as_posix()}/*.webp: {pictures} ultrasound images, {CREDIT}, {CREDIT_URL}")
            tell("nothing was sent (--dry-run)")
        else:
            ask_hub(lambda: _create(space, hardware), f"the Space {space}")
            if subprocess.run(_upload_command(space, folder), check=False).returncode:
                raise BundleError(f"the Space {space} was not updated: see the message of `hf upload` above")
    for line in settings(space, bundle, hardware):
        tell(line)


def settings(space: str, bundle: str | None, hardware: str = CPU) -> tuple[str, ...]:
    """What is left to do by hand on the Space's settings page, a line each."""
    machine = {
        CPU: "CPU basic (2 vCPU, 16 GB) is what this is tested for",
        ZERO: "ZeroGPU; the processors do the work, and no GPU is asked for",
    }
    network = bundle or "USER/REPO@REVISION, a network pushed by train.py (without it, the one in the repository)"
    return (
        f"Two settings to make on https://huggingface.co/spaces/{space}/settings:",
        f"  1. Variables and secrets, variable BUSI_BUNDLE: {network}",
        f"  2. Space hardware: {machine[hardware]}",
    )


def main(arguments: Sequence[str] | None = None) -> int:
    """Deploys; returns 0, or 2 after one line that says what is wrong."""
    parser = argparse.ArgumentParser(
        prog="python -m busi.server.space", description="The workshop on a Hugging Face Space."
    )
    parser.add_argument("space", metavar="USER/NAME", help="the Space; created if it is not there")
    parser.add_argument("--bundle", metavar="USER/REPO[@REVISION]", help="the network that it shall serve")
    parser.add_argument(
        "--hardware",
        choices=HARDWARE,
        default=CPU,
        help="cpu takes a paid plan; zero, for ZeroGPU, none (default: cpu)",
    )
    parser.add_argument("--dry-run", action="store_true", help="only print what would be sent")
    printable_output()
    options = parser.parse_args(arguments)
    settle_proxies()
    try:
        deploy(options.space, options.bundle, options.dry_run, hardware=options.hardware)
    except (BundleError, OSError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    return 0


def _create(space: str, hardware: str) -> None:
    """Creates the Space if it is not there: `hf upload` would, but cannot say on which hardware."""
    api, wanted = HfApi(endpoint=endpoint()), HARDWARE[hardware]
    try:
        api.create_repo(space, repo_type="space", space_sdk="gradio", space_hardware=wanted, exist_ok=True)
    except HfHubHTTPError as error:
        if error.response.status_code != PAYMENT_REQUIRED:
            raise
        why = f"this account's plan does not let it create the Space {space} on {wanted.value}"
        instead = ": a free one may have it on ZeroGPU, with --hardware zero" if hardware == CPU else ""
        raise HubError("forbidden", why + instead) from error


def _upload_command(space: str, folder: Path) -> list[str]:
    """`hf upload`, by the interpreter that runs this; what is gone here goes there as well."""
    message = "The workshop, as its repository has it"
    command = [sys.executable, "-m", "huggingface_hub.cli.hf", "upload", space, str(folder), "."]
    return [*command, "--repo-type", "space", "--delete", "*", "--commit-message", message]


def _card(text: str, space: str, bundle: str | None, hardware: str) -> str:
    """README.md with the addresses that only the Space knows, and the hardware that it runs on."""
    front = {"thumbnail": f"https://huggingface.co/spaces/{space}/resolve/main/{THUMBNAIL}"}
    if hardware == ZERO:
        front |= {"suggested_hardware": HARDWARE[ZERO].value, "python_version": f'"{ZERO_PYTHON}"'}
    for name, value in front.items():
        text = re.sub(rf"^{name}: .*$", f"{name}: {value}", text, count=1, flags=re.MULTILINE)
    return text.replace("models: []\n", f"models:\n- {bundle}\n", 1) if bundle else text


if __name__ == "__main__":
    sys.exit(main())
