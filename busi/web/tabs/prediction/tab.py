"""The tab Prédiction: the image as given, what the network sees of it, and what it answers."""

from dataclasses import astuple
from functools import lru_cache

import gradio as gr
import numpy as np
from markupsafe import Markup

from busi.bundle.card import data_name
from busi.bundle.files import BREAST, SIMULATED, Bundle
from busi.data.simulated import describe
from busi.images import gray_levels
from busi.model.metrics import log_odds
from busi.server.decoding import read_upload
from busi.serving.gallery import IMPOSTOR, Example, source_of
from busi.serving.predict import Prediction
from busi.web.events import EACH, ask
from busi.web.markup import rich
from busi.web.page import Page
from busi.web.parts.gradcam import GRADCAM_JS, gradcam_panel
from busi.web.parts.radiologist import radiologist_panel
from busi.web.parts.thread import thread_step
from busi.web.pictures import exact_picture, light_picture, simulated_picture
from busi.web.report import report
from busi.web.scripts import mount
from busi.web.tabs.prediction.outline import outline_panel, redraw, redrawing_wanted
from busi.words.classes import MALIGNANT
from busi.words.text import Words

# Distances from the threshold in log-odds, below which the network hesitates, and leans.
HESITATES, LEANS = 0.5, 1.5
CACHED_PANELS = 64  # of examples, some 60 kB each

_TEMPLATE = "tabs/prediction/tab.html"


def prediction_tab(page: Page) -> None:
    """Lays out the tab and wires it to the chosen image."""
    words = page.words
    with gr.Tab(words("prediction.tab"), id="prediction", elem_id="tab-prediction"):
        gr.HTML(page.macros.heading("prediction"))
        answer = gr.HTML(_invitation(page), js_on_load=mount("tabs/prediction/tab.js"))
        drawing = gr.HTML("", js_on_load=mount("tabs/prediction/outline.js"))
        offer = gr.Button(words("gradcam.ask"), variant="primary", visible=False, elem_classes="ask-where")
        where = gr.HTML("", js_on_load=GRADCAM_JS)
        gr.HTML(thread_step(page, "prediction"))
        gr.HTML(page.macros.next_tab("laboratory"))
    _wire(page, answer, drawing)
    _wire_gradcam(page, offer, where)


def _wire(page: Page, answer: gr.HTML, drawing: gr.HTML) -> None:
    workshop, picture, draws = page.workshop, page.picture, page.bundle.fusion is not None

    @page.or_refusal
    def answered(path: str | None) -> tuple[Markup, Markup]:
        if path is None:
            return _invitation(page), Markup()
        given, classifier = read_upload(path), workshop.classifier.get()
        prediction = classifier.predict(given.image)
        example = workshop.gallery.recognise(path)
        unknown = None if _is_ultrasound(example) else classifier.why_unknown(given.image, given.colour)
        panel = answer_panel(page, given.image, prediction, example, unknown)
        is_drawn = draws and not unknown and not _is_impostor(example)
        return panel, outline_panel(page, given.image, prediction, prediction, example) if is_drawn else Markup()

    def show_answer(path: str | None) -> Markup | tuple[Markup, Markup]:
        found = answered(path)
        answer, outline = found if isinstance(found, tuple) else (found, Markup())
        return (answer, outline) if draws else answer

    @page.or_refusal
    def redraw_outline(path: str | None, event: gr.EventData) -> Markup:
        if path is None:
            return Markup()
        image, classifier, wanted = read_upload(path).image, workshop.classifier.get(), redrawing_wanted(event)
        prediction = classifier.predict(image)
        shown = redraw(classifier, prediction, wanted)
        return outline_panel(page, image, prediction, shown, workshop.gallery.recognise(path), wanted)

    ask(picture.on_new_file, show_answer, [picture], [answer, drawing] if draws else [answer], show_progress="full")
    if draws:
        ask(drawing.apply, redraw_outline, [picture], [drawing], **EACH)


def _wire_gradcam(page: Page, offer: gr.Button, where: gr.HTML) -> None:
    workshop, picture = page.workshop, page.picture

    def offer_gradcam(path: str | None) -> tuple[dict, str]:
        return gr.update(visible=path is not None), ""

    @lru_cache(CACHED_PANELS)
    def panel_of(example: Example) -> Markup:  # the same for everybody who chooses it
        return gradcam_panel(page, workshop.classifier.get(), example.image, example)

    @page.or_refusal
    def show_gradcam(path: str | None) -> str:
        if path is None:
            return ""
        example = workshop.gallery.recognise(path)
        if example and example.key:
            return panel_of(example)
        return gradcam_panel(page, workshop.classifier.get(), read_upload(path).image, example)

    ask(picture.on_new_file, offer_gradcam, [picture], [offer, where])
    ask(offer.click, show_gradcam, [picture], [where])


