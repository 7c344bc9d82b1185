"""The tab Laboratoire: a lesion in the radiologist's words, its simulated image, and the network's answer to it."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import partial

import gradio as gr
from markupsafe import Markup

from busi.bundle.measured import measured
from busi.lessons.laboratory import DIALS, HIGHEST_SEED, PRESETS, Experiment, from_query
from busi.web.events import EACH, Message, ask, message_of
from busi.web.page import Page
from busi.web.scripts import mount
from busi.web.tabs.laboratory.answers import curve, notes, tipping_list, view
from busi.web.tabs.laboratory.knobs import experiment_of, lay_out_settings, settings_of
from busi.words.text import Words

FIRST = "fibroadenoma"
HEAVY = {"concurrency_id": "many simulated images", "concurrency_limit": 1, "show_progress": "hidden"}

_NEXT_SEED = 37
_TEMPLATE = "tabs/laboratory/tab.html"


@dataclass(frozen=True)
class Bench:
    """The tab's components.

    Attributes:
        presets: a row of small pictures to start from.
        settings: one component per setting, by the name of its attribute; the seed is among them.
        view: the image and the answer.
        notes: what such a case is, its description, the link to it.
        again: the button that lets chance draw again.
        dial: which knob the curve turns.
        curve_run: the button that draws it.
        curve: where it is drawn.
        tipping_run: the button that looks for the knob that tips the answer over.
        tipping: what was found.
    """

    presets: gr.HTML
    settings: Mapping[str, gr.components.Component]
    view: gr.HTML
    notes: gr.HTML
    again: gr.Button
    dial: gr.Dropdown
    curve_run: gr.Button
    curve: gr.HTML
    tipping_run: gr.Button
    tipping: gr.HTML

    @property
    def inputs(self) -> list[gr.components.Component]:
        """The settings' components."""
        return list(self.settings.values())

    @property
    def shown(self) -> list[gr.components.Component]:
        """What follows the lesion. A curve and a tipping point belong to the one that they were asked for: they go."""
        return [self.view, self.notes, self.curve, self.tipping]


class Address(Message):
    """Where a page was opened: the query of its address, which may carry a lesion."""

    query: str


class Preset(Message):
    """Which small picture was clicked."""

    preset: str


def laboratory_tab(page: Page) -> None:
    """Lays out the tab and wires it."""
    with gr.Tab(page.words("laboratory.tab"), id="laboratory", elem_id="tab-laboratory"):
        bench = _lay_out(page)
        gr.HTML(page.macros.next_tab("exercises"))
    _wire_lesion(page, bench)
    _wire_beginnings(page, bench)
    _wire_studies(page, bench)


def lesson_numbers(words: Words) -> dict[str, str]:
    """What a network scores on real images that has seen simulated ones only, for the lesson."""
    found = measured()
    untouched, two = found.untouched, partial(words.number, digits=2)
    return {
        "served": words.number(found.served_the_simulator),
        "rest": words.number(untouched.n),
        "untouched": two(untouched.value),
        "low": two(untouched.low),
        "high": two(untouched.high),
    }


