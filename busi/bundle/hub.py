"""Bundles on the Hugging Face Hub: pushing one, fetching one.

    python -m busi.hub push DIR USER/REPO [--with-images --data BUSI] [--dry-run]

A bundle travels as the known files of `bundle.FILES`, and its test images and its replay in one more each if it has
them; its figures are pushed for the card to show, and not fetched. Fetching trusts nothing: only those names are asked
for, their sizes are bounded before anything is downloaded, and the caller opens the result like any other bundle
(checksums, safe mode). The Hub's own client knows no deadline for all of it: a Hub that accepts a connection and never
answers would hang the app. So fetching runs under ours. What cannot be had in time comes from the cache, and the caller
learns why; images and a replay that cannot be had in time are done without. A token that the Hub does not accept hides
what everybody may read: then it is asked again without.
"""

import argparse
import contextlib
import hashlib
import json
import os
import re
import shutil
import sys
import tempfile
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import pandas as pd
from huggingface_hub import HfApi, get_token, hf_hub_download
from huggingface_hub.errors import (
    EntryNotFoundError,
    HfHubHTTPError,
    HFValidationError,
    HTTPError,  # pyright: ignore[reportPrivateImportUsage]  # of httpx or httpx2, whichever the client uses
    LocalEntryNotFoundError,
    LocalTokenNotFoundError,
    RepositoryNotFoundError,
    RevisionNotFoundError,
)
from huggingface_hub.utils import validate_repo_id

from busi.bundle.card import hub_card, without_missing
from busi.bundle.files import (
    CARD,
    FIGURE_FILES,
    FILES,
    IMAGES,
    INFO,
    LARGEST,
    LARGEST_IMAGES,
    MODEL,
    OPTIONAL,
    Bundle,
    BundleError,
    figures_of,
    open_bundle,
    pack_images,
    write_checksums,
    write_figures,
)
from busi.bundle.replay import LARGEST_REPLAY, REPLAY
from busi.data.dataset import KAGGLE, DatasetError, default_cache, image_files, rows_called
from busi.data.sets import read_data
from busi.system.console import printable_output
from busi.system.proxies import settle_proxies
from busi.system.whole_files import whole_file

DEADLINE = 10.0  # seconds
IMAGES_DEADLINE = 90.0  # for some 30 megabytes, the first time
MAIN = "main"

_SOURCE = re.compile(r"(?P<repo>[\w.-]+/[\w.-]+)(@(?P<revision>[\w./-]+))?", re.ASCII)
_COMMIT = re.compile(r"[0-9a-f]{40}")
_NOT_THIS_TOKEN = (401, 403)

Result = TypeVar("Result")
Token = bool | None  # as the Hub's client takes it: None for the one at hand, False for none


class HubError(BundleError):
    """A bundle cannot be pushed or fetched.

    Attributes:
        reason: "name", "slow", "unreachable", "missing", "forbidden", "incomplete" or "too_large", for a sentence in
            the visitor's language; the message itself is for the terminal, and names the repository.
        token_refused: whether the Hub may have said no because of the token that it was shown.
    """

    def __init__(self, reason: str, message: str, token_refused: bool = False) -> None:
        """Args: the reason, what to tell on the terminal, and whether the token may be why."""
        super().__init__(message)
        self.reason = reason
        self.token_refused = token_refused


@dataclass(frozen=True)
class Source:
    """A bundle on the Hub.

    Attributes:
        repo: USER/REPO.
        revision: a branch, a tag or a full commit.
    """

    repo: str
    revision: str = MAIN

    def __str__(self) -> str:
        """As it is written on a command line."""
        return self.repo if self.revision == MAIN else f"{self.repo}@{self.revision}"

    @property
    def is_pinned(self) -> bool:
        """Whether it names one commit, which never changes."""
        return _COMMIT.fullmatch(self.revision) is not None


@dataclass(frozen=True)
class Fetched:
    """A bundle that has been fetched.

    Attributes:
        folder: where its files are.
        source: what was asked for.
        commit: which commit they are of.
        stale: why the Hub could not be asked, if they come from the cache for that reason; else None.
        without_images: why its images are missing, if it should have some; else None.
        without_token: why the token at hand was left out, if it was; else None.
    """

    folder: Path
    source: Source
    commit: str
    stale: HubError | None = None
    without_images: HubError | None = None
    without_token: HubError | None = None


def source_of(text: str) -> Source | None:
    """What "USER/REPO" or "USER/REPO@REVISION" names; None for anything else, or for a folder.

    "runs/mine" is a folder where the folder "runs" is, even if "mine" is not in it; "runs/mine@main" is of the Hub.

    Args:
        text: as given on the command line.
    """
    match = _SOURCE.fullmatch(text)
    if match is None or Path(text).exists() or ".." in text:
        return None
    if match["revision"] is None and Path(text).parent.is_dir():
        return None
    try:
        validate_repo_id(match["repo"])
    except HFValidationError:
        return None
    return Source(match["repo"], match["revision"] or MAIN)


