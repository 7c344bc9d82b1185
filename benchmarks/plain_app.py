"""The workshop's page written the ordinary way, to measure ours beside it: python -m benchmarks.plain_app --port P.

The same components, texts and scripts, launched as Gradio launches by default: no layer in front of it but the one that
has the scripts, no bounds, one prediction at a time. Its prediction is what most demos do: `model.predict`, pictures as
PNG by Gradio's own image component, a label.
"""

import argparse
import os

os.environ.setdefault("GRADIO_ANALYTICS_ENABLED", "False")
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")

import gradio as gr
import numpy as np
from starlette.middleware import Middleware

from busi.bundle.files import EMBEDDED, load_network, open_bundle
from busi.images import prepare, read_image
from busi.model.metrics import apply_temperature
from busi.server.scripts import Scripts
from busi.serving.workshop import open_workshop
from busi.web.pages import PAGES, build_pages, launch_settings
from busi.web.scripts import head, modules

ORDINARY = "ordinary"
_LOOKS = ("theme", "css_paths")


def main() -> None:
    """Serves until interrupted."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--port", type=int, required=True)
    app = build_pages(open_workshop())
    with app:
        _add_ordinary_prediction()
    app.queue()  # Gradio's own settings
    looks = {name: launch_settings()[name] for name in _LOOKS}
    scripts = Middleware(Scripts, modules=modules(), head=head(), pages=PAGES)  # Gradio itself serves no modules
    app.launch(server_port=parser.parse_args().port, quiet=True, app_kwargs={"middleware": [scripts]}, **looks)


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
