"""Staffing and sweeps: the bytes of the command, tables for notebooks, interruption."""

from __future__ import annotations

import json
import pickle
import shutil
import subprocess

import pytest

import poolwise as pw

SHORT = {"run.horizon": "4 weeks", "run.replications": 6}


def plain(text: bytes) -> list[bytes]:
    return [line for line in text.splitlines() if not line.startswith(b"extends = ")]


def test_staffing_has_the_bytes_of_the_command(tmp_path, root, command):
    files = [root / "scenarios/textbook" / f"{name}.toml" for name in ("mm8", "mt-ms")]
    target = "answered within 10 min >= 80 %"
    arguments = ["--target", target, "--horizon", "4 weeks", "--replications", "6", "--no-plots"]
    printed = subprocess.run(
        [command, "staff", *files, *arguments, "--format", "json", "--out", tmp_path / "command"], check=True, capture_output=True
    ).stdout
    answer = pw.staff([pw.load(f) for f in files], target, horizon="4 weeks", replications=6)
    assert answer.to_json().encode() == printed
    answer.write(tmp_path / "python", plots=False)
    theirs = {p.relative_to(tmp_path / "command/staff"): p.read_bytes() for p in (tmp_path / "command/staff").rglob("*.*")}
    ours = {p.relative_to(tmp_path / "python"): p.read_bytes() for p in (tmp_path / "python").rglob("*.*")}
    assert theirs.keys() == ours.keys() and len(ours) > 8
    # A roster says where the scenario is that it extends, seen from its own folder.
    differing = {path.name for path in ours if plain(ours[path]) != plain(theirs[path])}
    assert differing <= {"index.html"}


def test_a_sweep_has_the_bytes_of_the_command(tmp_path, root, command):
    file = root / "scenarios/sweeps/smoke.toml"
    there, here = tmp_path / "there", tmp_path / "here"
    subprocess.run([command, "sweep", file, "--replications", "3", "--out", there, "--quiet"], check=True, capture_output=True)
    plan = pw.Sweep(file, replications=3)
    assert plan.run(here)
    found = plan.results(here)
    for name in ("results.csv", "results.parquet"):
        assert (here / name).read_bytes() == (there / name).read_bytes()

    def printed(*more):
        report = [command, "sweep", "report", file, "--replications", "3", "--out", there, "--format", "json", "--no-plots", *more]
        return subprocess.run(report, check=True, capture_output=True).stdout

    assert found.to_json().encode() == printed("--no-replications")
    searched = plan.search(here, at_most=10)
    assert searched.to_json().encode() == printed("--at-most", "10")
    assert searched.to_json() != found.to_json() and plan.results(here).to_json() == searched.to_json()
    shutil.rmtree(here)
    assert pw.sweep(file, replications=3, search=False).to_json() == found.to_json()


def test_controls_of_a_sweep_are_those_of_the_command(tmp_path, root, command):
    file = root / "scenarios/sweeps/smoke.toml"
    run = [command, "sweep", file, "--replications", "10", "--controls", "--out", tmp_path / "there", "--quiet"]
    subprocess.run(run, check=True, capture_output=True)
    report = [command, "sweep", "report", *run[2:-1], "--format", "json", "--no-plots", "--no-replications"]
    printed = subprocess.run(report, check=True, capture_output=True).stdout
    found = pw.sweep(file, replications=10, controls=True)
    assert found.to_json().encode() == printed
    told = json.loads(printed)["controls"]
    assert told["measures"] and told["expected_arrivals_per_hour"][0] > 0
    kept = pickle.loads(pickle.dumps(pw.Sweep(file, replications=10, controls=True)))
    plain = pw.sweep(file, replications=10)
    assert kept.hash != pw.Sweep(file, replications=10).hash and "controls" not in plain.to_dict()

    def rows(results):
        table = results.to_arrow("summary").to_dict()
        keys = zip(table["point"], table["scenario"], table["measure"])
        return dict(zip(keys, zip(table["estimate"], table["lower"], table["upper"])))

    ours, theirs = rows(found), rows(plain)
    assert {key[2] for key in ours if key in theirs and ours[key] != theirs[key]} == {m["measure"] for m in told["measures"]}


def test_control_c_stops_a_sweep_and_keeps_its_points(tmp_path, desk, press):
    s = pw.load(desk, name="desk", set={"run.horizon": "20 weeks"})
    axes = {"rate": {"path": "class.call.rate", "unit": "per hour", "from": 20, "to": 50, "steps": 100}}
    # Two threads have two points under way at most: when three have been simulated, one is finished.
    stop = press(lambda done, planned, name: done >= 3 * 40)
    with pytest.warns(pw.PartialResults, match="points that are finished are kept"):
        found = pw.sweep(s, axes, replications=40, measures=["utilization"], folder=tmp_path / "sweep", threads=2, progress=stop)
    assert stop.heard
    rows = found.to_arrow("summary").to_dict()
    assert not found.complete and 0 < len(rows["point"]) < 100
    assert "finished" in repr(found) and found._repr_html_().startswith("<table")
    with pytest.raises(pw.UsageError, match="not all points are finished"):
        found.verdict
    # What is finished is what it would be in the end.
    rate, mean = rows["rate"][0], rows["estimate"][0]
    alone = pw.run(s.copy({"class.call.rate": f"{rate!r} per hour"}), replications=40)
    assert alone.summary["utilization"].estimate == mean
    plan = pw.Sweep(s, axes, replications=40, measures=["utilization"])
    assert len(plan.missing(tmp_path / "sweep")) == 100 - len(set(rows["point"]))


