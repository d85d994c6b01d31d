"""Values of any kind: taken for what they are, or refused with an exception of the package."""

from __future__ import annotations

import datetime
import decimal
import fractions
import os
from collections import OrderedDict
from pathlib import Path

import pytest

import poolwise as pw

OFFICERS = "centre.desk.levels.officers"
LOOP: list[object] = []
LOOP.append(LOOP)
DEEP: dict[str, object] = {}
DEEP["deep"] = DEEP

REFUSED = [
    10**30,
    -(10**30),
    10**5000,
    2**63,
    float("nan"),
    float("inf"),
    -float("inf"),
    None,
    b"2",
    bytearray(b"2"),
    {1, 2},
    object(),
    1j,
    lambda: 2,
    LOOP,
    DEEP,
    [None],
    {"a": {"b": 10**30}},
    {3: 4},
    {b"a": 1},
    "\udc80",
    "two",
    "",
    [],
    {},
    True,
    datetime.date(2025, 1, 1),
    datetime.timedelta(minutes=3),
    Path("two"),
    decimal.Decimal("1.5"),
    fractions.Fraction(1, 3),
    (2, 3),
    range(3),
    -1,
]


@pytest.mark.parametrize("value", REFUSED, ids=lambda v: type(v).__name__)
def test_no_value_gets_past_the_reader(desk, value):
    s = pw.load(desk)
    before = s.hash
    with pytest.raises(pw.Error) as caught:
        s[OFFICERS] = value
    assert str(caught.value) and s.hash == before
    with pytest.raises(pw.Error):
        pw.load(desk, set={OFFICERS: value})
    with pytest.raises(pw.Error):
        s.vary({OFFICERS: [value]})
    with pytest.raises(pw.Error):
        pw.Model("m", horizon="1 day").arrivals("call", rate="1 per hour", to="desk").station(
            "desk", officers=value, service="1 min"
        ).scenario()


def test_a_whole_number_that_is_too_long_is_named(desk):
    with pytest.raises(pw.UsageError, match="whole numbers are from -9223372036854775808 to 9223372036854775807, not 1000"):
        pw.load(desk, set={"run.seed": 10**30})
    with pytest.raises(pw.UsageError, match="whole numbers"):
        pw.load({"run": {"seed": 10**30}})
    for call in ({"seed": 10**30}, {"replications": 10**30}, {"threads": 10**30}, {"draws": -1}, {"max_memory": -5}):
        with pytest.raises(pw.Error):
            pw.run(desk, **call)
    for wrong in ({"threads": 1.5}, {"threads": "2"}, {"threads": True}, {"confidence": "high"}, {"confidence": float("nan")}):
        with pytest.raises(pw.UsageError):
            pw.run(desk, **wrong)


@pytest.mark.parametrize("path", [3, None, b"a", "", "a=b", "run.horizon=2", "a\nb", "\udc80", ".", "run..horizon", "[[x]]"])
def test_no_path_gets_past_the_reader(desk, path):
    s = pw.load(desk)
    with pytest.raises(pw.Error):
        s.set({path: 2})
    with pytest.raises((pw.Error, TypeError)):
        s[path]


def test_values_of_the_standard_library_are_taken(desk):
    s = pw.load(desk)
    s["run.horizon"] = datetime.timedelta(days=3)
    assert s["run.horizon"] == pw.load(desk, set={"run.horizon": "3 days"})["run.horizon"]
    s["run.start"] = datetime.date(2025, 3, 3)
    assert s["run.start"] == "2025-03-03"
    s["stage.answer.service.time"] = OrderedDict(exponential=datetime.timedelta(seconds=90))
    assert s["stage.answer.service.time"] == pw.load(desk, set={"stage.answer.service.time.exponential": "90 s"})["stage.answer.service.time"]
    s["class.call.deadline"] = None if False else {"after": "1 h", "until": {"start": "answer"}, "exit": "answered"}
    assert "deadline" in s["class.call"]
    s["title"] = "an = sign, \"quotes\", 'more',\nand a line"
    assert s.title == "an = sign, \"quotes\", 'more',\nand a line"


