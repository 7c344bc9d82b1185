"""How long each tab's interaction takes, alone and while others are at work.

    python -m benchmarks.interactions [--others 30] [--times 20]

A visit is made once in Chromium, tab by tab, and what the page asks at each click is kept; then it is asked again over
raw HTTP. The others each ask one of these interactions, rest for two to eight seconds, and ask the next; one more
visitor trains a network live, again and again. Written to benchmarks/results/interactions.json.
"""

import argparse
import asyncio
import json
import random
import statistics
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from benchmarks.visitor import Connection, Question, asked, browser, machine, percentile, picture, started, upload
from busi.words.text import Words

RESULTS = Path(__file__).parent / "results" / "interactions.json"
RESTS = (2.0, 8.0)  # seconds between two clicks of one of the others, at least and at most
WORDS = Words("fr")


def main() -> None:
    """Measures, prints the table and writes it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--others", type=int, default=30)
    parser.add_argument("--times", type=int, default=20)
    options = parser.parse_args()
    with started([sys.executable, "app.py"]) as app:
        visit = recorded(app.port)
        training = visit.pop("training")
        alone = asyncio.run(timed(app.port, visit, options.times))
        beside = asyncio.run(timed_among(app.port, visit, training, options.times, options.others))
    found = {name: {"asks": len(visit[name]), "alone": alone[name], "beside_others": beside[name]} for name in visit}
    kept = {"machine": machine(), "others": options.others, "times": options.times, "interactions": found}
    RESULTS.write_text(json.dumps(kept, indent=1) + "\n", encoding="utf-8")
    for name, numbers in found.items():
        told = "".join(f"{numbers[when][part]:>9.3f}" for when in ("alone", "beside_others") for part in ("p50", "p95"))
        print(f"{name:<26}{told}")


def recorded(port: int) -> dict[str, list[Question]]:
    """What the French page asks at each click of a visit."""
    from playwright.sync_api import sync_playwright

    heard: list[dict] = []
    visit = {}
    with sync_playwright() as playwright:
        chromium = browser(playwright)
        page = chromium.new_page(viewport={"width": 1280, "height": 860})
        page.on("request", lambda sent: heard.append(sent.post_data_json) if "/queue/join" in sent.url else None)
        page.goto(f"http://127.0.0.1:{port}/")
        page.wait_for_selector("#tab-welcome-button", state="attached")
        page.wait_for_timeout(1500)
        for name, clicked in VISIT.items():
            heard.clear()
            clicked(page)
            page.wait_for_timeout(4000)
            visit[name] = [_question(body) for body in heard]
            if not visit[name]:
                raise SystemExit(f"error: the page asked nothing at {name}")
        chromium.close()
    return visit


def _question(body: dict) -> Question:
    more = {key: value for key, value in body.items() if key not in ("data", "fn_index", "session_hash")}
    return Question(body["fn_index"], body["data"], more)


def _tab(name: str) -> Callable:
    return lambda page: page.evaluate(f"atelier.openTab('{name}')")


def _exercise(name: str, then: str) -> Callable:
    """Opens an exercise, takes the first choice of its guess, and touches its bench."""

    def clicked(page) -> None:
        page.evaluate(f"atelier.openTab('exercise_{name}')")
        guess = page.locator(f"#tab-exercise_{name} .question").first
        guess.locator("input").first.check()
        guess.locator("[data-answer]").click()
        page.locator(f"#tab-exercise_{name} {then}").first.click()

    return clicked


def _choose(page) -> None:
    page.locator(".picker button[data-key]").nth(1).click()


def _in(tab: str, clicked: Callable) -> Callable:
    def both(page) -> None:
        _tab(tab)(page)
        page.wait_for_timeout(1500)
        clicked(page)

    return both


def _button(name: str) -> Callable:
    return lambda page: page.get_by_role("button", name=WORDS(name), exact=True).first.click()


def _start_training(page) -> None:
    page.get_by_role("radio", name=WORDS("training.live_guess_by_heart")).check()
    _button("training.live_start")(page)


def _choose_layer(page) -> None:
    layer = page.locator('button[data-layer="average"]')
    if not layer.is_visible():
        page.locator("#tab-network .curious > button").click()
    layer.click()


VISIT = {
    "an image is chosen": _in("prediction", _choose),
    "data": _in("data", _button("data.more")),
    "preprocessing": _in(
        "preprocessing", lambda page: page.locator("#tab-preprocessing .knobs input[type=range]").first.fill("6")
    ),
    "network": _in("network", _choose_layer),
    "evaluation": _in("evaluation", lambda page: page.locator("button[data-cell=fp]").click()),
    "prediction": _in("prediction", _button("gradcam.ask")),
    "laboratory": _in("laboratory", lambda page: page.locator("button[data-preset=spiculated]").click()),
    "laboratory, a curve": _in("laboratory", _button("laboratory.curve_run")),
    "exercise_augmentation": _exercise("augmentation", "[data-image]"),
    "exercise_layers": _exercise("layers", "[data-side=right]"),
    "exercise_errors": _exercise("errors", "[data-kind=alarms]"),
    "exercise_groups": _exercise("groups", "[data-many=contrast]"),
    "training": _in("training", _start_training),
}


async def timed(port: int, visit: dict[str, list[Question]], times: int) -> dict[str, dict[str, float]]:
    """Each interaction, one after the other, each time by a visitor the app has not heard of."""
    found = {}
    connection = await Connection.open(port)
    given = await upload(connection, picture())
    for name, questions in visit.items():
        taken = []
        for _ in range(times + 1):
            began = time.monotonic()
            await asked(port, [_with(question, given) for question in questions])
            taken.append(time.monotonic() - began)
        taken = taken[1:]  # the first made what is kept
        found[name] = {"p50": round(statistics.median(taken), 3), "p95": round(percentile(taken, 0.95), 3)}
    connection.close()
    return found


def _with(question: Question, given: dict) -> Question:
    """The same question about an uploaded image: what was chosen in Chromium was that visitor's."""
    data = [given if isinstance(value, dict) and "path" in value else value for value in question.data]
    return replace(question, data=data)


async def timed_among(port: int, visit: dict, training: list[Question], times: int, others: int) -> dict:
    """The same while others are at work."""
    chance = random.Random(0)
    connection = await Connection.open(port)
    given = await upload(connection, picture(1))

    async def other() -> None:
        session = f"other{chance.random()}"
        await asyncio.sleep(chance.uniform(0, RESTS[1]))
        while True:
            questions = visit[chance.choice(list(visit))]
            await asked(port, [_with(question, given) for question in questions], session)
            await asyncio.sleep(chance.uniform(*RESTS))

    async def trainer() -> None:
        while True:
            await asked(port, training)

    tasks = [asyncio.create_task(one) for one in (trainer(), *(other() for _ in range(others)))]
    await asyncio.sleep(RESTS[1])
    found = await timed(port, visit, times)
    for task in tasks:
        if task.done():
            task.result()  # one of them failed: the measurement is none
        task.cancel()
    with suppress(asyncio.CancelledError):
        await asyncio.gather(*tasks)
    connection.close()
    return found


if __name__ == "__main__":
    main()
