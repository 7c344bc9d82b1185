"""The page's own files as the browser gets them: native ES modules, which import each other, the font, and pictures.

Gradio knows scripts as text only. Here `GET /modules/<digest>/<path>` answers from a table that is made when the app
starts, so that no path can lead anywhere else. The digest is of the content of all files: imports between modules stay
within one state of the code, and browsers may cache each for good (see `asset_cache`). What loads them stands in the
page (see `page_frame`). Pictures are called by the digest of their own content: `GET /pictures/<digest>.jpeg`.

    Scripts(app, modules, pictures)      an ASGI middleware
"""

import hashlib
from collections.abc import Mapping

from busi.server.asgi import ASGIApp, Receive, Scope, Send
from busi.server.hosts import say

FOLDER, PICTURES = "/modules/", "/pictures/"
_KINDS = {
    "js": b"text/javascript; charset=utf-8",
    "woff2": b"font/woff2",
    "jpeg": b"image/jpeg",
    "png": b"image/png",
}  # by how a path ends


class Scripts:
    """Middleware that answers for modules and what stands beside them."""

    def __init__(self, app: ASGIApp, modules: Mapping[str, bytes], pictures: Mapping[str, bytes]) -> None:
        """Wraps an app.

        Args:
            app: any ASGI app.
            modules: the content of each file, by its path, as "js/page.js".
            pictures: the content of each, by its whole address; there may be more later.
        """
        self.app = app
        self.modules = {f"{address(modules)}{path}": content for path, content in modules.items()}
        self.pictures = pictures

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers with a file, or lets the app answer."""
        if scope["type"] != "http" or not scope["path"].startswith((FOLDER, PICTURES)):
            return await self.app(scope, receive, send)
        content = self.modules.get(scope["path"]) or self.pictures.get(scope["path"])
        return await (say(send, 404, "Not found") if content is None else _give(content, scope, send))


def address(modules: Mapping[str, bytes]) -> str:
    """The path under which modules are served; another one as soon as any of them has another content."""
    digest = hashlib.sha256()
    for path, source in sorted(modules.items()):
        digest.update(path.encode() + b"\0" + source + b"\0")
    return f"{FOLDER}{digest.hexdigest()[:16]}/"


async def _give(content: bytes, scope: Scope, send: Send) -> None:
    kind = _KINDS[scope["path"].rsplit(".", 1)[-1]]
    headers = [(b"content-type", kind), (b"content-length", str(len(content)).encode())]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": b"" if scope["method"] == "HEAD" else content})
