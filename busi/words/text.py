"""The words of one language.

Every word that a visitor reads lives in content/<language>/: short strings in TOML, one file per part of the page,
longer texts in one Markdown file each. Code names a string by its file and its key: "prediction.tab". A key that is
missing raises when the page is built, not when it is read, and a placeholder that is not filled raises too. Authors
type plain spaces; the no-break spaces of French typography are put in here.
"""

import datetime
import re
import tomllib
from collections.abc import Mapping, Sequence
from string import Template

from busi.system.places import folder_of

CONTENT = folder_of("busi.words") / "content"
LANGUAGES = ("fr", "en")
NO_BREAK, MINUS = "\N{NO-BREAK SPACE}", "\N{MINUS SIGN}"
MOST_DIGITS = 6  # of a score beside the threshold


class Words:
    """Short strings and lessons of one language."""

    def __init__(self, language: str) -> None:
        """Reads them.

        Args:
            language: one of `LANGUAGES`.

        Raises:
            ValueError: if there is no such language.
        """
        if language not in LANGUAGES:
            raise ValueError(f"language must be one of {', '.join(LANGUAGES)}, got {language!r}")
        self.language = language
        self._folder = CONTENT / language
        self.strings: dict[str, str] = {}
        for path in sorted(self._folder.glob("*.toml")):
            self.strings |= _flatten(tomllib.loads(self._read(path.name)), f"{path.stem}.")

    def __call__(self, key: str, **values: object) -> str:
        """A string, its {placeholders} filled.

        Args:
            key: the file's name, a dot, the key in it, as "prediction.given".
            **values: one per placeholder.

        Returns:
            The string.

        Raises:
            KeyError: if there is no such key, or a placeholder has no value.
        """
        return self.unfilled(key).format(**values)

    def unfilled(self, key: str) -> str:
        """A string with its {placeholders} as they are, for a script of the page to fill (`atelier.fill`).

        Args:
            key: as above.

        Raises:
            KeyError: if there is no such key.
        """
        if key not in self.strings:
            raise KeyError(f"content/{self.language} has no key {key!r}")
        return self.strings[key]

    def lesson(self, name: str, **values: object) -> str:
        """A longer text, in Markdown.

        Args:
            name: of the file, without ".md".
            **values: for its $placeholders; without any, they stay as they are.

        Raises:
            KeyError: if there is no such file, or a placeholder has no value.
        """
        if not (self._folder / f"{name}.md").is_file():
            raise KeyError(f"content/{self.language} has no lesson {name!r}")
        text = self._read(f"{name}.md")
        return Template(text).substitute(values) if values else text

    def number(self, value: float, digits: int = 0) -> str:
        """A number as this language writes it: 50 176 and −0,89 in French, 50,176 and −0.89 in English."""
        text = f"{value:z,.{digits}f}".replace("-", MINUS)
        return text.replace(",", NO_BREAK).replace(".", ",") if self.language == "fr" else text

    def date(self, iso: str) -> str:
        """A date as this language writes it: 22/11/2026 in French, 2026-11-22 in English."""
        day = datetime.date.fromisoformat(iso)
        return day.strftime("%d/%m/%Y") if self.language == "fr" else day.isoformat()

    def percent(self, share: float, digits: int = 0) -> str:
        """A share as a percentage, whole unless digits are asked for, never a false 0 or 100: "89 %" or "89%"."""
        space = NO_BREAK if self.language == "fr" else ""
        step = 10**-digits
        if 0 < 100 * share < step:
            return f"<{space}{self.number(step, digits)}{space}%"
        if 100 - step < 100 * share < 100:
            return f">{space}{self.number(100 - step, digits)}{space}%"
        return f"{self.number(share * 100, digits)}{space}%"

    def threshold(self, threshold: float) -> str:
        """The network's threshold, always to a tenth of a percent, so that it is the same number everywhere."""
        return self.percent(threshold, 1)

    def scores_and_threshold(self, scores: Sequence[float], threshold: float) -> tuple[list[str], str]:
        """Scores of malignancy and the threshold that they are compared with, as percentages that cannot be confused.

        A score is written whole, but with a decimal where its whole percentage is that of the threshold or a
        neighbour of it, and with more decimals as long as two numbers that differ would read the same: 8.6 % and
        8.8 % must not both be "9 %", of which one makes an alert. `atelier.scoresAndThreshold` in page.js does the
        same.

        Examples:
            >>> Words("en").scores_and_threshold([0.92, 0.081], 0.0882)
            (['92%', '8.1%'], '8.8%')

        Args:
            scores: in [0, 1].
            threshold: in [0, 1]; a score from it on makes an alert.

        Returns:
            The scores and the threshold, written.
        """
        digits = [self._digits_next_to(score, threshold) for score in scores]
        written = [self.percent(score, count) for score, count in zip(scores, digits, strict=True)]
        return written, self.percent(threshold, max([1, *digits]))

    def score_and_threshold(self, score: float, threshold: float) -> tuple[str, str]:
        """One score and the threshold, as `scores_and_threshold` writes them."""
        (written,), at = self.scores_and_threshold([score], threshold)
        return written, at

    def _digits_next_to(self, score: float, threshold: float) -> int:
        """Decimals that a score needs beside the threshold, from 0 to `MOST_DIGITS`."""
        if abs(round(100 * score) - round(100 * threshold)) > 1:
            return 0
        digits = 1
        while digits < MOST_DIGITS and score != threshold and self._same(score, threshold, digits):
            digits += 1
        return digits

    def _same(self, one: float, other: float, digits: int) -> bool:
        return self.percent(one, digits) == self.percent(other, digits)

    def _read(self, name: str) -> str:
        text = (self._folder / name).read_text("utf-8")
        return french_spaces(text) if self.language == "fr" else text


def french_spaces(text: str) -> str:
    """Ties the French double punctuation marks, guillemets and percent signs to their words."""
    text = re.sub(" ([:;?!»%])", f"{NO_BREAK}\\1", text)
    return text.replace("« ", f"«{NO_BREAK}")


def _flatten(tree: Mapping, prefix: str) -> dict[str, str]:
    """Nested TOML tables as dotted keys, after a prefix."""
    flat = {}
    for name, value in tree.items():
        if isinstance(value, Mapping):
            flat |= _flatten(value, f"{prefix}{name}.")
        else:
            flat[prefix + name] = value
    return flat
