"""Stopping the app without cutting anybody off."""

import time

import gradio as gr

from busi.server.queue import bounded_queue_of


def finish(app: gr.Blocks, seconds: float) -> None:
    """Lets what runs and what waits in the queue come to its end, then closes.

    Args:
        app: launched, with a `BoundedQueue` for its queue.
        seconds: to wait for that at most.
    """
    print("stopping, as soon as what runs has its answer", flush=True)
    deadline, queue = time.monotonic() + seconds, bounded_queue_of(app)
    while time.monotonic() < deadline and (queue.waiting_to_be_heard() or any(queue.active_jobs)):
        time.sleep(0.1)
    time.sleep(1)  # the last answers are on their way
    app.close(verbose=False)
