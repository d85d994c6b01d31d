"""Requests in batches, models without a file, staffing, sweeps."""

from __future__ import annotations

import pickle

import pytest

import poolwise as pw


def test_batches_are_the_trace_in_pieces(desk):
    whole = pw.run(desk, replications=1, trace=True).to_arrow("requests").to_dict()
    batches = list(pw.requests(desk))
    assert len(batches) > 2 and max(map(len, batches)) < len(whole["request"]) / 2
    pieces = {name: [x for batch in batches for x in batch[name]] for name in whole}
    assert pieces == whole
    second = next(iter(pw.requests(desk, first=1)))
    assert set(second["replication"]) == {1}
    waits = [s - r for s, r, w in zip(whole["started_hours"], whole["reached_hours"], whole["what"]) if w == "service"]
    assert min(waits) >= 0 and 2 / 60 < sum(waits) / len(waits) < 6 / 60


def test_values_alone_are_those_of_runs(desk, press):
    s = pw.load(desk, name="one", set={"run.horizon": "1 week"})
    options = [s, *s.vary({"two": {"centre.desk.levels.officers": 2, "run.replications": 2}})]
    table = pw.sample(options, threads=3).to_dict()
    assert table == pw.run(options).to_arrow().to_dict()
    path = "centre.desk.all.wait_mean_hours"
    some = pw.sample(options, [path, "utilization"], replications=1).to_dict()
    assert some["scenario"] == ["one", "one", "two", "two"] and some["measure"] == [path, "utilization"] * 2
    # Few are looked up one by one, many among all.
    many = [path, *dict.fromkeys(table["measure"])]
    assert len(many) > 16
    among = pw.sample(options, many, replications=1).to_dict()
    every = dict(zip(zip(among["scenario"], among["measure"]), among["value"]))
    assert [every[key] for key in zip(some["scenario"], some["measure"])] == some["value"]
    with pytest.raises(pw.PathError, match="utilisation"):
        pw.sample(s, "utilisation")
    stop = press(lambda done, planned, name: done > 20)
    with pytest.warns(pw.PartialResults):
        assert len(pw.sample(s, "utilization", replications=1_000_000, threads=2, progress=stop)) > 10


def test_reading_can_stop_early_and_be_interrupted(desk, press):
    for _, _batch in zip(range(2), pw.requests(desk, horizon="5000 weeks")):
        pass
    stop = press()
    with pytest.raises(KeyboardInterrupt):
        for _batch in pw.requests(desk, horizon="5000 weeks"):
            stop()
    with pytest.raises(pw.UsageError):
        pw.requests(desk, replications=0)


def test_staff_finds_the_least_of_erlang(root):
    # M/M/c at 7.2 erlangs: 9 servers let 43 of 100 wait and 10 let 25 (Erlang C). In every hour at most 34: nothing but 10 will do,
    # and no mixture of hours with 9 and hours with 10 either.
    exact = pw.theory.servers_for_level(7.2, 1.0, 0.0, 0.66)
    assert exact == 10 and pw.theory.erlang_c(9, 7.2) > 0.43 and pw.theory.erlang_c(10, 7.2) < 0.26
    s = pw.load(root / "scenarios/textbook/mm8.toml", set={"run.replications": 10})
    answer = pw.staff(s, "delayed <= 34 % in every hour", rosters=False, shortcuts=False, curve=False, draws=0)
    posts = answer.to_dict()["options"][0]["posts"]
    assert answer.complete and answer.officers["mm8"] is not None
    assert (posts["estimate"], posts["lower"], posts["upper"]) == (exact, exact, exact)
    assert "M/M/8" in str(answer) and "<table" in answer._repr_html_()
    plain = {"shortcuts": False, "rosters": False, "curve": False, "draws": 0}
    found = pw.staff(s, "utilization <= 80.01 %", horizon="16 weeks", controls=True, **plain).to_dict()["options"][0]["search"]
    assert found["controls"]["pieces"] == 2 and found["controls"]["expected_arrivals_per_hour"] == pytest.approx(43.2)
    assert "controls" not in answer.to_dict()["options"][0]["search"]
    with pytest.raises(pw.UsageError, match="say what is wanted"):
        pw.staff(s)
    with pytest.raises(pw.UsageError):
        pw.staff(s, "nonsense >= 3")


AXES = {
    "officers": {"path": "centre.desk.levels.officers", "values": [1, 2]},
    "rate": {"path": "class.call.rate", "unit": "per hour", "from": 20, "to": 40, "steps": 2},
}
KEEP = ["utilization", "wait_mean_hours"]


