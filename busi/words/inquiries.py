"""The inquiries: short experiments, each a guess, something to do, and a surprise. Their order, and minutes.

The words of each are in content/<language>/inquiry_<name>.toml.
"""

PREFIX = "inquiry_"  # of the name of a part, before that of its inquiry
# By our own trials, in minutes.
INQUIRIES: dict[str, int] = {
    "shortcut": 6,
    "leak": 6,
    "hidden": 5,
    "for_whom": 6,
    "abstain": 5,
    "birads": 8,
    "teach": 6,
    "sign": 7,
    "maps": 6,
    "outline": 6,
}


def part_of(inquiry: str) -> str:
    """What the tab and the sentences of an inquiry are called by."""
    return f"{PREFIX}{inquiry}"
