"""Files of one's own: laws, back-tests, scenarios; the command's documents, byte for byte."""

from __future__ import annotations

import datetime
import math
import pickle
import random
import subprocess
import threading

import pytest

import poolwise as pw


@pytest.fixture
def office(root):
    return root / "docs" / "dispatch"


def test_a_law_of_a_file_is_that_of_the_command(office, command):
    found = pw.fit(office / "durations.csv")
    printed = subprocess.run(
        [command, "fit", office / "durations.csv", "--no-plots", "--format", "json"], check=True, capture_output=True
    )
    assert found.to_json().encode() == printed.stdout
    best = found.best
    assert best is not None and best.name == "gamma" and best.time == {"gamma": {"mean": "1060 s", "cv": 0.2618}}
    assert (found.column, found.times, found.is_patience) == ("Minutes", 500, False)
    mean = best.numbers["mean"]
    assert mean.lower < found.mean.estimate < mean.upper
    assert "write in a stage" in str(found).lower() and found._repr_html_().count("<svg") == 2


def test_values_follow_the_law_they_were_drawn_from(tmp_path):
    draw = random.Random(7)
    minutes = [draw.lognormvariate(math.log(12), 0.5) for _ in range(2000)]
    found = pw.fit(minutes, unit="min")
    assert found.best is not None and found.best.name == "lognormal"
    # Mean and coefficient of variation of the law; intervals of 95 % would miss one in twenty, these values are fixed.
    mean, cv = found.best.numbers["mean"], found.best.numbers["cv"]
    assert mean.lower < 60 * 12 * math.exp(0.125) < mean.upper and mean.upper / mean.lower < 1.06
    assert cv.lower < math.sqrt(math.exp(0.25) - 1) < cv.upper
    lengths = pw.fit([datetime.timedelta(minutes=m) for m in minutes])
    assert lengths.best is not None and lengths.best.time == found.best.time
    assert {p.suffix for p in found.write(tmp_path / "pictures").iterdir()} == {".svg", ".png", ".html"}
    # What it found goes into a scenario as it is.
    m = pw.Model("desk", horizon="1 week").arrivals("call", rate="2 per hour", to="desk")
    m.station("desk", officers=1, service=found.best.time)
    assert m.scenario()["stage.desk.service.time"]["lognormal"]["cv"] == found.best.time["lognormal"]["cv"]


def test_data_frames_and_columns_are_tables_too(office):
    pandas, polars = pytest.importorskip("pandas"), pytest.importorskip("polars")
    whole = pw.fit(office / "durations.csv").to_dict()
    frame = pandas.read_csv(office / "durations.csv")
    for table in (frame, polars.from_pandas(frame), frame.to_dict("list")):
        assert pw.fit(table).to_dict()["laws"] == whole["laws"]
    assert pw.fit(frame["Minutes"], unit="min").laws == pw.fit(frame["Minutes"].tolist(), unit="min").laws


def test_what_cannot_be_fitted_is_told_with_its_place(office, tmp_path):
    with pytest.raises(pw.DataError, match="no column `Hours`") as caught:
        pw.fit(office / "durations.csv", column="Hours")
    assert caught.value.file.endswith("durations.csv") and "`Minutes`" in caught.value.help[0]
    assert pickle.loads(pickle.dumps(caught.value)).file == caught.value.file
    with pytest.raises(pw.DataError, match="say which with `sheet`"):
        pw.fit(office / "tickets.xlsx")
    (tmp_path / "odd.csv").write_text("Minutes\n3\n4\nmany\n5\n")
    with pytest.raises(pw.DataError, match="many") as caught:
        pw.fit(tmp_path / "odd.csv")
    assert (caught.value.row, caught.value.column) == (4, "Minutes")
    for wrong in ({"unit": "days"}, {}, {"unit": "min", "column": "x"}, {"unit": "min", "shift": "soon"}, {"unit": "min", "shift": 3}):
        with pytest.raises(pw.UsageError):
            pw.fit([1.0, 2.0, 3.0], **wrong)
    for values in ([], [1.0], [2.0, 2.0], [1.0, -1.0], [1.0, float("inf")], ["a"], [None]):
        with pytest.raises(pw.UsageError):
            pw.fit(values, unit="s")
    with pytest.raises(pw.UsageError, match="no file, data frame"):
        pw.import_([3], tmp_path / "out")


def test_from_files_to_a_back_test(office, tmp_path, command):
    made = pw.import_([office / f for f in ("tickets.xlsx", "durations.csv", "roster.csv")], tmp_path / "office")
    assert [s.name for s in made.scenarios] == ["today", "night-desk", "one-centre", "fitted"]
    assert all(path.exists() for path in made.files) and made.read and not made.notes
    with pytest.raises(pw.RunError, match="not overwritten"):
        pw.import_(office / "tickets.xlsx", tmp_path / "office", handling="12 min")
    with pytest.raises(pw.UsageError, match="no time zone"):
        pw.import_(office / "tickets.xlsx", tmp_path / "other", handling="12 min", time_zone="Mars/Olympus")
    told = []
    history = office / "history.csv"
    found = pw.backtest(made.scenarios[0], history, within="10 min", progress=lambda *now: told.append(now))
    printed = subprocess.run(
        [command, "backtest", tmp_path / "office/today.toml", history, "--within", "10 min", "--no-plots", "--format", "json",
         "--out", tmp_path / "out"],
        check=True,
        capture_output=True,
    )
    assert found.to_json().encode() == printed.stdout
    assert found.complete and told[-1][:2] == (told[-1][1], 239)
    assert found.predicted.lower < found.predicted.estimate < found.predicted.upper
    assert found.verdict == found.to_dict()["sentence"] and found.parts[0].beyond_chance
    rows = found.to_arrow().to_dict()
    answered = sum(o * a for o, a in zip(rows["offered"], rows["actual"]))
    assert math.isclose(answered / sum(rows["offered"]), found.actual, rel_tol=1e-12)
    assert next(iter(found.changes.values())) == min(found.changes.values())
    assert sorted(p.name for p in found.write(tmp_path / "back").iterdir()) == ["by-hour.png", "by-hour.svg", "index.html", "intervals.csv"]
    # In a page a number and its unit are not parted.
    assert found.verdict in found.report(tmp_path / "back.html").read_text().replace("\xa0", " ")
    assert "<table" in found._repr_html_() and "<svg" in found._repr_html_()


def test_a_back_test_can_be_stopped(office, tmp_path, interrupt):
    made = pw.import_([office / f for f in ("tickets.xlsx", "durations.csv", "roster.csv")], tmp_path / "office")
    seen = threading.Event()

    def watch(done: int, planned: int, scenario: str) -> None:
        if done > 45 and not seen.is_set():
            seen.set()
            interrupt()

    with pytest.warns(pw.PartialResults, match="changes"):
        found = pw.backtest(made.scenarios[0], office / "history.csv", threads=1, progress=watch)
    assert not found.complete and 0.0 < found.predicted.estimate < 1.0