def fetch(source: Source, cache: Path | None = None, deadline: float = DEADLINE) -> Fetched:
    """Brings a bundle from the Hub, or from the cache if it is pinned and there, or if the Hub cannot be asked.

    Args:
        source: which bundle.
        cache: folder of the cache; default: the project's own.
        deadline: seconds after which the Hub counts as silent.

    Returns:
        Where its files are. They are not opened yet.

    Raises:
        HubError: if it can be had from neither.
    """
    cache = cache or _writable(default_cache() / "hub")
    if source.is_pinned and (folder := _cached(source.repo, source.revision, cache)):
        return Fetched(folder, source, source.revision)
    try:
        (folder, commit), refused = _within(deadline, source, lambda token: _download(source, cache, token))
    except HubError as error:
        last_seen = _remembered(source, cache)
        cached = _cached(source.repo, last_seen, cache) if last_seen else None
        if not last_seen or not cached:
            raise
        return Fetched(cached, source, last_seen, stale=error)
    _remember(source, commit, cache)
    with contextlib.suppress(HubError):  # a page can do without it
        _add(REPLAY, LARGEST_REPLAY, DEADLINE, folder, source, commit, cache)
    missing = _add_images(folder, source, commit, cache)
    return Fetched(folder, source, commit, without_images=missing, without_token=refused)


def push(
    folder: Path,
    repo: str,
    dry_run: bool = False,
    tell: Callable[[str], None] = print,
    data: str | None = None,
) -> str:
    """Uploads a bundle, with a card for the Hub, and tags it. What is there already is not sent again.

    Args:
        folder: of a bundle, which is left as it is.
        repo: USER/REPO; created if it is not there.
        dry_run: only tell what would be sent.
        tell: gets each line of the report.
        data: the data's folder, or "kaggle", to take the test images from that shall go along; None to send what the
            bundle holds.

    Returns:
        The commit; empty after a dry run.

    Raises:
        BundleError: if the folder holds no good bundle, or its images are not in the data.
        DatasetError: if the data cannot be read.
        HubError: if the Hub refuses or cannot be reached; the message says why and what to do.
    """
    bundle = open_bundle(folder)
    check_name(repo)
    with tempfile.TemporaryDirectory(prefix="demystifions-push-") as staging:
        _stage(bundle, Path(staging), repo, data)
        for path in sorted(path for path in Path(staging).rglob("*") if path.is_file()):
            tell(f"  {path.relative_to(staging).as_posix():<28}{path.stat().st_size:>12,} bytes")
        tell(f"to https://huggingface.co/{repo}, tagged {tag_of(bundle)}")
        if dry_run:
            tell("nothing was sent (--dry-run)")
            return ""
        commit = ask_hub(lambda: _upload(bundle, Path(staging), repo), repo)
    tell(f"sent: commit {commit}")
    return commit


def check_name(repo: str) -> None:
    """Makes sure that a name can be that of a repository, before much work is done.

    Args:
        repo: as given on the command line.

    Raises:
        HubError: if it cannot.
    """
    match = _SOURCE.fullmatch(repo)
    if match is None or match["revision"] or ".." in repo:
        raise HubError("name", f"{repo!r} is not the name of a repository: expected USER/REPO")


def tag_of(bundle: Bundle) -> str:
    """The name of a bundle's version: the format, the day it was made, and the beginning of its weights' checksum."""
    info = bundle.info
    return f"v{info['format_version']}-{info['created']}-{info['files'][MODEL][:8]}"


