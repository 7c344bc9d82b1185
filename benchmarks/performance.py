"""Writes the tables of docs/performance.md from what the benchmarks of serving left in benchmarks/results/.

    python -m benchmarks.performance

Each table stands between two comments, <!-- name --> and <!-- end -->; nothing else is touched.
"""

import json
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.tables import filled

ROOT = Path(__file__).parent.parent
PAGE = ROOT / "docs" / "performance.md"
RESULTS = ROOT / "benchmarks" / "results"
ELSEWHERE = {"training": ROOT / "experiments" / "results"}  # where a file is that is not in RESULTS
MEASURED = ("serving", "prediction", "interactions", "growth", "mixed", "training", "siege")
SERVING = {  # what is told of serving.json, and in which unit
    "cold_loads_1": "one cold page load, server CPU (s)",
    "cold_loads_30": "30 cold loads at once, server CPU (s)",
    "cold_loads_100": "100 cold loads at once, server CPU (s)",
    "cold_loads_30_seconds": "30 at once, until all are there (s)",
    "cold_loads_100_seconds": "100 at once, until all are there (s)",
    "cold_loads_100_p95_seconds": "100 at once, p95 (s)",
    "cold_loads_100_megabytes": "100 at once, sent (MB)",
    "requests_per_cold_load": "requests of a cold load",
    "pages_per_second_by_wrk": "the page alone, asked for by wrk (per s)",
    "prediction_alone_seconds": "one prediction with its upload, alone, p50 (s)",
    "prediction_alone_p95_seconds": "the same, p95 (s)",
    "predictions_per_second": "100 predictions at once (per s)",
    "predictions_p50_seconds": "100 at once, p50 (s)",
    "predictions_p95_seconds": "100 at once, p95 (s)",
    "predictions_server_seconds": "100 predictions, server CPU (s)",
    "import_gradio_seconds": "`import gradio` alone (s)",
    "import_tensorflow_seconds": "`import tensorflow` alone (s)",
    "first_page_seconds": "from the start to the first page (s)",
    "start_seconds_over_import_gradio": "of that, over `import gradio` (s)",
    "first_prediction_seconds": "from the start to the first prediction (s)",
    "memory_megabytes_first_page": "memory at the first page (MB)",
    "memory_megabytes_ready": "memory after a prediction (MB)",
    "memory_megabytes_after": "memory after all of this (MB)",
}
PARTS = {  # of a prediction over HTTP, in their order
    "upload": "upload: the file comes in and is kept",
    "decode": "decode: from the PNG file to gray levels",
    "prepare": "prepare: size, CLAHE, scale",
    "network": "network: the image and its mirror image",
    "domain": "is it an ultrasound: texture and distance",
    "encode": "encode: the answer's pictures and words",
    "framework": "framework: HTTP, queue, stream, session (what is left)",
}


@dataclass(frozen=True)
class Goal:
    """What was to be reached.

    Attributes:
        what: is measured.
        found: the figure.
        most: that it may be; or `least`.
        least: that it may be.
    """

    what: str
    found: float
    most: float | None = None
    least: float | None = None

    @property
    def reached(self) -> bool:
        """Whether the figure is within the bound."""
        return self.found <= self.most if self.least is None else self.found >= self.least


def main() -> int:
    """Brings the page up to date."""
    PAGE.write_text(filled(PAGE.read_text(encoding="utf-8"), tables()), encoding="utf-8")
    return 0


