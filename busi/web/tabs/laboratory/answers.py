"""What the laboratory shows of a lesion: its picture and the network's answer, what it is, a curve, tipping points."""

from dataclasses import dataclass

from markupsafe import Markup

from busi.lessons.laboratory import (
    DIALS,
    OTHER_DRAWS,
    PRESETS,
    Dial,
    Experiment,
    Sweep,
    Tipping,
    sweep,
    tippings,
    to_query,
)
from busi.web.page import Page
from busi.web.pictures import simulated_picture
from busi.web.report import report
from busi.web.tabs.laboratory.answer_curve import answer_curve
from busi.words.text import Words

_TEMPLATE = "tabs/laboratory/tab.html"


@dataclass(frozen=True)
class Turn:
    """A turn that changes the answer, in words.

    Attributes:
        sentence: what was changed, from what to what, and how the score moved.
        size: how far that is.
        agreeing: with how many other seeds it does the same.
    """

    sentence: str
    size: str
    agreeing: str

    @classmethod
    def of(cls, words: Words, tipping: Tipping, now: float, threshold: float) -> "Turn":
        """Writes what `tippings` found.

        Args:
            words: of the reader's language.
            tipping: the turn.
            now: the score before it, in [0, 1].
            threshold: in [0, 1].
        """
        is_dial = tipping.name in DIALS
        share = words("laboratory.tipping_share", share=words.percent(tipping.share))
        agreeing = words("laboratory.tipping_agreeing", agreeing=tipping.agreeing, others=OTHER_DRAWS)
        sentence = _tipping_sentence(words, tipping, now, threshold)
        return cls(sentence, share if is_dial else words("laboratory.tipping_instead"), agreeing)


def view(page: Page, experiment: Experiment) -> Markup:
    """The simulated image beside the network's answer.

    Args:
        page: that it stands on.
        experiment: what is drawn.

    Raises:
        BundleError: if the weights cannot be used.
    """
    words, image, scene = page.words, experiment.image(), experiment.scene
    prediction = page.workshop.classifier.get().predict(image)
    width, depth = words.number(scene.width_mm), words.number(scene.depth_mm)
    size = words("laboratory.picture_size", width=width, depth=depth)
    source, described = simulated_picture(image), report(words, experiment.lesion)
    return page.template(_TEMPLATE).view(source, described, size, prediction)


def notes(page: Page, experiment: Experiment) -> Markup:
    """What such a case is, how a report would describe it, and the link to it."""
    story, described = _story(page.words, experiment), report(page.words, experiment.lesion)
    return page.template(_TEMPLATE).notes(story, described, to_query(experiment))


def curve(page: Page, experiment: Experiment, dial: Dial) -> Markup:
    """The network's answer over the whole range of one knob.

    Args:
        page: that it stands on.
        experiment: where the other knobs stand.
        dial: the knob.

    Raises:
        BundleError: if the weights cannot be used.
    """
    words, classifier = page.words, page.workshop.classifier.get()
    turned, threshold = sweep(classifier, experiment, dial), classifier.bundle.threshold
    alt = _curve_alt(words, turned, threshold)
    here = dial.read(experiment)
    drawing = answer_curve(words, turned.values, turned.probabilities, here, threshold, alt)
    answer = page.template(_TEMPLATE).curve(drawing, words(f"laboratory.{dial.name}"), len(turned.probabilities))
    return _about(page, experiment, answer)


def tipping_list(page: Page, experiment: Experiment) -> Markup:
    """The smallest turn that changes the answer, and the others that do.

    Args:
        page: that it stands on.
        experiment: where the knobs stand.

    Raises:
        BundleError: if the weights cannot be used.
    """
    words, classifier = page.words, page.workshop.classifier.get()
    found = tippings(classifier, experiment)
    if not found:
        none = page.macros.card(words("laboratory.tipping_title"), words("laboratory.tipping_none"), "tipping")
        return _about(page, experiment, none)
    now, threshold = classifier.predict(experiment.image()).probability, classifier.bundle.threshold
    first, *others = (Turn.of(words, tipping, now, threshold) for tipping in found)
    return _about(page, experiment, page.template(_TEMPLATE).tippings(first, others))


def _about(page: Page, experiment: Experiment, answer: Markup) -> Markup:
    """An answer with the lesion that it is about, so that the browser can drop it if another one is shown by now."""
    return page.template(_TEMPLATE).about(to_query(experiment), answer)


def _story(words: Words, experiment: Experiment) -> str:
    """What such a case is, if it is one of the presets under any seed or scanner; else that it is the visitor's own."""
    for name, preset in PRESETS.items():
        if preset.lesion == experiment.lesion:
            return words(f"laboratory.preset_{name}_story")
    return words("laboratory.own")


def _curve_alt(words: Words, turned: Sweep, threshold: float) -> str:
    """The curve in a sentence."""
    dial, mean = turned.dial, turned.probabilities.mean(axis=0)
    shown = [mean[0], mean[-1], turned.probabilities.min(), turned.probabilities.max()]
    scores = zip(("first", "last", "lowest", "highest"), words.scores_and_threshold(shown, threshold)[0], strict=True)
    ends = {"low": _value(words, dial, dial.low), "high": _value(words, dial, dial.high)}
    return words("laboratory.curve_alt", knob=words(f"laboratory.{dial.name}"), **ends, **dict(scores))


def _tipping_sentence(words: Words, tipping: Tipping, now: float, threshold: float) -> str:
    (written, then), at = words.scores_and_threshold([now, tipping.probability], threshold)
    return words(
        "laboratory.tipping_knob" if tipping.name in DIALS else "laboratory.tipping_word",
        knob=words(f"laboratory.{tipping.name}"),
        before=_setting(words, tipping.name, tipping.before),
        after=_setting(words, tipping.name, tipping.after),
        now=written,
        then=then,
        threshold=at,
    )


def _setting(words: Words, name: str, value: float | str) -> str:
    """Where a knob stands, or a word of the lexicon."""
    return words(f"laboratory.{name}_{value}") if isinstance(value, str) else _value(words, DIALS[name], value)


def _value(words: Words, dial: Dial, value: float) -> str:
    digits = 0 if dial.step >= 1 else 2 if dial.step < 0.1 else 1
    return words.number(value, digits)
