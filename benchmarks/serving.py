"""What serving the workshop costs, beside the same page written the ordinary way (benchmarks/plain_app.py).

    python -m benchmarks.serving [--visitors 100] [--rounds 3]

Both are started fresh, one after the other, and asked over raw HTTP what a browser asks: what a cold load of the page
takes is first recorded in Chromium. Server time is what the server's process used of the processor, so the weight of
the client, which shares the machine, does not count in it; wall time does hold it. Ratios are ours over the plain
app's. Where wrk is installed, it asks for the page alone, as a light client. Everything is written to
benchmarks/results/serving.json.
"""

import argparse
import asyncio
import json
import re
import resource
import shutil
import statistics
import subprocess
import sys
import time
from pathlib import Path

from benchmarks.plain_app import ORDINARY
from benchmarks.visitor import App, Connection, browser, machine, percentile, picture, prediction, started

RESULTS = Path(__file__).parent / "results" / "serving.json"
COMMANDS = {"ours": [sys.executable, "app.py"], "plain": [sys.executable, "-m", "benchmarks.plain_app"]}
ASKED = {"ours": "show_answer", "plain": ORDINARY}  # the event whose answer is a prediction with its pictures
CONNECTIONS = 6  # of a browser to one server, over HTTP/1.1
WRK_SECONDS = 5


def main() -> None:
    """Measures both, prints the table and writes it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--visitors", type=int, default=100)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    runs = {name: [] for name in COMMANDS}
    for _ in range(options.rounds):
        for name in COMMANDS:
            runs[name].append(measured(name, options.visitors))
    found = {name: {key: statistics.median(run[key] for run in of) for key in of[0]} for name, of in runs.items()}
    found = {name: {key: round(value, 4) for key, value in of.items()} for name, of in found.items()}
    ratio = {key: round(found["ours"][key] / found["plain"][key], 3) for key in found["ours"] if found["plain"][key]}
    kept = {"machine": machine(), "visitors": options.visitors, "rounds": options.rounds, "ratio": ratio, **found}
    RESULTS.write_text(json.dumps(kept, indent=1) + "\n", encoding="utf-8")
    for key, value in ratio.items():
        print(f"{key:<34}{found['ours'][key]:>12.3f}{found['plain'][key]:>12.3f}{value:>9.3f}")


def measured(name: str, visitors: int) -> dict[str, float]:
    """All numbers of one app, started fresh.

    Args:
        name: of `COMMANDS`.
        visitors: at once.
    """
    gradio = seconds([sys.executable, "-c", "import gradio"])
    found = {"import_gradio_seconds": gradio}
    found["import_tensorflow_seconds"] = seconds([sys.executable, "-c", "import tensorflow"])
    began = time.monotonic()
    with started(COMMANDS[name]) as app:
        found["first_page_seconds"] = app.first_page
        found["start_seconds_over_import_gradio"] = app.first_page - gradio
        found["memory_megabytes_first_page"] = app.memory()
        event = app.event(ASKED[name])
        asyncio.run(prediction(app.port, event, picture(1)))
        found["first_prediction_seconds"] = time.monotonic() - began
        found["memory_megabytes_ready"] = app.memory()
        found |= _pages(app, visitors)
        found |= _predictions(app, event, visitors)
        found["memory_megabytes_after"] = app.memory()
    return found


def _pages(app: App, visitors: int) -> dict[str, float]:
    urls = recorded(app.port)
    asyncio.run(cold_loads(app.port, urls, 1))  # whatever is made once has been made
    found = {"requests_per_cold_load": float(len(urls))}
    for count in (1, 30, visitors):
        used, (wall, times, received) = app.used(cold_loads(app.port, urls, count))
        found[f"cold_loads_{count}"] = used
        found[f"cold_loads_{count}_seconds"] = wall
        found[f"cold_loads_{count}_p95_seconds"] = percentile(times, 0.95)
        found[f"cold_loads_{count}_megabytes"] = received / 1e6
    if shutil.which("wrk"):
        found["pages_per_second_by_wrk"] = pages_by_wrk(app.port)
    return found


def _predictions(app: App, event: int, visitors: int) -> dict[str, float]:
    file = picture()
    for _ in range(5):
        asyncio.run(prediction(app.port, event, file))
    alone = [asyncio.run(prediction(app.port, event, file)) for _ in range(20)]
    used, (wall, times) = app.used(predictions_at_once(app.port, event, file, visitors))
    return {
        "prediction_alone_seconds": statistics.median(alone),
        "prediction_alone_p95_seconds": percentile(alone, 0.95),
        "predictions_per_second": visitors / wall,
        "predictions_p50_seconds": statistics.median(times),
        "predictions_p95_seconds": percentile(times, 0.95),
        "predictions_server_seconds": used,
    }


def recorded(port: int) -> list[str]:
    """What a browser without anything in its cache asks for when the page opens."""
    from playwright.sync_api import sync_playwright

    paths: list[str] = []
    with sync_playwright() as playwright:
        chromium = browser(playwright)
        page = chromium.new_page()
        page.on("request", lambda asked: paths.append(asked.url) if asked.method == "GET" else None)
        page.goto(f"http://127.0.0.1:{port}/")
        page.wait_for_selector("header h1")
        page.wait_for_timeout(3000)
        chromium.close()
    here = f"http://127.0.0.1:{port}"
    own = [url.removeprefix(here) for url in paths if url.startswith(here)]
    # Streams that stay open for as long as the visitor stays belong to the visit, not to the load.
    return list(dict.fromkeys(path for path in own if "/heartbeat/" not in path and "/queue/data" not in path))


async def cold_loads(port: int, paths: list[str], count: int) -> tuple[float, list[float], int]:
    """Visitors who open the page at the same moment: seconds in all, of each, and bytes received."""
    received = 0

    async def visitor() -> float:
        nonlocal received
        began, left = time.monotonic(), list(reversed(paths[1:]))
        first = await Connection.open(port)
        size = len(await first.ask("GET", paths[0]))
        received += size

        async def fetch(connection: Connection) -> None:
            nonlocal received
            while left:
                size = len(await connection.ask("GET", left.pop()))
                received += size  # not in one with the waiting: others add to it meanwhile
            connection.close()

        others = [await Connection.open(port) for _ in range(CONNECTIONS - 1)]
        await asyncio.gather(*(fetch(connection) for connection in (first, *others)))
        return time.monotonic() - began

    began = time.monotonic()
    times = list(await asyncio.gather(*(visitor() for _ in range(count))))
    return time.monotonic() - began, times, received


async def predictions_at_once(port: int, event: int, file: bytes, count: int) -> tuple[float, list[float]]:
    """All at the same moment: seconds in all, and of each."""
    began = time.monotonic()
    times = list(await asyncio.gather(*(prediction(port, event, file) for _ in range(count))))
    return time.monotonic() - began, times


def pages_by_wrk(port: int) -> float:
    """The page alone, asked for without a pause over thirty connections by one light client: answers per second."""
    command = [
        "wrk",
        "-t1",
        "-c30",
        f"-d{WRK_SECONDS}s",
        "-H",
        "Accept-Encoding: gzip, br",
        f"http://127.0.0.1:{port}/",
    ]
    told = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    return float(re.search(r"Requests/sec:\s+([\d.]+)", told)[1])


def seconds(command: list[str]) -> float:
    """How long a command takes."""
    began = time.monotonic()
    subprocess.run(command, check=True, capture_output=True)
    return time.monotonic() - began


if __name__ == "__main__":
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, 8192), hard))
    main()
