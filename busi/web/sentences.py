"""Sentences that several parts of a page write, as text: none of them is markup yet."""

from collections.abc import Callable

from busi.model.metrics import Estimate
from busi.words.text import Words


def answer_text(words: Words, score: float, threshold: float) -> str:
    """The network's whole answer in a line: its score, the threshold, and whether it raises an alert.

    Args:
        words: of the reader's language.
        score: of malignancy, in [0, 1].
        threshold: in [0, 1]; a score from it on makes an alert.
    """
    written, at = words.score_and_threshold(score, threshold)
    alert = words("score.alert" if score >= threshold else "score.no_alert")
    return words("score.answer", score=written, threshold=at, alert=alert)


def score_text(words: Words, score: float, threshold: float) -> str:
    """The network's score alone, so that it cannot be taken for the threshold.

    Args:
        words: of the reader's language.
        score: of malignancy, in [0, 1].
        threshold: in [0, 1].
    """
    return words("score.short", score=words.score_and_threshold(score, threshold)[0])


def interval(words: Words, estimate: Estimate, write: Callable[[float], str]) -> str:
    """The 95 % interval of a number.

    Args:
        words: of the reader's language.
        estimate: the number.
        write: how this language writes it, such as `words.percent`.
    """
    return words("evaluation.interval", low=write(estimate.low), high=write(estimate.high))
