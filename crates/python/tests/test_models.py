"""Models built call by call: known answers, the same numbers as of a file, mistakes."""

from __future__ import annotations

import json
import pickle
from datetime import timedelta

import pytest

import poolwise as pw


def test_a_model_without_a_file_has_known_answers():
    # Two M/M/1 in a row with feedback: 0.2 of those served come back, so both see 48 / 0.8 an hour (Jackson 1957).
    m = pw.Model("tandem", horizon="20 weeks", warm_up="1 week", replications=8)
    m.arrivals("call", rate="48 per hour", to="first")
    m.station("first", officers=1, service={"exponential": "40 s"}, then="second")
    m.station("second", officers=1, service={"exponential": "45 s"}, then={"out": 0.8, "first": 0.2})
    found = pw.run(m, confidence=0.9999)
    for station, load in (("first", 60 * 40 / 3600), ("second", 60 * 45 / 3600)):
        busy = found.summary[f"centre.{station}.all.utilization"]
        queue = found.summary[f"centre.{station}.all.queue_mean"]
        assert busy.lower < load < busy.upper and busy.upper - busy.lower < 0.04
        assert queue.lower < load * load / (1 - load) < queue.upper
    # Forty stations: roles are no limit, since every station asks for the officers of its own centre.
    many = pw.Model("many", horizon="1 day")
    many.arrivals("call", rate="10 per hour", to="s0")
    for i in range(40):
        many.station(f"s{i}", officers=2, service="1 min", then=f"s{i + 1}" if i < 39 else "out")
    assert pw.run(many, replications=2).complete


def clinic(**changes):
    """A bit of everything."""
    m = pw.Model("clinic", title="A clinic", horizon="4 weeks", warm_up="1 week", replications=3, answer_within="10 min", **changes)
    m.arrivals("urgent", rate="3 per hour", to="triage", priority=0)
    pattern = [1.0 + (h % 24) / 24 for h in range(168)]
    m.arrivals("other", rate="9 per hour", to="triage", priority=1, profile=pattern, patience={"exponential": "2 h"})
    m.station("triage", officers=[3] * 8 + [5] * 12 + [3] * 4, service={"lognormal": {"mean": "12 min", "cv": 0.8}},
              discipline="priority", then={"doctor": 0.5, "rest": 0.2, "out": 0.3})
    m.delay("rest", timedelta(minutes=30), then="doctor")
    m.station("doctor", officers=4, service={"gamma": {"mean": "20 min", "cv": 0.5}}, speed=0.9, room=6, turned_away="sent away")
    return m


def parallel(**rules):
    m = pw.Model("tests", horizon="26 weeks", warm_up="1 week", replications=8)
    m.arrivals("patient", rate="30 per hour", to="tests")
    m.fork("tests", ["x-ray", "blood"])
    m.station("x-ray", officers=1, service={"exponential": "1 min"}, then="results")
    m.station("blood", officers=1, service={"exponential": "1 min"}, then="results")
    m.join("results", then="out", **rules)
    return m


def test_branches_are_waited_for():
    # (12 - 0.5) / 8 times the two minutes of M/M/1 (Flatto and Hahn 1984).
    found = pw.run(parallel(), confidence=0.9999).summary["time_to_completion_mean_hours"]
    assert found.lower < 11.5 / 8 * 2 / 60 < found.upper and found.upper - found.lower < 0.003
    for rules in ({}, {"need": 1}, {"need": 1, "rest": "finish"}):
        m = parallel(**rules)
        built, read = pw.run(m, replications=2, trace=True), pw.run(pw.load(m.to_dict()), replications=2, trace=True)
        assert built["tests"].to_json() == read["tests"].to_json()
        assert built.to_arrow("requests").to_dict() == read.to_arrow("requests").to_dict()
        assert pickle.loads(pickle.dumps(m)).to_dict() == m.to_dict()
    with pytest.raises(pw.ScenarioError, match="it needs 3 of the 2 branches"):
        parallel(need=3).scenario()
    with pytest.raises(pw.UsageError, match="cancel or finish"):
        parallel(need=1, rest="stop")
    with pytest.raises(pw.UsageError, match="a list of names"):
        pw.Model("m").fork("f", "x-ray")


