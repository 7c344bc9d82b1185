"""The facilitator's panel: the page's address and its QR code, large enough to scan from the back of a room."""

import gradio as gr
from markupsafe import Markup

from busi.server.invitation import Invitation, Listening, invitation, qr_svg
from busi.web.events import ask
from busi.web.page import Page
from busi.web.scripts import mount

_TEMPLATE = "parts/invitation.html"
_COMMANDS = {"share": "python app.py --share", "host": "python app.py --host 0.0.0.0"}


def room_panel(page: Page, app: gr.Blocks, path: str) -> None:
    """Lays out the panel, closed at first; a link to #room opens it.

    Args:
        page: that it stands on.
        app: the app, which knows where it listens once it is launched.
        path: of this language's page, such as "en".
    """

    def invite(request: gr.Request) -> Markup:
        found = invitation(_listening(app), _seen_at(request))
        return invited(page, found, path) if found else alone(page)

    frame, script = page.template(_TEMPLATE).panel(), mount("parts/invitation.js")
    panel = gr.HTML("", html_template=frame, js_on_load=script, elem_classes="room-panel")
    ask(panel.click, invite, outputs=[panel], queue=False)


def invited(page: Page, found: Invitation, path: str) -> Markup:
    """What a room sees: the code, the address, and who can open it.

    Args:
        page: that it stands on.
        found: where the page can be opened.
        path: of this language's page.
    """
    url = found.url + path
    address = url.removeprefix("https://").removeprefix("http://").rstrip("/")
    return page.template(_TEMPLATE).invited(Markup(qr_svg(url)), url, address, found.reach)


def alone(page: Page) -> Markup:
    """That only this machine can open the page, and how to change this."""
    return page.template(_TEMPLATE).alone(_COMMANDS)


def _listening(app: gr.Blocks) -> Listening:
    host = (getattr(app, "server_name", None) or "127.0.0.1").strip("[]")
    return Listening(host, getattr(app, "server_port", 0), app.share_url)


def _seen_at(request: gr.Request) -> str:
    """The scheme and host that the visitor's browser asked for; a proxy passes the scheme on."""
    scheme = request.headers.get("x-forwarded-proto", "").split(",")[0].strip() or request.url.scheme
    return f"{scheme}://{request.headers.get('host', '')}"
