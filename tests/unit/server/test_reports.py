"""One line a minute for each kind of trouble."""

import io
import logging

from busi.server.log_throttle import MOST_KINDS, OncePerMinute, Reports, reports


def test_one_line_of_a_kind_a_minute_and_how_many_were_held_back():
    now, out = [0.0], io.StringIO()
    told = Reports(clock=lambda: now[0], out=out)
    for _ in range(1000):
        told.tell("full", "it is full")
    told.tell("other", "something else")
    now[0] = 59.0
    assert not told.tell("full", "it is full")
    now[0] = 61.0
    assert told.tell("full", "it is full")
    assert out.getvalue().splitlines() == [
        "it is full",
        "something else",
        "it is full (1000 more like it since the last such line)",
    ]


def test_kinds_without_number_are_not_kept_for_ever():
    told = Reports(clock=lambda: 0.0, out=io.StringIO())
    for number in range(10 * MOST_KINDS):
        told.tell(f"kind {number}", "x" * 100_000)
    assert len(told._told) == MOST_KINDS and len(told._out.getvalue()) < 10 * MOST_KINDS * 4_100


def test_a_log_takes_one_record_of_a_kind_and_keeps_the_exception(monkeypatch):
    now = [1e6]
    monkeypatch.setattr(reports, "_clock", lambda: now[0])
    out = io.StringIO()
    logger, handler = logging.getLogger("tests.reports"), logging.StreamHandler(out)
    logger.addFilter(OncePerMinute())
    logger.addHandler(handler)
    logger.propagate = False
    for number in range(50):
        logger.warning("refused %s", number)
        try:
            raise KeyError(number)
        except KeyError:
            logger.exception("failed")
    now[0] += 61
    logger.warning("refused %s", 99)
    text = out.getvalue()
    assert text.count("Traceback") == 1 and text.count("refused 0\n") == 1
    assert "refused 99 (49 more like it since the last such line)" in text
