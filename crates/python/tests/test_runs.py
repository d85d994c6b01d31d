"""Runs: the command's numbers and bytes, tables, callbacks, interruption."""

from __future__ import annotations

import json
import math
import os
import signal
import subprocess
import threading
import time

import pytest

import poolwise as pw


def test_the_same_seed_gives_the_bytes_of_the_command(tmp_path, root, command):
    files = [root / "scenarios/textbook" / f"pooling-{how}.toml" for how in ("separate", "pooled")]
    arguments = ["--horizon", "2 weeks", "--replications", "3", "--seed", "7"]
    compare = [command, "compare", *files, *arguments, "--out", tmp_path / "command"]
    subprocess.run(compare, check=True, capture_output=True)
    results = pw.compare(files, horizon="2 weeks", replications=3, seed=7, threads=1)
    results.write(tmp_path / "python")
    theirs = {p.relative_to(tmp_path / "command"): p.read_bytes() for p in (tmp_path / "command").rglob("*.*")}
    ours = {p.relative_to(tmp_path / "python"): p.read_bytes() for p in (tmp_path / "python").rglob("*.*")}
    assert theirs.keys() == ours.keys() and len(ours) > 20
    # When and where it was called is in `host.json` alone, and pages name the words that a command line would have.
    differing = {path.name for path in ours if ours[path] != theirs[path]}
    assert differing == {"host.json", "index.html"}
    assert results["pooling-pooled"].to_json().encode() == theirs[
        next(p for p in theirs if p.parts == ("pooling-pooled", "summary.json"))
    ]


@pytest.mark.parametrize("replications", [1, 3])
def test_runs_are_those_of_the_command_whenever_they_are_summed_up(tmp_path, root, command, replications):
    files = [root / "scenarios/textbook" / f"{name}.toml" for name in ("mm8", "pooling-separate")]
    arguments = ["--horizon", "1 week", "--replications", str(replications), "--no-plots", "--format", "json"]
    printed = subprocess.run(
        [command, "run", *files, *arguments, "--out", tmp_path / "out"], check=True, capture_output=True
    ).stdout
    found = pw.run(files, horizon="1 week", replications=replications)
    at_first = {name: [f"{path} {e}" for path, e in case.summary.items()] for name, case in found.items()}
    rows = found.to_arrow().to_dict()
    assert found.to_json().encode() == printed
    again = pw.run(files, horizon="1 week", replications=replications)
    assert again.to_json() == found.to_json()
    for name, case in again.items():
        # Summed up by now, and the same as before.
        assert [f"{path} {e}" for path, e in case.summary.items()] == at_first[name]
    assert found["mm8"].warnings == json.loads(printed)["scenarios"][0]["warnings"]
    measures = {m for s, m in zip(rows["scenario"], rows["measure"]) if s == "mm8"}
    assert measures <= set(found["mm8"].summary) and len(rows["value"]) > 2 * replications * 10
    assert "<table" in found["mm8"]._repr_html_() and "<table" in found["mm8"].summary._repr_html_()


def test_an_erlang_queue_has_its_known_answer(desk):
    # M/M/1 at load 0.8: mean wait 4 minutes. An interval of 99.99 % misses once in ten thousand seeds.
    found = pw.run(desk, replications=20, confidence=0.9999)
    wait = found.summary["wait_mean_hours"]
    assert wait.lower < 4 / 60 < wait.upper
    assert wait.upper - wait.lower < 2 / 60
    busy = found.summary["centre.desk.all.utilization"]
    assert busy.lower < 0.8 < busy.upper and busy.upper - busy.lower < 0.03
    assert float(busy) == busy.estimate


def test_results_are_the_same_for_any_number_of_threads(desk):
    one, four = (pw.run(desk, threads=n).to_json() for n in (1, 4))
    assert one == four


def test_tables_are_tidy_and_hold_what_the_summary_holds(desk):
    found = pw.run(desk, trace=True, horizon="1 week")
    rows = found.to_arrow()
    assert rows.columns == ["scenario", "replication", "measure", "value"]
    values = [v for m, v in zip(rows["measure"], rows["value"]) if m == "busy_mean"]
    assert math.isclose(sum(values) / len(values), found.summary["busy_mean"].estimate, rel_tol=1e-12)
    estimates = found.to_arrow("summary")
    assert set(estimates["measure"]) == set(found.summary)
    assert len(found.to_arrow("hours")) == 2 * 168
    requests = found.to_arrow("requests")
    assert len(requests) > 10_000 and {"service", "exit"} <= set(requests["what"])
    assert len(found.to_arrow("differences")) == 0
    with pytest.raises(pw.PathError, match="there is no column `valu`"):
        rows["valu"]
    with pytest.raises(pw.PathError, match="utilization"):
        found.summary["utilisation"]


