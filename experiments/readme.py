"""Writes the tables of the READMEs: the network of the repository, and what experiments.quality measured.

docs/model.md has what it measured of the recipe `short`, and what experiments.shortcuts, experiments.gradcam and
experiments.halves found.

    python -m experiments.readme

Each table stands between two comments, <!-- name --> and <!-- end -->; nothing else is touched.
"""

import json
import sys
from collections.abc import Sequence
from pathlib import Path

from benchmarks.tables import filled
from busi.bundle.files import BREAST, BREAST_FINAL, BUSI, EMBEDDED, SIMULATED, Bundle, open_bundle
from busi.bundle.measured import measured
from busi.data.birads import auc_of
from busi.data.box import CHOICE, FINAL, lesions
from busi.data.split import TEST
from busi.model.metrics import Estimate, calibration_error_by_chance, rate
from busi.training.recipe import SCRATCH, SHORT
from busi.web.parts.cells import populations
from busi.words.text import Words
from experiments.halves import BIOPSIED, BOTH, halves
from experiments.protocols import GROUPED
from experiments.quality import RESULTS, table

ROOT = Path(__file__).resolve().parent.parent
NOTES = ROOT / "docs" / "model.md"
READMES = {"fr": ROOT / "README.md", "en": ROOT / "README.en.md"}
MEASURE = {"fr": "mesure", "en": "measure"}
POPULATIONS = {
    TEST: {"fr": "sur les images de test de BUSI", "en": "on BUSI's test images"},
    BREAST: {"fr": "sur BrEaST, un autre hôpital", "en": "on BrEaST, another hospital"},
    SIMULATED: {"fr": "sur des images simulées", "en": "on simulated images"},
}
ELSEWHERE = {
    "fr": {
        "head": "| sur BrEaST | le réseau | la catégorie BI-RADS du radiologue |",
        FINAL: "AUC, la moitié qui n'a jugé aucun essai",
        BOTH: "AUC, toutes les lésions",
        BIOPSIED: "AUC, celles dont une biopsie a dit la nature",
        "limits": "| alerter à partir de | sensibilité | spécificité |",
        "threshold_final": "le réseau, à son seuil, sur la moitié qui n'a jugé aucun essai",
        "threshold": "le réseau, à son seuil, sur toutes",
        "category": "le radiologue, à partir de {category}, sur toutes",
    },
    "en": {
        "head": "| on BrEaST | the network | the radiologist's BI-RADS category |",
        FINAL: "AUC, the half that judged no trial",
        BOTH: "AUC, all lesions",
        BIOPSIED: "AUC, those whose nature a biopsy told",
        "limits": "| an alert from | sensitivity | specificity |",
        "threshold_final": "the network, at its threshold, on the half that judged no trial",
        "threshold": "the network, at its threshold, on all",
        "category": "the radiologist, from {category} on, on all",
    },
}
MEASURES = {
    "auc": ("AUC", "AUC"),
    "accuracy": ("exactitude", "accuracy"),
    "sensitivity": ("sensibilité", "sensitivity"),
    "specificity": ("spécificité", "specificity"),
    "loss": ("perte (entropie croisée)", "loss (cross-entropy)"),
    "calibration_error": ("erreur de calibration", "calibration error"),
}
BY_CHANCE = {
    "fr": "ce que le seul hasard en ferait, avec des probabilités justes",
    "en": "what chance alone would make of it, with probabilities that are right",
}
ALWAYS_BENIGN = {
    "fr": "exactitude de qui répondrait toujours « bénin »",
    "en": 'accuracy of always answering "benign"',
}
FOUND = {"fr": "lésions malignes retrouvées", "en": "malignant lesions found"}
ALARMS = {"fr": "fausses alertes sur lésions bénignes", "en": "false alarms on benign lesions"}


def main() -> int:
    """Brings both READMEs up to date."""
    for language, path in READMES.items():
        path.write_text(filled(path.read_text(encoding="utf-8"), tables(language)), encoding="utf-8")
    NOTES.write_text(filled(NOTES.read_text(encoding="utf-8"), notes()), encoding="utf-8")
    return 0


def tables(language: str) -> dict[str, str]:
    """The tables of a README, by the name in its comments.

    Args:
        language: "fr" or "en".
    """
    return {
        "results": results(open_bundle(EMBEDDED), language),
        "elsewhere": elsewhere(open_bundle(EMBEDDED), language),
        "quality": (RESULTS / f"quality.{language}.md").read_text(encoding="utf-8"),
    }


