"""The audit of the locked packages: what it makes of each kind of answer. pip-audit and the services are stand-ins."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.places import ROOT

LOCK = """\
# a comment
One_Package==1.0 ; sys_platform == 'win32' \\
    --hash=sha256:00
two==2.0+local \\
    --hash=sha256:11 \\
    --hash=sha256:22
"""
CLEAN = [{"name": "one-package", "version": "1.0", "vulns": []}, {"name": "two", "version": "2.0+local", "vulns": []}]
WEAK = {
    "name": "two",
    "version": "2.0+local",
    "vulns": [{"id": "PYSEC-1", "fix_versions": ["2.1"], "aliases": ["CVE-1"], "description": "bad"}],
}
SKIPPED = {"name": "two", "skip_reason": "Dependency not found on PyPI and could not be audited: two (2.0+local)"}
# What pip-audit does is told by the file answers.json beside it: by service its output, error text and exit status.
STAND_IN = """\
import json, pathlib, sys
here = pathlib.Path(__file__).parent
service = sys.argv[sys.argv.index("--vulnerability-service") + 1]
asked = pathlib.Path(sys.argv[sys.argv.index("--requirement") + 1]).read_text()
with (here / "asked.txt").open("a") as kept:
    kept.write(f"{service} {asked.split()}\\n")
out, error, status = json.loads((here / "answers.json").read_text())[service]
print(out)
print(error, file=sys.stderr)
sys.exit(status)
"""


def answered(*dependencies: dict, status: int = 0) -> tuple[str, str, int]:
    return json.dumps({"dependencies": dependencies, "fixes": []}), "some words", status


@pytest.fixture
def audit(tmp_path):
    """Runs the audit of `LOCK` (or of another) where the services answer so; exit status, lines and error text."""

    def run(lock: str = LOCK, pip_audit: str = "", **answers: tuple[str, str, int]) -> tuple[int, list[str], str]:
        (tmp_path / "a.lock").write_text(lock)
        (tmp_path / "stand_in.py").write_text(STAND_IN)
        (tmp_path / "answers.json").write_text(json.dumps(answers))
        command = [sys.executable, str(ROOT / "deploy" / "audit.py"), "--lock", str(tmp_path / "a.lock")]
        command += ["--service", *answers] if answers else []
        command += ["--pip-audit", *([pip_audit] if pip_audit else [sys.executable, str(tmp_path / "stand_in.py")])]
        done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
        return done.returncode, done.stdout.splitlines(), done.stderr

    return run


def test_all_is_well_only_if_each_service_answered_for_each_package(audit, tmp_path):
    status, lines, _ = audit(pypi=answered(*CLEAN), osv=answered(*CLEAN))
    assert status == 0
    assert lines == [f"{one}: 2 of 2 packages audited, 0 known weaknesses" for one in ("pypi", "osv")]
    asked = (tmp_path / "asked.txt").read_text().splitlines()
    assert asked == [f"{one} ['one-package==1.0', 'two==2.0+local']" for one in ("pypi", "osv")], "for any system"


def test_a_known_weakness_is_listed_and_ends_with_1(audit):
    status, lines, _ = audit(pypi=answered(CLEAN[0], WEAK, status=1), osv=answered(*CLEAN))
    assert status == 1
    assert lines[0] == "known weakness: two 2.0+local: PYSEC-1, CVE-1 (fixed in 2.1) [pypi]"
    assert "pypi: 2 of 2 packages audited, 1 known weaknesses" in lines


def test_a_package_without_an_answer_ends_with_2_though_pip_audit_is_content(audit):
    status, lines, _ = audit(pypi=answered(CLEAN[0], SKIPPED), osv=answered(*CLEAN))
    assert status == 2
    assert lines[0].startswith("not audited: two 2.0+local by pypi: Dependency not found")
    assert lines[1:] == [
        "pypi: 1 of 2 packages audited, 0 known weaknesses",
        "osv: 2 of 2 packages audited, 0 known weaknesses",
    ]


@pytest.mark.parametrize("other", [[], [{**CLEAN[1], "version": "1.9"}]])
def test_a_package_that_is_not_mentioned_or_in_another_version_was_not_audited(audit, other):
    status, lines, _ = audit(pypi=answered(CLEAN[0], *other))
    assert status == 2 and lines[0] == "not audited: two 2.0+local by pypi: pip-audit does not mention it"


@pytest.mark.parametrize("out", ["", "No known vulnerabilities found", "[]", "{}", '{"dependencies": [{}]}'])
@pytest.mark.parametrize("ended", [0, 1])
def test_a_service_that_cannot_be_reached_is_named_once_and_ends_with_2(audit, out, ended):
    error = "Traceback\nrequests.exceptions.ConnectionError: cannot resolve api.osv.dev"
    status, lines, _ = audit(pypi=answered(*CLEAN), osv=(out, error, ended))
    assert status == 2
    assert lines[0].startswith("not audited: osv could not be asked about anything: ") and "api.osv.dev" in lines[0]
    assert lines[-1] == "osv: 0 of 2 packages audited, 0 known weaknesses"


def test_a_weakness_is_told_though_another_service_is_silent(audit):
    status, lines, _ = audit(pypi=("", "no network", 1), osv=answered(CLEAN[0], WEAK))
    assert status == 1 and lines[0].startswith("known weakness: two") and lines[1].startswith("not audited: pypi")


def test_without_pip_audit_nothing_is_audited(audit):
    status, lines, _ = audit(pip_audit=str(Path("nowhere") / "pip-audit"))
    assert status == 2 and sum(line.startswith("not audited: ") for line in lines) == 2


@pytest.mark.parametrize("lock", ["", "# nothing\n", "one>=1.0\n", "one\n", "-r other.lock\n"])
def test_a_lock_that_pins_nothing_is_an_error_of_one_line(audit, lock):
    status, lines, error = audit(lock=lock)
    assert status == 2 and not lines and error.startswith("error: ") and error.count("\n") == 1