def test_data_frames_hold_the_same(desk):
    found = pw.run(desk, horizon="1 week")
    plain = found.to_arrow()
    pandas_ = pytest.importorskip("pandas")
    polars = pytest.importorskip("polars")
    pyarrow = pytest.importorskip("pyarrow")
    table = pyarrow.table(found.to_arrow())
    assert table.to_pydict() == plain.to_dict()
    assert polars.DataFrame(found.to_arrow()).to_dict(as_series=False) == plain.to_dict()
    frame = found.to_pandas()
    assert isinstance(frame, pandas_.DataFrame)
    known = [v for v in plain["value"] if v is not None]
    assert frame["value"].dropna().tolist() == known


def test_a_comparison_tells_differences_and_verdicts(desk):
    one = pw.load(desk, name="one")
    found = pw.compare([one, one.copy({"centre.desk.levels.officers": 2}, name="two")])
    wait = found.differences["two", "wait_mean_hours"]
    assert wait.upper < 0 and wait.verdict is None
    done = found.differences["two", "time_to_completion_p95_hours"]
    assert done.verdict == "less"
    document = json.loads(found.comparison_json())
    assert found.verdict == " ".join(document["verdict"]) and found.verdict.endswith(".")
    assert found["two"].verdict == " ".join(found["two"].to_dict()["verdict"]) != found.verdict
    assert document["baseline"] == "one"
    assert json.loads(found.to_json())["comparison"] == document
    with pytest.raises(pw.UsageError, match="comparison takes two"):
        pw.compare([one])
    with pytest.raises(pw.UsageError, match="both called `one`"):
        pw.run([one, one])
    with pytest.raises(pw.UsageError, match="choose one of one, two"):
        found.summary


def test_pages_and_pictures(tmp_path, desk):
    found = pw.run(desk, horizon="1 week")
    html = found._repr_html_()
    assert html.count("<table") == 3 and "<svg" in html and "</table>" in html
    page = found.report(tmp_path / "page.html").read_text()
    assert page.startswith("<!DOCTYPE html>") or page.startswith("<!doctype html>")
    assert [p.name for p in tmp_path.iterdir()] == ["page.html"]
    with pytest.raises(pw.RunError, match="in the way"):
        found.write(tmp_path / "page.html" / "below")


def test_every_outcome_is_shown_in_order(desk):
    seen = []
    found = pw.run(desk, replications=6, threads=4, outcome=seen.append)
    assert [o.replication for o in seen] == list(range(6))
    rows = found.to_arrow()
    for o in seen:
        of = [v for k, m, v in zip(rows["replication"], rows["measure"], rows["value"]) if (k, m) == (o.replication, "busy_mean")]
        assert of == [o.measures["busy_mean"]]
        assert 0 < o.wait_quantile(0.5, "desk") < o.wait_quantile(0.99, "desk")
        assert o.completion_quantile(0.9) > 0 and o.requests > 30_000 and o.events > o.requests
    with pytest.raises(pw.PathError):
        seen[0].wait_quantile(0.5, "dsk")


def test_what_a_callback_raises_comes_out(desk):
    def refuse(outcome):
        raise LookupError(f"replication {outcome.replication}")

    with pytest.raises(LookupError, match="replication 0"):
        pw.run(desk, outcome=refuse)

    def impatient(done, planned, scenario):
        raise RuntimeError("enough")

    with pytest.raises(RuntimeError, match="enough"):
        pw.run(desk, replications=20, progress=impatient)


