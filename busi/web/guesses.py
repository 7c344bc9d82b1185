"""Who was right: the visitor's guess, the network's answer and the truth, in plain words, with a mark beside them.

`atelier.judge` in page.js writes the same in the browser.
"""

from html import escape

from busi.serving.predict import Prediction
from busi.web.figures import class_word
from busi.words.classes import CLASSES, MALIGNANT
from busi.words.text import Words

RIGHT, WRONG, NEAR, OPEN = "right", "wrong", "near", "open"
MARKS = {RIGHT: "✓", WRONG: "✗", NEAR: "≈", OPEN: "?"}
# Whether the visitor was right, and whether the network was: what is said of the two.
_BOTH = {
    (True, True): "guess.both_right",
    (True, False): "guess.only_you",
    (False, True): "guess.only_network",
    (False, False): "guess.both_wrong",
}


def judged(kind: str, html: str) -> str:
    """A sentence on a guess behind its mark, as HTML.

    Args:
        kind: one of `MARKS`.
        html: the sentence, which says in words what the mark says.
    """
    return f'<span class="judged {kind}"><span class="sign" aria-hidden="true">{MARKS[kind]}</span> {html}</span>'


def mark(right: bool) -> str:
    """✓ or ✗, beside something that is right or wrong, as HTML."""
    kind = RIGHT if right else WRONG
    return f'<span class="sign {kind}" aria-hidden="true">{MARKS[kind]}</span>'


def guess_buttons(words: Words) -> str:
    """A button for each class that a visitor may guess, as HTML."""
    return "".join(
        f'<button type="button" data-guess="{label}">{class_word(words, label)}</button>' for label in CLASSES
    )


def who_was_right(words: Words, guess: str, says: str, truth: str) -> str:
    """Whether the visitor was right and whether the network was, in a sentence behind its mark, as HTML.

    Args:
        words: of the reader's language.
        guess: the class that the visitor named.
        says: the class on whose side of the threshold the network's score is.
        truth: the true class.
    """
    sentence = escape(words(_BOTH[guess == truth, says == truth]))
    return judged(RIGHT if guess == truth else WRONG, f"<strong>{sentence}</strong>")


def two_answers(words: Words, guess: str, truth: str, prediction: Prediction) -> str:
    """What the visitor said and what the network did, each with its mark, as an HTML list.

    Args:
        words: of the reader's language.
        guess: the class that the visitor named.
        truth: the true class.
        prediction: the network's answer.
    """
    says = prediction.label
    score, threshold = words.score_and_threshold(prediction.probability, prediction.threshold)
    numbers = words("score.numbers", score=score, threshold=threshold)
    yours = escape(words("guess.said", label="{label}")).replace("{label}", class_word(words, guess))
    raised = words("score.raised" if says == MALIGNANT else "score.raised_not")
    return (
        f'<ul class="answers-of"><li>{mark(guess == truth)} <span>{yours}</span></li>'
        f"<li>{mark(says == truth)} <span>{escape(raised)} <small>({escape(numbers)})</small></span></li></ul>"
    )