def tables() -> dict[str, str]:
    """The tables of the page, by the name in its comments."""
    found = {name: json.loads((ELSEWHERE.get(name, RESULTS) / f"{name}.json").read_text("utf-8")) for name in MEASURED}
    return {
        "machine": machine(found["serving"]["machine"]),
        "goals": table(("goal", "bound", "measured", ""), (_told(goal) for goal in goals(found))),
        "serving": table(("", "ours / plain", "ours", "plain"), serving(found["serving"])),
        "parts": table(("part", "ms", "share"), parts(found["prediction"]["parts"])),
        "interactions": table(
            ("interaction", "questions", "alone p50", "p95", "beside 30 p50", "p95"),
            interactions(found["interactions"]["interactions"]),
        ),
        "growth": table(
            ("predictions", "memory (MB)", "open files", "uploads kept", "other files"),
            (_seen(row, "predictions") for row in found["growth"]["rows"]),
        ),
        "mixed": table(
            ("minute", "memory (MB)", "open files", "uploads kept", "other files"), mixed(found["mixed"]["rows"])
        ),
        "acts": acts(found["mixed"]),
        "training": table(("a step in", "ms", "ratio"), training(found["training"])),
        "each": table(
            ("attack", "answered", "lost", "p50 (s)", "p95 (s)", "p50 five seconds after (s)"),
            each(found["siege"]["each"]),
        ),
        "siege": table(
            ("minute", "memory (MB)", "open files", "temporary files (MB)", "log (kB)"), siege(found["siege"]["all"])
        ),
        "besieged": besieged(found["siege"]["all"]),
    }


def goals(found: dict[str, Any]) -> tuple[Goal, ...]:
    """What was to be reached, with what was.

    Args:
        found: what each of `MEASURED` left.
    """
    ours, ratio = found["serving"]["ours"], found["serving"]["ratio"]
    grown = [row["memory_megabytes"] for row in found["growth"]["rows"]]
    highest = max(*grown, ours["memory_megabytes_after"], *(row["memory_megabytes"] for row in found["mixed"]["rows"]))
    half = len(grown) // 2
    return (
        Goal("100 cold page loads, server CPU, ours / plain", ratio["cold_loads_100"], most=0.2),
        Goal("predictions per second, ours / plain", ratio["predictions_per_second"], least=3),
        Goal("p95 of 100 predictions at once (s)", ours["predictions_p95_seconds"], most=4),
        Goal("first page, over `import gradio` alone (s)", ours["start_seconds_over_import_gradio"], most=1.5),
        Goal("highest memory under any load here (MB)", highest, most=1300),
        Goal("memory at 5,000 predictions / at 2,500", grown[-1] / grown[half - 1], most=1.02),
        Goal("training step, ours / PyTorch", found["training"]["ratio"]["training_step"], most=1.2),
    )


def serving(found: dict[str, Any]) -> Iterable[tuple[str, ...]]:
    """Rows: what, ratio, ours, plain; wrk's is missing where wrk was."""
    for key, what in SERVING.items():
        if key not in found["ratio"]:
            continue
        yield (what, f"**{found['ratio'][key]:.3f}**", _number(found["ours"][key]), _number(found["plain"][key]))


def parts(milliseconds: dict[str, float]) -> Iterable[tuple[str, ...]]:
    """Rows: part, milliseconds, share of the whole."""
    whole = sum(milliseconds.values())
    for key, what in PARTS.items():
        yield (what, f"{milliseconds[key]:.1f}", f"{100 * milliseconds[key] / whole:.0f} %")
    yield ("**a prediction, alone**", f"**{whole:.1f}**", "")


def interactions(found: dict[str, Any]) -> Iterable[tuple[str, ...]]:
    """Rows: interaction, questions it asks, seconds alone and beside others."""
    for name, one in found.items():
        times = (one[when][part] for when in ("alone", "beside_others") for part in ("p50", "p95"))
        yield (name.replace("_", " "), str(one["asks"]), *(f"{seconds:.3f}" for seconds in times))


def mixed(rows: list[dict[str, float]]) -> Iterable[tuple[str, ...]]:
    """Rows: one for every five minutes, and the last."""
    for number, row in enumerate(rows):
        if number % 5 == 0 or number == len(rows) - 1:
            yield _seen({**row, "minute": row["seconds"] / 60}, "minute")