def main(arguments: Sequence[str] | None = None) -> int:
    """Pushes a bundle; returns 0, or 2 after one line that says what is wrong."""
    parser = argparse.ArgumentParser(prog="python -m busi.hub", description="Bundles on the Hugging Face Hub.")
    command = parser.add_subparsers(required=True, metavar="COMMAND").add_parser("push", help="upload a bundle")
    command.add_argument("folder", type=Path, metavar="DIR", help="of the bundle")
    command.add_argument("repo", metavar="USER/REPO", help="model repository; created if it is not there")
    command.add_argument("--dry-run", action="store_true", help="only print what would be sent")
    command.add_argument("--with-images", action="store_true", help="send the test images along, with their licence")
    data = os.environ.get("BUSI_DATA_DIR", KAGGLE)
    command.add_argument("--data", default=data, metavar="DIR|kaggle", help="where they are (default: %(default)s)")
    printable_output()
    options = parser.parse_args(arguments)
    settle_proxies()
    try:
        push(options.folder, options.repo, options.dry_run, data=options.data if options.with_images else None)
    except (BundleError, DatasetError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    return 0


def _download(source: Source, cache: Path, token: Token) -> tuple[Path, str]:
    """Every known file of one commit, after a look at their sizes."""
    commit = _known(source.repo, source.revision, LARGEST, token)
    paths = [_get(source.repo, commit, name, cache, token) for name in FILES]
    return paths[0].parent, commit


def _known(repo: str, revision: str, largest: Mapping[str, int], token: Token) -> str:
    """The commit that a revision names, after making sure that it has these files and that none is too large."""
    api = HfApi(endpoint=endpoint(), token=token)
    info = api.model_info(repo, revision=revision, files_metadata=True, timeout=DEADLINE)
    sizes = {file.rfilename: file.size for file in info.siblings or ()}
    for name, most in largest.items():
        if name not in sizes:
            raise HubError("incomplete", f"{repo} has no file {name}: it is not a whole bundle of this workshop")
        size = sizes[name]
        if size is None or size > most:
            raise HubError("too_large", f"{repo}: {name} is larger than {most:,} bytes")
    if info.sha is None:
        raise HubError("incomplete", f"{repo} has no commit")
    return info.sha


def _get(repo: str, commit: str, name: str, cache: Path, token: Token) -> Path:
    wanted = {"revision": commit, "cache_dir": cache, "etag_timeout": DEADLINE, "endpoint": endpoint()}
    return Path(hf_hub_download(repo, name, token=token, **wanted))


def _add_images(folder: Path, source: Source, commit: str, cache: Path) -> HubError | None:
    """Sees to it that the test images are there, if the bundle lists some; returns why not, if they cannot be had."""
    try:
        _add(IMAGES, LARGEST_IMAGES, IMAGES_DEADLINE, folder, source, commit, cache)
    except HubError as error:
        return error
    return None


def _add(name: str, most: int, deadline: float, folder: Path, source: Source, commit: str, cache: Path) -> None:
    """Sees to it that a file is there that a bundle may have, if it lists it."""
    if name not in _listed(folder) or (folder / name).is_file():
        return

    def get(token: Token) -> None:
        _get(source.repo, _known(source.repo, commit, {name: most}, token), name, cache, token)

    _within(deadline, source, get)


def _listed(folder: Path) -> Sequence[str]:
    """The files that a bundle's bundle.json lists; none if it cannot be read, which opening it will tell."""
    try:
        return list(json.loads((folder / INFO).read_text("utf-8"))["files"])
    except (OSError, ValueError, KeyError, TypeError):
        return []


def _cached(repo: str, commit: str, cache: Path) -> Path | None:
    """The folder of a commit in the cache, if every file is there."""
    try:
        paths = [hf_hub_download(repo, name, revision=commit, cache_dir=cache, local_files_only=True) for name in FILES]
    except (LocalEntryNotFoundError, OSError):
        return None
    return Path(paths[0]).parent


def _within(deadline: float, source: Source, act: Callable[[Token], Result]) -> tuple[Result, HubError | None]:
    """As `_with_or_without_token`, or a HubError once the deadline is over; what hangs is left to hang by itself."""
    outcome: list[tuple[Result, HubError | None] | BaseException] = []

    def run() -> None:
        try:
            outcome.append(_with_or_without_token(source, act))
        except BaseException as error:
            outcome.append(error)

    worker = threading.Thread(target=run, name="ask-hub", daemon=True)
    worker.start()
    worker.join(deadline)
    if not outcome:
        raise HubError("slow", f"the Hub did not answer within {deadline:g} seconds about {source}")
    if isinstance(outcome[0], BaseException):
        raise outcome[0]
    return outcome[0]


def _with_or_without_token(source: Source, act: Callable[[Token], Result]) -> tuple[Result, HubError | None]:
    """What `act` gives with the token at hand, or without one if the Hub refuses that; and why, in that case."""
    try:
        return ask_hub(lambda: act(None), str(source)), None
    except HubError as error:
        if not (error.token_refused and get_token()):
            raise
    refused = HubError(
        "forbidden", f"the Hub does not accept the token at hand (HF_TOKEN or `hf auth login`) for {source}"
    )
    return ask_hub(lambda: act(False), str(source)), refused


def ask_hub(act: Callable[[], Result], repo: str) -> Result:
    """The result of a conversation with the Hub about a repository, its many errors put into ours, which name it.

    Args:
        act: the conversation.
        repo: what to call the repository.

    Raises:
        HubError: in place of what the client raises.
    """
    try:
        return act()
    except HubError:
        raise
    except LocalTokenNotFoundError as error:
        why = f"no token for {repo}: run `hf auth login`, or set HF_TOKEN ({_first_line(error)})"
        raise HubError("forbidden", why) from error
    except UnicodeEncodeError as error:
        why = f"the token for {repo} holds a character that no token has: see HF_TOKEN, or run `hf auth login`"
        raise HubError("forbidden", why, token_refused=True) from error
    except HfHubHTTPError as error:
        raise _refused(error, repo) from error
    except (EntryNotFoundError, OSError, HTTPError, RuntimeError) as error:  # the last from a client closed meanwhile
        raise HubError("unreachable", f"the Hub cannot be reached for {repo}: {_first_line(error)}") from error


def _refused(error: HfHubHTTPError, repo: str) -> HubError:
    """Why the Hub said no, and what to do."""
    status, told = error.response.status_code, _first_line(error)
    if isinstance(error, RepositoryNotFoundError | RevisionNotFoundError | EntryNotFoundError) or status == 404:
        why = f"the Hub has no {repo}, or shows it to a token with the right to it only: {told}"
        return HubError("missing", why, token_refused=status in _NOT_THIS_TOKEN)
    if status == 401:
        why = f"the Hub wants a token that it knows for {repo}: run `hf auth login`, or set HF_TOKEN"
        return HubError("forbidden", why, token_refused=True)
    if status == 403:
        why = f"the token has no right to do this with {repo}: to push, use one with write access"
        return HubError("forbidden", why, token_refused=True)
    return HubError("unreachable", f"the Hub answered {status} for {repo}: {told}")


def endpoint() -> str | None:
    """Where the Hub is: $HF_ENDPOINT, read now rather than when the client was imported."""
    return os.environ.get("HF_ENDPOINT")


def _first_line(error: BaseException) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[0]


def _upload(bundle: Bundle, staging: Path, repo: str) -> str:
    """Creates the repository if needed, sends what is new, and tags it."""
    api = HfApi(endpoint=endpoint())
    api.create_repo(repo, exist_ok=True)
    message = f"Bundle {tag_of(bundle)}"
    known = [*FILES, *OPTIONAL, *FIGURE_FILES]
    sent = api.upload_folder(repo_id=repo, folder_path=staging, commit_message=message, allow_patterns=known)
    api.create_tag(repo, tag=tag_of(bundle), revision=sent.oid, exist_ok=True)
    return sent.oid


def _stage(bundle: Bundle, staging: Path, repo: str, data: str | None) -> None:
    """What goes to the Hub: the bundle's files, its card with what the Hub reads at the top of it, and images."""
    for name in FILES:
        if name != CARD:
            shutil.copy(bundle.folder / name, staging)
    if bundle.replay:
        shutil.copy(bundle.folder / REPLAY, staging)
    if data is not None:
        pack_images(staging, image_files(_test_images(bundle, data), bundle.origin))
        write_checksums(staging, bundle.info)
    elif bundle.images:
        shutil.copy(bundle.images, staging)
    figures = figures_of(bundle.folder)
    write_figures(staging, {name: (bundle.folder / name).read_bytes() for name in figures})
    card = without_missing((bundle.folder / CARD).read_text("utf-8"), figures)
    with_images = (staging / IMAGES).is_file()
    (staging / CARD).write_text(hub_card(bundle.info, card, repo, with_images), encoding="utf-8", newline="\n")


def _test_images(bundle: Bundle, data: str) -> pd.DataFrame:
    """The rows of the data's index that are a bundle's test part."""
    found = read_data(data)
    if found.fingerprint != bundle.info["data"]["fingerprint"]:
        made_from = f"the version of {bundle.origin.name} that the bundle {bundle.folder} was made from"
        raise BundleError(f"{found.folder} is not {made_from}")
    return rows_called(found.images, bundle.test_images["image_id"].tolist())


def _remember(source: Source, commit: str, cache: Path) -> None:
    """Which commit a branch or tag was last seen at; a cache that cannot be written is done without."""
    with contextlib.suppress(OSError):
        cache.mkdir(parents=True, exist_ok=True)
        with whole_file(cache / _pointer(source)) as partial:
            partial.write_text(json.dumps({"commit": commit}), encoding="utf-8")


def _remembered(source: Source, cache: Path) -> str | None:
    if source.is_pinned:
        return source.revision
    try:
        commit = json.loads((cache / _pointer(source)).read_text("utf-8"))["commit"]
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return commit if isinstance(commit, str) and _COMMIT.fullmatch(commit) else None


def _pointer(source: Source) -> str:
    return hashlib.sha256(f"{source.repo}@{source.revision}".encode()).hexdigest()[:20] + ".json"


def _writable(folder: Path) -> Path:
    """The folder, or one of this run if nothing can be written there."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if os.access(folder, os.W_OK):
            return folder
    except OSError:
        pass
    return Path(tempfile.mkdtemp(prefix="demystifions-hub-"))
