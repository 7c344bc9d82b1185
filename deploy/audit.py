"""Asks for known weaknesses of the packages in a lock, and tells what was found from what was not answered.

    python deploy/audit.py [--lock FILE ...] [--service pypi|osv ...]      (or: make audit)

pip-audit does the asking. By itself it ends with "No known vulnerabilities found" and exit status 0 where a service
answered about none of the packages, and passes over those of other systems and Pythons. Here each package of the lock
is asked about, whatever machine it is for, and only an answer counts:

    exit status 0    every package was answered for by every service, and no weakness is known
    exit status 1    weaknesses are known: one line each
    exit status 2    none is known, but something was not audited: one line for each package, or for a silent service

make shows the exit status as "Error 1" or "Error 2", and itself ends with 2 for both.
"""

import argparse
import json
import re
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).parent.parent
LOCKS = ("requirements.lock", "requirements-dev.lock")
SERVICES = ("pypi", "osv")
ALL_WELL, WEAK, NOT_AUDITED = 0, 1, 2
PINNED = re.compile(r"^([A-Za-z0-9][A-Za-z0-9._-]*)==([^\s;\\]+)")


@dataclass(frozen=True)
class Answer:
    """What one service said.

    Attributes:
        service: its name.
        weaknesses: one line for each, by package.
        unknown: the reason why there is no answer, by package.
        silent: why the service could not be asked at all; empty if it could.
    """

    service: str
    weaknesses: Mapping[str, Sequence[str]] = field(default_factory=dict)
    unknown: Mapping[str, str] = field(default_factory=dict)
    silent: str = ""


def main(arguments: Sequence[str] | None = None) -> int:
    """Audits, prints what came of it, and returns the exit status."""
    options = parse(arguments)
    try:
        packages = sorted({package for lock in options.lock for package in packages_of(lock.read_text("utf-8"))})
    except (OSError, ValueError) as error:
        print(f"error: {error}", file=sys.stderr)
        return NOT_AUDITED
    answers = [ask(service, packages, options) for service in options.service]
    for line in lines_of(answers, len(packages)):
        print(line)
    return status_of(answers)


def packages_of(lock: str) -> list[tuple[str, str]]:
    """The packages of a lock, for whatever system and Python: names as PyPI compares them, and versions.

    Args:
        lock: the text of a lock.

    Raises:
        ValueError: if a requirement is not pinned to a version, or there is none.
    """
    found = []
    for line in lock.splitlines():
        if not line.strip() or line.startswith((" ", "\t", "#")):
            continue
        pinned = PINNED.match(line)
        if pinned is None:
            raise ValueError(f"a lock pins each package to one version, got {line!r}")
        found.append((re.sub(r"[-_.]+", "-", pinned[1]).lower(), pinned[2]))
    if not found:
        raise ValueError("the lock names no package")
    return found


def ask(service: str, packages: Sequence[tuple[str, str]], options: argparse.Namespace) -> Answer:
    """Lets pip-audit ask one service about packages.

    Args:
        service: one of `SERVICES`.
        packages: names and versions.
        options: of the command line.
    """
    with tempfile.TemporaryDirectory() as folder:
        asked = Path(folder) / "asked.txt"
        asked.write_text("".join(f"{name}=={version}\n" for name, version in packages), encoding="utf-8")
        command = [*options.pip_audit, "--no-deps", "--disable-pip", "--progress-spinner", "off", "--desc", "off"]
        command += ["--format", "json", "--vulnerability-service", service, "--requirement", str(asked)]
        command += ["--osv-url", options.osv_url] if service == "osv" and options.osv_url else []
        try:
            done = subprocess.run(command, capture_output=True, text=True, timeout=options.timeout, check=False)
        except (OSError, subprocess.TimeoutExpired) as error:
            return Answer(service, silent=_last_line(str(error)))
    try:
        dependencies = json.loads(done.stdout)["dependencies"]
        return _read(service, packages, dependencies)
    except (ValueError, KeyError, TypeError):
        why = _last_line(done.stderr) or f"pip-audit ended with {done.returncode}, and no answer"
        return Answer(service, silent=why)


def lines_of(answers: Sequence[Answer], count: int) -> list[str]:
    """What to print: weaknesses first, then what was not audited, then how many were, service by service.

    Args:
        answers: of the services.
        count: of packages asked about.
    """
    weak = [
        f"known weakness: {line} [{one.service}]" for one in answers for of in one.weaknesses.values() for line in of
    ]
    silent = [
        f"not audited: {one.service} could not be asked about anything: {one.silent}" for one in answers if one.silent
    ]
    unknown = [
        f"not audited: {package} by {one.service}: {why}" for one in answers for package, why in one.unknown.items()
    ]
    audited = [
        f"{one.service}: {0 if one.silent else count - len(one.unknown)} of {count} packages audited,"
        f" {sum(map(len, one.weaknesses.values()))} known weaknesses"
        for one in answers
    ]
    return weak + silent + unknown + audited


def status_of(answers: Sequence[Answer]) -> int:
    """The exit status.

    Args:
        answers: of the services.
    """
    if any(one.weaknesses for one in answers):
        return WEAK
    if not answers or any(one.silent or one.unknown for one in answers):
        return NOT_AUDITED
    return ALL_WELL


def _read(service: str, packages: Sequence[tuple[str, str]], dependencies: Sequence[Mapping]) -> Answer:
    """The answer in pip-audit's JSON; a package that it does not mention was not audited."""
    told = {(re.sub(r"[-_.]+", "-", one["name"]).lower(), one.get("version")): one for one in dependencies}
    skipped = {
        re.sub(r"[-_.]+", "-", one["name"]).lower(): one["skip_reason"] for one in dependencies if "skip_reason" in one
    }
    weaknesses, unknown = {}, {}
    for name, version in packages:
        one = told.get((name, version))
        if one is None or "vulns" not in one:
            unknown[f"{name} {version}"] = skipped.get(name, "pip-audit does not mention it")
        elif one["vulns"]:
            weaknesses[f"{name} {version}"] = [_weakness(name, version, vuln) for vuln in one["vulns"]]
    return Answer(service, weaknesses, unknown)


def _weakness(name: str, version: str, vuln: Mapping) -> str:
    fixed = ", ".join(vuln.get("fix_versions") or ()) or "no version yet"
    return f"{name} {version}: {', '.join([vuln['id'], *vuln.get('aliases', ())])} (fixed in {fixed})"


def _last_line(text: str) -> str:
    return (text.strip().splitlines() or [""])[-1][:300]


def parse(arguments: Sequence[str] | None) -> argparse.Namespace:
    """Reads the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--lock", type=Path, nargs="+", default=[ROOT / name for name in LOCKS], help="default: both")
    parser.add_argument("--service", nargs="+", choices=SERVICES, default=list(SERVICES), help="default: both")
    parser.add_argument("--osv-url", help="where OSV is asked, if not at api.osv.dev")
    parser.add_argument("--timeout", type=float, default=600, metavar="SECONDS", help="for each service")
    parser.add_argument(
        "--pip-audit", nargs="+", default=[sys.executable, "-m", "pip_audit"], metavar="WORD", help="the command to run"
    )
    return parser.parse_args(arguments)


if __name__ == "__main__":
    sys.exit(main())
