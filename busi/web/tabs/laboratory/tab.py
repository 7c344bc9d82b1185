"""The tab Laboratoire: a lesion in the radiologist's words, its simulated image, and the network's answer to it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from html import escape

import gradio as gr
import numpy as np

from busi.bundle.files import BundleError
from busi.bundle.measured import measured
from busi.lessons.laboratory import (
    DIALS,
    HIGHEST_SEED,
    OTHER_DRAWS,
    PRESETS,
    WORDS,
    Dial,
    Experiment,
    Tipping,
    from_query,
    sweep,
    tippings,
    to_query,
)
from busi.serving.predict import Classifier
from busi.simulator import Lesion, Scene
from busi.web.components import EACH, Knob
from busi.web.curves import answer_curve
from busi.web.figures import card, figure, light_picture, next_tab, score_bar, simulated_picture, verdict
from busi.web.files import read
from busi.web.page import Page
from busi.web.report import report
from busi.words.classes import MALIGNANT
from busi.words.text import Words

LABORATORY = "laboratory"
FIRST = "fibroadenoma"
HEAVY = {"concurrency_id": "many simulated images", "concurrency_limit": 1}

_ADDRESS_JS = read("tabs/laboratory/address.js")
_PRESETS_JS = read("tabs/laboratory/presets.js")
_OPEN_JS = "trigger('apply', { query: location.search });"  # once, when the tab opens
_SHARED_JS = "if (/[?&]lesion=/.test(location.search)) trigger('apply');"
_STALE_JS = read("tabs/laboratory/stale.js")
_NEXT_SEED = 37
_PRESET_SIDE = 110

_GROUPS = {
    "about_lesion": ("size_mm", "aspect", "angle_deg", "margin_strength", "depth_mm"),
    "about_around": ("echo_db", "heterogeneity", "posterior_db", "calcifications", "halo"),
    "about_scanner": ("gain_db", "frequency_mhz"),
}


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


def laboratory_tab(page: Page) -> None:
    """Lays out the tab and wires it."""
    words, workshop = page.words, page.workshop
    with gr.Tab(words("laboratory.tab"), id=LABORATORY, elem_id=f"tab-{LABORATORY}"):
        bench = _lay_out(words)
        gr.HTML(next_tab(words, "exercises"))
    names, inputs = list(bench.settings), list(bench.settings.values())

    def answered(answer: Callable[..., str], *question: object) -> str:
        try:
            return answer(words, workshop.classifier.get(), *question)
        except BundleError:
            return card(words("refused.network_title"), words("refused.network"), "alert")

    def draw(*values: object) -> list[str]:
        experiment = experiment_of(names, values)
        return [answered(view, experiment), notes(words, experiment), "", ""]

    def set_all(experiment: Experiment) -> list[object]:
        return [*settings_of(experiment).values(), answered(view, experiment), notes(words, experiment), "", ""]

    def open_from_address(event: gr.EventData) -> list[object]:
        return set_all(from_query(str(event.query)) or PRESETS[FIRST])

    def start_from(event: gr.EventData) -> list[object]:
        return set_all(PRESETS.get(event.preset, PRESETS[FIRST]))

    def another_draw(*values: object) -> list[object]:
        experiment = experiment_of(names, values)
        seed = (experiment.seed + _NEXT_SEED) % (HIGHEST_SEED + 1)
        return set_all(Experiment(experiment.lesion, experiment.scene, seed))

    def draw_curve(dial: str, *values: object) -> str:
        experiment = experiment_of(names, values)
        return _about(experiment, answered(curve, experiment, DIALS[dial]))

    def find_tipping(*values: object) -> str:
        experiment = experiment_of(names, values)
        return _about(experiment, answered(tipping_list, experiment))

    private = {"api_visibility": "private", "show_progress": "hidden"}
    # A curve and a tipping point belong to the lesion that they were asked for: they go when it changes.
    picture = [bench.view, bench.notes, bench.curve, bench.tipping]
    everything = [*inputs, *picture]
    turned = [component.input for name, component in bench.settings.items() if name != "seed"]
    gr.on(turned, fn=draw, inputs=inputs, outputs=picture, trigger_mode="always_last", **private)
    bench.view.apply(fn=open_from_address, outputs=everything, **private)
    bench.presets.click(fn=start_from, outputs=everything, **EACH, **private)
    bench.again.click(fn=another_draw, inputs=inputs, outputs=everything, **private)
    heavy = {"api_visibility": "private", **HEAVY}
    bench.curve_run.click(fn=draw_curve, inputs=[bench.dial, *inputs], outputs=[bench.curve], **heavy)
    bench.tipping_run.click(fn=find_tipping, inputs=inputs, outputs=[bench.tipping], **heavy)


def open_shared_lesion(tabs: gr.Tabs) -> None:
    """Opens the laboratory first when the page's address carries a lesion.

    Args:
        tabs: of the page that is being built.
    """
    listener = gr.HTML("", js_on_load=_SHARED_JS)

    def select() -> gr.Tabs:
        return gr.Tabs(selected=LABORATORY)

    listener.apply(fn=select, outputs=[tabs], api_visibility="private", show_progress="hidden")


def experiment_of(names: list[str], values: tuple[object, ...]) -> Experiment:
    """The experiment that the settings' components describe.

    Args:
        names: of the settings.
        values: one for each.
    """
    given = dict(zip(names, values, strict=True))
    lesion = Lesion(**{name: given[name] for name in WORDS})
    experiment = Experiment(lesion, Scene(calipers=bool(given["calipers"])), int(given["seed"]))
    for name, dial in DIALS.items():
        experiment = dial.turn(experiment, float(given[name]))
    return experiment


def settings_of(experiment: Experiment) -> dict[str, object]:
    """The values of the settings' components, by name, in the order in which they are laid out."""
    return {
        "seed": experiment.seed,
        **{name: getattr(experiment.lesion, name) for name in WORDS},
        **{name: DIALS[name].read(experiment) for group in _GROUPS.values() for name in group},
        "calipers": experiment.scene.calipers,
    }


