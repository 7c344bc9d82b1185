"""Where the test images of the network's own data are, when they are not at hand."""

import re

from busi.bundle.card import data_name
from busi.bundle.files import OWN, SIMULATED, Bundle
from busi.data.dataset import KAGGLE_PAGE
from busi.web.page import Page
from busi.words.text import Words


def shows_no_test_images(page: Page) -> bool:
    """Whether the bundle has real test images that are not at hand; one of simulated images has no others to show."""
    return page.workshop.gallery.own == SIMULATED and page.bundle.data_kind != SIMULATED


def where_test_images_are(words: Words, bundle: Bundle) -> str:
    """Whose they are and how to bring them, in Markdown.

    Args:
        words: of the reader's language.
        bundle: whose network was tested on them.
    """
    if bundle.data_kind == OWN:
        return words("data.absent_own", data=_literal(data_name(words, bundle.origin)))
    return words("data.absent", url=KAGGLE_PAGE)


def _literal(text: str) -> str:
    """A text of a bundle, so that Markdown shows it as it is: no link, no picture, no tag."""
    return re.sub(r"([!-/:-@\[-`{-~])", r"\\\1", text)
