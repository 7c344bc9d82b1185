"""What begins with the app and ends with it, and what it is wrapped in.

Gradio adds its own middleware around whatever it is given; so what must be outermost is put there here, once the app
is made.
"""

import asyncio
import os
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import AbstractAsyncContextManager, asynccontextmanager, suppress
from functools import partial
from typing import Any
from urllib.parse import urlsplit

import gradio as gr

from busi.server.gradio_internals import (
    App,
    cached_files,
    forget_files,
    put_outermost,
    queue_of,
    replace_form_parser,
    replace_sessions,
)
from busi.server.hosts import Sites
from busi.server.log_throttle import bound_logs
from busi.server.queue import BoundedQueue
from busi.server.sessions import Session, Sessions
from busi.server.uploads import Keeper, TidyParser

Lifespan = Callable[[App], AbstractAsyncContextManager[None]]


def lifespan(folder: str | os.PathLike | None = None, hosts: Iterable[str] = (), **keeping: Any) -> Lifespan:
    """The app's, to be given to Gradio when the app is launched.

    Args:
        folder: of visitors' files, and of nobody else's; None if they are looked after by somebody else.
        hosts: the names under which the app may be asked; none for any.
        keeping: for how long files stay, if not as `Keeper` has it.
    """

    @asynccontextmanager
    async def with_the_app(app: App) -> AsyncIterator[None]:
        blocks = app.get_blocks()
        sessions = Sessions()
        sessions.set_blocks(blocks)
        replace_sessions(app, sessions, Session)
        replace_form_parser(TidyParser)
        put_outermost(app, lambda inner: Sites(inner, hosts, lambda: _is_healthy(blocks), lambda: _shared(blocks)))
        bound_logs()
        app.state.keeper = keeper = _keeper(folder, blocks, keeping) if folder else None
        watching = asyncio.create_task(keeper.watch()) if keeper else None
        try:
            yield
        finally:
            if watching is not None:
                watching.cancel()
                with suppress(asyncio.CancelledError):
                    await watching

    return with_the_app


def _is_healthy(blocks: gr.Blocks) -> bool:
    queue = queue_of(blocks)
    return not (isinstance(queue, BoundedQueue) and queue.died)


def _shared(blocks: gr.Blocks) -> str:
    """The host of the public link, once there is one."""
    return urlsplit(getattr(blocks, "share_url", None) or "").netloc


def _keeper(folder: str | os.PathLike, blocks: gr.Blocks, keeping: dict[str, Any]) -> Keeper:
    return Keeper(folder, forget=partial(forget_files, blocks), spared=cached_files(blocks), **keeping)
