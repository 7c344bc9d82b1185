"""The bench of the exercise on groups: do errors go with blur, contrast, brightness? By chance? As their cause?

Groups, rates, intervals and the shuffling are computed in the browser from the table of predictions
(tab.js). The server gives pictures, and makes them worse on purpose.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from html import escape

import gradio as gr
import numpy as np
import pandas as pd

from busi.bundle.files import SIMULATED, BundleError
from busi.images import resize
from busi.images.degradation import STEPS, degrade
from busi.images.quality import Quality, measure
from busi.model.metrics import rate
from busi.serving.gallery import Example
from busi.serving.predict import Classifier
from busi.serving.workshop import Workshop
from busi.web.components import EACH
from busi.web.figures import alert_word, answer_text, card, class_word, light_picture, rich
from busi.web.files import read
from busi.web.guesses import mark
from busi.web.page import Page
from busi.web.parts.cells import population_name, populations
from busi.web.parts.enlarge import case_button, says
from busi.words.classes import MALIGNANT
from busi.words.text import Words

MEASURES = ("blur", "contrast", "brightness")
KINDS = ("all", "missed", "alarms")
SHOWN = 8
MANY = 24  # images on which a way is tried, the first of the population in the order of the gallery
MOST_GROUPS = 6
# The measure that each way changes on purpose.
CHANGED = {"blur": "blur", "darker": "brightness", "brighter": "brightness", "contrast": "contrast"}

_JS = read("parts/counts.js", "tabs/exercise_groups/tab.js")
_TRY_JS = read("tabs/exercise_groups/try.js")
_SIDE = 200
_SAID = (
    "exercise_groups.group",
    "exercise_groups.range",
    "exercise_groups.empty",
    "exercise_groups.rate",
    "exercise_groups.errors_of",
    "exercise_groups.malignant_of",
    "exercise_groups.overall",
    "exercise_groups.axis",
    "exercise_groups.chart_alt",
    "exercise_groups.chart_alt_group",
    "exercise_groups.told_blur",
    "exercise_groups.told_contrast",
    "exercise_groups.told_brightness",
    "exercise_groups.no_errors",
    "exercise_groups.chance_told",
    "exercise_groups.chance_rare",
    "exercise_groups.chance_common",
    "exercise_groups.chance_alt",
    "exercise_groups.chance_axis",
    "exercise_groups.observed",
    "exercise_groups.guessed_blurred",
    "exercise_groups.guessed_sharp",
    "exercise_groups.guessed_no_difference",
    "exercise_groups.guess_told",
    "exercise_groups.pictures_of",
    "exercise_groups.open_group",
    "guess.right",
    "guess.wrong",
    "guess.open",
)


def groups_bench(page: Page) -> None:
    """Lays out the bench and wires it."""
    words, workshop, _picture = page.words, page.workshop, page.picture
    bench = gr.HTML(bench_of(words, workshop), js_on_load=_JS)
    pictures = gr.HTML("", elem_classes="groups-pictures", js_on_load=_TRY_JS)
    trial = gr.HTML(trial_of(words, workshop, None, "blur"), js_on_load=_TRY_JS, elem_id="groups-trial")
    many = gr.HTML(f"<section>{_many_invitation(words)}</section>", js_on_load=_TRY_JS)
    flips = _flips_of(workshop)

    def show_images(event: gr.EventData) -> object:
        rows = rows_asked(workshop, event)
        return gr.skip() if rows is None else pictures_of(words, workshop, rows)

    def try_one(event: gr.EventData) -> str:
        image_id, way = getattr(event, "image", None), _way(event)
        example = workshop.find(image_id) if isinstance(image_id, str) else None
        return _answered(words, lambda: trial_of(words, workshop, example, way))

    def try_many(event: gr.EventData) -> str:
        return _answered(words, lambda: many_of(words, workshop, _way(event), flips))

    private = {"api_visibility": "private", "show_progress": "hidden"}
    bench.apply(fn=show_images, outputs=[pictures], **EACH, **private)
    pictures.apply(fn=try_one, outputs=[trial], **EACH, **private)
    trial.apply(fn=try_one, outputs=[trial], **EACH, **private)
    many.apply(fn=try_many, outputs=[many], concurrency_id="many images", concurrency_limit=1, **private)


def rows_asked(workshop: Workshop, event: object) -> pd.DataFrame | None:
    """The rows of predictions.csv that a browser asks to see; None if it asks for nothing that there is.

    Args:
        workshop: what the pages work with.
        event: has the attributes population, a key of `populations`, and rows, at most `SHOWN` places in it.
    """
    population, places = getattr(event, "population", None), getattr(event, "rows", None)
    held = populations(workshop.bundle)
    if not isinstance(population, str) or population not in held or not isinstance(places, list):
        return None
    rows = held[population]
    if len(places) > SHOWN or not all(type(place) is int and 0 <= place < len(rows) for place in places):
        return None
    return rows.iloc[places]


def bench_of(words: Words, workshop: Workshop) -> str:
    """What to group, how, and what comes out, as HTML that the browser fills.

    Args:
        words: of the reader's language.
        workshop: what the pages work with.
    """
    said = {key.split(".")[1]: words.unfilled(key) for key in _SAID}
    said |= {f"told_{name}": rich(said[f"told_{name}"]) for name in MEASURES}  # they link to the glossary
    said["measures"] = {name: words(f"exercise_groups.{name}") for name in MEASURES}
    return (
        f'<section class="groups-bench" data-bench="{escape(_data(workshop))}" data-said="{escape(json.dumps(said))}">'
        f"{_choices(words, workshop)}<p data-out='told'></p><p class='reply' role='status' data-out='reply'></p>"
        f'<div class="chart" data-chart="groups"></div><div class="groups-table">{_table(words)}</div>'
        f'<p class="aside">{rich(words("exercise_groups.confounder"))}</p>{_chance(words)}'
        f'<h4>{escape(words("exercise_groups.pictures"))}</h4><p class="aside" data-out="pictures_of"></p></section>'
    )


def pictures_of(words: Words, workshop: Workshop, rows: pd.DataFrame) -> str:
    """Some images of a group, each with a button that takes it to the experiment, as HTML.

    Args:
        words: of the reader's language.
        workshop: what the pages work with.
        rows: of predictions.csv.
    """
    cards = "".join(_card(words, workshop, row) for row in rows.itertuples())
    return f'<div class="group-wall">{cards}</div>' if cards else ""


def trial_of(words: Words, workshop: Workshop, example: Example | None, way: str) -> str:
    """One image made worse step by step, with the network's answer to each step, as HTML.

    Args:
        words: of the reader's language.
        workshop: what the pages work with.
        example: the image; None if none was chosen yet.
        way: a key of `busi.images.degradation.STEPS`.

    Raises:
        BundleError: if the weights cannot be used.
    """
    title = f"<h4>{escape(words('exercise_groups.trial'))}</h4><p>{rich(words('exercise_groups.trial_told'))}</p>"
    if example is None:
        choose = escape(words("exercise_groups.choose"))
        return f'<section class="groups-trial">{title}<p class="aside">{choose}</p></section>'
    images, probabilities = made_worse(workshop.classifier.get(), example, way)
    threshold = workshop.bundle.threshold
    ways = _ways(words, way, example.image_id)
    cards = "".join(
        _step(words, image, probability, threshold, way, number, example.source == SIMULATED)
        for number, (image, probability) in enumerate(zip(images, probabilities, strict=True))
    )
    shown = [probabilities[0], probabilities[-1], probabilities.min(), probabilities.max()]
    (first, last, low, high), at = words.scores_and_threshold(shown, threshold)
    moved = words("exercise_groups.moved", first=first, last=last, low=low, high=high, threshold=at)
    flips = sum(says(one, threshold) != says(probabilities[0], threshold) for one in probabilities[1:])
    verdict = words("exercise_groups.flips" if flips else "exercise_groups.no_flip", flips=flips, steps=len(images) - 1)
    truth = class_word(words, example.label)
    return (
        f'<section class="groups-trial" data-image="{escape(example.image_id)}" data-way="{way}">{title}{ways}'
        f'<p class="aside">{escape(words("exercise_groups.truly"))} {truth}</p><div class="steps-of">{cards}</div>'
        f'<p class="told" role="status"><strong>{escape(verdict)}</strong> {escape(moved)}</p></section>'
    )


def many_of(words: Words, workshop: Workshop, way: str, flips: Callable[[str, int], tuple[int, int]]) -> str:
    """The same done to many images: how many answers change side at each step, as HTML.

    Args:
        words: of the reader's language.
        workshop: what the pages work with.
        way: a key of `busi.images.degradation.STEPS`.
        flips: gives for a way and the number of a step how many answers changed, and of how many images.

    Raises:
        BundleError: if the weights cannot be used.
    """
    counts = [flips(way, number)[0] for number in range(len(STEPS[way]))]
    strongest, n = {name: flips(name, len(STEPS[name]) - 1)[0] for name in STEPS}, flips(way, 0)[1]
    rows = "".join(
        f'<tr><th scope="row">{escape(_amount(words, way, number))}</th><td>{escape(_share(words, count, n))}</td></tr>'
        for number, count in enumerate(counts)
        if number
    )
    source = words(f"picker.{workshop.gallery.ultrasound}")
    caption = words("exercise_groups.many_caption", n=n, images=source)
    return (
        f'<section>{_many_invitation(words, way)}<table class="many"><caption>{escape(caption)}</caption>'
        f"<tbody>{rows}</tbody></table>{_strongest(words, strongest, n)}"
        f"<p>{rich(reading(words, strongest, n))}</p></section>"
    )


def reading(words: Words, strongest: Mapping[str, int], n: int) -> str:
    """What the numbers say of the four ways, and what they do not.

    Args:
        words: of the reader's language.
        strongest: for each way, how many answers changed sides at its last step.
        n: of how many images.
    """
    low, high = min(strongest.values()), max(strongest.values())
    if low == high:
        return words("exercise_groups.many_equal" if high else "exercise_groups.many_none")
    ways = {count: _names(words, [way for way in STEPS if strongest[way] == count]) for count in (low, high)}
    said = [words("exercise_groups.many_ranking", most=ways[high], least=ways[low])]
    blur, grays = strongest["blur"], max(count for way, count in strongest.items() if way != "blur")
    said.append(words(f"exercise_groups.many_{'grays' if grays > blur else 'blur' if blur > grays else 'as_much'}"))
    apart = rate(high, n).low > rate(low, n).high
    said.append(words("exercise_groups.many_sure" if apart else "exercise_groups.many_unsure", n=n))
    said.append(words("exercise_groups.many_doses"))
    return " ".join(said)


def _names(words: Words, ways: Sequence[str]) -> str:
    return ", ".join(words(f"exercise_groups.way_{way}").lower() for way in ways)


def _strongest(words: Words, strongest: Mapping[str, int], n: int) -> str:
    """The last step of every way side by side, as HTML."""
    heads = {
        way: words(
            "exercise_groups.many_strongest_head",
            way=words(f"exercise_groups.way_{way}"),
            amount=_amount(words, way, len(STEPS[way]) - 1),
        )
        for way in STEPS
    }
    rows = "".join(
        f'<tr data-strongest="{way}"><th scope="row">{escape(heads[way])}</th>'
        f"<td>{escape(_share(words, count, n))}</td></tr>"
        for way, count in strongest.items()
    )
    caption = escape(words("exercise_groups.many_strongest", n=n))
    return f'<table class="many"><caption>{caption}</caption><tbody>{rows}</tbody></table>'


def made_worse(classifier: Classifier, example: Example, way: str) -> tuple[list[np.ndarray], np.ndarray]:
    """An image at each step of a way, and what the network says of it.

    Args:
        classifier: who answers.
        example: the image.
        way: a key of `busi.images.degradation.STEPS`.

    Returns:
        uint8 (S, S) for each step, before CLAHE, the image as it is first; and float64 (steps,), probability of
        malignant.
    """
    image = resize(example.image, classifier.contract.size)
    images = [degrade(image, way, amount) for amount in STEPS[way]]
    return images, classifier.probabilities(images)


def _flips_of(workshop: Workshop) -> Callable[[str, int], tuple[int, int]]:
    """A function, kept for each way and step, that counts answers that change side."""

    @lru_cache(maxsize=1)
    def images() -> list[np.ndarray]:
        gallery, side = workshop.gallery, workshop.classifier.get().contract.size
        chosen = [one for one in gallery.examples.values() if one.source == gallery.ultrasound][:MANY]
        return [resize(example.image, side) for example in chosen]

    @lru_cache(maxsize=sum(map(len, STEPS.values())))
    def called(way: str, amount: float) -> np.ndarray:
        probabilities = workshop.classifier.get().probabilities([degrade(image, way, amount) for image in images()])
        return probabilities >= workshop.bundle.threshold

    def flips(way: str, number: int) -> tuple[int, int]:
        as_it_is = called("blur", STEPS["blur"][0])  # no way changes anything at its first step
        changed = called(way, STEPS[way][number]) != as_it_is if number else np.zeros_like(as_it_is)
        return int(changed.sum()), len(as_it_is)

    return flips


def _answered(words: Words, answer: Callable[[], str]) -> str:
    try:
        return answer()
    except BundleError:
        return card(words("refused.network_title"), words("refused.network"), "alert")


def _way(event: object) -> str:
    way = getattr(event, "way", None)
    return way if isinstance(way, str) and way in STEPS else "blur"


def _data(workshop: Workshop) -> str:
    """What the browser computes from: for each image its class, its probability and its measures."""
    held = {
        name: [
            [int(row.label == MALIGNANT), row.probability, row.blur, row.contrast, row.brightness]
            for row in rows.itertuples()
        ]
        for name, rows in populations(workshop.bundle).items()
    }
    return json.dumps({"threshold": workshop.bundle.threshold, "held": held, "shown": SHOWN, "measures": MEASURES})


def _choices(words: Words, workshop: Workshop) -> str:
    held = populations(workshop.bundle)
    first = next((name for name, rows in held.items() if workshop.find(rows["image_id"].iloc[0])), next(iter(held)))
    images = {name: population_name(words, rows) for name, rows in held.items()}
    measures = {name: words(f"exercise_groups.{name}") for name in MEASURES}
    kinds = {name: words(f"exercise_groups.kind_{name}") for name in KINDS}
    count = escape(words("exercise_groups.count"))
    return (
        f'<div class="groups-choices">{_radios(words, "population", images, first)}'
        f"{_radios(words, 'measure', measures, 'blur')}{_radios(words, 'kind', kinds, 'all')}"
        f'<div><label for="groups-count">{count} <output data-out="count">3</output></label>'
        f'<input id="groups-count" type="range" min="2" max="{MOST_GROUPS}" value="3"></div></div>'
    )


def _radios(words: Words, name: str, choices: dict[str, str], chosen: str) -> str:
    labels = "".join(
        f'<label><input type="radio" name="groups-{name}" value="{value}"{" checked" if value == chosen else ""}> '
        f"<span>{escape(text)}</span></label>"
        for value, text in choices.items()
    )
    return f"<fieldset><legend>{escape(words(f'exercise_groups.choose_{name}'))}</legend>{labels}</fieldset>"


def _table(words: Words) -> str:
    heads = "".join(
        f'<th scope="col">{rich(words(f"exercise_groups.head_{name}"))}</th>'
        for name in ("group", "range", "n", "rate", "interval", "malignant", "see")
    )
    see = escape(words("exercise_groups.see"))
    return f'<table><thead><tr>{heads}</tr></thead><tbody data-see="{see}"></tbody></table>'


def _chance(words: Words) -> str:
    return (
        f"<h4>{escape(words('exercise_groups.chance'))}</h4><p>{rich(words('exercise_groups.chance_how'))}</p>"
        f'<button type="button" class="solid" data-shuffle>{escape(words("exercise_groups.shuffle"))}</button>'
        '<div class="chart" data-chart="chance"></div><p class="told" role="status" data-out="chance"></p>'
        f'<p class="aside">{rich(words("exercise_groups.many_looks"))}</p>'
    )


def _card(words: Words, workshop: Workshop, row: pd.Series) -> str:
    threshold, example = workshop.bundle.threshold, workshop.find(row.image_id)
    right = says(row.probability, threshold) == row.label
    under = (
        f"<span>{escape(words('exercise_groups.truly'))} {class_word(words, row.label)}</span>"
        f"<span>{alert_word(words, row.probability >= threshold)} {mark(right)}</span>"
    )
    if example is not None:
        under += (
            f'<button type="button" class="plain" data-try="{escape(row.image_id)}">'
            f"{escape(words('exercise_groups.take'))}</button>"
        )
    return case_button(words, row, example, threshold, under)


def _ways(words: Words, chosen: str, image_id: str) -> str:
    buttons = "".join(
        f'<button type="button" class="plain" data-try="{escape(image_id)}" data-way="{way}" aria-pressed="'
        f'{str(way == chosen).lower()}">{escape(words(f"exercise_groups.way_{way}"))}</button>'
        for way in STEPS
    )
    return f'<p class="ways">{buttons}</p>'


def _step(
    words: Words, image: np.ndarray, probability: float, threshold: float, way: str, number: int, simulated: bool
) -> str:
    """One step: the picture, its measure, the answer."""
    badge = f'<span class="badge">{escape(words("laboratory.simulated"))}</span>' if simulated else ""
    quality: Quality = measure(image)
    name, amount = CHANGED[way], _amount(words, way, number)
    value = words.number(getattr(quality, name))
    measured = words("exercise_groups.measured", name=words(f"exercise_groups.{name}"), value=value)
    alert = alert_word(words, probability >= threshold)
    score = escape(words("score.short", score=words.score_and_threshold(probability, threshold)[0]))
    facts = (
        f"<dt>{escape(words('exercise_groups.step'))}</dt><dd>{escape(amount)}</dd>"
        f"<dt>{escape(words('enlarge.fact_network'))}</dt><dd>{escape(answer_text(words, probability, threshold))}</dd>"
        f"<dt>{escape(words(f'exercise_groups.{name}'))}</dt><dd>{value}</dd>"
    )
    return (
        f'<div class="case-item"><button type="button" class="case-open" data-example="" aria-label="{escape(amount)}">'
        f'<span class="plate"><img src="{light_picture(image, _SIDE)}" alt="">{badge}</span></button>'
        f'<div class="case-under"><span>{escape(amount)}</span><b>{score}</b>{alert}'
        f"<span>{escape(measured)}</span></div><div data-facts hidden><dl class='facts'>{facts}</dl></div></div>"
    )


def _amount(words: Words, way: str, number: int) -> str:
    """A step in words."""
    if not number:
        return words("exercise_groups.as_it_is")
    amount = STEPS[way][number]
    value = {"blur": words.number(amount, 1), "contrast": words.number(100 * amount)}.get(
        way, words.number(abs(amount))
    )
    return words(f"exercise_groups.amount_{way}", value=value)


def _many_invitation(words: Words, chosen: str = "") -> str:
    buttons = "".join(
        f'<button type="button" class="plain" data-many="{way}" aria-pressed="{str(way == chosen).lower()}">'
        f"{escape(words(f'exercise_groups.way_{way}'))}</button>"
        for way in STEPS
    )
    told = rich(words("exercise_groups.many_told", n=MANY))
    return f'<h4>{escape(words("exercise_groups.many"))}</h4><p>{told}</p><p class="ways">{buttons}</p>'


def _share(words: Words, count: int, n: int) -> str:
    estimate = rate(count, n)
    return words(
        "exercise_groups.changed_side",
        count=count,
        n=n,
        share=words.percent(estimate.value),
        low=words.percent(estimate.low),
        high=words.percent(estimate.high),
    )
