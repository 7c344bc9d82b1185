"""What docs/ promises: code that runs, links that lead somewhere."""

import re
import shutil
import subprocess

import pytest

from busi.bundle.files import EMBEDDED, open_bundle
from busi.data.split import TEST
from busi.words.text import Words
from tests.support.places import ROOT

DOCS = sorted([*(ROOT / "docs").glob("*.md"), ROOT / "README.md", ROOT / "README.en.md", ROOT / "CHANGELOG.md"])


def test_the_cells_for_a_notebook_run_with_requirements_txt_alone(interpreter, tmp_path):
    """As after cloning into a folder of that name: the cells of docs/colab.md, one after the other."""
    text = (ROOT / "docs" / "colab.md").read_text("utf-8")
    code = "\n".join(re.findall(r"```python\n(.*?)```", text, re.DOTALL))
    shutil.copytree(ROOT / "busi", tmp_path / "demystifions-ia" / "busi", ignore=shutil.ignore_patterns("__pycache__"))
    command = [str(interpreter), "-c", f"import matplotlib; matplotlib.use('agg')\n{code}"]
    ran = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=180)
    assert ran.returncode == 0, ran.stderr
    assert re.search(r"(benign|malignant) \(\d+, \d+\)", ran.stdout) and "score de malignité : " in ran.stdout


@pytest.mark.parametrize("path", DOCS, ids=lambda path: path.name)
def test_every_link_to_a_file_leads_to_one(path):
    for target in re.findall(r"\]\(([^)#\s]+)(?:#[\w-]+)?\)", path.read_text("utf-8")):
        if not re.match(r"https?:|mailto:", target):
            assert (path.parent / target).exists(), f"{path.name} links to {target}"


def test_the_guides_follow_the_tabs_as_they_are_called():
    for language, name in (("fr", "animateur.md"), ("en", "animateur.en.md")):
        words, text = Words(language), (ROOT / "docs" / name).read_text("utf-8")
        for tab in ("welcome", "data", "training", "evaluation", "laboratory", "prediction", "exercises", "further"):
            assert f"*{words(f'{tab}.tab')}*" in text, tab
        assert f"**{words('room.tab')}**" in text


def test_the_guides_quote_the_auc_that_the_page_shows():
    """They prepare for the question "So it is 88%?"."""
    auc = open_bundle(EMBEDDED).metrics(TEST)["auc"].value
    for guide, share in (("animateur.md", f"{auc:.0%}".replace("%", " %")), ("animateur.en.md", f"{auc:.0%}")):
        asked = re.search(r"\*\*(?:«|\").*?([0-9]+ ?%)", (ROOT / "docs" / guide).read_text("utf-8"))
        assert asked[1] == share


def test_the_guides_plan_fits_its_hours():
    for name in ("animateur.md", "animateur.en.md"):
        text = (ROOT / "docs" / name).read_text("utf-8")
        plans = [
            [int(minute) for minute in re.findall(r"^\| (\d+) \|", part, re.MULTILINE)] for part in text.split("\n## ")
        ]
        one, two = (plan for plan in plans if plan)
        assert one == sorted(one) and one[0] == 0 and one[-1] < 60
        assert two == sorted(two) and two[0] == 0 and 100 < two[-1] < 120