def view(words: Words, classifier: Classifier, experiment: Experiment) -> str:
    """The simulated image beside the network's answer, as HTML.

    Args:
        words: of the reader's language.
        classifier: who answers.
        experiment: what is drawn.
    """
    image = experiment.image()
    prediction = classifier.predict(image)
    return (
        f'<section class="lab-result">{_picture(words, experiment, image)}'
        f'<div class="reading">{verdict(words, prediction.label == MALIGNANT)}'
        f"{score_bar(words, prediction.probability, prediction.threshold)}</div></section>"
    )


def notes(words: Words, experiment: Experiment) -> str:
    """What such a case is, how a report would describe it, and the link to it, as HTML.

    Args:
        words: of the reader's language.
        experiment: the case.
    """
    described = words("laboratory.reading", report=report(words, experiment.lesion))
    return (
        f'<div class="reading"><p>{escape(_story(words, experiment))}</p>'
        f'<p class="aside">{escape(described)}</p>{_link(words, experiment)}</div>'
    )


def curve(words: Words, classifier: Classifier, experiment: Experiment, dial: Dial) -> str:
    """The network's answer over the whole range of one knob, as HTML.

    Args:
        words: of the reader's language.
        classifier: who answers.
        experiment: where the other knobs stand.
        dial: the knob.
    """
    turned = sweep(classifier, experiment, dial)
    mean, name = turned.probabilities.mean(axis=0), words(f"laboratory.{dial.name}")
    shown = [mean[0], mean[-1], turned.probabilities.min(), turned.probabilities.max()]
    (first, last, lowest, highest), _ = words.scores_and_threshold(shown, classifier.bundle.threshold)
    alt = words(
        "laboratory.curve_alt",
        knob=name,
        low=_value(words, dial, dial.low),
        high=_value(words, dial, dial.high),
        first=first,
        last=last,
        lowest=lowest,
        highest=highest,
    )
    drawn = answer_curve(
        words, turned.values, turned.probabilities, dial.read(experiment), classifier.bundle.threshold, alt
    )
    caption = words("laboratory.curve_caption", knob=name, draws=len(turned.probabilities))
    return f'{drawn}<p>{escape(caption)}</p><p class="aside">{escape(words("laboratory.curve_reading"))}</p>'


