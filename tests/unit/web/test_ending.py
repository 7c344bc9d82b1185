"""The ending: every guess that a script remembers has its sentences, and the truths are those of the bundle."""

import re

import pytest

from busi.bundle.files import BREAST
from busi.data.box import lesions
from busi.data.split import TEST
from busi.lessons.architectures import architectures
from busi.lessons.first_pair import first_pair
from busi.model.metrics import rate
from busi.web.page import Page
from busi.web.scripts import modules
from busi.web.tabs.ending.guesses import CHOICE, CHOICES, CLASS, GUESSES, NUMBER, SHARE, guesses_of, truths_of
from busi.web.tabs.ending.tab import QUESTIONS, ending
from busi.web.tabs.network.concepts import GUESSES as LOSSES
from busi.web.tabs.network.concepts import RIGHT_GUESS
from busi.words.classes import BENIGN, MALIGNANT
from busi.words.exercises import exercises
from tests.support.markup import parsed, text_of
from tests.support.pages import page_about

REMEMBERED = re.compile(r"""\brememberGuess\(\s*(?:"([^"]+)"|`([^`]+)`)""")


@pytest.fixture(scope="module", params=["fr", "en"])
def page(request, bundle, gallery) -> Page:
    return page_about(bundle, request.param, gallery)


def remembered() -> dict[str, list[str]]:
    """The guesses that each name in a call of `rememberGuess` may stand for, a template for several."""
    found = {}
    for source in modules().values():
        for name, template in REMEMBERED.findall(source.decode()):
            pattern = re.sub(r"\\\$\\\{.*?\\\}", r"[a-z0-9_]+", re.escape(template)) if template else re.escape(name)
            found[name or template] = [known for known in GUESSES if re.fullmatch(pattern, known)]
    return found


def test_every_name_that_a_script_remembers_is_one_that_the_ending_knows():
    assert len(remembered()) >= 12
    assert [name for name, known in remembered().items() if not known] == []


def test_every_guess_that_the_ending_knows_is_remembered_somewhere():
    names = {name for known in remembered().values() for name in known}
    assert {name for name in GUESSES if name not in names} == set()


def test_every_call_names_its_guess_where_it_stands():
    """A name that a call gets from elsewhere would escape the two tests above."""
    for path, source in modules().items():
        calls = len(re.findall(r"\brememberGuess\(", source.decode()))
        assert calls == len(REMEMBERED.findall(source.decode())), path


def test_every_guess_can_be_said_in_both_languages(page):
    guesses = {one.name: one for one in guesses_of(page)}
    assert list(guesses) == list(GUESSES), "the shipped network knows the answer to all of them, in order"
    for name, one in guesses.items():
        assert one.question and one.surprise.endswith((".", "?")), name
        assert set(re.findall(r"\{(\w+)\}", one.surprise)) <= {"guess", "truth", "ill"}, name
        assert set(re.findall(r"\{(\w+)\}", one.question)) <= {"ill"}, name
        if one.kind in (CHOICE, CLASS):
            assert len(one.choices) > 1 and all(one.choices.values()), name
        if one.kind in (NUMBER, SHARE):
            assert "{value}" in one.value, name


def test_choices_are_those_of_the_part_that_asks():
    assert (*CHOICES["network.loss"],) == (*LOSSES,)
    for exercise in exercises():
        assert set(exercise.questions[0].choices) <= set(CHOICES[f"exercises.{exercise.name}"])


def test_truths_are_those_of_the_bundle(page, bundle):
    truths = {name: truth.values for name, truth in truths_of(page).items()}
    counts, test = bundle.confusion(TEST), bundle.predictions
    found = rate(counts.true_positives, counts.true_positives + counts.false_negatives)
    assert truths["evaluation.sensitivity"] == {
        "truth": pytest.approx(100 * found.value),
        "low": pytest.approx(100 * found.low),
        "high": pytest.approx(100 * found.high),
    }
    rows = test[(test["split"] == "test") & (test["source"] == "busi")]
    assert truths["data.majority"]["truth"] == pytest.approx(100 * (rows["label"] == BENIGN).mean())
    assert truths["network.loss"] == {"truth": RIGHT_GUESS}
    assert truths["exercises.layers"] == {"truth": "first"}

    def errors(threshold: float) -> int:
        return int(((rows["probability"] >= threshold) != (rows["label"] == MALIGNANT)).sum())

    more = errors(bundle.threshold / 2) - errors(bundle.threshold)
    assert truths["exercises.confidence"] == {"truth": "more" if more > 0 else "fewer" if more < 0 else "same"}
    missed, alarms = counts.false_negatives, counts.false_positives
    kind = "missed" if missed > alarms else "alarmed" if alarms > missed else "as_many"
    assert truths["exercises.errors"] == {"truth": kind}
    assert set(page_choices(page, "further.best")) == {row.arch for row in architectures()}


def page_choices(page: Page, name: str) -> dict[str, str]:
    return dict(next(one for one in guesses_of(page) if one.name == name).choices)


def test_the_first_pictures_carry_their_labels_and_the_networks_answers(page, bundle, gallery):
    truths = truths_of(page)
    for number, example in enumerate(first_pair(gallery, bundle)):
        row = lesions().set_index("image_id").loc[example.image_id]
        score = bundle.predictions.set_index("image_id").loc[example.image_id, "probability"]
        values = truths[f"welcome.{number}"].values
        assert values == {"truth": row["label"], "network": MALIGNANT if score >= bundle.threshold else BENIGN}


def test_every_measured_number_says_on_how_many_images(page, bundle):
    truths = truths_of(page)
    away = bundle.metrics(BREAST)
    for name in ("auc", "found", "alarms"):
        assert str(away["sensitivity" if name == "found" else "auc" if name == "auc" else "specificity"].n) in (
            truths[f"elsewhere.{name}"].told
        )
    assert str(bundle.metrics(TEST)["sensitivity"].n) in truths["evaluation.sensitivity"].told


def test_a_bundle_without_another_hospital_asks_for_less_and_shows_no_first_picture(small_bundle):
    page = page_about(small_bundle)
    names = [one.name for one in guesses_of(page)]
    assert "elsewhere.auc" not in names and "welcome.1" not in names and "evaluation.sensitivity" in names
    assert parsed(ending(page)).select_one(".thread") is None


def test_the_page_holds_a_place_for_each_guess_and_no_guess_yet(page):
    tree = parsed(ending(page))
    assert [item["data-guess"] for item in tree.select("[data-guess]")] == list(GUESSES)
    assert [item["data-missing"] for item in tree.select("[data-missing]")] == list(GUESSES)
    assert all(item.has_attr("hidden") for item in tree.select("[data-guess], .thread"))


def test_questions_lead_to_parts_that_there_are(page):
    tree = parsed(ending(page))
    asked = tree.select(".asked li")
    assert len(asked) == len(QUESTIONS) == 10
    for item, part in zip(asked, QUESTIONS.values(), strict=True):
        link = item.select_one("a")
        assert link["href"] == f"#tab-{part}" and page.words(f"{part}.tab") in text_of(link)
        assert text_of(item.h4).endswith("?")


def test_a_picture_of_breast_carries_its_credit(page):
    assert parsed(ending(page)).select_one(".thread .badge.breast, .thread .badge a")
