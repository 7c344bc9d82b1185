"""An image that was refused, in the visitor's words."""

from markupsafe import Markup

from busi.images import ImageRefused
from busi.web.markup import template
from busi.words.text import Words


def refusal_sentence(words: Words, error: ImageRefused) -> str:
    """One sentence that says what is wrong with an image and what to do."""
    return words(f"refused.{error.reason}", **error.details)


def refusal(words: Words, error: ImageRefused) -> Markup:
    """The same sentence as a card, in the place where the result would have been."""
    return template("macros.html", words).card(words("refused.title"), refusal_sentence(words, error), "alert")