def answer_panel(
    page: Page, image: np.ndarray, prediction: Prediction, example: Example | None, unknown: str | None = None
) -> Markup:
    """The whole answer for one image.

    Args:
        page: about the bundle whose network answered.
        image: uint8 array of shape (H, W), as given.
        prediction: the answer.
        example: the example that the image is, if it is one.
        unknown: why it is not of the kind that the network learned from, one of `arrangement.REASONS`; then that
            comes first, and the answer waits behind something to open.
    """
    words, markup = page.words, page.template(_TEMPLATE)
    answer = markup.answer(
        prediction,
        _is_impostor(example),
        _sureness_text(words, prediction),
        _meaning(page, prediction, example),
        _threshold_story(words, page.bundle),
        _truth(page, prediction, example),
    )
    outside = f"{words(f'prediction.outside_{unknown}')} {words('prediction.outside')}" if unknown else ""
    return markup.panel(_pictures(page, image, prediction, example), outside, answer)


def _is_impostor(example: Example | None) -> bool:
    return example is not None and example.source == IMPOSTOR


def _is_ultrasound(example: Example | None) -> bool:
    return example is not None and example.source != IMPOSTOR


def sureness(prediction: Prediction) -> str:
    """How far the answer is from the threshold: "hesitates", "leans" or "firm"."""
    distance = abs(log_odds(prediction.probability) - log_odds(prediction.threshold))
    if distance < HESITATES:
        return "hesitates"
    return "leans" if distance < LEANS else "firm"


def _invitation(page: Page) -> Markup:
    text = page.words(f"prediction.invitation_{page.workshop.gallery.ultrasound}")
    return page.macros.card(page.words("prediction.invitation_title"), text, "invitation")


def _pictures(page: Page, image: np.ndarray, prediction: Prediction, example: Example | None) -> Markup:
    """The image as given and as the network saw it; both say where they are from."""
    simulated = source_of(example) == SIMULATED
    seen = gray_levels(prediction.model_input)
    draw_given, draw_seen = (simulated_picture, simulated_picture) if simulated else (light_picture, exact_picture)
    badge = page.macros.said_of(source_of(example))
    size = image.shape[::-1]
    return page.template(_TEMPLATE).pictures(draw_given(image), size, draw_seen(seen), len(seen), badge)


def _sureness_text(words: Words, prediction: Prediction) -> str:
    """How sure the answer is; an alert at less than one half needs a word on the threshold first."""
    text = words(f"prediction.{sureness(prediction)}")
    if prediction.label != MALIGNANT or prediction.probability >= 0.5:
        return text
    score, threshold = words.score_and_threshold(prediction.probability, prediction.threshold)
    return f"{words('prediction.below_half', score=score, threshold=threshold)} {text}"


def _meaning(page: Page, prediction: Prediction, example: Example | None) -> str:
    """What the score would mean, were it read as a frequency, and what it does not mean."""
    words, bundle = page.words, page.bundle
    if _is_impostor(example):
        return ""
    if example and example.source == SIMULATED:
        return _meaning_of_a_drawing(words, bundle)
    if example and example.source == BREAST:
        return _meaning_elsewhere(words, bundle)
    images = words(f"page.images_{bundle.data_kind}", data=data_name(words, bundle.origin))
    return rich(words.unfilled("prediction.meaning"), images=images, count=_of_a_hundred(words, prediction.probability))


def _of_a_hundred(words: Words, probability: float) -> str:
    """How many of a hundred images with this score would be malignant."""
    if probability < 0.01:
        return words("prediction.meaning_rare")
    return words("prediction.meaning_sure") if probability > 0.99 else str(round(100 * probability))


def _meaning_of_a_drawing(words: Words, bundle: Bundle) -> str:
    auc = bundle.auc_on_simulated
    if auc is None:
        return words("prediction.meaning_drawing")
    value, low, high = (words.number(number, 2) for number in (auc.value, auc.low, auc.high))
    return words("prediction.meaning_simulated", n=auc.n, auc=value, low=low, high=high)


def _meaning_elsewhere(words: Words, bundle: Bundle) -> str:
    """Of another hospital no score can be read as a frequency: how far it may be off there."""
    if not bundle.knows_another_hospital:
        return words("prediction.meaning_elsewhere")
    found = bundle.metrics(bundle.elsewhere)
    value, low, high = (words.number(number, 2) for number in astuple(found["auc"])[:3])
    numbers = {"n": found["auc"].n, "auc": value, "low": low, "high": high}
    return words("prediction.meaning_breast", specificity=words.percent(found["specificity"].value), **numbers)


def _threshold_story(words: Words, bundle: Bundle) -> str:
    counts = bundle.confusion("test")
    malignant = counts.true_positives + counts.false_negatives
    benign = counts.false_positives + counts.true_negatives
    return words(
        "prediction.threshold_story",
        threshold=words.threshold(bundle.threshold),
        target=words.percent(bundle.info["target_sensitivity"]),
        n=malignant + benign,
        found=counts.true_positives,
        malignant=malignant,
        alarms=counts.false_positives,
        benign=benign,
    )


def _truth(page: Page, prediction: Prediction, example: Example | None) -> str:
    """The true label, behind something to open, so that a guess can come first; and who was right, once it has."""
    if example is None or not example.label or example.source == IMPOSTOR:
        return ""
    label = page.macros.class_word(example.label)
    if example.source == SIMULATED:
        described = report(page.words, describe(example.seed)[0])
        sentence = rich(page.words.unfilled("prediction.truth_simulated"), label=label, report=described)
    else:
        sentence = rich(page.words.unfilled("prediction.truth"), label=label)
    return page.template(_TEMPLATE).truth(example.label, prediction.label, sentence, radiologist_panel(page, example))
