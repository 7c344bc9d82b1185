"""The laboratory's settings: their components, and the experiment that they describe."""

from collections.abc import Mapping, Sequence

import gradio as gr

from busi.lessons.laboratory import DIALS, WORDS, Dial, Experiment
from busi.simulator import Lesion, Scene
from busi.web.components import Knob
from busi.web.page import Page
from busi.web.parts.curious import for_the_curious
from busi.words.text import Words

_GROUPS = {
    "about_lesion": ("size_mm", "aspect", "angle_deg", "margin_strength", "margin_variation", "depth_mm"),
    "about_around": ("echo_db", "heterogeneity", "posterior_db", "calcifications", "calcification_mm", "halo"),
    "about_breast": ("displacement", "distortion", "density"),
}
_SCANNER = ("gain_db", "frequency_mhz", "dynamic_range_db", "speckle_reduction")


def lay_out_settings(page: Page, first: Experiment) -> dict[str, gr.components.Component]:
    """Lays out a component for each setting.

    Args:
        page: that they stand on.
        first: where they stand at first.

    Returns:
        By the name of its attribute, in the order of `settings_of`; the seed is among them, unseen.
    """
    words, values = page.words, settings_of(first)
    settings: dict[str, gr.components.Component] = {"seed": gr.State(values["seed"])}
    for name, options in WORDS.items():
        choices = [(words(f"laboratory.{name}_{option}"), option) for option in options]
        settings[name] = gr.Radio(choices, value=values[name], label=words(f"laboratory.{name}"))
    for group, names in _GROUPS.items():
        gr.HTML(page.template("tabs/laboratory/tab.html").title(group))
        settings |= {name: _knob(words, DIALS[name], values[name]) for name in names}
    with for_the_curious(page, words("laboratory.about_scanner")):
        settings |= {name: _knob(words, DIALS[name], values[name]) for name in _SCANNER}
        label, info = words("laboratory.calipers"), words("laboratory.calipers_info")
        settings["calipers"] = gr.Checkbox(values["calipers"], label=label, info=info)
    return settings


def settings_of(experiment: Experiment) -> dict[str, object]:
    """The values of the settings' components, by name, in the order in which they are laid out."""
    return {
        "seed": experiment.seed,
        **{name: getattr(experiment.lesion, name) for name in WORDS},
        **{name: DIALS[name].read(experiment) for group in (*_GROUPS.values(), _SCANNER) for name in group},
        "calipers": experiment.scene.calipers,
    }


def experiment_of(names: Sequence[str], values: Sequence[object]) -> Experiment:
    """The experiment that the settings' components describe.

    Args:
        names: of the settings.
        values: one for each.
    """
    given: Mapping[str, object] = dict(zip(names, values, strict=True))
    lesion = Lesion(**{name: given[name] for name in WORDS})
    experiment = Experiment(lesion, Scene(calipers=bool(given["calipers"])), int(given["seed"]))
    for name, dial in DIALS.items():
        experiment = dial.turn(experiment, float(given[name]))
    return experiment


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
