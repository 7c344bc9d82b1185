"""BrEaST beside a network's own images: counted apart, told in words, and absent from bundles that were not asked."""

import json
from dataclasses import replace

import pandas as pd
import pytest
from sklearn.metrics import confusion_matrix, roc_auc_score

from busi.bundle.card import hub_card, model_card
from busi.bundle.files import BREAST, BREAST_FINAL, EMBEDDED, INFO, PREDICTIONS, BundleError, open_bundle, population_of
from busi.bundle.files import write_checksums as seal
from busi.data.box import lesions
from busi.data.origin import BREAST as ORIGIN_BREAST
from busi.training.evaluation import final_half, score_predictions
from busi.web.frame import standing
from busi.web.markup import rich
from busi.web.parts.cells import Question, cell_panel, population_name, populations, rows_of_cell
from busi.web.sentences import interval
from busi.web.tabs.evaluation.elsewhere import guess_and_truth
from busi.words.text import LANGUAGES, Words
from tests.support.markup import text_of
from tests.support.pages import page_about
from tests.support.scratch import scratch_bundle


@pytest.fixture(scope="module")
def bundle():
    return open_bundle(EMBEDDED)


def without(bundle):
    """The bundle as it was before its network was asked."""
    metrics = {name: numbers for name, numbers in bundle.info["metrics"].items() if name not in (BREAST, BREAST_FINAL)}
    rows = bundle.predictions[bundle.predictions["source"] != BREAST]
    return replace(bundle, info={**bundle.info, "metrics": metrics}, predictions=rows)


def judged_by_half(bundle):
    """The bundle as that of a network which looks and draws: half of BrEaST judged the trials that led to it."""
    metrics = score_predictions(bundle.predictions, bundle.temperature, bundle.threshold).to_dict()["metrics"]
    training = bundle.info["training"]
    told = {**training, "recipe": {**training["recipe"], "folds": 5}}
    return replace(bundle, info={**bundle.info, "metrics": metrics, "training": told})


def test_every_lesion_in_the_box_was_asked_once(bundle):
    rows, table = populations(bundle)[BREAST], lesions()
    assert rows["image_id"].tolist() == table["image_id"].tolist()
    assert rows["label"].tolist() == table["label"].tolist() and set(rows["split"]) == {"test"}
    assert rows["group"].is_unique


def test_its_numbers_are_scikit_learns(bundle):
    rows = populations(bundle)[BREAST]
    labels, probabilities = rows["label"] == "malignant", rows["probability"]
    counts = confusion_matrix(labels, probabilities >= bundle.threshold).ravel().tolist()
    found, numbers = bundle.confusion(BREAST), bundle.metrics(BREAST)
    assert [found.true_negatives, found.false_positives, found.false_negatives, found.true_positives] == counts
    assert numbers["auc"].value == pytest.approx(roc_auc_score(labels, probabilities), abs=1e-6)
    assert (numbers["auc"].n, numbers["sensitivity"].n, numbers["specificity"].n) == (252, 98, 154)


def test_populations_are_never_mixed_and_stand_in_order(bundle):
    held = populations(bundle)
    assert list(held) == ["test", "breast", "simulated"]
    assert [set(rows["source"]) for rows in held.values()] == [{"busi"}, {"breast"}, {"simulated"}]
    alone = score_predictions(without(bundle).predictions, bundle.temperature, bundle.threshold)
    whole = score_predictions(bundle.predictions, bundle.temperature, bundle.threshold)
    assert all(whole.metrics[name] == numbers for name, numbers in alone.metrics.items())
    assert set(whole.metrics) - set(alone.metrics) == {BREAST, BREAST_FINAL}


@pytest.mark.parametrize("language", LANGUAGES)
def test_where_one_half_judged_trials_the_other_one_leads(bundle, language):
    words, judged = Words(language), judged_by_half(bundle)
    rows = populations(bundle)[BREAST].merge(lesions()[["image_id", "half"]], on="image_id").query("half == 'final'")
    labels, probabilities = rows["label"] == "malignant", rows["probability"]
    found = judged.metrics(judged.elsewhere)
    assert judged.elsewhere == BREAST_FINAL and (found["auc"].n, found["sensitivity"].n) == (126, 49)
    assert found["auc"].value == pytest.approx(roc_auc_score(labels, probabilities), abs=1e-6)
    assert found["sensitivity"].value == pytest.approx((probabilities[labels] >= judged.threshold).mean())

    page = page_about(judged, language)
    footer = " ".join(standing.footer(words, page.workshop))
    assert words("page.elsewhere_others", n=126) in footer and words.number(found["auc"].value, 2) in footer
    whole = judged.metrics(BREAST)["auc"]
    value, low, high = (words.number(number, 3) for number in (whole.value, whole.low, whole.high))
    card = model_card(judged.info)
    assert words("card.elsewhere_judged", n=126, auc=f"{value} [{low} – {high}], n = 252") in card
    told = text_of(guess_and_truth(page))
    about = interval(words, found["auc"], lambda number: words.number(number, 2))
    shares = {name: words.percent(found[name].value) for name in ("sensitivity", "specificity")}
    values = {"n": 126, "others": 126, "auc": words.number(found["auc"].value, 2), "interval": about, **shares}
    assert text_of(rich(words("elsewhere.untouched", **values))) in told
    assert "the half that judged no trial" in hub_card(judged.info, card, "someone/network")


