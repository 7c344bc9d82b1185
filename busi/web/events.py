"""Events: how the page asks the server, and how what a browser sends is checked before anything is made of it."""

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

import gradio as gr
from pydantic import BaseModel, ConfigDict, ValidationError, WrapValidator

from busi.server.gradio_internals import Dependency

# How an event that carries something, such as which button was clicked, is heard while the one before is still being
# answered: each, in their order. Gradio's "once" would leave the last one out, and its "always_last" would ask the one
# before again in its place.
EACH = {"trigger_mode": "multiple", "concurrency_limit": 1}


class Message(BaseModel):
    """What a script sends with `trigger(event, {...})`: a subclass names its fields, with their types and ranges."""

    model_config = ConfigDict(extra="ignore", frozen=True, strict=True)


def or_else(value: object) -> WrapValidator:
    """Gives a field that alone makes no sense a value, while the others keep theirs.

    `page: Annotated[int, Field(ge=0), or_else(0)]` is 0 where a browser sends -1 or "2".

    Args:
        value: that such a field gets.
    """

    def checked(given: object, check: Callable[[object], object]) -> object:
        try:
            return check(given)
        except ValidationError:
            return value

    return WrapValidator(checked)


_Message = TypeVar("_Message", bound=Message)


def ask(
    listen: Callable[..., Dependency],
    answer: Callable | None,
    inputs: Sequence[gr.components.Component] = (),
    outputs: Sequence[gr.components.Component] = (),
    **settings: Any,
) -> Dependency:
    """Asks the server when something happens on the page: no endpoint of it, and nothing spins meanwhile.

    Args:
        listen: a component's event, as `button.click` or `html.apply`.
        answer: the callback; None if only the browser does something (`js`).
        inputs: whose values it is given.
        outputs: that its answer fills.
        **settings: as Gradio's, such as `**EACH`.
    """
    private = {"api_visibility": "private", "show_progress": "hidden"}
    return listen(fn=answer, inputs=list(inputs), outputs=list(outputs), **{**private, **settings})


def message_of(event: gr.EventData, kind: type[_Message]) -> _Message | None:
    """What a script sent, checked; None if it is not of its kind, as only a forged one is.

    Args:
        event: as Gradio hands it to a callback.
        kind: its fields.
    """
    try:
        return kind.model_validate(event._data)
    except ValidationError:
        return None
