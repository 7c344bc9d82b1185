"""Numbers measured beside the bundle: the pages quote the results, and their sentences follow the numbers."""

import dataclasses
import json
import re

import pandas as pd
import pytest
from sklearn.metrics import roc_auc_score

from busi.bundle.card import model_card
from busi.bundle.files import EMBEDDED, MODEL, figures_of, open_bundle
from busi.bundle.measured import TABLE, Leak, Pointing, judged_before, measured
from busi.images.degradation import STEPS
from busi.model.metrics import Estimate, rate
from busi.web.markup import rich
from busi.web.parts.gradcam import pointing
from busi.web.tabs.data.tab import counts, folders, leak_gain
from busi.web.tabs.evaluation.tab import elsewhere
from busi.web.tabs.exercise_groups.experiment import reading
from busi.web.tabs.laboratory.tab import lesson_numbers
from busi.web.tabs.training.tab import honesty, stages_of
from busi.words.text import LANGUAGES, Words
from experiments.hospitals import untouched_names
from experiments.measured import official_test_in_folds, quoted
from experiments.protocols import SPLIT
from experiments.quality import RESULTS
from tests.support.markup import parsed, text_of
from tests.support.pages import page_about
from tests.support.places import ROOT
from tests.support.scratch import scratch_bundle
from tests.support.trials import kept

BOTH = [Words(language) for language in LANGUAGES]


@pytest.fixture(scope="module")
def bundle():
    return open_bundle(EMBEDDED)


def changed(bundle, **recipe):
    """A bundle whose recipe is told otherwise."""
    training = bundle.info["training"]
    told = {**training, "recipe": {**training["recipe"], **recipe}}
    return dataclasses.replace(bundle, info={**bundle.info, "training": told})


def test_the_file_holds_what_the_results_hold():
    assert json.loads(TABLE.read_text("utf-8")) == quoted(), "run python -m experiments.measured"


@pytest.mark.parametrize(("protocol", "recipe"), [("grouped", ""), ("grouped", "scratch"), ("leaky", "scratch")])
def test_the_pooled_auc_is_scikit_learns_of_all_answers_in_one_list(protocol, recipe):
    name = f"quality-{recipe}.json" if recipe else "quality.json"
    number = json.loads((RESULTS / name).read_text("utf-8"))[protocol]["pooled_auc"]
    answers = kept(protocol, recipe).groupby("seed")
    seeds = [roc_auc_score(rows["malignant"], rows["probability"]) for _, rows in answers]
    assert number["seeds"] == pytest.approx(seeds, abs=1e-4)
    assert number["value"] == pytest.approx(sum(seeds) / len(seeds), abs=1e-4)
    assert number["low"] < number["value"] < number["high"]


def test_what_drawings_teach_is_told_of_images_that_set_nothing():
    told = json.loads((RESULTS / "simulated-only.json").read_text("utf-8"))["whole"]["busi untouched"]
    assert measured().untouched.value == told["value"] and measured().untouched.n == len(untouched_names()) == 192
    assert measured().served_the_simulator == len(set(kept("grouped")["image_id"]) - set(untouched_names())) == 437


def test_most_test_images_of_the_official_split_are_in_the_folds():
    split = pd.read_csv(SPLIT, comment="#").query("split == 'test'")["image"]
    normal = split.str.startswith("normal").sum()
    folds = set(kept("grouped")["image_id"])
    two_labels = [name for name in split if not name.startswith("normal") and name.removesuffix(".png") not in folds]
    assert (len(split), normal, len(two_labels)) == (156, 22, 6)
    assert official_test_in_folds() == len(split) - normal - len(two_labels) == 128


def test_the_embedded_network_is_of_the_recipe_that_was_measured_and_another_is_not(bundle):
    found, recipe = measured(), bundle.info["training"]["recipe"]
    assert found.is_of(recipe) and found.is_of({**recipe, "seed": 7})
    assert not found.is_of({}) and not found.is_of({**recipe, "outline": 0.0})
    assert not found.is_of({**recipe, "augmentation": {**recipe["augmentation"], "marks": 0.0}})
    assert found.network == bundle.info["files"][MODEL]


