"""The words of one language.

Every word that a visitor reads lives in content/<language>/: short strings in TOML, one file per part of the page,
longer texts in one Markdown file each. Code names a string by its file and its key: "prediction.tab". A key that is
missing raises when the page is built, not when it is read, and a placeholder that is not filled raises too. Authors
type plain spaces; the no-break spaces of French typography are put in here.
"""

import datetime
import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from string import Template

CONTENT = Path(__file__).parent / "content"
LANGUAGES = ("fr", "en")
NO_BREAK, MINUS = "\N{NO-BREAK SPACE}", "\N{MINUS SIGN}"


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

    def percent(self, share: float) -> str:
        """A share as a whole percentage, never a false 0 or 100: "89 %" in French, "89%" in English."""
        space = NO_BREAK if self.language == "fr" else ""
        if 0 < share < 0.01:
            return f"<{space}1{space}%"
        if 0.99 < share < 1:
            return f">{space}99{space}%"
        return f"{self.number(share * 100)}{space}%"

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
