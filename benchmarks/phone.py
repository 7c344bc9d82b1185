"""How long a phone waits for the workshop, beside the same page written the ordinary way (benchmarks/plain_app.py).

    python -m benchmarks.phone [--rounds 3]

A first visit, with nothing in the browser's cache: a processor four times slower than this machine's, 1.6 Mbit/s down
and half of that up, 150 ms of latency. Both apps are started fresh and visited in Chromium, medians of the rounds.
Seconds are counted from the request for the page, in the page itself:

    first_paint_seconds, largest_paint_seconds    as the browser reports them
    can_answer_seconds      until the first guess can be pressed
    answered_seconds        until its answer is shown, when it is pressed at once, and again until something happens
    whole_seconds           until all of Gradio is there, and a part can be opened
    prediction_seconds      until the part Prédiction is shown, which is asked for as soon as the guess is answered
    layout_shift            what moved by itself, as the browser reports it, until three seconds after that

Goals, on the machine whose numbers are in docs/performance.md: largest paint 1.8 s, answered 2.5 s, whole 5.4 s, layout
shift 0.05. Everything is written to benchmarks/results/phone.json; ratios are ours over the plain app's.
"""

import argparse
import json
import statistics
from pathlib import Path

from playwright.sync_api import Browser, CDPSession, Page, sync_playwright

from benchmarks.serving import COMMANDS
from benchmarks.visitor import browser, machine, started

RESULTS = Path(__file__).parent / "results" / "phone.json"
GOALS = {"largest_paint_seconds": 1.8, "answered_seconds": 2.5, "whole_seconds": 5.4, "layout_shift": 0.05}
SLOWER = 4
BYTES_PER_SECOND = 1.6e6 / 8
LATENCY = 150  # milliseconds
PATIENCE = 120_000  # milliseconds
PHONE = {"viewport": {"width": 390, "height": 844}, "device_scale_factor": 2, "is_mobile": True, "has_touch": True}

_WATCH = """
window.measured = { shift: 0 };
new PerformanceObserver((list) => { for (const one of list.getEntries()) measured.largest = one.startTime; })
  .observe({ type: "largest-contentful-paint", buffered: true });
const moved = (one) => { if (!one.hadRecentInput) measured.shift += one.value; };
new PerformanceObserver((list) => list.getEntries().forEach(moved))
  .observe({ type: "layout-shift", buffered: true });
const isThere = () => document.querySelector("#tab-welcome-button") && window.atelier?.openTab;
const look = () => (isThere() ? (measured.whole = performance.now()) : setTimeout(look, 20));
look();
"""
_TELL = "({ ...measured, first: performance.getEntriesByName('first-contentful-paint')[0].startTime })"
# Presses the first guess as soon as it is in view, and again until an answer is.
_PRESS = """
window.measured = {};
const visible = (selector) => [...document.querySelectorAll(selector)].find((one) => one.offsetParent);
const look = () => {
  const guess = visible("button[data-guess]");
  if (visible("[data-answer]")) return (measured.answered = performance.now());
  if (guess) {
    measured.pressed ??= performance.now();
    guess.click();
  }
  requestAnimationFrame(look);
};
requestAnimationFrame(look);
"""


def main() -> None:
    """Measures both, prints the table and writes it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=3)
    rounds = parser.parse_args().rounds
    with sync_playwright() as playwright:
        chromium = browser(playwright)
        found = {name: measured(chromium, name, rounds) for name in COMMANDS}
        chromium.close()
    ratio = {key: round(found["ours"][key] / value, 3) for key, value in found["plain"].items() if value}
    kept = {"machine": machine(), "rounds": rounds, "goals": GOALS, "ratio": ratio, **found}
    RESULTS.write_text(json.dumps(kept, indent=1) + "\n", encoding="utf-8")
    for key, value in found["ours"].items():
        goal = f"   goal {GOALS[key]}" if key in GOALS else ""
        print(f"{key:<24}{value:>10.3f}{found['plain'][key]:>10.3f}{ratio.get(key, float('nan')):>9.3f}{goal}")


def measured(chromium: Browser, name: str, rounds: int) -> dict[str, float]:
    """The medians of one app, started fresh.

    Args:
        chromium: the browser.
        name: of `COMMANDS`.
        rounds: how many visits of each kind.
    """
    with started(COMMANDS[name]) as app:
        url = f"http://127.0.0.1:{app.port}/"
        loads = [loaded(chromium, url) | answered(chromium, url) for _ in range(rounds)]
    return {key: round(statistics.median(load[key] for load in loads), 4) for key in loads[0]}


def loaded(chromium: Browser, url: str) -> dict[str, float]:
    """A visit that only looks: what is painted, what moves, what it takes.

    Args:
        chromium: the browser.
        url: of the page.
    """
    page, session = _phone(chromium, _WATCH)
    sizes: list[float] = []
    session.on("Network.loadingFinished", lambda event: sizes.append(event["encodedDataLength"]))
    page.goto(url, wait_until="commit")
    page.wait_for_function("measured.whole", timeout=PATIENCE)
    page.wait_for_timeout(3000)
    told = page.evaluate(
        "({ ...measured, first: performance.getEntriesByName('first-contentful-paint')[0].startTime })"
    )
    page.context.close()
    return {
        "first_paint_seconds": told["first"] / 1000,
        "largest_paint_seconds": told["largest"] / 1000,
        "whole_seconds": told["whole"] / 1000,
        "layout_shift": told["shift"],
        "requests": float(len(sizes)),
        "megabytes": sum(sizes) / 1e6,
    }


def answered(chromium: Browser, url: str) -> dict[str, float]:
    """A visit that answers the first question as soon as it can, and then asks for a part.

    Args:
        chromium: the browser.
        url: of the page.
    """
    page, _ = _phone(chromium, _PRESS)
    page.goto(url, wait_until="commit")
    page.wait_for_function("measured.answered", timeout=PATIENCE)
    page.locator("nav.rail a[data-part=prediction]").dispatch_event("click")
    page.wait_for_function("document.querySelector('#tab-prediction')?.offsetParent", timeout=PATIENCE)
    opened = page.evaluate("performance.now()")
    told = page.evaluate("measured")
    page.context.close()
    return {
        "can_answer_seconds": told["pressed"] / 1000,
        "answered_seconds": told["answered"] / 1000,
        "prediction_seconds": opened / 1000,
    }


def _phone(chromium: Browser, script: str) -> tuple[Page, CDPSession]:
    """A page of a phone that has never been here, and that runs a script before any other."""
    page = chromium.new_context(**PHONE).new_page()
    session = page.context.new_cdp_session(page)
    session.send("Network.enable")
    network = {"downloadThroughput": BYTES_PER_SECOND, "uploadThroughput": BYTES_PER_SECOND / 2, "latency": LATENCY}
    session.send("Network.emulateNetworkConditions", {"offline": False, **network})
    session.send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
    page.add_init_script(script)
    return page, session


if __name__ == "__main__":
    main()
