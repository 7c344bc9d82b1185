"""What finished runs leave is added to, never written over."""

import pytest

from experiments.finished import add_result, check_same_run, is_finished, results


def test_a_result_is_added_beside_the_others_and_may_only_grow(tmp_path):
    path = tmp_path / "results" / "numbers.json"
    assert results(path) == {} and not is_finished(path, "one", {"seed": 0})
    add_result(path, "one", {"seed": 0, "auc": 0.5})
    add_result(path, "two", {"seed": 0})
    add_result(path, "one", {"seed": 0, "auc": 0.5, "loss": 0.1})
    assert results(path) == {"one": {"seed": 0, "auc": 0.5, "loss": 0.1}, "two": {"seed": 0}}
    before = path.read_bytes()
    for other in ({"seed": 0, "auc": 0.6}, {"auc": 0.5}):
        with pytest.raises(ValueError, match="already holds 'one', which is not written over"):
            add_result(path, "one", other)
    assert path.read_bytes() == before and [file.name for file in path.parent.iterdir()] == ["numbers.json"]


def test_a_finished_result_of_something_else_is_told(tmp_path):
    add_result(tmp_path / "numbers.json", "one", {"seed": 0, "simulator": "a"})
    assert is_finished(tmp_path / "numbers.json", "one", {"simulator": "a"})
    with pytest.raises(ValueError, match="a finished result of 'one' that differs in seed and simulator"):
        is_finished(tmp_path / "numbers.json", "one", {"seed": 1, "simulator": "b"})


def test_a_folder_belongs_to_the_experiment_that_it_was_begun_with(tmp_path):
    check_same_run(tmp_path / "runs", {"simulator": "a"})
    check_same_run(tmp_path / "runs", {"simulator": "a"})
    with pytest.raises(ValueError, match="holds networks that differ in simulator: choose another --runs"):
        check_same_run(tmp_path / "runs", {"simulator": "b"})