def notes() -> dict[str, str]:
    """The tables of docs/model.md that are written here, by the name in its comments."""
    before, numbers = (
        json.loads((RESULTS / f"quality-{recipe}.json").read_text(encoding="utf-8")) for recipe in (SCRATCH, SHORT)
    )
    moved, peaks = (
        json.loads((RESULTS / f"{name}.json").read_text(encoding="utf-8")) for name in ("shortcuts", "gradcam")
    )
    peaks = {source: peaks[source] for source in (BUSI, SIMULATED)}
    apart, drawings, looks = (
        json.loads((RESULTS / f"{name}.json").read_text(encoding="utf-8"))
        for name in ("halves", "simulated-only", "two-looks")
    )
    levers, beside = (
        json.loads((RESULTS / f"{name}.json").read_text(encoding="utf-8")) for name in ("travel", "outline-look")
    )
    covered = json.loads((RESULTS / "drawn.json").read_text(encoding="utf-8"))["dice"]
    drawn, once, outlines = (
        json.loads((RESULTS / f"{name}.json").read_text(encoding="utf-8"))
        for name in ("quality", "final", "outline-moved")
    )
    return {
        "draws": each_look(drawn[GROUPED]),
        "final": asked_once(once[FINAL]),
        "moved": by_outline(outlines["changes"]),
        "covered": by_judge(covered),
        "scratch": table(_without_recipe(before), "en"),
        "short": table(_without_recipe(numbers), "en"),
        "travel": home_and_away(levers, beside),
        "shortcuts": shortcuts(moved),
        "gradcam": gradcam(peaks),
        "halves": by_half(apart),
        "simulated-only": from_drawings(drawings),
        "two-looks": by_look(looks),
    }


def _without_recipe(numbers: dict[str, dict]) -> dict[str, dict]:
    """What a file of experiments.quality says of each protocol."""
    return {name: found for name, found in numbers.items() if name != "recipe"}


def elsewhere(bundle: Bundle, language: str) -> str:
    """What a bundle's network is worth on BrEaST, beside the radiologist's category: AUC, then points of the curve.

    Args:
        bundle: whose network was asked there.
        language: "fr" or "en".
    """
    words, told, found, texts = Words(language), measured().radiologist, halves(bundle), ELSEWHERE[language]
    ours = {which: Estimate(**found[which]["auc"]) for which in (FINAL, BOTH, BIOPSIED)}
    lines, half = [texts["head"], "|---" * 3 + "|"], lesions().query(f"half == '{FINAL}'")
    of_half = auc_of(half["label"].tolist(), half["birads"].tolist())
    for which, theirs in ((FINAL, of_half), (BOTH, told.auc), (BIOPSIED, told.auc_biopsied)):
        lines.append(f"| {texts[which]} | {_written(ours[which], words)} | {_written(theirs, words)} |")
    points = {texts["threshold_final"]: bundle.confusion(BREAST_FINAL), texts["threshold"]: bundle.confusion(BREAST)}
    points |= {texts["category"].format(category=limit.category): limit.counts for limit in told.limits}
    lines += ["", texts["limits"], "|---" * 3 + "|"]
    for name, counts in points.items():
        lines.append(f"| {name} | {_written(counts.sensitivity(), words)} | {_written(counts.specificity(), words)} |")
    return "\n".join(lines) + "\n"


def by_look(found: dict[str, dict]) -> str:
    """What networks are worth that saw simulated images alone: by the whole, by the drawn outline, by both.

    Args:
        found: as two-looks.json holds it.
    """
    words = Words("en")
    lines = ["| images that judge | look | AUC | by seed |", "|---" * 4 + "|"]
    for numbers in found.values():
        for judge, looks in numbers["auc"].items():
            for look, auc in looks.items():
                lines.append(f"| {judge} | {look} | {_interval_and_seeds(auc, words)} |")
    return "\n".join(lines) + "\n"


def home_and_away(levers: dict[str, dict], beside: dict[str, dict]) -> str:
    """What the whole image, the drawn outline and both are worth at home and away, by who draws.

    Args:
        levers: as travel.json holds them, by lever and seed.
        beside: as outline-look.json holds it: another network draws.
    """
    words = Words("en")
    lines = ["| networks | score | BUSI, mean of folds | pooled | BrEaST, half choice |", "|---" * 5 + "|"]
    home, away = (beside[place]["numbers"] for place in ("home", "away"))
    for look, found in home.items():
        numbers = (found["auc"], found["pooled_auc"], away[look]["auc"])
        lines.append(_home_and_away_line("another draws", look, numbers, words))
    for name, looks in levers.items():
        for look in ("whole", "outline", "both"):
            numbers = [looks[look][measure] for measure in ("home auc", "home pooled_auc", "away auc")]
            lines.append(_home_and_away_line(name, look, numbers, words))
    return "\n".join(lines) + "\n"


