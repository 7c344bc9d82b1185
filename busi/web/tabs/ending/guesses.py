"""The guesses of the workshop in their order, and what is true of each where the bundle tells.

A visitor's guesses are in the browser, by name (js/guess_log.js); what the page says of each comes from here and from
content/<language>/ending.toml, in the reader's language and about the network that is served now.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from busi.bundle.files import BREAST, BUSI
from busi.data.birads import BIOPSY
from busi.data.split import TEST
from busi.lessons.architectures import architectures
from busi.lessons.data_counts import LEAK_HIGH, LEAK_LOW, LEAK_SHARE, NEAR, part_counts
from busi.lessons.first_pair import first_pair
from busi.model.metrics import Estimate, confusion
from busi.serving.gallery import Example
from busi.web.page import Page
from busi.web.parts.cells import populations
from busi.web.parts.radiologist import lesion_of
from busi.web.sentences import interval
from busi.words.classes import BENIGN, CLASSES, MALIGNANT
from busi.words.exercises import exercises
from busi.words.inquiries import INQUIRIES
from busi.words.text import Words

# What a guess is: a share of 100, a number with a name of its own ("epoch 12"), a choice, or a class of an image.
SHARE, NUMBER, CHOICE, CLASS = "share", "number", "choice", "class"
DIRECTIONS = ("lower", "same", "higher")
# By the name under which a script remembers it: the part where it is made, and what it is.
GUESSES = {
    "welcome.0": ("welcome", CLASS),
    "welcome.1": ("welcome", CLASS),
    "welcome.smiley": ("welcome", CHOICE),
    "welcome.women": ("welcome", SHARE),
    "data.majority": ("data", SHARE),
    "data.twins": ("data", NUMBER),
    "data.leak": ("data", SHARE),
    "network.loss": ("network", CHOICE),
    "training.epoch": ("training", NUMBER),
    "training.live": ("training", CHOICE),
    "evaluation.sensitivity": ("evaluation", SHARE),
    "elsewhere.auc": ("evaluation", CHOICE),
    "elsewhere.found": ("evaluation", CHOICE),
    "elsewhere.alarms": ("evaluation", CHOICE),
    "evaluation.women": ("evaluation", SHARE),
    "prediction.first": ("prediction", CLASS),
    "exercises.augmentation": ("exercise_augmentation", CHOICE),
    "exercises.layers": ("exercise_layers", CHOICE),
    "exercises.confidence": ("exercise_confidence", CHOICE),
    "exercises.groups": ("exercise_groups", CHOICE),
    "exercises.errors": ("exercise_errors", CHOICE),
    "inquiries.shortcut": ("inquiry_shortcut", CHOICE),
    "inquiries.leak": ("inquiry_leak", CHOICE),
    "inquiries.hidden": ("inquiry_hidden", CHOICE),
    "inquiries.for_whom": ("inquiry_for_whom", CHOICE),
    "inquiries.abstain": ("inquiry_abstain", CHOICE),
    "inquiries.birads": ("inquiry_birads", CHOICE),
    "inquiries.teach": ("inquiry_teach", CHOICE),
    "inquiries.sign": ("inquiry_sign", CHOICE),
    "inquiries.maps": ("inquiry_maps", CHOICE),
    "inquiries.outline": ("inquiry_outline", CHOICE),
    "further.best": ("further", CHOICE),
}
# The choices of a guess, where it is neither a number nor a class; "open" is a truth that nobody can tell.
CHOICES = {
    "welcome.smiley": (*CLASSES, "refuses"),
    "network.loss": ("little", "five", "forty"),
    "training.live": ("learns", "by_heart", "still", "broken", "unclear"),
    **{f"elsewhere.{name}": DIRECTIONS for name in ("auc", "found", "alarms")},
    **{f"exercises.{exercise.name}": exercise.questions[0].choices for exercise in exercises()},
    "exercises.groups": ("blurred", "sharp", "no_difference", "open"),
    "inquiries.abstain": ("fifth", "half", "nearly_all"),
    "inquiries.birads": ("six", "nine", "twelve"),
    "inquiries.hidden": ("nothing", "half", "most"),
    "inquiries.leak": ("as_many", "more", "nearly_all"),
    "inquiries.teach": ("meant", "other", "nothing"),
    "inquiries.shortcut": ("as_good", "less", "blind"),
    "inquiries.for_whom": ("none", "one", "many"),
    "inquiries.sign": ("sign", "ask", "refuse", "open"),
    "inquiries.maps": ("seldom", "half", "nearly_all"),
    "inquiries.outline": ("few", "some", "many"),
}


@dataclass(frozen=True)
class Truth:
    """What is true of a guess, of the network that is served.

    Attributes:
        values: by the names of an entry of js/guess_log.js: "truth", "low", "high", "network"; empty where only the
            browser knows.
        told: the same in a line, with what it was counted on; empty if there is nothing to add.
    """

    values: Mapping[str, Any] = field(default_factory=dict)
    told: str = ""


@dataclass(frozen=True)
class Guess:
    """One guess of the workshop, ready for the page.

    Attributes:
        name: under which the browser remembers it.
        part: the tab where it is made.
        kind: SHARE, NUMBER, CHOICE or CLASS.
        question: with the placeholder {ill} where that depends on what the visitor chose.
        surprise: a sentence with the placeholders {guess} and {truth}.
        value: how a number is written, with the placeholder {value}.
        choices: what each is called, by its key; empty for numbers.
        truth: what is true of it.
    """

    name: str
    part: str
    kind: str
    question: str
    surprise: str
    value: str
    choices: Mapping[str, str]
    truth: Truth

    @property
    def for_browser(self) -> dict[str, Any]:
        """What a script compares a visitor's guess with."""
        return {"kind": self.kind, "choices": dict(self.choices), **self.truth.values}


