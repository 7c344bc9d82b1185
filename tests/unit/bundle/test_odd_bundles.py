"""Bundles that arrive whole and are odd: whatever stands in one, it is refused in one line, or the pages can be made.

Checksums only tell that a file is as it was written. Here each entry of bundle.json is replaced, one at a time, by what
nobody should write there, and the two tables likewise.
"""

import copy
import re
from dataclasses import fields, replace

import pandas as pd
import pytest

import app
from busi.bundle.files import EMBEDDED, HISTORY, INFO, PREDICTIONS, BundleError, open_bundle, write_checksums
from busi.bundle.schema import HIGHEST_CHANGE
from busi.model.augment import AugmentationSettings
from busi.web.markup import rich
from tests.support.fusion import some_fusion
from tests.support.odd_bundles import GOOD, MARKUP, STOPPED, breaks_unless_embedded, changed, place_of
from tests.support.ports import free_port


@pytest.mark.parametrize("name", STOPPED)
def test_what_stopped_the_start_is_refused_by_its_name(odd_folder, write_odd, name):
    for value in STOPPED[name]:
        write_odd(changed(place_of(name), value))
        last = re.escape(name.removeprefix("files.").split(".")[-1])
        with pytest.raises(BundleError, match=last) as refused:
            open_bundle(odd_folder)
        assert str(refused.value).isprintable()


@pytest.mark.parametrize("text", ["[" * 100_000, "", "7", "null", '{"format_version": true}', '"\\ud800"'])
def test_a_file_that_is_hardly_json_is_refused(odd_folder, write_odd, text):
    write_odd(GOOD)
    (odd_folder / INFO).write_text(text, encoding="utf-8")
    with pytest.raises(BundleError, match=INFO):
        open_bundle(odd_folder)


@pytest.mark.parametrize("kept", ["limit", "mean", "spread", "precision"])
@pytest.mark.parametrize("value", ["nan", "inf", "0 0", MARKUP, None, {}])
def test_a_domain_that_is_no_domain_is_refused(odd_folder, write_odd, kept, value):
    info = copy.deepcopy(GOOD)
    if kept == "limit":
        info["domain"]["limit"] = value
    else:
        info["domain"]["usual"][0][kept] = value
    write_odd(info)
    with pytest.raises(BundleError, match="domain"):
        open_bundle(odd_folder)


@pytest.mark.parametrize(
    ("place", "value"),
    [
        ((), MARKUP),
        ((), []),
        (("whole",), None),
        (("outline",), -0.5),
        (("base",), float("inf")),
        (("shape_model", "base"), MARKUP),
        (("shape_model", "features"), {}),
        (("shape_model", "features", "size", "spread"), 0),
        (("shape_model", "features", "taller", "weight"), float("nan")),
    ],
)
def test_a_fusion_that_is_none_is_refused(odd_folder, write_odd, place, value):
    info = {**copy.deepcopy(GOOD), "fusion": some_fusion().to_dict()}
    at, path = info, ("fusion", *place)
    for name in path[:-1]:
        at = at[name]
    at[path[-1]] = value
    write_odd(info)
    with pytest.raises(BundleError, match=r"fusion|shape model"):
        open_bundle(odd_folder)


TABLES = {
    (HISTORY, "epoch"): (0, "x", float("nan")),
    (HISTORY, "val_auc"): ("x", float("nan"), 7, float("inf")),
    (HISTORY, "val_loss"): (MARKUP, 1e308),
    (PREDICTIONS, "label"): ("normal", MARKUP, float("nan")),
    (PREDICTIONS, "split"): (MARKUP, "simulated"),
    (PREDICTIONS, "source"): (MARKUP,),
    (PREDICTIONS, "probability"): (1.5, float("nan"), "x", -1),
    (PREDICTIONS, "blur"): ("x", float("inf")),
    (PREDICTIONS, "group"): ("x", float("nan")),
    (PREDICTIONS, "image_id"): ("x" * 301, "a\x1b[2Jb", float("nan")),
}


@pytest.mark.parametrize(("file", "column"), TABLES)
def test_odd_cells_of_the_tables_are_refused(odd_folder, write_odd, file, column):
    for value in TABLES[file, column]:
        table = pd.read_csv(EMBEDDED / file).astype({column: object})
        table.loc[0, column] = value
        table.to_csv(odd_folder / file, index=False)
        write_checksums(odd_folder, GOOD)
        with pytest.raises(BundleError, match=column) as refused:
            open_bundle(odd_folder)
        assert str(refused.value).isprintable()


@pytest.mark.parametrize("file", [HISTORY, PREDICTIONS])
def test_tables_without_rows_or_without_text_are_refused(odd_folder, write_odd, file):
    lines = (EMBEDDED / file).read_text("utf-8").splitlines()
    for content in (lines[0].encode(), b"", b"\xff\xfe\x00", b'"' * 50, b"a,b\n1,2,3\n"):
        (odd_folder / file).write_bytes(content)
        write_checksums(odd_folder, GOOD)
        with pytest.raises(BundleError):
            open_bundle(odd_folder)


def test_values_of_a_sentence_are_no_marks():
    assert rich("**so** {name}", name="**b** <i> {x} [a](#tab-data)") == (
        "<strong>so</strong> **b** &lt;i&gt; {x} [a](#tab-data)"
    )
    assert rich("**{name}**", name="b") == "<strong>b</strong>"


def test_changes_go_as_far_as_training_lets_them():
    settings = AugmentationSettings()
    for name, highest in HIGHEST_CHANGE.items():
        replace(settings, **{name: highest})
        with pytest.raises(ValueError, match=name):
            replace(settings, **{name: highest * 1.01})
    amounts = {field.name for field in fields(settings) if not isinstance(field.default, bool)}
    assert amounts == set(HIGHEST_CHANGE)


def test_a_folder_that_breaks_the_pages_is_one_line_and_exit_status_2(odd_folder, write_odd, monkeypatch, capsys):
    monkeypatch.setattr(app, "build_pages", breaks_unless_embedded(app.build_pages))
    assert app.main(["--bundle", str(odd_folder), "--port", str(free_port())]) == 2
    told = capsys.readouterr().err
    assert told.startswith("error: no pages can be made") and told.count("\n") == 1
    write_odd(changed(place_of("training.recipe.keep"), "val_\nluck"))
    assert app.main(["--bundle", str(odd_folder), "--port", str(free_port())]) == 2
    told = capsys.readouterr().err
    assert told.startswith("error: ") and "training.recipe.keep" in told and told.count("\n") == 1


def test_a_fault_of_the_program_is_not_blamed_on_the_embedded_bundle(monkeypatch):
    def build(workshop):
        raise ZeroDivisionError("ours")

    monkeypatch.setattr(app, "build_pages", build)
    with pytest.raises(ZeroDivisionError, match="ours"):
        app.open_pages(None, None)