def tipping_list(words: Words, classifier: Classifier, experiment: Experiment) -> str:
    """The smallest turn that changes the answer, and the others that do, as HTML.

    Args:
        words: of the reader's language.
        classifier: whose mind is to be changed.
        experiment: where the knobs stand.
    """
    found = tippings(classifier, experiment)
    if not found:
        return card(words("laboratory.tipping_title"), words("laboratory.tipping_none"), "tipping")
    now = classifier.predict(experiment.image()).probability
    first, *others = (_tipping(words, tipping, now, classifier.bundle.threshold) for tipping in found)
    more = ""
    if others:
        items = "".join(f"<li>{item}</li>" for item in others)
        title = escape(words("laboratory.tipping_others"))
        more = f"<details><summary>{title}</summary><ol start=2>{items}</ol></details>"
    return f'<div class="card tipping"><h3>{escape(words("laboratory.tipping_title"))}</h3><p>{first}</p>{more}</div>'


def _lay_out(words: Words) -> Bench:
    gr.HTML(f"<h2>{escape(words('laboratory.title'))}</h2><p class='lead'>{escape(words('laboratory.intro'))}</p>")
    presets = gr.HTML(_preset_row(words), js_on_load=_PRESETS_JS)
    with gr.Row(elem_classes="lab"):
        with gr.Column(scale=3, min_width=300, elem_classes="lab-view"):
            view_here = gr.HTML("", js_on_load=_OPEN_JS, elem_classes="lab-picture")
            notes_here = gr.HTML(notes(words, PRESETS[FIRST]), js_on_load=_ADDRESS_JS)
            again = gr.Button(words("laboratory.again"), size="sm", elem_classes="quiet")
        with gr.Column(scale=2, min_width=280, elem_classes="lab-knobs"):
            settings = _settings(words)
    tipping_run = gr.Button(words("laboratory.tipping_run"), variant="primary")
    tipping = gr.HTML("", js_on_load=_STALE_JS)
    gr.HTML(f"<h3>{escape(words('laboratory.curve_title'))}</h3>")
    with gr.Row(elem_classes="curve-choice"):
        choices = [(words(f"laboratory.{name}"), name) for name in DIALS]
        dial = gr.Dropdown(
            choices, value="posterior_db", label=words("laboratory.curve_knob"), filterable=False, scale=3
        )
        curve_run = gr.Button(words("laboratory.curve_run"), scale=1, elem_classes="quiet")
    curve_here = gr.HTML("", js_on_load=_STALE_JS)
    gr.Markdown(words.lesson("laboratory", **_on_real_images(words)), elem_classes="lesson")
    return Bench(presets, settings, view_here, notes_here, again, dial, curve_run, curve_here, tipping_run, tipping)


def _on_real_images(words: Words) -> dict[str, str]:
    """What a network scores on real images that has seen simulated ones only, for the lesson."""
    found = measured()
    everywhere, untouched = found.simulated_only, found.untouched
    two = partial(words.number, digits=2)
    return {
        "auc": two(everywhere.value),
        "n": words.number(everywhere.n),
        "served": words.number(found.served_the_simulator),
        "rest": words.number(untouched.n),
        "untouched": two(untouched.value),
        "low": two(untouched.low),
        "high": two(untouched.high),
    }


