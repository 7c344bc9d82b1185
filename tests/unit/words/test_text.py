import ast
import re
import string

import pytest
from jinja2 import Environment, nodes

from busi.images import ImageRefused
from busi.web.refusals import refusal_sentence
from busi.web.tabs.ending.guesses import GUESSES
from busi.web.tabs.glossary.tab import terms
from busi.words.exercises import exercises
from busi.words.text import CONTENT, LANGUAGES, NO_BREAK, Words, french_spaces
from tests.support.places import ROOT


@pytest.fixture(scope="module")
def both() -> tuple[Words, Words]:
    return Words("fr"), Words("en")


def placeholders(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}


def test_both_languages_have_the_same_files():
    files = {language: {path.name for path in (CONTENT / language).iterdir()} for language in LANGUAGES}
    assert files["fr"] == files["en"] and "page.toml" in files["fr"]


def test_both_languages_have_the_same_keys_in_the_same_order(both):
    french, english = both
    assert list(french.strings) == list(english.strings)


def test_both_languages_have_the_same_placeholders(both):
    french, english = both
    for key in french.strings:
        assert placeholders(french.strings[key]) == placeholders(english.strings[key]), key


def test_lessons_have_the_same_headings_and_card_fields():
    for path in (CONTENT / "fr").glob("*.md"):
        french, english = path.read_text("utf-8"), (CONTENT / "en" / path.name).read_text("utf-8")
        assert re.findall(r"^#+(?= )", french, re.M) == re.findall(r"^#+(?= )", english, re.M), path.name
        assert sorted(re.findall(r"\$\w+", french)) == sorted(re.findall(r"\$\w+", english)), path.name


def test_no_string_is_empty_or_the_same_in_both(both):
    french, english = both
    shared = {key for key in french.strings if french.strings[key] == english.strings[key]}
    shared -= {key for key in shared if re.fullmatch(r"glossary\.terms\.\w+\.title", key)}  # "Pooling", "AUC"
    shared -= {"inquiry_maps.kind_gradcam", "inquiry_maps.kind_occlusion"}  # the methods' names
    assert shared <= {"page.title", "prediction.given_detail", "training.live_pause", "training.run_images"}
    assert all(text.strip() for words in both for text in words.strings.values())


def keys_used() -> tuple[set[str], set[str], set[str]]:
    """Keys that the code names, and beginnings and ends that it completes: f"refused.{reason}", f"{tab}.title"."""
    whole, beginnings, ends = set(), set(), set()
    for path in [*ROOT.glob("busi/**/*.py")]:
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.JoinedStr):
                first, last = node.values[0], node.values[-1]
                beginnings |= {first.value} if isinstance(first, ast.Constant) else set()
                ends |= {last.value} if isinstance(last, ast.Constant) and len(node.values) == 2 else set()
            elif isinstance(node, ast.Constant) and isinstance(node.value, str):
                whole.add(node.value)
    for path in ROOT.glob("busi/web/**/*.html"):
        tree = Environment().parse(path.read_text("utf-8"))
        whole |= {node.value for node in tree.find_all(nodes.Const) if isinstance(node.value, str)}
        for node in tree.find_all(nodes.Concat):
            first, last = node.nodes[0], node.nodes[-1]
            beginnings |= {first.value} if isinstance(first, nodes.Const) else set()
            ends |= {last.value} if isinstance(last, nodes.Const) and len(node.nodes) == 2 else set()
    beginnings = {text for text in beginnings if re.fullmatch(r"\w+\.([a-z0-9_.]+[_.])?", text)}
    ends = {text for text in ends if re.fullmatch(r"\.[a-z_]+", text)}
    return whole - beginnings - ends, beginnings, ends


def test_every_key_is_used(both):
    whole, beginnings, ends = keys_used()
    for key in set(both[0].strings) - keys_of_questions():
        completed = any(key.startswith(text) for text in beginnings) or any(key.endswith(text) for text in ends)
        assert key in whole or completed, f"{key} is used nowhere"


def keys_of_questions() -> set[str]:
    """What content/ must say of each question of the exercises."""
    return {
        f"exercise_{exercise.name}.questions.{question.name}.{key}"
        for exercise in exercises()
        for question in exercise.questions
        for key in ("text", *(f"{part}.{choice}" for part in ("choices", "why") for choice in question.choices))
    }


