"""The way through the workshop: its parts in their order, in groups, with the minutes that each takes."""

from busi.words.exercises import exercises
from busi.words.inquiries import INQUIRIES, part_of

# What a visitor reads of a group stands in content/ under "page.group_<name>".
GROUPS: dict[str, tuple[str, ...]] = {
    "understand": ("welcome", "data", "preprocessing", "network", "training", "evaluation"),
    "try": ("prediction", "laboratory", "exercises", "inquiries"),
    "further": ("further", "ending", "glossary"),
}
# Parts that stand within one, each with an address of its own.
WITHIN: dict[str, tuple[str, ...]] = {
    "exercises": tuple(f"exercise_{exercise.name}" for exercise in exercises()),
    "inquiries": tuple(map(part_of, INQUIRIES)),
}
PARTS = tuple(part for parts in GROUPS.values() for part in parts)
MINUTES = {
    "welcome": 2,
    "data": 10,
    "preprocessing": 6,
    "network": 18,
    "training": 12,
    "evaluation": 15,
    "prediction": 6,
    "laboratory": 8,
    "exercises": sum(exercise.minutes for exercise in exercises()),
    "inquiries": sum(INQUIRIES.values()),
    "further": 8,
    "ending": 4,
}
# The parts that look at the chosen image.
LOOKING = ("preprocessing", "network", "prediction")