def _lay_out(page: Page) -> Bench:
    words, markup, stale = page.words, page.template(_TEMPLATE), mount("tabs/laboratory/stale.js")
    gr.HTML(page.macros.heading("laboratory"))
    presets = gr.HTML(markup.presets(PRESETS), js_on_load=mount("tabs/laboratory/presets.js") + mount("js/knobs.js"))
    with gr.Row(elem_classes="lab"):
        with gr.Column(scale=3, min_width=300, elem_classes="lab-view"):
            view_here = gr.HTML("", js_on_load=mount("tabs/laboratory/open.js"), elem_classes="lab-picture")
            notes_here = gr.HTML(notes(page, PRESETS[FIRST]), js_on_load=mount("tabs/laboratory/address.js"))
            again = gr.Button(words("laboratory.again"), size="sm", elem_classes="quiet")
        with gr.Column(scale=2, min_width=280, elem_classes=["lab-knobs", "knobs"]):
            settings = lay_out_settings(page, PRESETS[FIRST])
    tipping_run = gr.Button(words("laboratory.tipping_run"), variant="primary", elem_classes="tip-over")
    tipping = gr.HTML("", js_on_load=stale)
    gr.HTML(markup.title("curve_title"))
    with gr.Row(elem_classes="curve-choice"):
        dial = _dial_choice(words)
        curve_run = gr.Button(words("laboratory.curve_run"), scale=1, elem_classes="quiet")
    curve_here = gr.HTML("", js_on_load=stale)
    if page.bundle.learned_from_another_simulator:
        gr.Markdown(words("laboratory.earlier"), elem_classes="lesson")
    gr.Markdown(words.lesson("laboratory", **lesson_numbers(words)), elem_classes="lesson")
    return Bench(presets, settings, view_here, notes_here, again, dial, curve_run, curve_here, tipping_run, tipping)


def _dial_choice(words: Words) -> gr.Dropdown:
    choices = [(words(f"laboratory.{name}"), name) for name in DIALS]
    label = words("laboratory.curve_knob")
    return gr.Dropdown(choices, value="posterior_db", label=label, filterable=False, scale=3)


def _answer(page: Page, experiment: Experiment) -> list[object]:
    """What `Bench.shown` becomes for a lesion."""
    return [page.or_refusal(view)(page, experiment), notes(page, experiment), "", ""]


def _wire_lesion(page: Page, bench: Bench) -> None:
    """Whatever is turned, the image and the answer follow."""
    names = list(bench.settings)

    def draw(*values: object) -> list[object]:
        return _answer(page, experiment_of(names, values))

    turned = [component.input for name, component in bench.settings.items() if name != "seed"]
    ask(partial(gr.on, turned), draw, bench.inputs, bench.shown, trigger_mode="always_last")


def _wire_beginnings(page: Page, bench: Bench) -> None:
    """An address, a preset, and another draw of chance set every knob."""
    names, everything = list(bench.settings), [*bench.inputs, *bench.shown]

    def set_all(experiment: Experiment) -> list[object]:
        return [*settings_of(experiment).values(), *_answer(page, experiment)]

    def open_from_address(event: gr.EventData) -> list[object]:
        address = message_of(event, Address)
        return set_all((address and from_query(address.query)) or PRESETS[FIRST])

    def start_from(event: gr.EventData) -> list[object]:
        chosen = message_of(event, Preset)
        return set_all(PRESETS.get(chosen.preset if chosen else FIRST, PRESETS[FIRST]))

    def another_draw(*values: object) -> list[object]:
        experiment = experiment_of(names, values)
        return set_all(replace(experiment, seed=(experiment.seed + _NEXT_SEED) % (HIGHEST_SEED + 1)))

    ask(bench.view.apply, open_from_address, outputs=everything)
    ask(bench.presets.click, start_from, outputs=everything, **EACH)
    ask(bench.again.click, another_draw, bench.inputs, everything)


def _wire_studies(page: Page, bench: Bench) -> None:
    """A curve and tipping points: many images each, so that one visitor after the other gets them."""
    names = list(bench.settings)

    @page.or_refusal
    def draw_curve(dial: str, *values: object) -> object:
        return curve(page, experiment_of(names, values), DIALS[dial])

    @page.or_refusal
    def find_tipping(*values: object) -> object:
        return tipping_list(page, experiment_of(names, values))

    def wait() -> Markup:
        return page.template(_TEMPLATE).waiting()

    asked_curve = ask(bench.curve_run.click, wait, outputs=[bench.curve], queue=False)
    ask(asked_curve.then, draw_curve, [bench.dial, *bench.inputs], [bench.curve], **HEAVY)
    asked_tipping = ask(bench.tipping_run.click, wait, outputs=[bench.tipping], queue=False)
    ask(asked_tipping.then, find_tipping, bench.inputs, [bench.tipping], **HEAVY)
