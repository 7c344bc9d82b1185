"""The way through the workshop: its parts in their order, in groups, with the minutes that each takes."""

from busi.words.exercises import exercises

# What a visitor reads of a group stands in content/ under "page.group_<name>".
GROUPS: dict[str, tuple[str, ...]] = {
    "understand": ("welcome", "data", "preprocessing", "network", "training", "evaluation"),
    "try": ("prediction", "laboratory", "exercises"),
    "further": ("further", "ending", "glossary"),
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
    "further": 8,
    "ending": 4,
}
# The parts that look at the chosen image.
LOOKING = ("preprocessing", "network", "prediction")
