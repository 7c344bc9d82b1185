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
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

os.environ.setdefault("GRADIO_ANALYTICS_ENABLED", "False")
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
from busi.server.listening import check_variables, free_port, host_to_listen_on, known_hosts, number
from busi.system.console import printable_output
from busi.system.home import settle_home
from busi.system.proxies import settle_proxies

if __name__ == "__main__":
    gc.disable()  # while everything is being made nothing is garbage, and looking for it delays the first page
    settle_home()  # this and the next two are read when what follows below is imported
    settle_proxies()
    try:
        check_variables()
    except ValueError as error:
        print(f"error: {error}", file=sys.stderr)
        sys.exit(2)

import httpx

from busi.bundle.files import BundleError
from busi.server.connections import bounded_connections
from busi.server.decoding import reader
from busi.server.invitation import Listening, in_url, invitation, own_address, print_qr
from busi.server.memory import return_freed_memory
from busi.server.queue import bounded_queue_of
from busi.server.stopping import finish
from busi.server.temporary_folder import TO_THE_END, own_folder
from busi.server.zero_gpu import declare_to_zero_gpu
from busi.serving.workshop import Workshop, open_workshop, without_odd_bundle
from busi.web.pages import build_pages, launch_settings

STOPPED_BY_ITSELF = 3  # exit status
GRACE = 30.0  # seconds that running predictions are given when the app is stopped


def main(arguments: Sequence[str] | None = None) -> int:
    """Serves until interrupted; returns 0, 2 after one line that says what is wrong, or 3 (see `serve`)."""
    printable_output()
    return_freed_memory()
    options = parse(arguments)
    try:
        options.host = host_to_listen_on(options.host, options.share)
        options.port = free_port(options.host, options.port)
        settle_proxies([options.host])
        declare_to_zero_gpu()
        with folder_for_uploads() as folder:
            return serve(options, folder)
    except (ValueError, OSError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 2


def serve(options: argparse.Namespace, folder: Path) -> int:
    """Opens the workshop, and returns when it is stopped: 0, or 3 if it stopped by itself and is to be started anew.

    Args:
        options: of the command line.
        folder: for what visitors send.
    """
    workshop, app = open_pages(options.bundle, options.data)
    if options.share:
        print("asking Gradio's relay for a public link, which may take a minute", flush=True)
    try:
        with bounded_connections():
            app.launch(
                server_name=in_url(options.host),
                server_port=options.port,
                share=options.share,
                ssr_mode=False,  # a Space may ask for pages made by Node, which would answer in place of what is tested
                quiet=True,
                prevent_thread_lock=True,
                **launch_settings(app, folder, known_hosts(options.host)),
            )
    except (httpx.HTTPError, httpx.InvalidURL) as error:  # Gradio asks its own page once
        where = own_address(Listening(options.host, options.port))
        raise OSError(f"this machine cannot open its own page at {where}: {error}") from error
    gc.freeze()  # what the pages are made of stays as long as the app does: no need to look through it again
    gc.enable()
    stop = threading.Event()
    for asked in (signal.SIGINT, signal.SIGTERM):  # Control-C, or a service manager
        signal.signal(asked, lambda *_: stop.set())
    tell_where(Listening(options.host, app.server_port, app.share_url), options.share)
    workshop.classifier.start()
    threading.Thread(target=start_reader, args=[workshop], name="start-reader", daemon=True).start()
    status = 0
    while not stop.wait(1):
        if bounded_queue_of(app).died:
            print("error: the queue has stopped by itself; the app ends, to be started anew", file=sys.stderr)
            status = STOPPED_BY_ITSELF
            break
    else:
        finish(app, GRACE)
    reader().close()
    workshop.classifier.settle(2 * GRACE)
    return status


def start_reader(workshop: Workshop) -> None:
    """Starts the processes that decode pictures once the network is there; before, they would delay it and the page.

    Whoever sends a picture earlier starts them.
    """
    with suppress(BundleError):  # told by whoever asks for the network
        workshop.classifier.get()
    reader().start()


def open_pages(bundle: str | None, data: str | None) -> tuple[Workshop, Any]:
    """The workshop and its pages; of a bundle of the Hub that opens but breaks the pages, those of the embedded one.

    Args:
        bundle: as for `open_workshop`.
        data: as for `open_workshop`.

    Raises:
        BundleError: if a folder is asked for that holds no good bundle, or one of which no pages can be made.
        DatasetError: if `data` is given and cannot be used.
    """
    workshop = open_workshop(bundle, data)
    try:
        return workshop, build_pages(workshop)
    except Exception as error:  # what an odd bundle makes the pages raise may be of any kind
        workshop = without_odd_bundle(workshop, error, data)
        return workshop, build_pages(workshop)


def tell_where(listening: Listening, share_requested: bool) -> None:
    """Prints the addresses, and a QR code where others than this machine can come in."""
    print(f"on this machine:  {own_address(listening)}", flush=True)
    found = invitation(listening)
    if share_requested and not listening.shared:
        instead = "the local network can still come in" if found else "only this machine can open the page"
        print(
            f"warning: no public link, because Gradio's relay cannot be reached; {instead}", file=sys.stderr, flush=True
        )
    if found:
        print(f"for the room:     {found.url}\n", flush=True)
        print_qr(found.url)
        sys.stdout.flush()


@contextmanager
def folder_for_uploads() -> Iterator[Path]:
    """A folder for what visitors send, in one of this process alone for all that is temporary: gone when it stops."""
    before, tempdir = os.environ.get("GRADIO_TEMP_DIR"), tempfile.tempdir
    with own_folder() as folder:
        visitors, other = folder / "visitors", folder / TO_THE_END
        visitors.mkdir()
        other.mkdir()
        os.environ["GRADIO_TEMP_DIR"], tempfile.tempdir = str(visitors), str(other)
        try:
            yield visitors
        finally:
            tempfile.tempdir = tempdir
            os.environ.pop("GRADIO_TEMP_DIR")
            if before is not None:
                os.environ["GRADIO_TEMP_DIR"] = before


def parse(arguments: Sequence[str] | None) -> argparse.Namespace:
    """Reads the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--bundle", metavar="DIR|USER/REPO[@REVISION]", help="default: $BUSI_BUNDLE, else embedded")
    parser.add_argument(
        "--data",
        metavar="DIR|kaggle",
        default=os.environ.get("BUSI_DATA_DIR"),
        help="what the network learned from, for its test images",
    )
    parser.add_argument("--share", action="store_true", help="make a public link, with its QR code")
    parser.add_argument("--host", help="address to listen on, 0.0.0.0 for all (default: this machine only)")
    parser.add_argument("--port", type=_port, default=None, help="default: the first free one from 7860")
    return parser.parse_args(arguments)


def _port(text: str) -> int:
    try:
        return number(text, "the port")
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from error


if __name__ == "__main__":
    sys.exit(main())
