"""The bench of the exercise on confidence: a threshold to move, missions to fulfil, and images, the least sure first.

Everything follows the threshold in the browser (tab.js). The server is asked for the pictures alone, of the images that
the browser names.
"""

import gradio as gr
from markupsafe import Markup

from busi.bundle.files import Bundle
from busi.web.events import EACH, ask, message_of
from busi.web.page import Page
from busi.web.parts.cases import Case, WantedCases, cases_of, first_population, population_names, wanted_cases
from busi.web.parts.cells import populations
from busi.web.parts.enlarge import case_button
from busi.web.scripts import mount
from busi.words.classes import MALIGNANT

SHOWN = 12
FEW_ALARMS = 0.10  # of the benign images, in the second mission

_TEMPLATE = "tabs/exercise_confidence/tab.html"
_SENTENCES = (
    "exercise_confidence.interval",
    "exercise_confidence.share_of",
    "exercise_confidence.threshold_value",
    "exercise_confidence.guessed_more",
    "exercise_confidence.guessed_fewer",
    "exercise_confidence.guessed_same",
    "exercise_confidence.halved",
    "exercise_confidence.mission_none_missed_done",
    "exercise_confidence.mission_few_alarms_done",
    "exercise_confidence.mission_balance_done",
    "exercise_confidence.roc_alt",
    "exercise_confidence.roc_x",
    "exercise_confidence.roc_y",
    "exercise_confidence.order_least_sure_told",
    "exercise_confidence.order_errors_told",
    "exercise_confidence.order_most_sure_told",
    "exercise_confidence.no_error",
    "exercise_confidence.all_malignant",
    "exercise_confidence.all_benign",
    "guess.right",
    "guess.wrong",
)


def confidence_bench(page: Page) -> None:
    """Lays out the bench and wires it."""
    bench = gr.HTML(bench_of(page), js_on_load=mount("tabs/exercise_confidence/tab.js"))
    wall = gr.HTML("", js_on_load=mount("tabs/exercise_confidence/wall.js"), elem_classes="confidence-wall")

    def show_images(event: gr.EventData) -> object:
        cases = wanted_cases(page.bundle, message_of(event, WantedCases), SHOWN)
        return gr.skip() if cases is None else wall_of(page, cases)

    ask(bench.apply, show_images, outputs=[wall], **EACH)


def bench_of(page: Page) -> Markup:
    """The threshold, what it makes of the images, and the missions."""
    bench, few = page.template(_TEMPLATE).bench, page.words.percent(FEW_ALARMS)
    return bench(_data(page.bundle), _SENTENCES, population_names(page), first_population(page.workshop), few)


def wall_of(page: Page, cases: list[Case]) -> Markup:
    """Some images with their scores; what the network makes of each is written in the browser."""
    markup = page.template(_TEMPLATE)
    cards = [case_button(page, case, page.workshop.find(case.image_id), markup.under(case)) for case in cases]
    return markup.wall(cards) if cards else Markup()


def _data(bundle: Bundle) -> dict[str, object]:
    """What the browser computes from: labels and probabilities, in the order of predictions.csv."""
    rows = {
        name: [[int(case.label == MALIGNANT), case.probability] for case in cases_of(rows)]
        for name, rows in populations(bundle).items()
    }
    return {"threshold": bundle.threshold, "populations": rows, "shown": SHOWN, "few": FEW_ALARMS}