def test_a_grid_is_what_single_runs_are(desk):
    s = pw.load(desk, name="desk", set={"run.horizon": "1 week"})
    found = pw.sweep(s, AXES, replications=3, measures=KEEP)
    rows = found.to_arrow().to_dict()
    assert found.axes == ["officers", "rate"] and len(rows["value"]) == 4 * 3 * 2
    one = pw.run(s.copy({"centre.desk.levels.officers": 2, "class.call.rate": "40 per hour"}), replications=3)
    alone = {(k, m): v for k, m, v in zip(*(one.to_arrow()[c] for c in ("replication", "measure", "value")))}
    at = [i for i in range(len(rows["value"])) if (rows["officers"][i], rows["rate"][i]) == (2, 40)]
    assert len(at) == 6
    for i in at:
        assert rows["value"][i] == alone[rows["replication"][i], rows["measure"][i]]
    summary = found.to_arrow("summary").to_dict()
    i = next(i for i in range(8) if (summary["officers"][i], summary["rate"][i], summary["measure"][i]) == (2, 40, "utilization"))
    assert summary["estimate"][i] == one.summary["utilization"].estimate


def test_designs(desk):
    pandas = pytest.importorskip("pandas")
    s = pw.load(desk, name="desk", set={"run.horizon": "1 day"})
    assert len(pw.Sweep(s, AXES, design=pw.LatinHypercube(7))) == 7
    assert len(pw.Sweep(s, AXES, design=pw.Saltelli(4))) == 16
    own = pandas.DataFrame({"rate": [25.0, 30.0, 31.0], "officers": [1, 2, 2]})
    assert pw.Sweep(s, AXES, design=own).points.to_dict() == {
        "point": [0, 1, 2],
        "officers": [1.0, 2.0, 2.0],
        "rate": [25.0, 30.0, 31.0],
    }
    by_path = pw.Sweep(s, {"centre.desk.levels.officers": [1, 2], "run.replications": [2, 3]})
    assert by_path.points.columns == ["point", "officers", "replications"]
    for design in (pw.LatinHypercube(5), pw.Saltelli(2)):
        found = pw.sweep(s, AXES, design=design, replications=2, measures=KEEP)
        rows, points = found.to_arrow().to_dict(), pw.Sweep(s, AXES, design=design).points.to_dict()
        assert len(rows["value"]) == len(points["point"]) * 2 * len(KEEP)
        # What stands at a point is what a run with its values gives.
        rate, officers = points["rate"][-1], points["officers"][-1]
        assert 20 <= rate <= 40 and officers in (1, 2)
        one = s.copy({"class.call.rate": f"{rate!r} per hour", "centre.desk.levels.officers": int(officers)})
        alone = pw.run(one, replications=2)
        last = [v for p, m, v in zip(rows["point"], rows["measure"], rows["value"]) if (p, m) == (points["point"][-1], KEEP[1])]
        assert last == [v for m, v in zip(*(alone.to_arrow()[c] for c in ("measure", "value"))) if m == KEEP[1]]
        summary = found.to_arrow("summary").to_dict()
        assert (summary["rate"][-1], summary["officers"][-1]) == (rate, officers)
        for polars in [pytest.importorskip("polars")]:
            assert polars.DataFrame(found.to_arrow()).to_dict(as_series=False) == rows
    with pytest.raises(pw.UsageError, match="a column for each axis"):
        pw.Sweep(s, AXES, design={"rate": [1.0]})
    with pytest.raises(pw.ScenarioError):
        pw.Sweep(s, {"officers": {"path": "centre.desk.levels.oficers", "values": [1]}})
    with pytest.raises(pw.UsageError, match="what varies"):
        pw.Sweep(s)


def test_shards_put_together_are_the_whole(tmp_path, root):
    plan = pickle.loads(pickle.dumps(pw.Sweep(root / "scenarios/sweeps/smoke.toml", replications=2)))
    folder = tmp_path / "smoke"
    assert len(plan.missing(folder)) == len(plan)
    assert plan.run(folder, shard=(0, 2))
    with pytest.raises(pw.RunError, match="points are not finished"):
        plan.results(folder)
    assert all(point % 2 == 1 for point in plan.missing(folder))
    assert plan.run(folder, shard=(1, 2)) and plan.missing(folder) == []
    whole = pw.sweep(root / "scenarios/sweeps/smoke.toml", replications=2)
    assert plan.results(folder).to_arrow().to_dict() == whole.to_arrow().to_dict()
    with pytest.raises(pw.UsageError, match="another sweep"):
        pw.sweep(root / "scenarios/sweeps/smoke.toml", replications=3, folder=folder)