@pytest.mark.parametrize("language", LANGUAGES)
def test_where_it_judged_none_all_lesions_count(bundle, language):
    words = Words(language)
    before = replace(bundle, info={**bundle.info, "training": {**bundle.info["training"], "recipe": {}}})
    assert before.elsewhere == BREAST
    footer = standing.footer(words, page_about(before, language).workshop)
    assert words("page.elsewhere_others", n=126) not in " ".join(footer)


def test_half_of_the_lesions_that_are_not_all_there_has_no_numbers(bundle):
    rows = populations(bundle)[BREAST]
    half = final_half(rows)
    assert len(half) == 126 and final_half(rows.drop(half.index[0])).empty
    assert final_half(rows.assign(image_id="another")).empty


def test_a_network_of_simulated_images_alone_is_asked_there_too():
    rows = pd.DataFrame({"source": ["simulated", "simulated", "breast"], "split": ["validation", "test", "test"]})
    assert population_of(rows).tolist() == ["validation", "test", "breast"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_card_footer_and_names_tell_it_with_n_and_intervals(language):
    bundle = scratch_bundle()
    words, auc = Words(language), bundle.metrics(BREAST)["auc"]
    name = population_name(words, populations(bundle)[BREAST])
    assert "BrEaST" in name and "252" in name
    value, low, high = (words.number(number, 3) for number in (auc.value, auc.low, auc.high))
    assert f"{value} [{low} – {high}], n = 252" in model_card(bundle.info)
    footer = " ".join(standing.footer(words, page_about(bundle, language).workshop))
    assert "BrEaST" in footer and words.number(auc.value, 2) in footer and "252" in footer
    assert words.number(100 * bundle.metrics(BREAST)["calibration_error"].value, 1) in footer


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_bundle_that_was_not_asked_says_nothing_of_it(bundle, language):
    older = without(bundle)
    page = page_about(older, language)
    assert "BrEaST" not in model_card(older.info) and not older.knows_another_hospital
    assert "BrEaST" not in " ".join(standing.footer(page.words, page.workshop))
    assert list(populations(older)) == ["test", "simulated"]
    assert "type: breast" not in hub_card(older.info, "", "user/repo")


def test_the_hub_is_told_of_both_hospitals(bundle):
    front = hub_card(bundle.info, "", "user/repo").split("---\n")[1]
    assert "type: busi" in front and "type: breast" in front and front.count("type: roc_auc") == 2


def test_its_cells_hold_its_own_images(bundle):
    question = Question(population=BREAST, cell="fp", threshold=bundle.threshold)
    rows = rows_of_cell(bundle, question)
    assert len(rows) == bundle.confusion(BREAST).false_positives and set(rows["source"]) == {BREAST}
    assert "BrEaST" in cell_panel(page_about(bundle), question)


def rewritten(folder, info: dict, rows: pd.DataFrame) -> None:
    rows.to_csv(folder / PREDICTIONS, index=False, lineterminator="\n")
    seal(folder, info)


def test_an_older_bundle_opens_and_shows_what_it_showed(bundle, odd_folder, write_odd):
    older = without(bundle)
    rewritten(odd_folder, older.info, older.predictions)
    opened = open_bundle(odd_folder)
    assert not opened.knows_another_hospital and opened.metrics("test") == bundle.metrics("test")


def test_who_learned_from_breast_or_has_nothing_else_is_refused(bundle, odd_folder, write_odd):
    rows = bundle.predictions
    learned = {**bundle.info, "data": {**bundle.info["data"], "name": ORIGIN_BREAST.name}}
    rewritten(odd_folder, learned, rows)
    with pytest.raises(BundleError, match="learned from BrEaST is not asked on it as on another hospital"):
        open_bundle(odd_folder)
    rewritten(odd_folder, learned, without(bundle).predictions)
    assert list(populations(open_bundle(odd_folder))) == ["test", "simulated"]
    first = pd.concat([rows[rows["source"] == BREAST], rows[rows["source"] != BREAST]])
    rewritten(odd_folder, bundle.info, first)
    with pytest.raises(BundleError, match="first prediction must be of the network's own data"):
        open_bundle(odd_folder)
    rewritten(odd_folder, bundle.info, rows.assign(source="clinic"))
    with pytest.raises(BundleError, match="source must be busi, breast or simulated"):
        open_bundle(odd_folder)


def test_answers_without_numbers_are_refused(bundle, odd_folder, write_odd):
    rewritten(odd_folder, without(bundle).info, bundle.predictions)
    with pytest.raises(BundleError, match="breast"):
        open_bundle(odd_folder)
    assert json.loads((odd_folder / INFO).read_text("utf-8"))["format_version"] == 1
