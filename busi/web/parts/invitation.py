"""The facilitator's panel: the page's address and its QR code, large enough to scan from the back of a room."""

from html import escape

import gradio as gr

from busi.server.invitation import Invitation, Listening, invitation, qr_svg
from busi.web.files import read
from busi.words.text import Words

_ROOM_JS = read("parts/invitation.js")


def room_panel(words: Words, app: gr.Blocks, path: str) -> None:
    """Lays out the panel, closed at first; a link to #room opens it.

    Args:
        words: of the page's language.
        app: the app, which knows where it listens once it is launched.
        path: of this language's page, such as "en".
    """

    def invite(request: gr.Request) -> str:
        found = invitation(_listening(app), _seen_at(request))
        return invited(words, found, path) if found else alone(words)

    panel = gr.HTML(
        "",
        html_template=(
            f'<dialog class="room" aria-label="{escape(words("room.title"))}"><div data-inside>${{value}}</div>'
            f'<form method="dialog"><button class="solid">{escape(words("room.close"))}</button></form></dialog>'
        ),
        js_on_load=_ROOM_JS,
        elem_classes="room-panel",
    )
    panel.click(fn=invite, outputs=[panel], api_visibility="private", show_progress="hidden", queue=False)


def invited(words: Words, found: Invitation, path: str) -> str:
    """What a room sees: the code, the address, and who can open it, as HTML.

    Args:
        words: of the page's language.
        found: where the page can be opened.
        path: of this language's page.
    """
    url = found.url + path
    shown = escape(url.removeprefix("https://").removeprefix("http://").rstrip("/"))
    return (
        f'<h2>{escape(words("room.title"))}</h2><div class="qr" role="img" aria-label="{escape(words("room.code"))}">'
        f'{qr_svg(url)}</div><p class="room-address"><a href="{escape(url)}">{shown}</a></p>'
        f'<p class="aside">{escape(words(f"room.{found.reach}"))}</p>'
    )


def alone(words: Words) -> str:
    """What is said when only this machine can open the page, as HTML."""
    ways = "".join(
        f"<dt>{escape(words(f'room.{name}_told'))}</dt><dd><code>{escape(command)}</code></dd>"
        for name, command in (("share", "python app.py --share"), ("host", "python app.py --host 0.0.0.0"))
    )
    return f"<h2>{escape(words('room.alone_title'))}</h2><p>{escape(words('room.alone'))}</p><dl>{ways}</dl>"


def _listening(app: gr.Blocks) -> Listening:
    host = (getattr(app, "server_name", None) or "127.0.0.1").strip("[]")
    return Listening(host, getattr(app, "server_port", 0), app.share_url)


def _seen_at(request: gr.Request) -> str:
    """The scheme and host that the visitor's browser asked for; a proxy passes the scheme on."""
    scheme = request.headers.get("x-forwarded-proto", "").split(",")[0].strip() or request.url.scheme
    return f"{scheme}://{request.headers.get('host', '')}"
