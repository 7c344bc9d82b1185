"""Everything of Gradio that is no public interface: what is imported from inside it, and what is replaced in it.

Gradio documents its components, `Blocks`, its routes and `launch`. The rest of this package also needs its queue, its
sessions, its reader of forms and its web server. Those names come from here and from nowhere else, so that this module,
and the tests of those that build on it (queue, sessions, uploads, connections, questions), are what to look at when
Gradio changes. requirements.txt pins its version to the one that this was written for: 6.31.
"""

import traceback
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from types import SimpleNamespace

import gradio as gr
from gradio import http_server, queueing, route_utils, routes
from gradio.blocks import BlocksConfig
from gradio.events import Dependency
from gradio.http_server import Server
from gradio.queueing import Event, EventQueue, Queue
from gradio.route_utils import GradioMultiPartParser
from gradio.routes import App
from gradio.server_messages import EstimationMessage, EventMessage, ProcessCompletedMessage
from gradio.state_holder import SessionState, StateHolder
from gradio.utils import run_coro_in_background, set_task_name
from gradio_client.utils import is_http_url_like

from busi.server.asgi import ASGIApp

__all__ = [
    "App",
    "BlocksConfig",
    "Dependency",
    "EstimationMessage",
    "Event",
    "EventMessage",
    "EventQueue",
    "GradioMultiPartParser",
    "ProcessCompletedMessage",
    "Queue",
    "Server",
    "SessionState",
    "StateHolder",
    "cached_files",
    "end_upload",
    "forget_files",
    "forget_upload",
    "is_described",
    "is_http_url_like",
    "launching_with",
    "print_exceptions_with",
    "put_outermost",
    "queue_of",
    "replace_form_parser",
    "replace_queue",
    "replace_sessions",
    "run_coro_in_background",
    "set_task_name",
]


def queue_of(blocks: gr.Blocks) -> Queue:
    """What an app's questions wait in."""
    return blocks._queue


def replace_queue(blocks: gr.Blocks, queue: Queue) -> None:
    """Lets an app's questions wait in another queue; before the app is launched."""
    blocks._queue = queue


def replace_sessions(app: App, sessions: StateHolder, session: type[SessionState]) -> None:
    """Keeps visitors' values otherwise.

    Args:
        app: as Gradio has made it.
        sessions: where they are kept.
        session: of a question that comes without one.
    """
    app.state_holder = sessions
    route_utils.SessionState = session  # pyright: ignore[reportPrivateImportUsage]  it is what is replaced


def replace_form_parser(parser: type[GradioMultiPartParser]) -> None:
    """Reads the forms that files come in otherwise."""
    route_utils.GradioMultiPartParser = parser


def put_outermost(app: App, wrap: Callable[[ASGIApp], ASGIApp]) -> None:
    """Wraps an app that is made in one more middleware, outside Gradio's own."""
    if app.middleware_stack is None:
        raise RuntimeError("the app must be running, for Gradio's own middleware to be there")
    app.middleware_stack = wrap(app.middleware_stack)


def print_exceptions_with(print_exception: Callable[..., None]) -> None:
    """Takes the place of `traceback.print_exc` in what Gradio does with an error of a function or of its queue."""
    replacement = SimpleNamespace(**{**vars(traceback), "print_exc": print_exception})
    for module in (queueing, routes):
        vars(module)["traceback"] = replacement


@contextmanager
def launching_with(server: type[Server]) -> Iterator[None]:
    """Within it, what is launched listens by another kind of web server."""
    before, http_server.Server = http_server.Server, server
    try:
        yield
    finally:
        http_server.Server = before


def is_described(app: App) -> bool:
    """Whether Gradio has described the app's endpoints, which it does once and keeps."""
    return bool(app.api_info)


def forget_files(blocks: gr.Blocks, paths: Iterable[str]) -> None:
    """Takes files that are gone off the lists of those that the app would erase."""
    gone = list(paths)
    for known in blocks.temp_file_sets:
        known.difference_update(gone)


def cached_files(blocks: gr.Blocks) -> set[str]:
    """The files that components show to every visitor, and that must stay."""
    return {str(path) for block in blocks.blocks.values() for path in getattr(block, "keep_in_cache", ())}


def end_upload(upload: str) -> None:
    """Tells whoever follows the progress of an upload that it has come to its end."""
    routes.file_upload_statuses.set_done(upload)


def forget_upload(upload: str) -> None:
    """Forgets the progress of an upload."""
    routes.file_upload_statuses.stop_tracking(upload)
    routes.file_upload_statuses._signals.pop(upload, None)
