"""What the radiologist wrote, in both languages, and never before a guess."""

import pytest

from busi.data import box
from busi.serving.gallery import open_gallery
from busi.serving.predict import Prediction
from busi.web.parts.radiologist import known_from, lesion_of, radiologist_panel, radiologist_wrote
from busi.web.tabs.prediction.tab import answer_panel
from busi.words.text import LANGUAGES, Words
from tests.support.markup import parsed, text_of
from tests.support.pages import page_about

FRENCH = Words("fr")


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_lesion_can_be_told(language):
    words = Words(language)
    for lesion in box.lesions().to_dict("records"):
        wrote, known = radiologist_wrote(words, lesion), known_from(words, lesion)
        assert wrote and known and "{" not in wrote + known and "_" not in wrote + known


def test_the_words_are_those_of_the_table():
    lesion = lesion_of("case129")  # irregular; angular, microlobulated and indistinct; BI-RADS 5; benign by biopsy
    assert lesion["margin"] == "not circumscribed - angular&microlobulated&indistinct" and lesion["birads"] == "5"
    assert radiologist_wrote(FRENCH, lesion) == (
        "forme irrégulière, contours anguleux, microlobulés et indistincts, hypoéchogène,"
        " sans modification acoustique postérieure"
    )
    known = known_from(FRENCH, lesion)
    assert "biopsie" in known and "BI-RADS 5" in known and "17 mm de large" in known
    followed = lesion_of("case138")
    assert followed["verification"] == "follow-up" and "pas eu de biopsie" in known_from(FRENCH, followed)


def test_only_pictures_of_the_box_have_such_words(bundle, gallery):
    page = page_about(bundle, "fr", gallery)
    assert radiologist_panel(page, gallery.examples["simulated-001"]) == "" and lesion_of("case999") is None
    assert parsed(radiologist_panel(page, gallery.examples["breast-001"])).select_one("blockquote")


def test_beside_a_picture_they_wait_for_the_guess(bundle, gallery, classifier_input):
    page, example = page_about(bundle, "fr", gallery), gallery.examples["breast-001"]
    prediction = Prediction(0.3, bundle.threshold, classifier_input)
    tree = parsed(answer_panel(page, example.image, prediction, example))
    waiting = tree.select_one(".own-guess details")
    assert waiting.has_attr("hidden") and waiting.select_one(".radiologist")
    assert len(tree.select(".radiologist")) == 1 and FRENCH("prediction.meaning_elsewhere") not in text_of(tree)
    assert f"{bundle.metrics(bundle.elsewhere)['auc'].n} lésions" in text_of(tree)


@pytest.fixture
def classifier_input(bundle):
    from busi.images import prepare

    return prepare(open_gallery(bundle, None).examples["breast-001"].image, bundle.image)
