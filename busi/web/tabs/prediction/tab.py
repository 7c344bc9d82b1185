"""The tab Prédiction: the image as given, what the network sees of it, and what it answers."""

from functools import lru_cache
from html import escape

import gradio as gr
import numpy as np

from busi.bundle.card import data_name
from busi.bundle.files import SIMULATED, Bundle, BundleError
from busi.data.simulated import describe
from busi.images import ImageRefused
from busi.model.metrics import log_odds
from busi.server.decoding import read_upload
from busi.serving.gallery import IMPOSTOR, Example
from busi.serving.predict import Prediction
from busi.serving.workshop import Workshop
from busi.web.figures import (
    card,
    class_word,
    exact_picture,
    figure,
    light_picture,
    next_tab,
    rich,
    score_bar,
    simulated_picture,
    verdict,
)
from busi.web.files import read
from busi.web.guesses import guess_buttons, who_was_right
from busi.web.page import Page
from busi.web.parts.gradcam import GRADCAM_JS, gradcam_panel
from busi.web.refusals import refusal
from busi.web.report import report
from busi.words.classes import CLASSES, MALIGNANT
from busi.words.text import Words

# Distances from the threshold in log-odds, below which the network hesitates, and leans.
HESITATES, LEANS = 0.5, 1.5
KEPT_PANELS = 64  # of examples, some 60 kB each

_ANSWER_JS = read("parts/answer.js")


def prediction_tab(page: Page) -> None:
    """Lays out the tab and wires it to the chosen image."""
    words, workshop, picture = page.words, page.workshop, page.picture
    with gr.Tab(words("prediction.tab"), id="prediction", elem_id="tab-prediction"):
        answer = gr.HTML(_invitation(words, workshop), js_on_load=_ANSWER_JS)
        ask = gr.Button(words("gradcam.ask"), variant="primary", visible=False)
        where = gr.HTML("", js_on_load=GRADCAM_JS)
        gr.HTML(next_tab(words, "laboratory"))

    def show_answer(path: str | None) -> str:
        if path is None:
            return _invitation(words, workshop)
        try:
            picture, classifier = read_upload(path), workshop.classifier.get()
            prediction = classifier.predict(picture.image)
            example = workshop.gallery.recognise(path)
            unknown = None if _is_ultrasound(example) else classifier.why_unknown(picture.image, picture.colour)
        except ImageRefused as error:
            return refusal(words, error)
        except BundleError:
            return card(words("refused.network_title"), words("refused.network"), "alert")
        return answer_panel(words, workshop.bundle, picture.image, prediction, example, unknown)

    def offer_gradcam(path: str | None) -> tuple[dict, str]:
        return gr.update(visible=path is not None), ""

    @lru_cache(KEPT_PANELS)
    def panel_of(example: Example) -> str:  # the same for everybody who chooses it
        return gradcam_panel(words, workshop.classifier.get(), example.image, example)

    def show_gradcam(path: str | None) -> str:
        if path is None:
            return ""
        try:
            example = workshop.gallery.recognise(path)
            if example and example.key:
                return panel_of(example)
            return gradcam_panel(words, workshop.classifier.get(), read_upload(path).image, example)
        except ImageRefused as error:
            return refusal(words, error)
        except ValueError:  # BundleError, or a network that ends in something else
            return card(words("refused.network_title"), words("refused.network"), "alert")

    private = {"api_visibility": "private", "show_progress": "hidden"}
    picture.on_new_file(fn=show_answer, inputs=[picture], outputs=[answer], api_visibility="private")
    picture.on_new_file(fn=offer_gradcam, inputs=[picture], outputs=[ask, where], **private)
    ask.click(fn=show_gradcam, inputs=[picture], outputs=[where], **private)


def answer_panel(
    words: Words,
    bundle: Bundle,
    image: np.ndarray,
    prediction: Prediction,
    example: Example | None,
    unknown: str | None = None,
) -> str:
    """The whole answer for one image, as HTML.

    Args:
        words: of the reader's language.
        bundle: whose network answered.
        image: uint8 array of shape (H, W), as given.
        prediction: the answer.
        example: the example that the image is, if it is one.
        unknown: why it is not of the kind that the network learned from, one of `arrangement.REASONS`; then that is
            told, and the answer waits behind something to open.
    """
    answer = "".join(
        (
            _trap(words, example),
            _verdict(words, prediction),
            score_bar(words, prediction.probability, prediction.threshold),
            _meaning(words, bundle, prediction, example),
            f'<p class="aside">{_threshold_story(words, bundle)}</p>',
            _truth(words, prediction, example),
        )
    )
    return (
        f'<section class="result">{_pictures(words, image, prediction, example)}'
        f'<div class="reading">{_out_of_domain(words, answer, unknown) if unknown else answer}</div></section>'
    )


def _out_of_domain(words: Words, answer: str, why: str) -> str:
    told = f"{words(f'prediction.outside_{why}')} {words('prediction.outside')}"
    told = card(words("prediction.outside_title"), told, "alert")
    return f"{told}<details><summary>{escape(words('prediction.outside_reveal'))}</summary>{answer}</details>"