def guesses_of(page: Page) -> list[Guess]:
    """The guesses that can be made on this page, in the order of the workshop.

    Args:
        page: that they are listed on.
    """
    truths = truths_of(page)
    return [_guess(page.words, name, truths[name]) for name in GUESSES if name in truths]


def truths_of(page: Page) -> dict[str, Truth]:
    """What is true of each guess that the page can ask for, by its name.

    Args:
        page: about the bundle whose network is served.
    """
    only_browser = ("welcome.smiley", "data.twins", "training.epoch", "training.live", "prediction.first")
    benches = ("exercises.augmentation", "exercises.groups")
    return {
        **{name: Truth() for name in (*only_browser, *benches)},
        **_first_cases(page),
        **_of_women(page),
        **_of_data(page),
        "network.loss": Truth({"truth": "five"}),
        "evaluation.sensitivity": _sensitivity(page),
        **_elsewhere(page),
        "exercises.layers": Truth({"truth": _right_layer()}),
        **_of_errors(page),
        **dict.fromkeys((f"inquiries.{name}" for name in INQUIRIES), Truth()),
        "further.best": _networks(page.words),
    }


def _guess(words: Words, name: str, truth: Truth) -> Guess:
    part, kind = GUESSES[name]
    question, surprise = (words.unfilled(f"ending.of.{name}.{what}") for what in ("question", "surprise"))
    value = words.unfilled(f"ending.of.{name}.value" if kind == NUMBER else "ending.out_of_100")
    return Guess(name, part, kind, question, surprise, value, _choices(words, name, kind), truth)


def _choices(words: Words, name: str, kind: str) -> dict[str, str]:
    if name == "further.best":
        # The famous ones go by the names that all the world gives them.
        return {row.arch: words.strings.get(f"further.arch_{row.arch}", row.arch) for row in architectures()}
    if kind == CLASS:
        return {label: words(f"class.{label}") for label in CLASSES}
    return {choice: words(f"ending.of.{name}.choices.{choice}") for choice in CHOICES.get(name, ())}


def _first_cases(page: Page) -> dict[str, Truth]:
    pair = first_pair(page.workshop.gallery, page.bundle)
    if pair is None:
        return {"welcome.0": Truth()}
    return {f"welcome.{number}": _case(page, example) for number, example in enumerate(pair)}


def _case(page: Page, example: Example) -> Truth:
    alerts = probability_of(page, example) >= page.bundle.threshold
    return Truth({"truth": str(example.label), "network": MALIGNANT if alerts else BENIGN}, _known(page.words, example))


def _known(words: Words, example: Example) -> str:
    """How the truth of a picture of BrEaST is known."""
    lesion = lesion_of(example.image_id)
    if lesion is None:
        return ""
    return words("ending.told_biopsy" if lesion["verification"] == BIOPSY else "ending.told_followed")


def probability_of(page: Page, example: Example) -> float:
    """What the network gave to "malignant" for a picture of predictions.csv, in [0, 1].

    Args:
        page: about the bundle that holds the predictions.
        example: the picture.
    """
    rows = page.bundle.predictions
    return float(rows.loc[rows["image_id"] == example.image_id, "probability"].iloc[0])


