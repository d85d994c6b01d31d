"""Scenarios: read, changed, refused."""

from __future__ import annotations

import json
import pickle

import pytest

import poolwise as pw


def test_the_same_scenario_from_a_file_a_text_and_a_dictionary(tmp_path, desk):
    (tmp_path / "scenario.toml").write_text(desk)
    from_file = pw.load(tmp_path / "scenario.toml")
    from_text = pw.load(desk)
    values = from_text.to_dict()
    values.pop("derived", None)
    from_dict = pw.load(values)
    assert from_file.hash == from_text.hash == from_dict.hash
    assert from_dict.to_toml() == from_text.to_toml()


def test_values_are_read_and_set_by_path(desk):
    s = pw.load(desk, name="desk")
    assert s["centre.desk.levels.officers"] == 1
    s["centre.desk.levels.officers"] = 2
    assert s["centre.desk.levels.officers"] == 2
    s.set({"run.horizon": "1 week", "title": 'Two, "quoted"'})
    assert (s.title, s.name) == ('Two, "quoted"', "desk")
    assert s.changes[0] == 'name="desk"'
    with pytest.raises(pw.PathError, match="did you mean `officers`"):
        s["centre.desk.levels.oficers"]


def test_a_change_that_is_not_valid_changes_nothing(desk):
    s = pw.load(desk)
    before = s.hash
    with pytest.raises(pw.ScenarioError) as caught:
        s["centre.desk.levels.officers"] = -3
    assert caught.value.key == "centre.desk.levels.officers"
    assert s.hash == before


def test_an_error_has_the_drawn_message_and_its_place(tmp_path, desk):
    wrong = desk.replace("exponential", "exponentail").replace('start = "answer"', 'start = "anser"')
    path = tmp_path / "desk.toml"
    path.write_text(wrong)
    with pytest.raises(pw.ScenarioError) as caught:
        pw.load(path)
    e = caught.value
    lines = wrong.splitlines()
    first = e.problems[0]
    assert (first.file, e.line, e.key) == (str(path), first.line, first.key)
    misspelt = next(p for p in e.problems if "exponentail" in str(p))
    assert "exponentail" in lines[misspelt.line - 1]
    assert lines[misspelt.line - 1][misspelt.column - 1 :].startswith("exponentail")
    assert misspelt.key == "stage.answer.service.time.exponentail"
    assert "^" in str(e) and "desk.toml:" in str(e) and isinstance(e, ValueError)
    assert pickle.loads(pickle.dumps(e)).problems == e.problems


def test_what_is_not_there_is_an_error_and_not_a_panic(desk):
    with pytest.raises(pw.ScenarioError, match="no such file"):
        pw.load("nowhere.toml")
    with pytest.raises(pw.UsageError, match="set is none of them"):
        pw.load({"run": {1, 2}})
    with pytest.raises(pw.UsageError, match="keys of a scenario are texts"):
        pw.load({1: 2})
    with pytest.raises(pw.UsageError):
        pw.load(desk).vary({})


def test_variants_have_names_of_their_own(desk):
    s = pw.load(desk, name="desk")
    named = s.vary({"two": {"centre.desk.levels.officers": 2}, "three": {"centre.desk.levels.officers": 3}})
    assert [v.name for v in named] == ["two", "three"]
    told = s.vary({"two, at last": {"centre.desk.levels.officers": 2}})[0]
    assert (told.name, told.title) == ("two-at-last", "two, at last")
    grid = s.vary({"centre.desk.levels.officers": [1, 2], "run.horizon": ["1 week", "2 weeks"]})
    assert len({v.name for v in grid}) == 4
    assert [v["centre.desk.levels.officers"] for v in grid] == [1, 1, 2, 2]
    assert s["centre.desk.levels.officers"] == 1


def test_variants_of_a_baseline_are_compared_with_it(desk):
    s = pw.load(desk, name="desk", set={"baseline": True, "run.replications": 2})
    two = {"centre.desk.levels.officers": 2}
    again = pw.load(desk, name="two", set={"baseline": True, "run.replications": 2, **two})
    for other in (*s.vary({"two": two}), s.copy(two, name="two"), again):
        compared = pw.compare([s, other], horizon="2 weeks")
        assert json.loads(compared.comparison_json() or "")["baseline"] == "desk"


def test_numbers_of_other_libraries_are_numbers(desk):
    numpy = pytest.importorskip("numpy")
    s = pw.load(desk)
    s["centre.desk.levels.officers"] = numpy.int64(3)
    assert s["centre.desk.levels.officers"] == 3


def test_a_scenario_goes_to_another_process(desk):
    s = pw.load(desk, name="desk", set={"centre.desk.levels.officers": 2})
    again = pickle.loads(pickle.dumps(s))
    assert (again.hash, again.name) == (s.hash, s.name)


@pytest.mark.parametrize("file", ["textbook/network.toml", "national/status-quo.toml"])
def test_scenarios_with_data_files_and_pools_go_there_too(file, root, monkeypatch):
    # Read again from its own file, so that data files are found beside the file that names them.
    monkeypatch.chdir(root / "scenarios")
    s = pw.load(file, set={"run.horizon": "1 week"})
    pickled = pickle.dumps(s)
    assert len(pw.Sweep(s, {"run.target": ["2 h", "4 h"]})) == 2
    monkeypatch.chdir("/")
    again = pickle.loads(pickled)
    assert (again.hash, again.name, again.uncertain) == (s.hash, s.name, s.uncertain)


def test_check_tells_staffing_and_load(root):
    found = pw.check(root / "scenarios/textbook/mm8.toml")
    assert found.document["staffing"]["scenario"] == "mm8"
    assert "7.2" in str(found)