def each_look(found: dict[str, dict]) -> str:
    """What each look is worth and both together, at home and in the other hospital.

    Args:
        found: as quality.json holds the grouped folds of networks that look and draw.
    """
    words = Words("en")
    at_home = ("auc", "pooled_auc", "sensitivity", "specificity", "ece")
    lines = [
        "| look | BUSI: AUC, mean of folds | pooled | sensitivity | specificity | calibration error |",
        "|---" * 6 + "|",
    ]
    for look in ("whole", "outline", "both"):
        numbers = found if look == "both" else found["looks"][look]
        cells = " | ".join(_written(_estimate(numbers[name]), words) for name in at_home)
        lines.append(f"| {look} | {cells} |")
    told = f"Dice of what is drawn: {_written(_estimate(found['dice']), words)}; on BrEaST"
    lines += ["", "| look | BrEaST, half choice: AUC | sensitivity | specificity |", "|---" * 4 + "|"]
    for look in ("whole", "outline", "both"):
        numbers = found["away"][look]
        cells = " | ".join(_written(_estimate(numbers[name]), words) for name in ("auc", "sensitivity", "specificity"))
        lines.append(f"| {look} | {cells} |")
    lines += ["", f"{told}: {_written(_estimate(found['away']['dice']), words)}."]
    return "\n".join(lines) + "\n"


def asked_once(found: dict[str, dict]) -> str:
    """What each look is worth on the half "final", and what the outline adds to the whole.

    Args:
        found: as final.json holds it.
    """
    words, measures = Words("en"), ("auc", "sensitivity", "specificity", "ece")
    lines = ["| look | AUC | by seed | sensitivity | specificity | calibration error |", "|---" * 6 + "|"]
    for look in ("whole", "outline", "both"):
        told = {name: _written(_estimate(found[look][name]), words) for name in measures}
        seeds = ", ".join(words.number(seed, 3) for seed in found[look]["auc"]["seeds"])
        cells = (look, told.pop("auc"), seeds, *told.values())
        lines.append(f"| {' | '.join(cells)} |")
    seeds = ", ".join(words.number(seed, 3) for seed in found["gain"]["seeds"])
    lines.append(f"| both, less the whole | {_written(_estimate(found['gain']), words)} | {seeds} | | | |")
    return "\n".join(lines) + "\n"


def by_outline(changes: dict[str, dict]) -> str:
    """What becomes of the answers when the outline is another, a change a row.

    Args:
        changes: as outline-moved.json holds them.
    """
    words = Words("en")
    lines = ["| the outline | AUC | mean change of the score | largest | change sides |", "|---" * 5 + "|"]
    for name, row in changes.items():
        cells = [_written(_estimate(row[key]), words) for key in ("auc", "mean", "changed_sides")]
        lines.append(f"| {name} | {cells[0]} | {cells[1]} | {row['largest']['value']:.2f} | {cells[2]} |")
    return "\n".join(lines) + "\n"


def by_judge(covered: dict[str, dict]) -> str:
    """How far the drawn outlines cover the true ones, a judge a row.

    Args:
        covered: Dice's coefficients, as drawn.json holds them.
    """
    names = {
        BUSI: "BUSI, test",
        SIMULATED: "simulated, held out",
        **{f"{BREAST} {half}": f"BrEaST, half {half}" for half in (CHOICE, FINAL)},
    }
    lines = ["| images that judge | Dice | images in which nothing was drawn |", "|---" * 3 + "|"]
    for judge, number in covered.items():
        lines.append(f"| {names[judge]} | {_written(_estimate(number), Words('en'))} | {number['nothing_drawn']} |")
    return "\n".join(lines) + "\n"


def _home_and_away_line(networks: str, look: str, numbers: Sequence[dict], words: Words) -> str:
    cells = " | ".join(_written(_estimate(number), words) for number in numbers)
    return f"| {networks} | {look} | {cells} |"


def _interval_and_seeds(found: dict, words: Words) -> str:
    """Two cells: the number with its interval and n, and that of each seed."""
    return f"{_written(_estimate(found), words)} | {', '.join(words.number(seed, 3) for seed in found['seeds'])}"


def _estimate(found: dict) -> Estimate:
    return Estimate(**{key: found[key] for key in ("value", "low", "high", "n")})


def from_drawings(found: dict[str, dict]) -> str:
    """What networks are worth that saw simulated images alone: the whole simulator, then without each part.

    Args:
        found: as simulated-only.json holds it.
    """
    words = Words("en")
    lines = ["| the simulator | images that judge | AUC | by seed | lost, in pairs |", "|---" * 5 + "|"]
    for name, numbers in found.items():
        for judge, auc in numbers.items():
            if isinstance(auc, dict) and "value" in auc:
                lost = numbers.get("loss", {}).get(judge)
                told = _written(_estimate(lost), words) if lost else ""
                lines.append(f"| {name} | {judge} | {_interval_and_seeds(auc, words)} | {told} |")
    return "\n".join(lines) + "\n"