def _of_women(page: Page) -> dict[str, Truth]:
    """How often an alert is right depends on how many are ill, so that the browser computes it from these rates."""
    counts = page.bundle.confusion(TEST)
    rates = {"sensitivity": counts.sensitivity(), "specificity": counts.specificity()}
    told = page.words(
        "ending.told_women",
        interval="{interval}",
        malignant=rates["sensitivity"].n,
        benign=rates["specificity"].n,
    )
    values = {"rates": {name: _ends(found) for name, found in rates.items()}}
    return {"welcome.women": Truth(values, told), "evaluation.women": Truth(values, told)}


def _of_data(page: Page) -> dict[str, Truth]:
    words, parts = page.words, part_counts(page.bundle)
    found, test = {}, parts[-1]
    if test.by_class:
        share = 100 * test.by_class[BENIGN] / test.images
        told = words("ending.told_majority", benign=test.by_class[BENIGN], n=test.images)
        found["data.majority"] = Truth(
            {"truth": share, "low": share - NEAR, "high": share + NEAR, "tolerance": True}, told
        )
    if page.bundle.data_kind == BUSI and "images_with_twins" in page.bundle.info["data"]:
        images = sum(part.images for part in parts)
        told = words("ending.told_leak", low=LEAK_LOW, high=LEAK_HIGH, n=images)
        found["data.leak"] = Truth({"truth": LEAK_SHARE, "low": LEAK_LOW, "high": LEAK_HIGH}, told)
    return found


def _sensitivity(page: Page) -> Truth:
    words, counts = page.words, page.bundle.confusion(TEST)
    found = counts.sensitivity()
    told = words(
        "ending.told_sensitivity",
        found=counts.true_positives,
        malignant=found.n,
        threshold=words.threshold(page.bundle.threshold),
        interval=interval(words, found, words.percent),
    )
    return Truth({"truth": 100 * found.value, "low": 100 * found.low, "high": 100 * found.high}, told)


def _elsewhere(page: Page) -> dict[str, Truth]:
    """The numbers of both hospitals; which of the three answers they are, the page's own script has judged."""
    words, bundle = page.words, page.bundle
    if not bundle.knows_another_hospital:
        return {}
    home, away = bundle.metrics(TEST), bundle.metrics(BREAST)
    alarms = {name: _alarms(found["specificity"]) for name, found in (("home", home), ("away", away))}
    pairs = {
        "auc": (home["auc"], away["auc"], lambda value: words.number(value, 2)),
        "found": (home["sensitivity"], away["sensitivity"], words.percent),
        "alarms": (alarms["home"], alarms["away"], words.percent),
    }
    return {f"elsewhere.{name}": Truth({}, _both(words, *pair)) for name, pair in pairs.items()}


def _alarms(specificity: Estimate) -> Estimate:
    return Estimate(1 - specificity.value, 1 - specificity.high, 1 - specificity.low, specificity.n)


def _both(words: Words, home: Estimate, away: Estimate, write: Callable[[float], str]) -> str:
    values = {
        f"{name}{end}": text
        for name, one in (("home", home), ("away", away))
        for end, text in (("", write(one.value)), ("_interval", interval(words, one, write)), ("_n", one.n))
    }
    return words("ending.told_elsewhere", **values)


def _of_errors(page: Page) -> dict[str, Truth]:
    """What halving the threshold does, and which error is the more frequent one, on test images."""
    words, threshold = page.words, page.bundle.threshold
    rows = populations(page.bundle)[TEST]
    labels, probabilities = (rows["label"] == MALIGNANT).to_numpy(), rows["probability"].to_numpy()
    before, after = (confusion(labels, probabilities, limit) for limit in (threshold, threshold / 2))
    missed, alarms = before.false_negatives, before.false_positives
    errors, halved = missed + alarms, after.false_negatives + after.false_positives
    kind = "missed" if missed > alarms else "alarmed" if alarms > missed else "as_many"
    change = "more" if halved > errors else "fewer" if halved < errors else "same"
    told = words("ending.told_confidence", errors=errors, halved=halved, n=len(rows))
    counted = words("ending.told_errors", missed=missed, alarms=alarms, n=len(rows))
    return {"exercises.confidence": Truth({"truth": change}, told), "exercises.errors": Truth({"truth": kind}, counted)}


def _right_layer() -> str:
    return next(exercise for exercise in exercises() if exercise.name == "layers").questions[0].right[0]


def _networks(words: Words) -> Truth:
    """On how many images they were compared; what a guess was worth, the table's own script has judged."""
    return Truth({}, words("ending.told_best", n=architectures()[0].auc[0].n))


def _ends(found: Estimate) -> dict[str, float]:
    return {"value": found.value, "low": found.low, "high": found.high}
