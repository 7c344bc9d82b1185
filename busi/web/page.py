"""A page in one language: the one object that every tab and part of it is given."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import ParamSpec

from jinja2.environment import TemplateModule
from markupsafe import Markup

from busi.bundle.files import Bundle, BundleError
from busi.images import ImageRefused
from busi.serving.workshop import Workshop
from busi.web.components import Picture
from busi.web.markup import template
from busi.web.refusals import refusal
from busi.words.text import Words

_Inputs = ParamSpec("_Inputs")


@dataclass(frozen=True)
class Page:
    """What a page is made of and works with.

    Attributes:
        words: of its language.
        workshop: the opened bundle, its network, the images to choose from.
        picture: the component that holds the chosen image; the picker lays it out, tabs listen with `on_new_file`.
    """

    words: Words
    workshop: Workshop
    picture: Picture

    @property
    def bundle(self) -> Bundle:
        """The opened bundle."""
        return self.workshop.bundle

    @property
    def macros(self) -> TemplateModule:
        """The markup that all parts share (macros.html)."""
        return self.template("macros.html")

    def template(self, name: str) -> TemplateModule:
        """The markup of a part, in the page's language.

        Args:
            name: of its file, from `busi/web`, as "tabs/welcome/tab.html".
        """
        return template(name, self.words)

    def or_refusal(self, answer: Callable[_Inputs, object]) -> Callable[_Inputs, object]:
        """Decorates a callback: where its image is refused or the network cannot be opened, a card says so."""

        @wraps(answer)
        def answered(*inputs: _Inputs.args, **named: _Inputs.kwargs) -> object:
            try:
                return answer(*inputs, **named)
            except ImageRefused as error:
                return refusal(self.words, error)
            except BundleError:
                return self.network_refused()

        return answered

    def network_refused(self) -> Markup:
        """A card: the network cannot be opened."""
        return self.macros.card(self.words("refused.network_title"), self.words("refused.network"), "alert")
