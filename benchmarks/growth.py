"""What is left behind by many predictions of many visitors: memory, temporary files, open files.

    python -m benchmarks.growth [--predictions 5000] [--sessions 500] [--at-once 20]

Each visitor uploads a picture of their own and asks for as many predictions as makes up the whole; some of them at
once. After each tenth the app is looked at. Uploads stay until they are erased, within the hour, so their number says
what an hour costs; `kept_files` are all others. Written to benchmarks/results/growth.json.
"""

import argparse
import asyncio
import json
import sys
import tempfile
import time
import uuid
from pathlib import Path

import cv2
import numpy as np

from benchmarks.visitor import App, files_in, machine, prediction, started

RESULTS = Path(__file__).parent / "results" / "growth.json"
EVENT = "show_answer"


def main() -> None:
    """Measures, prints a line for each tenth and writes them."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--predictions", type=int, default=5000)
    parser.add_argument("--sessions", type=int, default=500)
    parser.add_argument("--at-once", type=int, default=20)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        with started([sys.executable, "app.py"], TMPDIR=folder) as app:
            event = app.event(EVENT)
            asyncio.run(prediction(app.port, event, _picture(0)))
            rows = [seen(app, Path(folder), 0, 0.0)]
            began = time.monotonic()
            for tenth in range(10):
                sessions = range(tenth * options.sessions // 10, (tenth + 1) * options.sessions // 10)
                each = options.predictions // options.sessions
                asyncio.run(visited(app, event, sessions, each, options.at_once))
                rows.append(seen(app, Path(folder), len(sessions) * each * (tenth + 1), time.monotonic() - began))
                print(rows[-1], flush=True)
            time.sleep(5)
            rows.append(seen(app, Path(folder), rows[-1]["predictions"], time.monotonic() - began))
        left = len(files_in(Path(folder)))
    kept = {"machine": machine(), **vars(options), "files_after_the_app_stopped": left, "rows": rows}
    RESULTS.write_text(json.dumps(kept, indent=1) + "\n", encoding="utf-8")
    print(f"{left} files after the app stopped")


async def visited(app: App, event: int, sessions: range, each: int, at_once: int) -> None:
    """Some visitors, so many of them at the same moment, each with pictures of their own."""
    turns = asyncio.Semaphore(at_once)

    async def visitor(number: int) -> None:
        async with turns:
            session = uuid.uuid4().hex
            for _ in range(each):
                await prediction(app.port, event, _picture(number), session)

    await asyncio.gather(*(visitor(number) for number in sessions))


def seen(app: App, folder: Path, predictions: int, seconds: float) -> dict[str, float]:
    """What the app holds now."""
    files = files_in(folder)
    uploads = [file for file in files if file.name == "a.png"]
    return {
        "predictions": predictions,
        "seconds": round(seconds, 1),
        "memory_megabytes": round(app.memory(), 1),
        "descriptors": app.descriptors(),
        "uploads": len(uploads),
        "kept_files": len(files) - len(uploads),
    }


def _picture(number: int) -> bytes:
    """A gray picture of 300 x 400 pixels as PNG, another for each number."""
    rough = np.random.default_rng(number).integers(0, 256, (15, 20), dtype=np.uint8)
    return cv2.imencode(".png", cv2.resize(rough, (400, 300)))[1].tobytes()


if __name__ == "__main__":
    main()