def test_the_readmes_quote_the_results():
    numbers = json.loads((RESULTS / "quality.json").read_text("utf-8"))
    told = [f"{value:.3f}" for value in numbers["grouped"]["pooled_auc"]["seeds"]]
    told += [f"{one.value:.3f}" for one in (measured().leak.leaky, measured().leak.grouped)]
    told.append(f"{numbers['grouped']['auc']['value']:.3f}")
    told += [f"{numbers[name]['sensitivity']['value']:.3f}" for name in ("grouped", "official")]
    counts_told = [official_test_in_folds(), measured().served_the_simulator, measured().untouched.n]
    for name in ("README.md", "README.en.md"):
        prose = re.sub(r"<!-- \w+ -->.*?<!-- end -->", "", (ROOT / name).read_text("utf-8"), flags=re.DOTALL)
        for number in told:
            assert (number.replace(".", ",") if name == "README.md" else number) in prose, number
        assert all(re.search(rf"\b{count}\b", prose) for count in counts_told)


@pytest.mark.parametrize(("name", "comma"), [("animateur.md", ","), ("animateur.en.md", ".")])
def test_the_guides_quote_what_the_leak_gains(name, comma):
    text, found = (ROOT / "docs" / name).read_text("utf-8"), measured()
    for auc in (found.leak.leaky, found.leak.grouped):
        assert f"{auc.value:.3f}".replace(".", comma) in text


def test_the_notes_quote_the_results():
    text, numbers = (ROOT / "docs" / "model.md").read_text("utf-8"), quoted()
    for number in (numbers["grouped"]["pooled_auc"], numbers["untouched"], numbers["official"]["auc"]):
        interval = "[{low:.3f} – {high:.3f}]".format(**number).replace("0.", ".")
        assert f"{number['value']:.3f} ".lstrip("0") + interval in text


def around(value: float) -> Estimate:
    return Estimate(value, value - 0.02, value + 0.02, 100)


@pytest.mark.parametrize("words", BOTH, ids=LANGUAGES)
def test_what_the_leak_gains_is_told_from_the_numbers(words):
    found = measured()
    told = leak_gain(words, found)
    assert words.number(found.leak.leaky.value, 3) in told and words("data.leak_gain_small") in told
    much = dataclasses.replace(found, leak=Leak(leaky=around(0.97), grouped=around(0.85)))
    assert words("data.leak_gain_large") in leak_gain(words, much)
    assert words("data.leak_gain_small") not in leak_gain(words, much)


@pytest.mark.parametrize("words", BOTH, ids=LANGUAGES)
@pytest.mark.parametrize(("grouped", "luck"), [(0.83, "lucky"), (0.9, "usual"), (0.995, "unlucky")])
def test_a_sensitivity_is_called_luck_only_where_the_other_splits_say_so(bundle, words, grouped, luck):
    share, found = bundle.metrics()["sensitivity"].value, measured()
    number = Estimate(grouped, grouped - 0.02, grouped + 0.02, 629)
    found = dataclasses.replace(found, grouped=dataclasses.replace(found.grouped, sensitivity=number))
    told = elsewhere(words, bundle, found)
    for one in ("lucky", "usual", "unlucky"):
        sentence = words(f"evaluation.elsewhere_{one}", share=words.percent(share))
        assert (sentence in told) == (one == luck)
    assert words.percent(found.official.sensitivity.value) in told


def test_today_the_embedded_network_is_neither_lucky_nor_unlucky(bundle):
    grouped = measured().grouped.sensitivity
    assert grouped.low < bundle.metrics()["sensitivity"].value < grouped.high


def test_grad_cam_is_said_to_point_better_than_the_middle_of_the_image_where_the_numbers_say_so():
    found = measured()
    for words in BOTH:
        told = pointing(words, found, "busi")
        assert words.percent(56 / 94) in told and words.percent(29 / 94) in told and "94" in told
        assert words("gradcam.pointing_better") in told and words("gradcam.pointing_no_better") not in told
        unsure = Pointing(strongest=rate(22, 96), middle=rate(18, 96))
        no_better = dataclasses.replace(found, pointing={**found.pointing, "busi": unsure})
        told = pointing(words, no_better, "busi")
        assert words("gradcam.pointing_no_better") in told and words("gradcam.pointing_better") not in told
        assert words.percent(22 / 96) in told


