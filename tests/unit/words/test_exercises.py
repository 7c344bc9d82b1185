import pytest

from busi.serving.workshop import open_workshop
from busi.web.parts.cases import cases_of, predicted_class
from busi.web.parts.enlarge import case_button
from busi.web.parts.quiz import question_card
from busi.web.tabs.exercises.tab import BENCHES
from busi.words.exercises import Question, exercises
from tests.support.markup import parsed, text_of
from tests.support.pages import page_of


def test_five_exercises_in_the_order_of_the_workshop_each_with_a_bench_and_honest_times():
    assert [exercise.name for exercise in exercises()] == ["augmentation", "layers", "confidence", "groups", "errors"]
    assert set(BENCHES) == {exercise.name for exercise in exercises()}
    assert all(5 <= exercise.minutes <= 25 for exercise in exercises())


def test_every_exercise_asks_before_and_after_its_bench():
    for exercise in exercises():
        assert 3 <= len(exercise.questions) <= 5, exercise.name
        assert any(question.right for question in exercise.questions[1:]), exercise.name
        assert len({question.name for question in exercise.questions}) == len(exercise.questions)


def test_a_question_that_cannot_be_answered_is_refused():
    with pytest.raises(ValueError, match="'q' needs at least two choices, all different"):
        Question("q", ("a", "a"), ("a",))
    with pytest.raises(ValueError, match="'q': right must be some of"):
        Question("q", ("a", "b"), ("c",))
    with pytest.raises(ValueError, match="'q': right must be some of"):
        Question("q", ("a", "b"), ("a", "b"))


@pytest.fixture(scope="module")
def workshop(small_bundle):
    return open_workshop(small_bundle.folder)


@pytest.mark.parametrize("language", ["fr", "en"])
def test_every_choice_explains_itself_and_says_whether_it_is_right(workshop, language):
    page = page_of(language, workshop)
    words = page.words
    for exercise in exercises():
        for question in exercise.questions:
            card = parsed(question_card(page, exercise, question))
            kind = "checkbox" if len(question.right) > 1 else "radio"
            assert [box["value"] for box in card.select(f"input[type={kind}]")] == list(question.choices)
            assert len(card.select(".choice .why[hidden]")) == len(question.choices)
            marks = ("tick_mark", "no_tick_mark") if kind == "checkbox" else ("right_mark", "wrong_mark")
            begins = [text_of(first) for first in card.select(".why > b:first-child")]
            assert begins.count(text_of(f"✓ {words(f'exercises.{marks[0]}')}")) == len(question.right)
            wrong = len(question.choices) - len(question.right) if question.right else 0
            assert begins.count(text_of(f"✗ {words(f'exercises.{marks[1]}')}")) == wrong
            assert card.section.has_attr("data-opens") == (question is exercise.questions[0])


def test_a_picture_tells_its_truth_its_answer_and_its_measures(workshop):
    page = page_of("fr", workshop)
    words, threshold = page.words, page.bundle.threshold
    case = cases_of(page.bundle.predictions)[0]
    card = parsed(case_button(page, case, None))
    facts = {place["data-fact"]: text_of(place) for place in card.select("[data-fact]")}
    is_right = predicted_class(case.probability, threshold) == case.label
    score, at = words.score_and_threshold(case.probability, threshold)
    assert text_of(card.select_one(".plate.absent")) == text_of(words("enlarge.absent"))
    assert text_of(score) in facts["network"] and text_of(at) in facts["network"]
    assert facts["right"] == text_of(f"{'✓' if is_right else '✗'} {words('enlarge.yes' if is_right else 'enlarge.no')}")
    assert facts["truth"].endswith(words(f"class.{case.label}")) and facts["name"] == case.image_id
    measures = {name: text_of(words.number(getattr(case, name))) for name in ("blur", "contrast", "brightness")}
    assert measures.items() <= facts.items()


def test_a_score_at_the_threshold_is_an_alert():
    assert predicted_class(0.5, 0.5) == "malignant" and predicted_class(0.4999, 0.5) == "benign"