def test_values_of_numpy_and_pandas_are_taken(desk):
    numpy = pytest.importorskip("numpy")
    s = pw.load(desk)
    for two in (numpy.int64(2), numpy.uint8(2), numpy.array(2), numpy.float64(2.0).astype(int)):
        s[OFFICERS] = 1
        s[OFFICERS] = two
        assert s[OFFICERS] == 2
    s["class.call.rate"] = numpy.str_("30 per hour")
    s["run.horizon"] = numpy.timedelta64(2, "D").astype("timedelta64[s]")
    profile = numpy.ones(168)
    s["class.call.profile"] = profile.tolist()
    listed = s.hash
    s["class.call.profile"] = profile
    assert s.hash == listed
    pandas = pytest.importorskip("pandas")
    s["class.call.profile"] = pandas.Series(profile)
    assert s.hash == listed
    assert [v[OFFICERS] for v in s.vary({OFFICERS: numpy.arange(1, 4)})] == [1, 2, 3]
    with pytest.raises(pw.Error):
        s[OFFICERS] = numpy.array([1.0, numpy.nan])
    with pytest.raises(pw.Error):
        s[OFFICERS] = numpy.uint64(2**64 - 1)
    assert pw.run(s, replications=numpy.int64(2), threads=numpy.int8(1)).complete


def test_paths_of_the_file_system(desk, tmp_path):
    (tmp_path / "one.toml").write_text(desk)
    assert pw.load(tmp_path / "one.toml").hash == pw.load(str(tmp_path / "one.toml")).hash
    assert pw.load(os.fsencode(tmp_path / "one.toml").decode()).name == "one"
    for wrong in (tmp_path, "a\0b", b"x.toml", 3, None, 1.5, [], ["a\0b"]):
        with pytest.raises(pw.Error):
            pw.run(wrong)


def test_theory_over_arrays_of_any_shape():
    numpy = pytest.importorskip("numpy")
    theory = pw.theory
    assert theory.erlang_b(numpy.array([]), 1.0).shape == (0,)
    assert theory.erlang_c(numpy.empty((0, 3)), numpy.ones(3)).shape == (0, 3)
    assert theory.mmc(numpy.array([8, 9]), numpy.array([[7.2], [6.0]]), 1).wait_mean.shape == (2, 2)
    assert theory.mmc([], 1.0, 1.0).wait_mean == []
    odd = theory.erlang_b([8, 8, 8, 8], [float("nan"), float("inf"), -1.0, 0.0])
    assert [x != x for x in odd[:3]] == [True] * 3 and odd[3] == 0.0
    single = theory.erlang_b(numpy.int64(8), numpy.float32(7.0))
    assert isinstance(single, float) and single == theory.erlang_b(8, 7.0)
    for wrong in ("8", None, object(), {"a": 1}, [["a"]], 10**400):
        with pytest.raises(pw.UsageError):
            theory.erlang_b(wrong, 7.2)
    with pytest.raises(pw.UsageError, match="shapes|lengths"):
        theory.erlang_b(numpy.ones(2), numpy.ones(3))
    assert theory.mmc_priorities(1, [], 1.0) == []
    for wrong in ([1.0, -1.0], [float("nan")], "x"):
        with pytest.raises(pw.Error):
            theory.mmc_priorities(1, wrong, 1.0)
    with pytest.raises(pw.Error):
        theory.mmc_priorities(10**30, [0.1], 1.0)
    with pytest.raises(pw.Error):
        theory.offered_load([float("inf")], 1.0, 1.0)
    with pytest.raises(pw.Error):
        theory.mt_m_st([1.0], [10**12], 1.0, 1.0)
    with pytest.raises(pw.Error):
        theory.mt_m_st([1.0], [float("nan")], 1.0, 1.0)
