"""Drawing: the network's answer over the range of a setting, as SVG, from arrays and words."""

from html import escape

import numpy as np

from busi.words.text import Words

_LEFT, _TOP, _WIDTH, _HEIGHT = 76, 30, 540, 200  # the field, in units of its own
_RIGHT, _BOTTOM = _LEFT + _WIDTH, _TOP + _HEIGHT


def answer_curve(
    words: Words, values: np.ndarray, probabilities: np.ndarray, here: float, threshold: float, alt: str
) -> str:
    """A thin line per draw of chance, and their mean in bold.

    Args:
        words: of the reader's language.
        values: float array (N,), the setting, rising.
        probabilities: float array (G, N) in [0, 1], one row per draw.
        here: where the setting stands now.
        threshold: called malignant from this probability on.
        alt: the curve in a sentence.
    """
    across = _LEFT + (values - values[0]) / np.ptp(values) * _WIDTH
    now = float(np.interp(here, values, across))
    lines = "".join(_line(across, _down(row), "one") for row in probabilities)
    mean = _line(across, _down(probabilities.mean(axis=0)), "mean")
    drawn = (
        _levels(words) + _threshold(words, threshold) + lines + mean + _here(words, now) + _ticks(words, values, across)
    )
    return (
        f'<figure class="curve"><figcaption>{escape(words("laboratory.curve_axis"))}</figcaption>'
        f'<svg viewBox="0 0 {_RIGHT + 30} {_BOTTOM + 34}" role="img" aria-label="{escape(alt)}">{drawn}</svg></figure>'
    )


def _down(probability: np.ndarray | float) -> np.ndarray | float:
    return _TOP + (1 - probability) * _HEIGHT


def _line(x: np.ndarray, y: np.ndarray, kind: str) -> str:
    points = " ".join(f"{left:.1f},{top:.1f}" for left, top in zip(x, y, strict=True))
    return f'<polyline class="{kind}" points="{points}"/>'


def _across(level: float, kind: str) -> str:
    return f'<line class="{kind}" x1="{_LEFT}" x2="{_RIGHT}" y1="{_down(level):.1f}" y2="{_down(level):.1f}"/>'


def _text(x: float, y: float, anchor: str, text: str, kind: str = "") -> str:
    return f'<text class="{kind}" x="{x:.0f}" y="{y:.0f}" text-anchor="{anchor}">{escape(text)}</text>'


def _levels(words: Words) -> str:
    """Lines at 0, 50 and 100 %."""
    levels = (0.0, 0.5, 1.0)
    return "".join(_across(at, "grid") + _text(_LEFT - 8, _down(at) + 5, "end", words.percent(at)) for at in levels)


def _threshold(words: Words, threshold: float) -> str:
    text = words("prediction.threshold", threshold=words.threshold(threshold))
    return _across(threshold, "threshold") + _text(_RIGHT, _down(threshold) - 6, "end", text)


def _here(words: Words, x: float) -> str:
    line = f'<line class="here" x1="{x:.1f}" x2="{x:.1f}" y1="{_TOP}" y2="{_BOTTOM}"/>'
    anchor = "start" if x < _LEFT + 60 else "end" if x > _RIGHT - 60 else "middle"
    return line + _text(x, _TOP - 8, anchor, words("laboratory.curve_here"), "here")


def _ticks(words: Words, values: np.ndarray, across: np.ndarray) -> str:
    digits = 0 if np.ptp(values) > 10 else 1
    chosen = range(0, len(values), max(1, len(values) // 4))
    return "".join(_text(across[at], _BOTTOM + 22, "middle", words.number(values[at], digits)) for at in chosen)
