"""A score and the threshold are one number each wherever they stand, and cannot be taken for each other."""

import re

import numpy as np
import pytest

from busi.serving.predict import Prediction
from busi.web.markup import template
from busi.web.sentences import answer_text
from busi.web.signs import MARKS
from busi.words.text import CONTENT, LANGUAGES, NO_BREAK, Words
from tests.support.markup import parsed
from tests.support.score_cases import CASES, OURS

FRENCH, ENGLISH = Words("fr"), Words("en")


@pytest.mark.parametrize(("score", "threshold", "written", "at"), CASES)
def test_a_score_beside_the_threshold_is_written_as_worked_by_hand(score, threshold, written, at):
    assert ENGLISH.score_and_threshold(score, threshold) == (written, at)


@pytest.mark.parametrize("threshold", [OURS, 0.3, 0.5, 0.004, 0.996])
def test_what_differs_never_reads_the_same(threshold):
    for step in range(-300, 301):
        score = threshold + step * 1e-5
        if 0 < score < 1 and step:
            written, at = ENGLISH.score_and_threshold(score, threshold)
            assert written != at
            numbers = [float(re.sub(r"[<>%]", "", text)) for text in (written, at)]
            assert (numbers[0] >= numbers[1]) == (score >= threshold)


def test_of_several_scores_the_nearest_decides_how_the_threshold_is_written():
    assert ENGLISH.scores_and_threshold([0.9, 0.0882, 0.02], OURS) == (["90%", "8.820%", "2%"], "8.817%")


def test_the_answer_says_score_threshold_and_alert_in_both_languages():
    french = answer_text(FRENCH, 0.081, OURS).replace(NO_BREAK, " ")
    assert french == "score de malignité : 8,1 % ; seuil : 8,8 % ; pas d'alerte"
    assert answer_text(ENGLISH, 0.0885, OURS) == "malignancy score: 8.85%; threshold: 8.82%; alert"
    assert "n'alerte pas" in parsed(template("macros.html", FRENCH).verdict(False)).get_text()
    assert "raises an alert" in parsed(template("macros.html", ENGLISH).verdict(True)).get_text()


@pytest.mark.parametrize(
    ("guess", "says", "truth", "kind", "sentence"),
    [
        ("malignant", "benign", "malignant", "right", "Vous aviez raison, lui non."),
        ("malignant", "malignant", "malignant", "right", "Vous aviez raison tous les deux."),
        ("benign", "malignant", "malignant", "wrong", "Il avait raison, pas vous."),
        ("malignant", "malignant", "benign", "wrong", "Vous vous êtes trompés tous les deux."),
    ],
)
def test_who_was_right_is_said_and_marked(guess, says, truth, kind, sentence):
    macros = template("macros.html", FRENCH)
    judged = parsed(macros.who_was_right(guess, says, truth)).select_one(f".judged.{kind}")
    assert judged.strong.text == sentence and judged.select_one("[aria-hidden]").text == MARKS[kind]
    prediction = Prediction(0.9 if says == "malignant" else 0.0862, OURS, np.zeros((1, 1, 1), np.float32))
    both = macros.two_answers(guess, truth, prediction)
    assert (both.count("✓"), both.count("✗")) == (
        (guess == truth) + (says == truth),
        (guess != truth) + (says != truth),
    )


# What the network never gives nor says any more, in words of both languages; people's labels and guesses remain.
BANNED = {
    "fr": r"(réseau|[Ii]l) (dit|annonce|répond)[^.?]{0,20} « (bénin|malin) »|\bnotée?s? (\{|\d+ %)"
    r"|probabilité de « malin »|tourn\w+ [^.?]{0,20}boutons?|à \{error\} points près",
    "en": r"(network|[Ii]t) (says|answers)[^.?]{0,20} [“\"](benign|malignant)|probability of [“\"]?malignant|\bturn\w* "
    r"[^.?]{0,20}knobs?\b|\bknobs?\b(?!\})|allows? to\b|(?<!no )\bone's\b|give or take \{error\}",
}


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_text_gives_the_network_a_class_a_mark_or_a_knob(language):
    for path in sorted((CONTENT / language).iterdir()):
        found = re.search(BANNED[language], path.read_text("utf-8"))
        assert not found, f"{path.name}: {found.group(0) if found else ''}"
