"""Opens the workshop in the browser.

    python app.py [--bundle DIR|USER/REPO[@REVISION]] [--data DIR|kaggle] [--share] [--host H] [--port P]

Parses the arguments, opens a bundle, builds the pages, launches; TensorFlow loads behind the first page.
"""

import argparse
import gc
import os
import signal
import sys
import tempfile
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

os.environ.setdefault("GRADIO_ANALYTICS_ENABLED", "False")
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
if __name__ == "__main__":
    gc.disable()  # while everything is being made nothing is garbage, and looking for it delays the first page

from busi.room import EVERYWHERE, Listening, invitation, print_qr
from busi.ui.page import build_pages, launch_settings
from busi.ui.stopping import finish
from busi.workshop import open_workshop

GRACE = 30.0  # seconds that running predictions are given when the app is stopped


def main(arguments: Sequence[str] | None = None) -> int:
    """Serves until interrupted; returns 0, or 2 after one line that says what is wrong."""
    options = parse(arguments)
    try:
        with folder_for_uploads():
            serve(options)
    except (ValueError, OSError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    return 0


def serve(options: argparse.Namespace) -> None:
    """Opens the workshop, and returns when it is stopped."""
    workshop = open_workshop(options.bundle, options.data)
    app = build_pages(workshop)
    if options.share:
        print("asking Gradio's relay for a public link, which may take a minute", flush=True)
    app.launch(
        server_name=options.host or (EVERYWHERE[0] if options.share else None),
        server_port=options.port,
        share=options.share,
        quiet=True,
        prevent_thread_lock=True,
        **launch_settings(),
    )
    gc.freeze()  # what the pages are made of stays as long as the app does: no need to look through it again
    gc.enable()
    stop = threading.Event()
    for asked in (signal.SIGINT, signal.SIGTERM):  # Control-C, or a service manager
        signal.signal(asked, lambda *_: stop.set())
    tell_where(Listening(app.server_name, app.server_port, app.share_url), options.share)
    workshop.classifier.start()
    while not stop.wait(1):
        pass
    finish(app, GRACE)
    workshop.classifier.settle(2 * GRACE)


def tell_where(listening: Listening, asked_to_share: bool) -> None:
    """Prints the addresses, and a QR code where others than this machine can come in."""
    print(f"on this machine:  http://127.0.0.1:{listening.port}/", flush=True)
    found = invitation(listening)
    if asked_to_share and not listening.shared:
        instead = "the local network can still come in" if found else "only this machine can open the page"
        print(
            f"warning: no public link, because Gradio's relay cannot be reached; {instead}", file=sys.stderr, flush=True
        )
    if found:
        print(f"for the room:     {found.url}\n", flush=True)
        print_qr(found.url)
        sys.stdout.flush()


@contextmanager
def folder_for_uploads() -> Iterator[None]:
    """A folder of this process alone for what visitors send, gone when the app stops."""
    before = os.environ.get("GRADIO_TEMP_DIR")
    with tempfile.TemporaryDirectory(prefix="demystifions-", ignore_cleanup_errors=True) as folder:
        os.environ["GRADIO_TEMP_DIR"] = folder
        try:
            yield
        finally:
            os.environ.pop("GRADIO_TEMP_DIR")
            if before is not None:
                os.environ["GRADIO_TEMP_DIR"] = before


def parse(arguments: Sequence[str] | None) -> argparse.Namespace:
    """Reads the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--bundle", metavar="DIR|USER/REPO[@REVISION]", help="default: $BUSI_BUNDLE, else embedded")
    parser.add_argument(
        "--data", metavar="DIR|kaggle", default=os.environ.get("BUSI_DATA_DIR"), help="BUSI, for its test images"
    )
    parser.add_argument("--share", action="store_true", help="make a public link, with its QR code")
    parser.add_argument("--host", default=None, help="address to listen on (default: this machine only)")
    parser.add_argument("--port", type=_port, default=None, help="default: the first free one from 7860")
    return parser.parse_args(arguments)


def _port(text: str) -> int:
    if not text.isdigit() or not 0 < int(text) < 65536:
        raise argparse.ArgumentTypeError(f"must be a number from 1 to 65535, got {text!r}")
    return int(text)


if __name__ == "__main__":
    sys.exit(main())
