"""The exercises: their order, their questions, and which choices are right.

Which is right is said once, in content/exercises.toml, whatever the language; the words are in content/<language>/
exercise_<name>.toml under the same ids.
"""

import tomllib
from dataclasses import dataclass

from busi.words.text import CONTENT


@dataclass(frozen=True)
class Question:
    """A question with choices.

    Attributes:
        name: unique in its exercise.
        choices: their names, in the order shown.
        right: those that are right; several make it a question with several answers, none leaves the answer to the
            bench, because it depends on the network that is served.
    """

    name: str
    choices: tuple[str, ...]
    right: tuple[str, ...]

    def __post_init__(self) -> None:
        """Refuses a question that cannot be answered.

        Raises:
            ValueError: naming the question.
        """
        if len(set(self.choices)) < 2 or len(set(self.choices)) < len(self.choices):
            raise ValueError(f"question {self.name!r} needs at least two choices, all different, got {self.choices}")
        if not set(self.right) < set(self.choices):
            raise ValueError(f"question {self.name!r}: right must be some of {self.choices}, got {self.right}")


@dataclass(frozen=True)
class Exercise:
    """An exercise.

    Attributes:
        name: unique.
        minutes: that it takes, by our own trials.
        questions: at least one; the first is the guess that opens the bench.
    """

    name: str
    minutes: int
    questions: tuple[Question, ...]


def exercises() -> tuple[Exercise, ...]:
    """The exercises in their order."""
    read = tomllib.loads((CONTENT / "exercises.toml").read_text("utf-8"))
    return tuple(Exercise(name, entry["minutes"], _questions(entry["questions"])) for name, entry in read.items())


def _questions(entries: list[dict]) -> tuple[Question, ...]:
    return tuple(Question(one["name"], tuple(one["choices"]), tuple(one["right"])) for one in entries)
