"""BrEaST's folder at the doors: named with its licence where it trains, and refused in one line where it is broken."""

import pytest

import app
import train
from busi.bundle.card import model_card
from busi.bundle.files import EMBEDDED, open_bundle
from busi.data.breast import PICTURES, SPREADSHEET
from busi.data.dataset import usable
from busi.data.origin import BREAST
from busi.data.sets import read_data
from busi.training.description import command_of, of_real
from busi.training.recipe import DEFAULT, RECIPES, Recipe
from tests.support.breast import write_breast
from tests.support.drawings import NAMED


def test_a_training_names_it_and_takes_no_other_name(tmp_path, capsys):
    data = read_data(write_breast(tmp_path / "breast"))
    origin = train.origin_for(data, train.parse([]))
    assert origin == BREAST
    train.print_data(data, origin)
    assert capsys.readouterr().out.startswith("BrEaST in ")
    told = of_real(data, usable(data.images).assign(split="test"), 0, origin)
    assert (told["name"], told["licence"], told["source"]) == (BREAST.name, BREAST.licence, BREAST.source)
    assert "--data-name" not in command_of(Recipe(name=DEFAULT, **RECIPES[DEFAULT]), told)
    with pytest.raises(ValueError, match="images of BrEaST, whose name"):
        train.origin_for(data, train.parse(NAMED))


def test_its_card_cites_it():
    info = {**open_bundle(EMBEDDED).info}
    info["data"] = {**info["data"], **BREAST.to_dict()}
    assert BREAST.citation in model_card(info)


@pytest.mark.parametrize("missing", [SPREADSHEET, f"{PICTURES}/case003.png"])
def test_the_doors_tell_what_is_missing_and_stop(tmp_path, capsys, missing):
    folder = write_breast(tmp_path / "breast")
    (folder / missing).unlink()
    for main, arguments in ((app.main, []), (train.main, ["--out", str(tmp_path / "bundle")])):
        assert main(["--data", str(folder), *arguments]) == 2
        told = capsys.readouterr().err.strip().splitlines()[-1]
        assert missing.rsplit("/")[-1] in told and "Traceback" not in told