def test_the_languages_say_of_every_question_what_exercises_toml_names_and_nothing_else(both):
    assert len(keys_of_questions()) > 40
    for words in both:
        held = {key for key in words.strings if re.match(r"exercise_\w+\.questions\.", key)}
        assert held == keys_of_questions()


def test_every_key_that_the_code_names_exists(both):
    sections = {key.split(".")[0] for key in both[0].strings}
    whole, _, _ = keys_used()
    named = {text for text in whole if re.fullmatch(rf"({'|'.join(sections)})\.[a-z0-9_.]+", text)}
    named = {text for text in named if not text.endswith((".js", ".css", ".py", ".csv", ".toml"))}
    assert len(named) > 40
    named -= set(GUESSES)  # names of guesses in the browser, which look like keys
    assert named <= set(both[0].strings)


def test_every_reason_to_refuse_an_image_has_its_sentence(both):
    source = "".join(
        path.read_text("utf-8") for path in (*ROOT.glob("busi/images/*.py"), ROOT / "busi" / "server" / "decoding.py")
    )
    reasons = set(re.findall(r'ImageRefused\(\s*"(\w+)"', source))
    assert len(reasons) == 11
    details = {"width": 10, "height": 12, "limit": 32, "kind": "TIFF"}
    for words in both:
        for reason in reasons:
            assert refusal_sentence(words, ImageRefused(reason, "", **details)).endswith(".")


def linked(kind: str) -> dict[str, set[str]]:
    """The targets of links like (#term-pooling) or (#tab-data) in all texts of a language."""
    texts = {language: "".join(p.read_text("utf-8") for p in (CONTENT / language).iterdir()) for language in LANGUAGES}
    return {language: set(re.findall(rf"\(#{kind}-([\w-]+)\)", text)) for language, text in texts.items()}


def test_every_linked_term_is_in_the_glossary_and_every_linked_tab_exists(both):
    for words in both:
        assert linked("term")[words.language] <= set(terms(words))
        tabs = {key.removesuffix(".tab") for key in words.strings if key.endswith(".tab")}
        assert linked("tab")[words.language] <= tabs
    assert len(linked("term")["fr"]) > 20 and linked("term")["fr"] == linked("term")["en"]


def test_the_glossary_holds_the_eleven_concepts_of_the_workshop_in_alphabetical_order(both):
    concepts = {"deep_learning", "cnn", "convolution", "pooling", "activation", "dropout", "optimiser", "loss", "epoch"}
    for words in both:
        assert concepts | {"augmentation", "interpretability"} <= set(terms(words))
        titles = [words(f"glossary.terms.{name}.title").lower().replace("é", "e") for name in terms(words)]
        assert titles == sorted(titles)


def test_missing_keys_languages_and_values_raise(both):
    with pytest.raises(KeyError, match=r"no key 'page.nothing'"):
        both[0]("page.nothing")
    with pytest.raises(KeyError, match="name"):
        both[0]("page.why_damaged")
    with pytest.raises(KeyError, match="no key"):
        both[0].unfilled("page.nothing")
    assert both[0].unfilled("page.why_damaged").count("{name}") == 1
    with pytest.raises(KeyError, match="no lesson"):
        both[0].lesson("nothing")
    with pytest.raises(ValueError, match="one of fr, en, got 'de'"):
        Words("de")


def test_french_punctuation_is_tied_to_its_word():
    assert french_spaces("Vrai ? « oui » : 95 %") == "Vrai_? «_oui_»_: 95_%".replace("_", NO_BREAK)


def test_numbers_follow_the_language_and_never_claim_certainty(both):
    french, english = both
    assert (french.number(0.886, 2), english.number(0.886, 2)) == ("0,89", "0.89")
    assert (french.number(50176), english.number(50176)) == (f"50{NO_BREAK}176", "50,176")
    assert (french.percent(0.204), english.percent(0.204)) == (f"20{NO_BREAK}%", "20%")
    assert english.percent(0.004) == "<1%" and english.percent(0.996) == ">99%"
    assert english.number(-8) == "−8" and english.number(-0.2) == "0" and french.number(-0.25, 2) == "−0,25"
    assert english.percent(0) == "0%" and english.percent(1) == "100%"