def by_half(found: dict[str, dict]) -> str:
    """What a network is worth on each half of BrEaST, a measure a row.

    Args:
        found: as halves.json holds it.
    """
    words, names = Words("en"), (CHOICE, FINAL, BOTH)
    lines = ["| measure |" + "".join(f" {name} |" for name in names), "|---" * (1 + len(names)) + "|"]
    for name, titles in MEASURES.items():
        cells = [_written(Estimate(**found[which][name]), words) for which in names]
        lines.append(f"| {titles[1]} | " + " | ".join(cells) + " |")
    return "\n".join(lines) + "\n"


def shortcuts(found: dict[str, dict]) -> str:
    """How far the answers move, a change a row: mean, largest and signed mean on each population.

    Args:
        found: as shortcuts.json holds it.
    """
    names = {BUSI: "BUSI", SIMULATED: "simulated", BREAST: "BrEaST"}
    sizes = {source: next(iter(rows.values()))["mean"]["n"] for source, rows in found.items()}
    heads = [f" {names[source]}, n = {n} | largest | signed |" for source, n in sizes.items()]
    lines = ["| change |" + "".join(heads), "|---" * (1 + 3 * len(found)) + "|"]
    for change in found[BUSI]:
        line = f"| {change} |"
        for rows in found.values():
            mean, row = rows[change]["mean"], rows[change]
            line += f" {mean['value']:.3f} [{mean['low']:.3f} – {mean['high']:.3f}] | {row['largest']:.2f} |"
            line += f" {row['towards_malignant']:+.3f} |"
        lines.append(line)
    return "\n".join(lines) + "\n"


def gradcam(found: dict[str, dict]) -> str:
    """How often Grad-CAM's peak is in the lesion or near it, a way a row; what has learned nothing in italics.

    Args:
        found: as gradcam.json holds it.
    """
    heads = "".join(f" in the lesion, {source} | near |" for source in ("BUSI", "simulated"))
    lines = ["| Grad-CAM's strongest place for |" + heads, "|---" * (1 + 2 * len(found)) + "|"]
    for way in found[BUSI]:
        line = f"| *{way}* |" if way.startswith(("the middle", "random", "any")) else f"| {way} |"
        for row in (rows[way] for rows in found.values()):
            line += f" {row['value']:.3f} [{row['low']:.3f} – {row['high']:.3f}], n = {row['n']} | {row['near']:.3f} |"
        lines.append(line)
    return "\n".join(lines) + "\n"


def results(bundle: Bundle, language: str) -> str:
    """What a bundle's network scored on BUSI's test images, and beside it on another hospital's and simulated ones.

    Args:
        bundle: of BUSI.
        language: "fr" or "en".
    """
    words, held = Words(language), populations(bundle)
    titles_of = [MEASURE[language], *(POPULATIONS[population][language] for population in held)]
    lines = ["| " + " | ".join(titles_of) + " |", "|---" * len(titles_of) + "|"]
    for name, titles in MEASURES.items():
        numbers = [_written(bundle.metrics(population)[name], words) for population in held]
        lines.append(f"| {titles[language != 'fr']} | " + " | ".join(numbers) + " |")
    chance = [
        calibration_error_by_chance(rows["probability"].to_numpy(), rows["group"].to_numpy()) for rows in held.values()
    ]
    lines.append(f"| {BY_CHANCE[language]} | " + " | ".join(_written(number, words) for number in chance) + " |")
    counts = [bundle.info["metrics"][population]["confusion"] for population in held]
    lines.insert(
        4, f"| {ALWAYS_BENIGN[language]} | " + " | ".join(_always_benign(each, words) for each in counts) + " |"
    )
    for title, hit, missed in (
        (FOUND, "true_positives", "false_negatives"),
        (ALARMS, "false_positives", "true_negatives"),
    ):
        cells = [f"{count[hit]} / {count[hit] + count[missed]}" for count in counts]
        lines.append(f"| {title[language]} | " + " | ".join(cells) + " |")
    return "\n".join(lines) + "\n"


def _always_benign(counts: dict[str, int], words: Words) -> str:
    """The accuracy of a machine that never raises an alert, with its interval."""
    benign = counts["false_positives"] + counts["true_negatives"]
    return _written(rate(benign, sum(counts.values())), words)


def _written(number: Estimate, words: Words) -> str:
    value, low, high = (words.number(value, 3) for value in (number.value, number.low, number.high))
    return f"{value} [{low} – {high}], n = {number.n}"


if __name__ == "__main__":
    sys.exit(main())
