"""Hours of everything at once: pages, uploads good and damaged, predictions, lessons, visitors who hang up midway.

    python -m benchmarks.mixed [--minutes 120] [--visitors 20]

Every minute the app is looked at; at the end it must answer a prediction, and leave no file when it is stopped. Written
to benchmarks/results/mixed.json. A test does the same for seconds.
"""

import argparse
import asyncio
import json
import random
import sys
import tempfile
import time
import uuid
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.visitor import App, Connection, Question, asked, files_in, machine, picture, prediction, started, upload

RESULTS = Path(__file__).parent / "results" / "mixed.json"
REST = 0.2  # seconds between two acts of a visitor, on average
PAGES = ("/", "/en", "/config", "/gradio_api/info", "/nothing-here")


@dataclass
class Tally:
    """What was done, and what came of it.

    Attributes:
        acts: how often each was done.
        failures: what went wrong, that should not have.
    """

    acts: Counter = field(default_factory=Counter)
    failures: list[str] = field(default_factory=list)


def main() -> None:
    """Runs the load and writes what it left."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--minutes", type=float, default=120)
    parser.add_argument("--visitors", type=int, default=20)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        with started([sys.executable, "app.py"], TMPDIR=folder) as app:
            tally, rows = asyncio.run(loaded(app, Path(folder), 60 * options.minutes, options.visitors))
        left = len(files_in(Path(folder)))
    kept = {"machine": machine(), **vars(options), "acts": dict(tally.acts), "failures": tally.failures}
    kept |= {"files_after_the_app_stopped": left, "rows": rows}
    RESULTS.write_text(json.dumps(kept, indent=1) + "\n", encoding="utf-8")
    print(f"{sum(tally.acts.values())} acts, {len(tally.failures)} failures, {left} files after the app stopped")


async def loaded(app: App, folder: Path, seconds: float, visitors: int) -> tuple[Tally, list[dict]]:
    """Visitors who do this and that for some time.

    Args:
        app: a running app.
        folder: its temporary files.
        seconds: how long.
        visitors: at once.

    Returns:
        What they did, and how the app was before, every minute, and after.
    """
    tally, events = Tally(), {name: app.event(name) for name in ("show_answer", "show_gradcam", "more_examples")}
    for number in range(3):  # what is made once has been made
        await prediction(app.port, events["show_answer"], picture(number))
    began = time.monotonic()
    rows = [_seen(app, folder, 0)]
    tasks = [
        asyncio.create_task(_visitor(app, events, tally, began + seconds, random.Random(number)))
        for number in range(visitors)
    ]
    while time.monotonic() - began < seconds:
        await asyncio.sleep(min(60, seconds))
        rows.append(_seen(app, folder, time.monotonic() - began))
    await asyncio.gather(*tasks)
    await asyncio.sleep(3)
    await prediction(app.port, events["show_answer"], picture())
    rows.append(_seen(app, folder, time.monotonic() - began))
    return tally, rows


async def _visitor(app: App, events: dict[str, int], tally: Tally, until: float, chance: random.Random) -> None:
    acts = {act.__name__.strip("_"): act for act in ACTS}
    session = uuid.uuid4().hex
    while time.monotonic() < until:
        name = chance.choice(list(acts))
        try:
            await asyncio.wait_for(acts[name](app, events, session, chance), 60)
        except Exception as error:
            tally.failures.append(f"{name}: {type(error).__name__}: {error}"[:300])
        tally.acts[name] += 1
        if name == "leaves" or chance.random() < 0.1:
            session = uuid.uuid4().hex  # a page that is opened anew has another; or somebody else takes the seat
        await asyncio.sleep(chance.uniform(0, 2 * REST))


async def _opens(app: App, events: dict[str, int], session: str, chance: random.Random) -> None:
    connection = await Connection.open(app.port)
    await connection.ask("GET", chance.choice(PAGES))
    connection.close()


async def _predicts(app: App, events: dict[str, int], session: str, chance: random.Random) -> None:
    await prediction(app.port, events["show_answer"], picture(chance.randrange(8)), session)


async def _looks_closer(app: App, events: dict[str, int], session: str, chance: random.Random) -> None:
    await prediction(app.port, events["show_gradcam"], picture(chance.randrange(8)), session)


async def _learns(app: App, events: dict[str, int], session: str, chance: random.Random) -> None:
    page = Question(events["more_examples"], [], {"event_data": {"page": chance.randrange(5), "round": 0}})
    await asked(app.port, [page], session)


async def _sends_rubbish(app: App, events: dict[str, int], session: str, chance: random.Random) -> None:
    file = bytearray(picture(chance.randrange(8)))
    for _ in range(20):
        file[chance.randrange(len(file))] = chance.randrange(256)
    await prediction(app.port, events["show_answer"], bytes(file[: chance.randrange(1, len(file))]), session)


async def _leaves(app: App, events: dict[str, int], session: str, chance: random.Random) -> None:
    """Asks for a prediction and hangs up before the answer."""
    connection = await Connection.open(app.port)
    given = await upload(connection, picture(chance.randrange(8)))
    body = Question(events["show_answer"], [given]).body(session)
    await connection.ask("POST", "/gradio_api/queue/join", body)
    stream = await Connection.open(app.port)
    stream.writer.write(f"GET /gradio_api/queue/data?session_hash={session} HTTP/1.1\r\nHost: a\r\n\r\n".encode())
    await stream.writer.drain()
    stream.close()
    connection.close()


ACTS = (_opens, _predicts, _looks_closer, _learns, _sends_rubbish, _leaves)


def _seen(app: App, folder: Path, seconds: float) -> dict[str, float]:
    files = files_in(folder)
    return {
        "seconds": round(seconds),
        "memory_megabytes": round(app.memory(), 1),
        "descriptors": app.descriptors(),
        "uploads": sum(file.name == "a.png" for file in files),
        "kept_files": sum(file.name != "a.png" for file in files),
    }


if __name__ == "__main__":
    main()
