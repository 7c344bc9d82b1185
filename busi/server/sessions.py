"""What the app remembers of each visitor: their values, and not a copy of the page.

Gradio makes a session at a visitor's first question, and describes the whole page in it, component by component, so
that the page could be saved under a link (a "deep link") as it then stands. For a page of some seven hundred components
that takes several times as long as the answer. The workshop has no such links (`guard` answers "not found" there),
so its sessions are made without the description, and keep none.
"""

from collections import ChainMap
from datetime import datetime
from types import SimpleNamespace
from typing import Any

import gradio as gr

from busi.server.gradio_internals import BlocksConfig, SessionState, StateHolder


class Session(SessionState):
    """A visitor's values."""

    def __init__(self, blocks: gr.Blocks) -> None:
        """Args: blocks, the app, whose components' starting values it begins with."""
        nothing: Any = SimpleNamespace(default_config=BlocksConfig(blocks), blocks=())  # to copy, or to describe
        super().__init__(nothing)
        own: Any = self.blocks_config  # whose dictionaries are chains of two here
        common = blocks.default_config
        # Looked up in the app's, but for what is changed for this visitor.
        own.blocks, own.fns = ChainMap({}, common.blocks), ChainMap({}, common.fns)
        own.fn_id, own.renderables = common.fn_id, list(common.renderables)

    def _update_config(self, key: int) -> None:
        """What the page looks like is not kept."""

    def _update_value_in_config(self, key: int, value: Any) -> None:
        """What the page shows is not kept."""


class Sessions(StateHolder):
    """The visitors, those heard from longest ago forgotten first beyond the app's `state_session_capacity`."""

    def __getitem__(self, session_id: str) -> SessionState:
        """A visitor's session, a new one for a visitor not heard of before."""
        with self.lock:
            session = self.session_data.get(session_id) or Session(self.blocks)
            self.session_data[session_id] = session
            self.time_last_used[session_id] = datetime.now()
        self.update(session_id)
        return session