# Not one replication of it can be finished while a test runs.
ENDLESS = {"run.horizon": "5000 weeks", "run.replications": 200}
TARGET = "answered within 5 min >= 80 %"


def test_control_c_stops_a_search_for_staff(root, press):
    quick = pw.load(root / "scenarios/textbook/mm8.toml", set=SHORT)
    options = [quick, quick.copy(ENDLESS, name="endless")]
    stop = press(lambda done, planned, name: name == "endless")
    with pytest.warns(pw.PartialResults, match="endless: stopped"):
        answer = pw.staff(options, TARGET, rosters=False, curve=False, shortcuts=False, draws=0, progress=stop)
    assert stop.heard
    # The one that was finished is there, and what is not is said.
    assert not answer.complete and answer.officers["mm8"] is not None and "endless" not in answer.officers
    assert answer.to_dict()["missing"]["scenario"] == "endless" and "PARTIAL" in str(answer)
    # Before anything is shown there is nothing to give.
    stop = press()
    with pytest.raises(KeyboardInterrupt):
        pw.staff(options[1], TARGET, progress=stop)
    assert stop.heard


def test_whatever_a_search_had_shown_can_be_read(root, tmp_path, press):
    s = pw.load(root / "scenarios/textbook/mm8.toml", set={"run.horizon": "100 weeks", "run.replications": 200})
    for replications in (1, 5, 10):
        stop = press(lambda done, planned, name, least=replications: done >= least)
        try:
            with pytest.warns(pw.PartialResults) as warned:
                answer = pw.staff(s, TARGET, draws=0, progress=stop)
        except KeyboardInterrupt:
            continue
        # Shown is at least a number of officers, and every view of the answer says so.
        assert answer.missing in str(warned[0].message) and ("officers are shown" in answer.missing or answer.officers)
        for shown in (str(answer), answer._repr_html_(), answer.report(tmp_path / "page.html").read_text()):
            assert "PARTIAL ANSWER" in shown and answer.missing in shown.replace("\n", " ").replace("\xa0", " ")


def test_control_c_stops_runs_on_any_number_of_threads(desk, press):
    for threads in (1, 2, 4, None):
        for call in ({"replications": 1_000_000}, {"replications": 1_000_000, "horizon": "1 day"}):
            stop = press(lambda done, planned, name: done > 0)
            with pytest.warns(pw.PartialResults, match="stopped"):
                found = pw.run(desk, threads=threads, theory=False, progress=stop, **call)
            assert stop.heard and not found.complete
        # Nothing is finished, so there is nothing to give.
        stop = press()
        with pytest.raises(KeyboardInterrupt):
            pw.run(desk, threads=threads, theory=False, replications=2, horizon="5000 weeks", progress=stop)
        assert stop.heard


def test_everything_shows_itself_in_a_notebook(desk):
    s = pw.load(desk, name="one", set={"title": "One <queue>", "description": "Calls & more"})
    html = s._repr_html_()
    assert "One &lt;queue&gt;" in html and "Calls &amp; more" in html and "class.call.rate" in html and "<details>" in html
    assert pw.check(s)._repr_html_().startswith("<pre>")
    seen = []
    found = pw.run(s, replications=2, horizon="1 week", outcome=seen.append)
    assert "utilization" in seen[0]._repr_html_() and "requests" in repr(seen[0])
    times = [float(x) for x in range(1, 200)]
    law = pw.fit(times, unit="s").laws[0]
    assert law.name in law._repr_html_() and "in a scenario" in law._repr_html_()
    for shown in (found, found["one"], found.summary, found.to_arrow(), s, law, seen[0]):
        html = shown._repr_html_()
        assert "<table" in html and html.count("<table") == html.count("</table>")


def test_a_scenario_is_read_once(desk, monkeypatch):
    s = pw.load(desk, set={"centre.desk.levels.officers": 2, "run.seed": 3}, name="desk")
    assert s.changes == ["centre.desk.levels.officers=2", "run.seed=3", 'name="desk"']
    # The same words again give the very same scenario.
    changes = {"run.replications": 2}
    assert s._with(changes) is s._with(dict(changes)) and s._with({}) is s._inner
    before = s._with(changes)
    s["run.seed"] = 4
    assert s._with(changes) is not before and s._with(changes).get("run.seed") == 4
    # What is set may mend what a file has wrong, as on the command line.
    wrong = desk.replace("officers = 1", "officers = -1")
    assert pw.load(wrong, set={"centre.desk.levels.officers": 1})["centre.desk.levels.officers"] == 1
