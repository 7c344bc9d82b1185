"""Signs that say in shape what colours say: classes, alerts, and what a guess was worth."""

from busi.words.classes import BENIGN, MALIGNANT

SHAPES = {BENIGN: "●", MALIGNANT: "▲"}
ALERTS = {True: "◆", False: "◇"}  # by whether the network raises an alert
RIGHT, WRONG, NEAR, OPEN = "right", "wrong", "near", "open"
MARKS = {RIGHT: "✓", WRONG: "✗", NEAR: "≈", OPEN: "?"}
