"""Two of Gradio's components, made to let the page answer in the visitor's language.

(Gradio writes a stub, components.pyi, beside a file that specialises a component; git leaves it out.)
"""

import math
import os
from collections.abc import Callable
from typing import Any

import gradio as gr

from busi.server.gradio_internals import Dependency, is_http_url_like


class Picture(gr.Image):
    """An image upload whose file reaches callbacks as it was sent.

    Gradio's own component opens the file before a callback can, and answers a damaged one in English.
    """

    _last_listener: Dependency | None = None  # the last of those who listen to a new file
    _again: tuple[Callable, ...] = ()  # further events by which the page announces it

    arrived: "Picture"  # where an example arrives before it may take this one's place

    def on_new_file(self, fn: Callable | None, **settings: Any) -> Dependency:
        """Listens for another file, or none, as `change` does, but one listener after the other, and never twice.

        Several listeners to `change` itself never come to rest: where a change falls into the answer to the one
        before, Gradio's page announces the change anew to all of them once any is done. Here a change is announced to
        the first alone, each other one follows another, and a file that has not changed is announced to nobody.

        Args:
            fn: as for `change`.
            settings: as for `change`.
        """
        listen = self._last_listener.then if self._last_listener else self._new_file().success
        self._last_listener = listen(fn=fn, trigger_mode="always_last", **settings)
        # What was not answered may be asked again with the same file.
        self._last_listener.failure(fn=None, js="() => atelier.picture.forget()", api_visibility="private")
        return self._last_listener

    def announce_also_on(self, event: Callable) -> None:
        """Lets the page announce what came while the listeners to the file before were still answering.

        Args:
            event: of a component, whose script triggers it. To be named before the first listener.
        """
        self._again = (*self._again, event)

    def listeners_end_here(self) -> None:
        """To be called after the last listener: the page then knows when all of them have answered."""
        if self._last_listener:
            self._last_listener.then(fn=None, js="() => atelier.picture.rest()", api_visibility="private")

    def _new_file(self) -> Dependency:
        """Fails, in the browser, where the file is the one that was announced last, or others still answer.

        (Gradio's page reads what a listener is given, waits, and only then knows that the listener is at work: of two
        files that come close together the first may be asked about last.)
        """
        announce = "(file) => atelier.picture.announce(file?.path ?? null)"
        settings = {"js": announce, "trigger_mode": "multiple", "api_visibility": "private"}
        return gr.on([self.change, *self._again], fn=None, inputs=[self], **settings)

    def preprocess(self, payload: gr.FileData | None) -> str | None:
        """The path of the uploaded file, or None."""
        return payload.path if payload else None

    async def async_move_resource_to_block_cache(self, url_or_file_path: str | os.PathLike | None) -> str | None:
        """Refuses an address: the workshop fetches nothing from elsewhere for whoever asks."""
        if is_http_url_like(str(url_or_file_path)):
            raise gr.Error("send the picture itself, not its address", print_exception=False)
        return await super().async_move_resource_to_block_cache(url_or_file_path)

    def get_block_name(self) -> str:
        """The browser draws it as the component that it specialises."""
        return "image"


class Knob(gr.Slider):
    """A slider that takes a number typed out of range for the nearest end, and an empty field for its first value.

    Gradio's own checks each keystroke and answers "50 is greater than maximum value 10" in English.
    """

    def preprocess(self, payload: float | None) -> float:
        """The value, within the slider's ends."""
        try:
            value = float(self.value if payload is None else payload)
        except (TypeError, ValueError):
            value = float(self.value)
        if not math.isfinite(value):
            value = float(self.value)
        return min(max(value, self.minimum), self.maximum)

    def get_block_name(self) -> str:
        """The browser draws it as the component that it specialises."""
        return "slider"
