"""The READMEs' tables are those of the network in the repository and of experiments.quality."""

import json

import pytest

from busi.bundle.files import EMBEDDED, open_bundle
from busi.model.setting_names import as_in_bundle
from busi.training.recipe import DEFAULT, RECIPES, SCRATCH, SHORT, Recipe
from experiments.protocols import GROUPED, LEAKY, OFFICIAL
from experiments.quality import METRICS, RESULTS, WORDS, table
from experiments.readme import NOTES, READMES, filled, notes, results, tables
from tests.support.trials import kept


@pytest.mark.parametrize("language", READMES)
def test_the_tables_are_up_to_date(language):
    text = READMES[language].read_text("utf-8")
    assert filled(text, tables(language)) == text, "run python -m experiments.readme"


def test_the_table_of_the_recipe_short_is_up_to_date():
    text = NOTES.read_text("utf-8")
    assert filled(text, notes()) == text, "run python -m experiments.readme"
    measured = json.loads((RESULTS / "quality-short.json").read_text("utf-8"))
    short = json.loads(json.dumps(as_in_bundle(Recipe(**RECIPES[SHORT], name=SHORT))))
    older = {"gamma", "shading", "softness", "grain", "marks", "flatter"}  # settings it had not got yet
    assert all(short["augmentation"].pop(name) == 0 for name in older)
    assert not short.pop("bfloat16") and not short.pop("settling") and short.pop("falling")
    assert measured["recipe"] == short and f"{measured['official']['auc']['value']:.3f}" in notes()["short"]


def test_the_numbers_are_those_of_the_recipe_that_train_py_takes():
    measured = json.loads((RESULTS / "quality.json").read_text("utf-8"))["recipe"]
    assert measured == json.loads(json.dumps(as_in_bundle(Recipe(**RECIPES[DEFAULT]))))
    assert json.loads((RESULTS / "trials" / "recipe.json").read_text("utf-8")) == measured


def test_no_answer_that_is_kept_is_of_an_epoch_that_the_recipe_does_not_keep():
    for protocol in (GROUPED, OFFICIAL, LEAKY):
        assert kept(protocol, SCRATCH)["epoch"].min() >= Recipe(**RECIPES[SCRATCH]).first_kept, protocol


def test_the_readmes_command_trains_the_embedded_network():
    told = open_bundle(EMBEDDED).info["training"]["recipe"]
    ending = "" if told["name"] == DEFAULT else f" --recipe {told['name']}"
    for path in READMES.values():
        assert f"--out runs/seed-0 --seed {told['seed']}{ending}\n" in path.read_text("utf-8")


def test_the_embedded_network_is_of_the_recipe_that_was_measured():
    """A setting that came later stands, where it is not told, at what it changes nothing."""
    told = open_bundle(EMBEDDED).info["training"]["recipe"]
    measured = json.loads((RESULTS / "quality.json").read_text("utf-8"))["recipe"]
    later = {name for name in measured if name not in told}
    assert later <= {"falling"} and (measured["falling"] or "falling" in told)
    assert told["augmentation"].items() <= measured["augmentation"].items()
    assert all(told[name] == value for name, value in measured.items() if name not in {*later, "augmentation"})


@pytest.mark.parametrize("language", READMES)
def test_the_table_of_quality_holds_the_numbers_of_quality_json(language):
    numbers = json.loads((RESULTS / "quality.json").read_text("utf-8"))
    numbers.pop("recipe")
    assert set(numbers) <= set(WORDS[language])
    assert (RESULTS / f"quality.{language}.md").read_text("utf-8") == table(numbers, language)
    for name in METRICS:
        estimate = numbers["grouped"][name]
        assert estimate["low"] <= estimate["value"] <= estimate["high"] and estimate["n"] == 629


def test_the_table_of_results_holds_the_bundles_numbers():
    bundle = open_bundle(EMBEDDED)
    auc, counts = bundle.metrics("test")["auc"], bundle.info["metrics"]["test"]["confusion"]
    french, english = results(bundle, "fr"), results(bundle, "en")
    assert f"| AUC | {auc.value:.3f} [{auc.low:.3f} – {auc.high:.3f}], n = {auc.n} |" in english
    assert f"{auc.value:.3f}".replace(".", ",") in french and "." not in french
    assert f"| {counts['true_positives']} / {counts['true_positives'] + counts['false_negatives']} |" in english


def test_a_table_without_a_place_is_refused():
    with pytest.raises(ValueError, match="<!-- results -->"):
        filled("# nothing", {"results": "| |"})
    once = "a\n<!-- results -->\nold\n<!-- end -->\nb <!-- end -->\n"
    assert filled(once, {"results": "| new |\n"}) == "a\n<!-- results -->\n\n| new |\n\n<!-- end -->\nb <!-- end -->\n"
