"""The bench on groups without a browser: the experiment, and what a browser may ask for."""

import gradio as gr
import numpy as np
import pytest

from busi.images import resize
from busi.images.degradation import STEPS, degrade
from busi.model.metrics import rate
from busi.web.events import message_of
from busi.web.markup import rich
from busi.web.parts.cases import Case, WantedCases, wanted_cases
from busi.web.tabs.exercise_groups.experiment import MANY, Trial, many_of, trial_of
from busi.web.tabs.exercise_groups.tab import SHOWN, bench_of, pictures_of
from busi.words.text import Words
from tests.support.markup import parsed, text_of
from tests.support.pages import page_of

FRENCH = Words("fr")


def callback(pages: gr.Blocks, name: str):
    return next(function.fn for function in pages.fns.values() if function.name == name)


def event(**sent) -> gr.EventData:
    return gr.EventData(None, sent)


def cases_wanted(workshop, **sent) -> list[Case] | None:
    return wanted_cases(workshop.bundle, message_of(event(**sent), WantedCases), SHOWN)


def test_only_rows_that_there_are_can_be_asked_for(workshop):
    names = workshop.bundle.predictions.query("split == 'test'")["image_id"]
    found = cases_wanted(workshop, population="test", rows=[2, 0])
    assert [case.image_id for case in found] == names.iloc[[2, 0]].tolist()
    for rows in ([-1], ["0"], [10**6], [0] * (SHOWN + 1), None):
        assert cases_wanted(workshop, population="test", rows=rows) is None
    assert cases_wanted(workshop, population="busi", rows=[0]) is None


def test_the_bench_offers_populations_measures_and_kinds_of_errors(workshop):
    page = page_of("en", workshop)
    assert pictures_of(page, []) == ""
    radios = [radio["value"] for radio in parsed(bench_of(page)).select("input[type=radio]")]
    assert radios[-6:] == ["blur", "contrast", "brightness", "all", "missed", "alarms"] and "test" in radios[:-6]


@pytest.mark.parametrize("way", STEPS)
def test_the_experiment_shows_what_the_network_says_of_each_step(workshop, way):
    page, example = page_of("en", workshop), next(iter(workshop.gallery.examples.values()))
    words, threshold, classifier = page.words, workshop.bundle.threshold, workshop.classifier.get()
    trial = parsed(trial_of(page, Trial(image=example.image_id, way=way)))
    image = resize(example.image, workshop.bundle.image.size)
    answers = [classifier.predict(degrade(image, way, amount)).probability for amount in STEPS[way]]
    scores = words.scores_and_threshold(answers, threshold)[0]
    shown = [place.text for place in trial.select(".case-under b")]
    assert shown == [words("score.short", score=score) for score in scores]
    flips = sum((p >= threshold) != (answers[0] >= threshold) for p in answers[1:])
    verdict = words(
        "exercise_groups.flips" if flips else "exercise_groups.no_flip", flips=flips, steps=len(answers) - 1
    )
    assert trial.select_one(".told strong").text == verdict


def test_an_image_that_there_is_not_is_answered_by_what_to_do(pages):
    try_one = callback(pages, "try_one")
    for sent in ({}, {"image": "nobody", "way": "rust"}, {"image": 3, "way": []}):
        answer = parsed(try_one(event(**sent)))
        assert answer.select_one(".aside").text == FRENCH("exercise_groups.choose")


def test_on_many_images_the_answers_that_change_side_are_counted_with_n_and_interval(pages, workshop):
    table = parsed(callback(pages, "try_many")(event(way="darker"))).table
    gallery, classifier = workshop.gallery, workshop.classifier.get()
    examples = [one for one in gallery.examples.values() if one.source == gallery.ultrasound][:MANY]
    size, threshold = workshop.bundle.image.size, workshop.bundle.threshold
    images = [resize(example.image, size) for example in examples]
    before = classifier.probabilities(images) >= threshold
    after = classifier.probabilities([degrade(image, "darker", STEPS["darker"][-1]) for image in images]) >= threshold
    changed = int((before != after).sum())
    share = rate(changed, len(examples))
    written = {
        name: FRENCH.percent(getattr(share, end))
        for name, end in (("share", "value"), ("low", "low"), ("high", "high"))
    }
    cells = [cell.text for cell in table.select("td")]
    assert cells[-1] == FRENCH("exercise_groups.changed_side", count=changed, n=MANY, **written)
    assert len(cells) == len(STEPS["darker"]) - 1 and np.isfinite(share.value)


def test_after_one_way_another_can_be_tried(workshop):
    html = many_of(page_of("fr", workshop), Trial(way="blur"), lambda way, number: (0, 1))
    pressed = {button["data-many"]: button["aria-pressed"] for button in parsed(html).select("[data-many]")}
    assert pressed == {way: str(way == "blur").lower() for way in STEPS}


@pytest.mark.parametrize("language", ["fr", "en"])
@pytest.mark.parametrize(("most", "least", "compared"), [("contrast", "blur", "grays"), ("blur", "contrast", "blur")])
def test_with_one_way_stand_the_last_steps_of_all_and_a_reply_from_them(workshop, language, most, least, compared):
    """Contrast changes most here and blur least, whichever way was asked for; then the other way round."""
    page = page_of(language, workshop)
    last = {"blur": 10, "darker": 10, "brighter": 10, "contrast": 10, most: 20, least: 1}
    many = parsed(many_of(page, Trial(way="darker"), lambda way, number: (last[way] if number else 0, 24)))
    counts = {row["data-strongest"]: int(row.td.text.split()[0]) for row in many.select("[data-strongest]")}
    assert counts == last and len(many.select("table")) == 2
    assert text_of(rich(page.words(f"exercise_groups.many_{compared}"))) in text_of(many)
