"""The workshop's page written the ordinary way, to measure ours beside it: python -m benchmarks.plain_app --port P.

The same components, texts and scripts, launched as Gradio launches by default: all of it within Gradio's page, the
first screen too; no layer in front of it but the one that has the scripts, no bounds, one prediction at a time. Its
prediction is what most demos do: `model.predict`, pictures as PNG by Gradio's own image component, a label.
"""

import argparse
import json
import os
import re

os.environ.setdefault("GRADIO_ANALYTICS_ENABLED", "False")
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")

import gradio as gr
import numpy as np
from starlette.middleware import Middleware

from busi.bundle.files import EMBEDDED, load_network, open_bundle
from busi.images import prepare, read_image
from busi.model.metrics import apply_temperature
from busi.server.asgi import ASGIApp, Message, Receive, Scope, Send
from busi.server.page_frame import Frame
from busi.server.scripts import Scripts
from busi.serving.workshop import open_workshop
from busi.web.files import read
from busi.web.pages import PAGES, build_pages, launch_settings
from busi.web.pictures import addressed
from busi.web.scripts import PAGE, base, loader, served

ORDINARY = "ordinary"
_LOOKS = ("theme", "css_paths")
_BASE = re.compile(rb"<base\b[^>]*>")
# What the frame hides until a part is opened stands under the first screen here, since both are Gradio's.
_UNHIDDEN = "html[data-part][data-part][data-part] :is(gradio-app, .parts) { display: flex !important; }"
_FIRST = f"{read('tabs/welcome/first_screen.js')}import(new URL({json.dumps(base() + PAGE)}, document.baseURI));"


class WithHead:
    """Middleware that writes into the pages' heads what loads the scripts; Gradio adds its own `head` too late."""

    def __init__(self, app: ASGIApp, head: str) -> None:
        """Wraps an app.

        Args:
            app: Gradio's.
            head: markup.
        """
        self.app = app
        self.head = head.encode()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers with the app's page and its head."""
        if scope["type"] != "http" or scope["path"] not in PAGES:
            return await self.app(scope, receive, send)
        held: list[Message] = []

        async def hold(message: Message) -> None:
            held.append(message)
            if message["type"] == "http.response.start" or message.get("more_body"):
                return
            page = b"".join(piece.get("body", b"") for piece in held[1:])
            page = _BASE.sub(lambda found: found.group() + self.head, page, count=1)
            headers = [(name, value) for name, value in held[0]["headers"] if name.lower() != b"content-length"]
            await send({**held[0], "headers": [*headers, (b"content-length", str(len(page)).encode())]})
            await send({"type": "http.response.body", "body": page})

        await self.app(scope, receive, hold)


def main() -> None:
    """Serves until interrupted."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--port", type=int, required=True)
    app = build_pages(open_workshop())
    frame = getattr(app, "frames", {})["/"]
    app.current_page = ""  # the French one; the English one was built last
    with app:
        _add_first_screen(frame)
        _add_ordinary_prediction()
    app.queue()  # Gradio's own settings
    looks = {name: launch_settings()[name] for name in _LOOKS}
    between = {"middleware": middleware(frame)}
    app.launch(server_port=parser.parse_args().port, quiet=True, app_kwargs=between, **looks)


def middleware(frame: Frame) -> list[Middleware]:
    """What stands between the network and Gradio: Gradio itself serves no modules, and no pictures by an address.

    Args:
        frame: of the French page.
    """
    return [
        Middleware(Scripts, modules=served(), pictures=addressed),
        Middleware(WithHead, head=f"{frame.head}<style>{_UNHIDDEN}</style>{loader()}"),
    ]


def _add_first_screen(frame: Frame) -> None:
    """All of the frame in one component; scripts in its markup do not run, so the component brings them."""
    gr.HTML(str(frame.before) + str(frame.after), js_on_load=_FIRST)


def _add_ordinary_prediction() -> None:
    bundle = open_bundle(EMBEDDED)
    network = load_network(bundle)

    def predict(image: np.ndarray) -> tuple[np.ndarray, np.ndarray, dict[str, float]]:
        gray = read_image(image)
        model_input = prepare(gray, bundle.image)
        raw = network.predict(model_input[np.newaxis], verbose=0)[0, 0]
        probability = float(apply_temperature(raw, bundle.temperature))
        seen = np.uint8(np.rint(model_input[..., 0] * 255))
        return image, seen, {"benign": 1 - probability, "malignant": probability}

    with gr.Row(visible=False):
        image, button = gr.Image(type="numpy"), gr.Button()
        outputs = [gr.Image(format="png"), gr.Image(format="png"), gr.Label()]
        button.click(fn=predict, inputs=[image], outputs=outputs, api_name=ORDINARY)


if __name__ == "__main__":
    main()