def _is_ultrasound(example: Example | None) -> bool:
    return example is not None and example.source != IMPOSTOR


def sureness(prediction: Prediction) -> str:
    """How far the answer is from the threshold: "hesitates", "leans" or "firm"."""
    distance = abs(log_odds(prediction.probability) - log_odds(prediction.threshold))
    if distance < HESITATES:
        return "hesitates"
    return "leans" if distance < LEANS else "firm"


def _invitation(words: Words, workshop: Workshop) -> str:
    text = words(f"prediction.invitation_{workshop.gallery.ultrasound}")
    return card(words("prediction.invitation_title"), text, "invitation")


def _pictures(words: Words, image: np.ndarray, prediction: Prediction, example: Example | None) -> str:
    """The image as given beside the array that the network saw; both say so if they are simulated."""
    badge = words("laboratory.simulated") if example and example.source == SIMULATED else ""
    height, width = image.shape
    seen = np.rint(prediction.model_input[..., 0] * 255).astype(np.uint8)
    given_detail = words("prediction.given_detail", width=width, height=height)
    seen_detail = words("prediction.seen_detail", size=len(seen))
    given, received = light_picture(image), exact_picture(seen)
    if badge:
        given, received = simulated_picture(image), simulated_picture(seen)
    return (
        '<div class="pair">'
        + figure(given, words("prediction.given_alt"), words("prediction.given"), given_detail, badge)
        + figure(received, words("prediction.seen_alt"), words("prediction.seen"), seen_detail, badge)
        + "</div>"
    )


def _verdict(words: Words, prediction: Prediction) -> str:
    told = words(f"prediction.{sureness(prediction)}")
    if prediction.label == MALIGNANT and prediction.probability < 0.5:
        given, threshold = words.score_and_threshold(prediction.probability, prediction.threshold)
        told = words("prediction.below_half", score=given, threshold=threshold) + " " + told
    return verdict(words, prediction.label == MALIGNANT) + f"<p>{escape(told)}</p>"


def _meaning(words: Words, bundle: Bundle, prediction: Prediction, example: Example | None) -> str:
    """What the score would mean, were it read as a frequency, and what it does not mean."""
    if example and example.source == IMPOSTOR:
        return ""
    if example and example.source == SIMULATED:
        return f"<p>{escape(_meaning_of_a_drawing(words, bundle))}</p>"
    count = str(round(100 * prediction.probability))
    if prediction.probability < 0.01:
        count = words("prediction.meaning_rare")
    elif prediction.probability > 0.99:
        count = words("prediction.meaning_sure")
    images = words(f"page.images_{bundle.data_kind}", data=data_name(words, bundle.origin))
    return f"<p>{rich(words.unfilled('prediction.meaning'), images=images, count=count)}</p>"


def _meaning_of_a_drawing(words: Words, bundle: Bundle) -> str:
    auc = bundle.auc_on_simulated
    if auc is None:
        return words("prediction.meaning_drawing")
    value, low, high = (words.number(number, 2) for number in (auc.value, auc.low, auc.high))
    return words("prediction.meaning_simulated", n=auc.n, auc=value, low=low, high=high)


def _threshold_story(words: Words, bundle: Bundle) -> str:
    counts = bundle.confusion("test")
    malignant = counts.true_positives + counts.false_negatives
    benign = counts.false_positives + counts.true_negatives
    return escape(
        words(
            "prediction.threshold_story",
            threshold=words.threshold(bundle.threshold),
            target=words.percent(bundle.info["target_sensitivity"]),
            n=malignant + benign,
            found=counts.true_positives,
            malignant=malignant,
            alarms=counts.false_positives,
            benign=benign,
        )
    )


def _trap(words: Words, example: Example | None) -> str:
    if example is None or example.source != IMPOSTOR:
        return ""
    return f'<p class="trap">{escape(words("prediction.impostor"))}</p>'


def _truth(words: Words, prediction: Prediction, example: Example | None) -> str:
    """The true label, behind something to open, so that a guess can come first; and who was right, once it has."""
    if example is None or not example.label or example.source == IMPOSTOR:
        return ""
    if example.source == SIMULATED:
        described = report(words, describe(example.seed)[0])
        truth = escape(words("prediction.truth_simulated", label="{label}", report=described))
    else:
        truth = escape(words("prediction.truth", label="{label}"))
    truth = truth.replace("{label}", class_word(words, example.label))
    comment = words("prediction.right" if example.label == prediction.label else "prediction.wrong")
    judgements = "".join(
        f'<p data-guessed="{guess}" hidden>{who_was_right(words, guess, prediction.label, example.label)}</p>'
        for guess in CLASSES
    )
    return (
        f'<div class="own-guess"><p>{escape(words("prediction.own_guess"))}</p>'
        f'<p class="guess">{guess_buttons(words)}</p><div role="status">{judgements}</div>'
        f"<details><summary>{escape(words('prediction.reveal'))}</summary><p>{truth} {escape(comment)}</p>"
        "</details></div>"
    )
