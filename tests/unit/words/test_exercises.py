from html import escape

import pytest

from busi.web.guesses import mark
from busi.web.parts.enlarge import case_button, says
from busi.web.parts.quiz import question_card
from busi.web.tabs.exercises.tab import BENCHES
from busi.words.exercises import Question, exercises
from busi.words.text import Words


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


@pytest.mark.parametrize("language", ["fr", "en"])
def test_every_choice_explains_itself_and_says_whether_it_is_right(language):
    words = Words(language)
    for exercise in exercises():
        for question in exercise.questions:
            card = question_card(words, exercise, question)
            kind = "checkbox" if len(question.right) > 1 else "radio"
            assert card.count(f'type="{kind}"') == card.count('class="why" hidden') == len(question.choices)
            marks = ("tick_mark", "no_tick_mark") if kind == "checkbox" else ("right_mark", "wrong_mark")
            assert card.count(f"<b>✓ {words(f'exercises.{marks[0]}')}</b>") == len(question.right)
            wrong = len(question.choices) - len(question.right) if question.right else 0
            assert card.count(f"<b>✗ {words(f'exercises.{marks[1]}')}</b>") == wrong
            assert ("data-opens" in card) == (question is exercise.questions[0])


def test_a_picture_tells_its_truth_its_answer_and_its_measures(small_bundle):
    words = Words("fr")
    row = next(small_bundle.predictions.itertuples())
    inside = case_button(words, row, None, 0.5)
    assert escape(words("enlarge.absent")) in inside and words.score_and_threshold(row.probability, 0.5)[0] in inside
    assert words.number(row.blur) in inside and row.image_id in inside
    right = says(row.probability, 0.5) == row.label
    assert f"{mark(right)} {words('enlarge.yes' if right else 'enlarge.no')}</dd>" in inside
    assert says(0.5, 0.5) == "malignant" and says(0.4999, 0.5) == "benign"