def counted(**strongest: int) -> dict[str, int]:
    return {way: strongest.get(way, 0) for way in STEPS}


@pytest.mark.parametrize("words", BOTH, ids=LANGUAGES)
def test_the_reply_on_causes_follows_the_numbers(words):
    """Grays count more than blur; then the same turned round; then too few to tell, a tie, and nothing at all."""
    name = {way: words(f"exercise_groups.way_{way}").lower() for way in STEPS}
    said = {key: words(f"exercise_groups.many_{key}") for key in ("grays", "blur", "as_much", "sure", "equal", "none")}
    unsure = words("exercise_groups.many_unsure", n=24)

    real = reading(words, counted(blur=4, darker=15, brighter=12, contrast=29), 96)
    assert words("exercise_groups.many_ranking", most=name["contrast"], least=name["blur"]) in real
    assert said["grays"] in real and said["blur"] not in real and said["sure"] in real

    turned = reading(words, counted(blur=29, darker=15, brighter=12, contrast=4), 96)
    assert words("exercise_groups.many_ranking", most=name["blur"], least=name["contrast"]) in turned
    assert said["blur"] in turned and said["grays"] not in turned and said["sure"] in turned

    few = reading(words, counted(blur=1, darker=2, brighter=3, contrast=3), 24)
    both = f"{name['brighter']}, {name['contrast']}"
    assert words("exercise_groups.many_ranking", most=both, least=name["blur"]) in few
    assert unsure in few and said["sure"] not in few

    assert reading(words, counted(), 24) == said["none"]
    assert reading(words, dict.fromkeys(STEPS, 5), 24) == said["equal"]
    tied = reading(words, counted(blur=5, contrast=5, darker=3), 24)
    assert said["as_much"] in tied and said["blur"] not in tied and said["grays"] not in tied


def test_what_the_network_learned_from_physicians_depends_on_its_recipe():
    bundle = scratch_bundle()
    plain = changed(bundle, outline=0.0)
    for words in BOTH:
        with_outlines, without = (page_about(one, words.language) for one in (bundle, plain))
        assert text_of(rich(words("data.folders_outline"))) in text_of(folders(with_outlines))
        assert text_of(rich(words("data.folders_no_outline"))) in text_of(folders(without))
        assert words("card.tasks_outline") in model_card(bundle.info)
        assert words("card.tasks_class") in model_card(plain.info)
        pages = (with_outlines, without)
        notes = [len(parsed(honesty(page, stages_of(page.bundle))).select(".note")) for page in pages]
        assert notes[0] == notes[1] + 1


def test_the_test_sets_past_is_told_where_it_is_busis(bundle):
    other = dataclasses.replace(bundle, info={**bundle.info, "data": {**bundle.info["data"], "name": "mine"}})
    assert judged_before(bundle.info) and not judged_before(other.info)
    for words in BOTH:
        seen, told = text_of(rich(words("data.counts_seen"))), counts(page_about(bundle, words.language))
        assert seen in text_of(told) and seen not in text_of(counts(page_about(other, words.language)))
        assert words("card.seen") in model_card(bundle.info)


def test_the_card_in_the_repository_is_what_its_generator_writes(bundle):
    card = (EMBEDDED / "README.md").read_text("utf-8")
    assert card == model_card(bundle.info, figures_of(EMBEDDED))
    counts_of = bundle.confusion()
    benign, n = counts_of.false_positives + counts_of.true_negatives, 94
    assert (benign, counts_of.true_positives > counts_of.false_positives) == (64, True)
    assert f"{benign / n:.3f} [" in card and f"{benign / n:.3f}".replace(".", ",") in card


def test_the_laboratory_tells_what_the_simulator_had_seen():
    for words in BOTH:
        text = words.lesson("laboratory", **lesson_numbers(words))
        assert "$" not in text and "437" in text and "192" in text
        assert words.number(measured().untouched.value, 2) in text
    with pytest.raises(KeyError):
        BOTH[0].lesson("laboratory", served="1")