def test_the_builder_gives_what_the_reader_gives():
    m = clinic()
    built = pw.run(m, trace=True)
    read = pw.run(pw.load(m.to_dict()), trace=True)
    assert built["clinic"].to_json() == read["clinic"].to_json()
    assert built.to_arrow("requests").to_dict() == read.to_arrow("requests").to_dict()
    assert built.summary["exit.lost.share"].estimate > 0 and built.summary['exit."sent away".share'].estimate > 0
    # A queue that grows is warned of in the same words.
    few = pw.Model("few", horizon="1 week", replications=2).arrivals("call", rate="70 per hour", to="desk")
    few.station("desk", officers=1, service={"exponential": "1 min"})
    assert "cannot keep up" in pw.run(few)["few"].warnings[-1]
    assert pw.run(few)["few"].warnings == pw.run(pw.load(few.to_dict()))["few"].warnings


def test_a_model_is_taken_wherever_scenarios_are(tmp_path):
    m = clinic()
    more = m.scenario().copy({"centre.doctor.levels.officers": 6}, name="more")
    found = pw.compare([m, more], replications=2)
    assert found.differences["more", "time_to_completion_p95_hours"].difference < 0
    assert (found["clinic"].summary["posts"].estimate, m.scenario()["centre.doctor.levels.officers"]) == (8.0, 4)
    assert len(pw.sample(m, "utilization", replications=2)) == 2
    assert sum(len(batch) for batch in pw.requests(m, horizon="1 week")) > 1_000
    again = pickle.loads(pickle.dumps(m))
    assert again.to_dict() == m.to_dict() and again.scenario().hash == m.scenario().hash
    assert pickle.loads(pickle.dumps(m.scenario())).hash == m.scenario().hash
    axes = {"centre.doctor.levels.officers": [4, 6]}
    rows = pw.sweep(m, axes, replications=2, measures=["utilization"]).to_arrow().to_dict()
    here = pw.sample([m, more], "utilization", replications=2)["value"]
    assert rows["value"] == here
    page = found.report(tmp_path / "page.html").read_text()
    assert "clinic" in page and "doctor" in page
    html = m._repr_html_()
    assert html.count("<table") == 3 and "triage" in html and "3 to 5" in html


def test_a_model_is_checked(desk):
    m = pw.Model(horizon="1 week").arrivals("call", rate="1 per hour", to="nowhere")
    with pytest.raises(pw.ScenarioError, match="call: there is no station, delay, fork, join or exit `nowhere`; there are out"):
        m.scenario()
    with pytest.raises(pw.UsageError, match="already"):
        m.arrivals("call", rate="1 per hour", to="desk")
    m = pw.Model(horizon="1 week").arrivals("call", rate="1 per hour", to="desk")
    m.station("desk", officers=1, service="1 min", then={"desks": 1.0})
    with pytest.raises(pw.ScenarioError, match="did you mean `desk`"):
        m.scenario()
    # What the engine refuses: probabilities, and requests that never leave.
    for then in ({"out": 0.5}, {"out": 0.5, "desk": 0.6}, {"desk": 1.0}, {"out": float("nan")}, {"out": -1.0, "desk": 2.0}):
        m = pw.Model(horizon="1 week").arrivals("call", rate="1 per hour", to="desk")
        m.station("desk", officers=1, service="1 min", then=then)
        with pytest.raises(pw.ScenarioError, match="model: "):
            pw.run(m)
    with pytest.raises(pw.ScenarioError, match="exponentail") as caught:
        m.station("other", officers=1, service={"exponentail": "1 min"})
    assert "did you mean `exponential`" in str(caught.value) and "^" in str(caught.value)
    assert "other" not in m.to_dict()["stage"]
    for wrong in ({"officers": [1, 2]}, {"officers": 1.5}, {"room": -1}, {"discipline": "lifo"}, {"speed": 0.0}, {"speed": float("inf")}):
        with pytest.raises((pw.Error, TypeError)):
            other = pw.Model().arrivals("call", rate="1 per hour", to="desk")
            other.station("desk", **{"officers": 1, "service": "1 min", **wrong}).scenario()
    for wrong in ({"horizon": "soon"}, {"horizon": "0 h"}, {"warm_up": "1 day"}, {"start": "someday"}, {"replications": 0}, {"seed": -1}):
        with pytest.raises(pw.Error):
            pw.Model(**wrong).arrivals("call", rate="1 per hour", to="out").scenario()
    for wrong in ({"rate": "often"}, {"rate": "-1 per hour"}, {"profile": [1.0] * 24}, {"profile": [0.0] * 168}, {"priority": 300}):
        with pytest.raises(pw.Error):
            pw.Model().arrivals("call", **{"rate": "1 per hour", "to": "out", **wrong})
    assert json.loads(json.dumps(clinic().to_dict()))["run"]["whole_weeks"] is False


