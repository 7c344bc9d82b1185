"""The bench on groups without a browser: the experiment, and what a browser may ask for."""

import re
from html import unescape
from types import SimpleNamespace

import gradio as gr
import numpy as np
import pytest

from busi.images import resize
from busi.images.degradation import STEPS, degrade
from busi.model.metrics import rate
from busi.web.figures import rich
from busi.web.tabs.exercise_groups.tab import MANY, SHOWN, bench_of, many_of, pictures_of, rows_asked, trial_of
from busi.words.text import Words

FRENCH, ENGLISH = Words("fr"), Words("en")


def callback(pages: gr.Blocks, name: str):
    return next(function.fn for function in pages.fns.values() if function.name == name)


def test_only_rows_that_there_are_can_be_asked_for(workshop):
    asked = SimpleNamespace(population="test", rows=[2, 0])
    held = workshop.bundle.predictions.query("split == 'test'")["image_id"]
    assert rows_asked(workshop, asked)["image_id"].tolist() == held.iloc[[2, 0]].tolist()
    for rows in ([-1], ["0"], [10**6], [0] * (SHOWN + 1), None):
        assert rows_asked(workshop, SimpleNamespace(population="test", rows=rows)) is None
    assert rows_asked(workshop, SimpleNamespace(population="busi", rows=[0])) is None
    assert pictures_of(FRENCH, workshop, held.to_frame().iloc[:0]) == ""
    assert bench_of(ENGLISH, workshop).count('type="radio"') >= 7


@pytest.mark.parametrize("way", STEPS)
def test_the_experiment_shows_what_the_network_says_of_each_step(workshop, way):
    example = next(iter(workshop.gallery.examples.values()))
    html = trial_of(ENGLISH, workshop, example, way)
    classifier = workshop.classifier.get()
    image = resize(example.image, workshop.bundle.image.size)
    answers = [classifier.predict(degrade(image, way, amount)).probability for amount in STEPS[way]]
    shown = re.findall(r"<b>([^<]+)</b><span", html)
    threshold = workshop.bundle.threshold
    scores = ENGLISH.scores_and_threshold(answers, threshold)[0]
    assert [unescape(text) for text in shown] == [ENGLISH("score.short", score=score) for score in scores]
    flips = sum((p >= threshold) != (answers[0] >= threshold) for p in answers[1:])
    told = ENGLISH("exercise_groups.flips", flips=flips, steps=len(answers) - 1)
    assert (told if flips else ENGLISH("exercise_groups.no_flip")) in html


def test_an_image_that_there_is_not_is_answered_by_what_to_do(pages):
    try_one = callback(pages, "try_one")
    for event in (SimpleNamespace(), SimpleNamespace(image="nobody", way="rust"), SimpleNamespace(image=3, way=[])):
        assert FRENCH("exercise_groups.choose")[:20] in try_one(event)


def test_on_many_images_the_answers_that_change_side_are_counted_with_n_and_interval(pages, workshop):
    html = callback(pages, "try_many")(SimpleNamespace(way="darker"))
    gallery, classifier = workshop.gallery, workshop.classifier.get()
    examples = [one for one in gallery.examples.values() if one.source == gallery.ultrasound][:MANY]
    last = STEPS["darker"][-1]
    size, threshold = workshop.bundle.image.size, workshop.bundle.threshold
    images = [resize(example.image, size) for example in examples]
    before = classifier.probabilities(images) >= threshold
    after = classifier.probabilities([degrade(image, "darker", last) for image in images]) >= threshold
    share = rate(int((before != after).sum()), len(examples))
    told = FRENCH(
        "exercise_groups.changed_side",
        count=int((before != after).sum()),
        n=MANY,
        share=FRENCH.percent(share.value),
        low=FRENCH.percent(share.low),
        high=FRENCH.percent(share.high),
    )
    assert told in html and html.count("<tr>") == len(STEPS["darker"]) - 1
    assert "data-many" in many_of(FRENCH, workshop, "blur", lambda way, number: (0, 1))
    assert np.isfinite(share.value)


def test_beside_one_way_stand_the_last_steps_of_all_and_a_reply_from_them(workshop):
    """Contrast changes most here and blur least, whichever way was asked for; then the other way round."""
    for most, least, said in (("contrast", "blur", "grays"), ("blur", "contrast", "blur")):
        last = {"blur": 10, "darker": 10, "brighter": 10, "contrast": 10, most: 20, least: 1}
        for words in (FRENCH, ENGLISH):
            html = many_of(words, workshop, "darker", lambda way, number, last=last: (last[way] if number else 0, 24))
            cells = dict(re.findall(r'data-strongest="(\w+)".*?<td>(.*?)</td>', html))
            assert {way: int(re.match(r"\d+", text)[0]) for way, text in cells.items()} == last
            assert rich(words(f"exercise_groups.many_{said}")) in html and html.count("<table") == 2