def acts(found: dict[str, Any]) -> str:
    """What the visitors of the mixed load did, in a sentence."""
    done = ", ".join(f"{name.replace('_', ' ')} {count:,}" for name, count in found["acts"].items())
    failed = f"{len(found['failures'])} failed" if found["failures"] else "none failed"
    return (
        f"{found['visitors']} visitors for {found['minutes']:.0f} minutes, "
        f"{sum(found['acts'].values()):,} acts ({done}):"
        f" {failed}; {found['files_after_the_app_stopped']} files were left when the app had stopped."
    )


def training(found: dict[str, Any]) -> Iterable[tuple[str, ...]]:
    """Rows: side, milliseconds, ratio to PyTorch's faster layout."""
    names = {
        "keras": "Keras",
        "keras_bfloat16": "Keras, convolutions with 16 bits",
        "torch": "PyTorch",
        "torch_channels_last": "PyTorch, channels last",
    }
    fastest = min(value for side, value in found["milliseconds"].items() if side.startswith("torch"))
    for side, milliseconds in found["milliseconds"].items():
        yield (names[side], f"{milliseconds:.1f}", f"{milliseconds / fastest:.3f}")


def each(found: dict[str, Any]) -> Iterable[tuple[str, ...]]:
    """Rows: attack, how an innocent visitor fared beside it, and after it."""
    for name, seen in found.items():
        during, after = seen["during"], seen.get("after")
        told = (f"{during['answered']}", f"{during['lost']}", f"{during['p50']:.2f}", f"{during['p95']:.2f}")
        yield (f"`{name}`" if after else name, *told, f"{after['p50']:.2f}" if after else "")


def siege(found: dict[str, Any]) -> Iterable[tuple[str, ...]]:
    """Rows: the app at every minute, and five seconds after."""
    looks, minute = found["looks"], 0.0
    for look in looks:
        if look["second"] >= 60 * minute or look is looks[-1]:
            yield (
                f"{look['second'] / 60:.0f}" if look is not looks[-1] else "after",
                f"{look['megabytes']:,.0f}",
                f"{look['descriptors']:,}",
                f"{look['files'] / 1e6:.0f}",
                f"{look['log'] / 1e3:.0f}",
            )
            minute += 1


def besieged(found: dict[str, Any]) -> str:
    """How the innocent visitor fared before, during and after, in a sentence."""
    before, during, after = found["before"], found["during"], found["after"]
    asked = during["answered"] + during["lost"]
    highest = max(look["megabytes"] for look in found["looks"])
    return (
        f"{during['answered']} of {asked} of the visitor's predictions in {found['minutes']:.0f} minutes were answered,"
        f" half of them within {during['p50']:.1f} s and 95 % within {during['p95']:.1f} s; before it began half"
        f" within {before['p50']:.2f} s, and five seconds after it ended within {after['p50']:.2f} s."
        f" The highest memory was {highest:,.0f} MB."
    )


def machine(found: dict[str, Any]) -> str:
    """The machine, in a sentence."""
    return (
        f"Machine: {found['processor']}, {found['cores']} cores, {found['memory_gigabytes']} GB of memory, "
        "client and server on it together."
    )


def table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    """A table in Markdown.

    Args:
        head: the names of its columns.
        rows: its cells.
    """
    lines = [head, tuple(["---"] + ["---:"] * (len(head) - 1)), *rows]
    return "\n".join("| " + " | ".join(cells) + " |" for cells in lines)


def _told(goal: Goal) -> tuple[str, ...]:
    bound = f"at most {goal.most:g}" if goal.least is None else f"at least {goal.least:g}"
    return (goal.what, bound, _number(goal.found), "reached" if goal.reached else "**not reached**")


def _seen(row: dict[str, float], first: str) -> tuple[str, ...]:
    counts = (f"{row[name]:,}" for name in ("descriptors", "uploads", "kept_files"))
    return (f"{row[first]:,.0f}", f"{row['memory_megabytes']:.0f}", *counts)


def _number(value: float) -> str:
    """Three digits that say something."""
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"


if __name__ == "__main__":
    sys.exit(main())
