"""The frame of a page, in one language: markup that the browser shows before anything of Gradio's has come.

head     looks, and what scripts need to find each other
before   the head line, the rail with the parts, the first screen
after    the footer, the glossary's box, and the line that tells how many wait
"""

from html import escape

from markupsafe import Markup

from busi.lessons.first_pair import thread
from busi.server.page_frame import Frame
from busi.web.files import FRAME_STYLES, read
from busi.web.frame.standing import banner, footer
from busi.web.page import Page
from busi.web.scripts import FONT, announced, base, loader
from busi.web.tabs.glossary.tab import glossary_box
from busi.web.tabs.welcome.tab import first_screen
from busi.web.way import GROUPS, LOOKING, WITHIN

_TEMPLATE = "frame/frame.html"


def frame_of(page: Page, other_page: str) -> Frame:
    """The frame of a page.

    Args:
        page: in its language.
        other_page: the address of the other language's page, from this one.
    """
    markup = page.template(_TEMPLATE)
    styles = read(*FRAME_STYLES).replace("FONT", base() + FONT)
    early, first = read("frame/early.js"), read("tabs/welcome/first_screen.js")
    before = markup.before(
        attributes=_attributes(page),
        header=markup.header(other_page),
        rail=markup.rail(GROUPS, WITHIN),
        banner=banner(page.words, page.workshop),
        first=first_screen(page),
    )
    return Frame(
        # Gradio's page has no title until its scripts have run.
        head=f"<title>{escape(page.words('page.title'))}</title><style>{styles}</style><script>{early}</script>",
        before=f"{before}<script>{first}</script>{loader()}{announced()}",
        after=markup.after(footer(page.words, page.workshop), glossary_box(page)),
    )


def _attributes(page: Page) -> Markup:
    """What scripts read: which parts look at the chosen image, which that is at first, and a sentence."""
    key, opened = thread(page.workshop.gallery, page.bundle).key, page.words("page.curious_opened")
    return Markup(f'data-looking="{" ".join(LOOKING)}" data-thread="{escape(key)}" data-curious="{escape(opened)}"')
