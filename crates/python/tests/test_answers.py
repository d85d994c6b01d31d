"""Staffing and sweeps: the bytes of the command, tables for notebooks, interruption."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import threading
import time

import pytest

import poolwise as pw

SHORT = {"run.horizon": "4 weeks", "run.replications": 6}


def test_staffing_has_the_bytes_of_the_command(tmp_path, root, command):
    files = [root / "scenarios/textbook" / f"pooling-{how}.toml" for how in ("separate", "pooled")]
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
    assert theirs.keys() == ours.keys() and {path.name for path in ours if ours[path] != theirs[path]} <= {"index.html"}


def test_a_sweep_has_the_bytes_of_the_command(tmp_path, root, command):
    file = root / "scenarios/sweeps/smoke.toml"
    there, here = tmp_path / "there", tmp_path / "here"
    run = [command, "sweep", "run", file, "--replications", "3", "--out", there, "--quiet"]
    subprocess.run(run, check=True, capture_output=True)
    (folder,) = [p.parent for p in there.rglob("results.csv")] or [p.parent for p in there.rglob("results.parquet")]
    plan = pw.Sweep(file, replications=3)
    assert plan.run(here)
    found = plan.results(here)
    for name in ("results.csv", "results.parquet"):
        if (folder / name).exists():
            assert (here / name).read_bytes() == (folder / name).read_bytes()

    def printed(*more):
        report = [command, "sweep", "report", file, "--replications", "3", "--out", there, "--format", "json", "--no-plots", *more]
        return subprocess.run(report, check=True, capture_output=True).stdout

    assert found.to_json().encode() == printed("--no-replications")
    searched = plan.search(here, at_most=10)
    assert searched.to_json().encode() == printed("--at-most", "10")
    assert searched.to_json() != found.to_json() and plan.results(here).to_json() == searched.to_json()
    shutil.rmtree(here)
    assert pw.sweep(file, replications=3, search=False).to_json() == found.to_json()


def pressed(after: float) -> threading.Timer:
    """Ctrl-C after so many seconds."""
    timer = threading.Timer(after, lambda: os.kill(os.getpid(), signal.SIGINT))
    timer.start()
    return timer


# A second to stop, and two for a machine that has other things to do.
SOON = 3.0


def test_control_c_stops_a_sweep_and_keeps_its_points(tmp_path, desk):
    s = pw.load(desk, name="desk", set={"run.horizon": "20 weeks"})
    axes = {"class.call.rate": {"path": "class.call.rate", "unit": "per hour", "from": 20, "to": 50, "steps": 100}}
    axes = {"rate": axes["class.call.rate"]}
    begun = time.monotonic()
    pressed(1.5)
    with pytest.warns(pw.PartialResults, match="points that are finished are kept"):
        found = pw.sweep(s, axes, replications=40, measures=["utilization"], folder=tmp_path / "sweep")
    assert time.monotonic() - begun < 1.5 + SOON
    rows = found.to_arrow("summary").to_dict()
    assert not found.complete and 0 < len(rows["point"]) < 100
    with pytest.raises(pw.UsageError, match="not all points are finished"):
        found.verdict
    # What is finished is what it would be in the end.
    rate, mean = rows["rate"][0], rows["estimate"][0]
    alone = pw.run(s.copy({"class.call.rate": f"{rate!r} per hour"}), replications=40)
    assert alone.summary["utilization"].estimate == mean
    plan = pw.Sweep(s, axes, replications=40, measures=["utilization"])
    assert len(plan.missing(tmp_path / "sweep")) == 100 - len(set(rows["point"]))


def test_control_c_stops_a_search_for_staff(root):
    s = pw.load(root / "scenarios/national/status-quo.toml")
    begun = time.monotonic()
    pressed(2.0)
    with pytest.warns(pw.PartialResults):
        answer = pw.staff(s, "done within 4 h >= 90 %")
    assert time.monotonic() - begun < 2.0 + SOON
    assert not answer.complete and answer.officers["status-quo"] is None
    assert "missing" in answer.to_dict() and str(answer)


def test_control_c_stops_runs_on_any_number_of_threads(desk):
    for threads in (1, 2, 4, None):
        for call in ({"replications": 1_000_000}, {"replications": 40, "horizon": "300 weeks"}):
            begun = time.monotonic()
            pressed(0.7)
            with pytest.warns(pw.PartialResults, match="stopped"):
                found = pw.run(desk, threads=threads, theory=False, **call)
            assert time.monotonic() - begun < 0.7 + SOON and not found.complete


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