def test_replications_of_a_call_are_those_of_a_scenario(desk, tmp_path):
    # Read again only where something depends on it; the same bytes.
    one = pw.load(desk, name="one", set={"run.horizon": "1 week"})
    for n in (1, 3):
        called, said = pw.run(one, replications=n), pw.run(one.copy({"run.replications": n}))
        # As texts, in which what is undefined is the same as itself.
        assert called.complete and str(called.summary["utilization"]) == str(said.summary["utilization"])
        assert str(dict(called.summary)) == str(dict(said.summary)) and str(called.to_arrow().to_dict()) == str(said.to_arrow().to_dict())
        assert called.to_json() == said.to_json() and called.verdict == said.verdict
        called.write(tmp_path / "called", plots=False)
        said.write(tmp_path / "said", plots=False)
        for name in ("manifest.json", "summary.json"):
            assert (tmp_path / "called/one" / name).read_bytes() == (tmp_path / "said/one" / name).read_bytes()
    assert len(pw.compare([one, one.copy(name="two")], replications=2).to_arrow()["value"]) >= 100
    assert one["run.replications"] == 4


def test_one_estimate_is_that_among_all(desk):
    for found in (pw.run(desk, replications=1), pw.run(desk, replications=3), pw.compare([desk, pw.load(desk, name="b")], replications=2)):
        fresh = next(iter(found.values())).summary
        all_ = dict(next(iter(found.values()))._inner.estimates(0))
        assert len(all_) > 60
        for path, values in all_.items():
            assert repr(fresh[path]) == repr(pw.Estimate(*values)), path
        assert repr(fresh["centre.desk.wait_mean_hours"]) == repr(fresh["centre.desk.all.wait_mean_hours"])
        assert "utilization" in fresh and "utilisation" not in fresh and 3 not in fresh
        with pytest.raises(pw.PathError, match="utilization"):
            fresh["utilisation"]


def test_progress_is_told(desk):
    told = []
    pw.run(desk, replications=5, progress=lambda *at: told.append(at))
    assert told[-1][:2] == (5, 5)


def test_control_c_stops_within_a_second_and_keeps_what_is_done(desk, press):
    stop = press(lambda done, planned, name: done > 0)
    with pytest.warns(pw.PartialResults, match="stopped"):
        found = pw.run(desk, replications=1_000_000, progress=stop)
    assert stop.heard and not found.complete and found.summary["busy_mean"].replications > 0
    with pytest.raises(pw.Interrupted) as caught:
        pw.run(desk, replications=1_000_000, interrupt="raise", progress=press(lambda done, planned, name: done > 0))
    assert caught.value.results.summary["busy_mean"].replications > 0
    # One replication of a hundred years is not finished: there is nothing to give.
    with pytest.raises(KeyboardInterrupt):
        pw.run(desk, replications=1, horizon="5000 weeks", theory=False, progress=press())


def test_other_threads_run_while_it_simulates(desk, press):
    # One counts to a hundred, and then stops the run; if it was kept from counting, the run would come to its end.
    stop = press()

    def count():
        for _ in range(100):
            time.sleep(0.0001)
        stop()

    threading.Thread(target=count, daemon=True).start()
    with pytest.raises(KeyboardInterrupt):
        pw.run(desk, replications=1, horizon="5000 weeks", threads=1, theory=False)


def test_controls_are_those_of_the_command(tmp_path, root, command):
    file = root / "scenarios/textbook/mm1.toml"
    arguments = ["--replications", "12", "--horizon", "2 weeks", "--controls", "--no-plots", "--format", "json"]
    run = [command, "run", file, *arguments, "--out", tmp_path]
    printed = json.loads(subprocess.run(run, check=True, capture_output=True).stdout)
    results = pw.run(file, replications=12, horizon="2 weeks", controls=True)
    assert json.loads(results["mm1"].to_json()) == printed["scenarios"][0]
    assert printed["scenarios"][0]["controls"]["measures"]["done_per_hour"]["half_width"] < 0.5
    with pytest.raises(pw.UsageError, match="controls"):
        pw.run(file, controls=True, draws=3)


def test_what_makes_no_sense_is_refused(desk):
    for wrong in ({"confidence": 1.5}, {"threads": 0}, {"draws": -1}, {"draws": 3, "per_draw": 1}, {"interrupt": "no"}):
        with pytest.raises(pw.UsageError):
            pw.run(desk, **wrong)
    with pytest.raises(pw.UsageError, match="no uncertain inputs"):
        pw.run(desk, draws=3)
    with pytest.raises(pw.ScenarioError):
        pw.run(desk, replications=0)
    with pytest.raises(pw.UsageError):
        pw.run([])