def _settings(words: Words) -> dict[str, gr.components.Component]:
    first = settings_of(PRESETS[FIRST])
    settings: dict[str, gr.components.Component] = {"seed": gr.State(first["seed"])}
    for name, options in WORDS.items():
        choices = [(words(f"laboratory.{name}_{option}"), option) for option in options]
        settings[name] = gr.Radio(choices, value=first[name], label=words(f"laboratory.{name}"))
    for group, names in _GROUPS.items():
        gr.HTML(f"<h3>{escape(words(f'laboratory.{group}'))}</h3>")
        for name in names:
            settings[name] = _knob(words, DIALS[name], first[name])
    label, info = words("laboratory.calipers"), words("laboratory.calipers_info")
    settings["calipers"] = gr.Checkbox(first["calipers"], label=label, info=info)
    return settings


def _knob(words: Words, dial: Dial, value: float) -> Knob:
    name = dial.name
    return Knob(
        dial.low,
        dial.high,
        value=value,
        step=dial.step,
        label=words(f"laboratory.{name}"),
        info=words(f"laboratory.{name}_info"),
        buttons=[],
    )


def _preset_row(words: Words) -> str:
    buttons = "".join(_preset(words, name, experiment) for name, experiment in PRESETS.items())
    title, simulated = escape(words("laboratory.presets")), escape(words("laboratory.simulated"))
    return f'<div class="presets"><h3>{title} <small>({simulated})</small></h3><div>{buttons}</div></div>'


def _preset(words: Words, name: str, experiment: Experiment) -> str:
    picture, label = light_picture(experiment.image(), _PRESET_SIDE), escape(words(f"laboratory.preset_{name}"))
    return f'<button type="button" data-preset="{name}"><img src="{picture}" alt=""><span>{label}</span></button>'


def _picture(words: Words, experiment: Experiment, image: np.ndarray) -> str:
    alt = words("laboratory.picture_alt", report=report(words, experiment.lesion))
    scene = experiment.scene
    width, depth = words.number(scene.width_mm), words.number(scene.depth_mm)
    size = words("laboratory.picture_size", width=width, depth=depth)
    simulated = words("laboratory.simulated")
    return figure(simulated_picture(image), alt, simulated.capitalize(), size, badge=simulated)


def _story(words: Words, experiment: Experiment) -> str:
    """What such a case is, if it is one of the presets under any seed or scanner; else that it is the visitor's own."""
    for name, preset in PRESETS.items():
        if preset.lesion == experiment.lesion:
            return words(f"laboratory.preset_{name}_story")
    return words("laboratory.own")


def _about(experiment: Experiment, html: str) -> str:
    """An answer with the lesion that it is about, so that the browser can drop it if another one is shown by now."""
    return f'<div data-about="{escape("?" + to_query(experiment))}">{html}</div>'


def _link(words: Words, experiment: Experiment) -> str:
    query = escape("?" + to_query(experiment))
    text, info = escape(words("laboratory.link")), escape(words("laboratory.link_info"))
    return f'<p class="aside"><a href="{query}" data-query="{query}" title="{info}">{text}</a></p>'


def _tipping(words: Words, tipping: Tipping, now: float, threshold: float) -> str:
    """One turn that changes the answer: what, how far, and how surely."""
    if tipping.name in DIALS:
        before, after = (_value(words, DIALS[tipping.name], value) for value in (tipping.before, tipping.after))
        size = words("laboratory.tipping_share", share=words.percent(tipping.share))
    else:
        before, after = (words(f"laboratory.{tipping.name}_{word}") for word in (tipping.before, tipping.after))
        size = words("laboratory.tipping_instead")
    (written, then), at = words.scores_and_threshold([now, tipping.probability], threshold)
    sentence = words(
        "laboratory.tipping_knob" if tipping.name in DIALS else "laboratory.tipping_word",
        knob=words(f"laboratory.{tipping.name}"),
        before=before,
        after=after,
        now=written,
        then=then,
        threshold=at,
    )
    agreeing = words("laboratory.tipping_agreeing", agreeing=tipping.agreeing, others=OTHER_DRAWS)
    return f"{escape(sentence)} <small>({escape(size)}, {escape(agreeing)})</small>"


def _value(words: Words, dial: Dial, value: float) -> str:
    digits = 0 if dial.step >= 1 else 2 if dial.step < 0.1 else 1
    return words.number(value, digits)
