"""The bench of the exercise on groups: do errors go with blur, contrast, brightness? By chance? As their cause?

Groups, rates, intervals and the shuffling are computed in the browser from the table of predictions (tab.js). The
server gives pictures, and makes them worse on purpose (experiment.py).
"""

import gradio as gr
from markupsafe import Markup

from busi.bundle.files import Bundle
from busi.web.events import EACH, ask, message_of
from busi.web.markup import rich, sentences
from busi.web.page import Page
from busi.web.parts.cases import (
    MEASURES,
    Case,
    WantedCases,
    cases_of,
    first_population,
    population_names,
    predicted_class,
    wanted_cases,
)
from busi.web.parts.cells import populations
from busi.web.parts.enlarge import case_button
from busi.web.scripts import mount
from busi.web.tabs.exercise_groups.experiment import Trial, flip_counter, many_invitation, many_of, trial_of
from busi.words.classes import MALIGNANT
from busi.words.text import Words

SHOWN = 8

_TEMPLATE = "tabs/exercise_groups/tab.html"
_SENTENCES = (
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
    experiment = mount("tabs/exercise_groups/experiment.js")
    bench = gr.HTML(bench_of(page), js_on_load=mount("tabs/exercise_groups/tab.js"))
    pictures = gr.HTML("", elem_classes="groups-pictures", js_on_load=experiment)
    trial = gr.HTML(trial_of(page, Trial()), js_on_load=experiment, elem_id="groups-trial")
    many = gr.HTML(many_invitation(page), js_on_load=experiment)
    flips = flip_counter(page.workshop)

    def show_images(event: gr.EventData) -> object:
        cases = wanted_cases(page.bundle, message_of(event, WantedCases), SHOWN)
        return gr.skip() if cases is None else pictures_of(page, cases)

    @page.or_refusal
    def try_one(event: gr.EventData) -> Markup:
        return trial_of(page, message_of(event, Trial) or Trial())

    @page.or_refusal
    def try_many(event: gr.EventData) -> Markup:
        return many_of(page, message_of(event, Trial) or Trial(), flips)

    ask(bench.apply, show_images, outputs=[pictures], **EACH)
    ask(pictures.apply, try_one, outputs=[trial], **EACH)
    ask(trial.apply, try_one, outputs=[trial], **EACH)
    ask(many.apply, try_many, outputs=[many], concurrency_id="many images", concurrency_limit=1)


def bench_of(page: Page) -> Markup:
    """What to group, how, and what comes out: the browser fills it in."""
    bench, data, texts = page.template(_TEMPLATE).bench, _data(page.bundle), _texts(page.words)
    return bench(data, texts, population_names(page), first_population(page.workshop))


def pictures_of(page: Page, cases: list[Case]) -> Markup:
    """Some images of a group, each with a button that takes it to the experiment."""
    return page.template(_TEMPLATE).wall([_card(page, case) for case in cases]) if cases else Markup()


def _texts(words: Words) -> dict[str, object]:
    """What the browser writes."""
    linked = {
        f"told_{name}": rich(words.unfilled(f"exercise_groups.told_{name}")) for name in MEASURES
    }  # to the glossary
    measures = {name: words(f"exercise_groups.{name}") for name in MEASURES}
    return sentences(words, _SENTENCES) | linked | {"measures": measures}


def _data(bundle: Bundle) -> dict[str, object]:
    """What the browser computes from: for each image its class, its probability and its measures."""
    rows = {
        name: [
            [int(case.label == MALIGNANT), case.probability, case.blur, case.contrast, case.brightness]
            for case in cases_of(rows)
        ]
        for name, rows in populations(bundle).items()
    }
    return {"threshold": bundle.threshold, "populations": rows, "shown": SHOWN, "measures": MEASURES}


def _card(page: Page, case: Case) -> Markup:
    threshold, example = page.bundle.threshold, page.workshop.find(case.image_id)
    is_right = predicted_class(case.probability, threshold) == case.label
    under = page.template(_TEMPLATE).under(case, case.probability >= threshold, is_right, example is not None)
    return case_button(page, case, example, under)
