"""docs/performance.md holds the numbers of benchmarks/results/ and of the tests, and names every attack."""

import re

from fastapi import FastAPI

from benchmarks.performance import PAGE, Goal, filled, tables
from benchmarks.plain_app import middleware
from busi.server.page_frame import Frame
from tests.integration.test_uploads import FUZZED, corpus
from tests.support.places import ROOT


def test_the_tables_are_up_to_date():
    text = PAGE.read_text("utf-8")
    assert filled(text, tables()) == text, "run python -m benchmarks.performance"


def test_a_goal_is_reached_at_its_bound_and_not_beyond():
    assert Goal("a", 4.0, most=4).reached and not Goal("a", 4.1, most=4).reached
    assert Goal("a", 3.0, least=3).reached and not Goal("a", 2.9, least=3).reached


def test_what_stands_before_the_plain_app_is_whole():
    """It is started for measurements alone, and borrows from the app."""
    for one in middleware(Frame("")):
        one.cls(FastAPI(), *one.args, **one.kwargs)


def test_the_corpus_and_the_damaged_files_are_counted():
    text, files = PAGE.read_text("utf-8"), corpus().values()
    pictures = sum(reason is None for _, reason in files)
    assert f"{len(files)} files: {pictures} are pictures, {len(files) - pictures} are refused" in text
    assert f"{FUZZED:,} files" in text


def test_every_attack_is_told():
    attacks = re.findall(
        r"^def (test_\w+)", (ROOT / "tests" / "integration" / "test_attacks.py").read_text("utf-8"), re.MULTILINE
    )
    told = re.findall(r"`(test_\w+)`", PAGE.read_text("utf-8"))
    assert len(attacks) >= 10 and set(attacks) <= set(told)
