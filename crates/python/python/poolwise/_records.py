"""From files of one's own: laws of times, scenarios, back-tests. ``poolwise fit``, ``import`` and ``backtest``."""

from __future__ import annotations

import csv
import io
import json
import os
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any, Literal, Union

from . import _core
from ._answer import Answer, Printed, Tabled, file
from ._answer import folder as into
from ._asked import Progress, finish, line
from ._errors import UsageError
from ._html import table
from ._plain import Length, length, whole
from ._plain import path as path_of
from ._results import Estimate
from ._scenario import Scenario, Source
from ._table import Table

__all__ = ["Backtest", "Fit", "Imported", "Law", "Part", "backtest", "fit", "import_"]

#: Which part of a date stands first, where 03/04/2025 may be read in two ways.
Dates = Literal["year-first", "day-first", "month-first"]
#: What stands before the fraction of numbers, where 1,234 may be read in two ways.
Mark = Literal["point", "comma"]
#: Unit of durations that are plain numbers.
Unit = Literal["s", "min", "h"]

_SECONDS = {"s": 1.0, "min": 60.0, "h": 3600.0}


@dataclass(frozen=True)
class Law:
    """A distribution fitted by greatest likelihood."""

    #: Its name: ``exponential``, ``lognormal``, ``gamma``, ``weibull``, ``triangular``, ``uniform`` ...
    name: str
    #: What a scenario writes: ``s["stage.answer.service.time"] = law.time``.
    time: Any
    #: Its numbers, the mean first, times in seconds, each with an interval of 95 %.
    numbers: dict[str, Estimate]
    #: Akaike's criterion: less is better; two apart means little, ten apart settles it (Akaike 1974).
    aic: float
    #: Greatest distance between the law and the times (Kolmogorov); ``None`` where it was not tested.
    distance: float | None
    #: Share of samples of the law, fitted anew, that lie as far from it: below 0.05 the law is not theirs.
    p_value: float | None

    def _repr_html_(self) -> str:
        numbers = [[name, _seconds(name, e)] for name, e in self.numbers.items()]
        tested = "not tested" if self.p_value is None else f"{self.p_value:.3g}"
        return table(
            self.name,
            ["", ""],
            [*numbers, ["Akaike's criterion", f"{self.aic:.1f}"], ["P value", tested], ["in a scenario", repr(self.time)]],
        )


def _seconds(name: str, e: Estimate) -> str:
    """A number of a law with its interval, times in the unit that suits them."""
    if name in ("shape", "cv", "sigma", "mu"):
        return f"{e.estimate:.4g} [{e.lower:.4g}, {e.upper:.4g}]"
    size, unit = next((size, unit) for size, unit in ((3600.0, "h"), (60.0, "min"), (0.0, "s")) if abs(e.estimate) >= size)
    size = size or 1.0
    return f"{e.estimate / size:.4g} {unit} [{e.lower / size:.4g}, {e.upper / size:.4g}]"


class Fit(Answer):
    """Which law times follow, how well, and how sure its numbers are. Times are in seconds."""

    __slots__ = ("_document", "_inner")

    def __init__(self, inner: _core.Fit) -> None:
        super().__init__(inner)
        self._inner = inner
        self._document: dict[str, Any] = json.loads(inner.json())

    @property
    def column(self) -> str:
        """The column of the times."""
        return str(self._document["column"])

    @property
    def is_patience(self) -> bool:
        """Whether these are waits of which some were given up: the laws are then those of patience."""
        return "given_up" in self._document

    @property
    def times(self) -> int:
        """Times, or waits, that were read."""
        return int(self._document["waits" if self.is_patience else "times"])

    @property
    def mean(self) -> Estimate:
        """Sample mean with Student's interval of 95 %, seconds; of patience NaN, since waits of those served are cut short."""
        found = self._document.get("mean")
        return _interval(found, self.times) if found else Estimate(_NAN, _NAN, _NAN, self.times)

    @property
    def cv(self) -> float:
        """Coefficient of variation of the times: standard deviation over mean; of patience NaN."""
        return float(self._document.get("cv", _NAN))

    @property
    def median_patience(self) -> float | None:
        """Time in seconds by which half would have given up, by Kaplan and Meier 1958; ``None`` where nobody knows."""
        found = self._document.get("kaplan_meier_median")
        return None if found is None else float(found)

    @property
    def laws(self) -> list[Law]:
        """Laws, the likeliest first."""
        found = [_law(one, self.times) for one in self._document["laws"]]
        return sorted(found, key=lambda law: law.aic)

    @property
    def best(self) -> Law | None:
        """The law to use: the likeliest that chance could have made the times from; ``None``: use the recorded times."""
        if self.is_patience:
            return next((law for law in self.laws if (law.p_value or 0.0) >= 0.05), None)
        name = self._document["best"]
        return next((law for law in self.laws if law.name == name), None)

    def write(self, folder: str | os.PathLike[str]) -> Path:
        """Writes the files of ``poolwise fit`` into a folder; gives the folder."""
        self._inner.write(into(folder))
        return Path(folder)

    def report(self, path: str | os.PathLike[str]) -> Path:
        """Writes the page, one HTML file that holds everything; gives its path."""
        self._inner.page(file(path))
        return Path(path)


_NAN = float("nan")


def _interval(found: Mapping[str, Any], n: int) -> Estimate:
    low, base, high = (_NAN if found[key] is None else float(found[key]) for key in ("low", "base", "high"))
    return Estimate(base, low, high, n)


def _law(found: Mapping[str, Any], n: int) -> Law:
    numbers = {number["name"]: _interval(number, n) for number in found["numbers"]}
    aic = _NAN if found["aic"] is None else float(found["aic"])
    return Law(found["law"], _core.parsed(found["toml"]), numbers, aic, found["distance"], found["p_value"])


@dataclass(frozen=True)
class Part:
    """A part of the week: predicted and actual shares answered in time."""

    #: Such as ``Monday mornings``.
    name: str
    #: Requests of the history.
    offered: int
    #: Share that was answered in time.
    actual: float
    #: Share predicted.
    predicted: float
    #: Whether what happened lies outside of all replications.
    beyond_chance: bool


class Backtest(Answer, Tabled):
    """What a scenario predicts for a history's own arrivals, beside what happened."""

    __slots__ = ("_document", "_inner")

    def __init__(self, inner: _core.Backtest) -> None:
        super().__init__(inner)
        self._inner = inner
        self._document: dict[str, Any] = json.loads(inner.json())

    @property
    def verdict(self) -> str:
        """The answer in a sentence or two."""
        return self._inner.verdict()

    @property
    def predicted(self) -> Estimate:
        """Share predicted to be answered in time; its band holds 95 % of what chance alone gives."""
        low, high = self._document["band"]
        return Estimate(float(self._document["predicted"]), float(low), float(high), 39)

    @property
    def actual(self) -> float:
        """Share that was answered in time."""
        return float(self._document["actual"])

    @property
    def inside(self) -> float:
        """Share of intervals that lie inside their band of 95 %."""
        return float(self._document["intervals_inside"])

    @property
    def gap(self) -> float:
        """Difference over hours of the week as a share: root mean square, weighted by requests."""
        return float(self._document["gap"])

    @property
    def changes(self) -> dict[str, float]:
        """The gap that single changes leave, the least first."""
        return {one["change"]: float(one["gap"]) for one in self._document["changes"]}

    @property
    def parts(self) -> list[Part]:
        """Parts of the week, those farthest from what happened first."""
        fields = ("name", "offered", "actual", "predicted", "beyond_chance")
        return [Part(*(one[field] for field in fields)) for one in self._document["parts"]]

    @property
    def complete(self) -> bool:
        """Whether all changes were tried."""
        return self._inner.complete

    def to_arrow(self, what: Literal["intervals"] = "intervals") -> Table:
        """Every interval: time, place, offered, actual, predicted, lower, upper."""
        if what != "intervals":
            raise UsageError(f'there is no table `{what}`; there is "intervals"')
        return Table(self._inner.intervals())

    def write(self, folder: str | os.PathLike[str]) -> Path:
        """Writes the files of ``poolwise backtest`` into a folder; gives the folder."""
        self._inner.write(into(folder))
        return Path(folder)

    def report(self, path: str | os.PathLike[str]) -> Path:
        """Writes the page, one HTML file with everything and the simulator in it; gives its path."""
        self._inner.page(file(path))
        return Path(path)


class Imported(Printed):
    """Scenarios made of files, and what was found in them."""

    __slots__ = ("_document", "_text", "scenarios")

    def __init__(self, document: dict[str, Any], text: str, scenarios: list[Scenario]) -> None:
        self._document = document
        self._text = text
        #: The scenarios, today's first.
        self.scenarios = scenarios

    @property
    def files(self) -> list[Path]:
        """Files that were written."""
        return [Path(file) for file in self._document["files"]]

    @property
    def notes(self) -> list[str]:
        """What was assumed, and why."""
        return list(self._document["notes"])

    @property
    def read(self) -> list[str]:
        """What was read, and how."""
        return list(self._document["read"])

    def to_dict(self) -> dict[str, Any]:
        """The document of ``poolwise import --format json``: how requests arrive and vary, by place."""
        return dict(self._document)

    def __str__(self) -> str:
        """What the command prints."""
        return self._text


#: A file (CSV, text, xlsx, xls, ods, Parquet), a data frame, or columns by name.
Data = Union[str, "os.PathLike[str]", Mapping[str, Sequence[Any]], Any]


def fit(
    source: Data | Sequence[Any],
    *,
    column: str | None = None,
    shift: Length | Literal["auto"] | None = None,
    patience: bool = False,
    sheet: str | None = None,
    dates: Dates | None = None,
    decimal: Mark | None = None,
    unit: Unit | None = None,
) -> Fit:
    """Finds out which law times follow, and how well: ``poolwise fit``.

    ``source`` is a file, a data frame, or the times themselves: numbers in ``unit``, or lengths (``timedelta``). Of a table
    the ``column`` of durations is found by its name and contents where none is given; waits with their outcome give the law
    of patience; of call records ``patience=True`` asks for it. ``shift`` subtracts a least time before laws are fitted (``"2 min"``, or ``"auto"``). ``sheet``, ``dates``,
    ``decimal`` and ``unit`` say what a file leaves open.

    Laws by greatest likelihood on times as they were rounded, compared by Akaike's criterion (1974), tested by the parametric
    bootstrap of the Kolmogorov distance (Stute, Gonzales Manteiga and Presedo Quindimil 1993); patience from waits by Kaplan
    and Meier (1958). Raises :class:`poolwise.DataError` with the place in the file.
    """
    by = None if shift is None else length("shift", shift)
    open_ = {"sheet": sheet, "dates": dates, "decimal": decimal, "unit": unit}
    if _is_values(source):
        if column is not None or sheet is not None:
            raise UsageError("`column` and `sheet` are for tables; these are values")
        values, told = _times(source, unit)
        return Fit(_core.fit_values(values, told, str(getattr(source, "name", None) or "time"), by))
    with _as_file(source, "times.csv") as file:
        return Fit(_core.fit_times(file, column, by, patience, open_))


def backtest(
    source: Source,
    history: Data,
    *,
    within: Length | None = None,
    changes: bool = True,
    sheet: str | None = None,
    dates: Dates | None = None,
    decimal: Mark | None = None,
    threads: int | None = None,
    max_memory: int | None = None,
    progress: Progress = False,
) -> Backtest:
    """Replays a history's own arrivals through a scenario, and says how well it would have been predicted: ``poolwise backtest``.

    ``history`` is a file or a data frame: requests offered, and how many (or which share) were answered in time, by interval.
    In time is an officer ``within`` that time of the request's reaching the queue, the scenario's ``answer_within`` by default.
    Bands hold another such replay with 95 %: the least and the greatest of 39 replications. With ``changes`` single changes are
    tried, and told by how much each would close the gap.

    Ctrl-C stops it; changes that were tried are kept, with a :class:`poolwise.PartialResults` warning.
    """
    one = source if isinstance(source, Scenario) else Scenario(source)
    how: dict[str, Any] = {
        "within": None if within is None else length("within", within),
        "changes": changes,
        "threads": None if threads is None else whole("threads", threads, 1),
        "max_memory": None if max_memory is None else whole("max_memory", max_memory, 0, 2**63),
    }
    open_ = {"sheet": sheet, "dates": dates, "decimal": decimal, "unit": None}
    with _as_file(history, "history.csv") as file, line(progress) as told:
        how["progress"] = told
        found, raised = _core.backtest(one._inner, file, how, open_)
    finish(raised, found.complete, "not all changes were tried")
    return Backtest(found)


def import_(
    files: Data | Iterable[Data],
    into: str | os.PathLike[str],
    *,
    time_zone: str | None = None,
    target: Length = "30 min",
    handling: Length | None = None,
    holidays: Iterable[str] = (),
    ahead: int = 0,
    sheet: str | None = None,
    dates: Dates | None = None,
    decimal: Mark | None = None,
    unit: Unit | None = None,
) -> Imported:
    """Makes scenarios of files of one's own: ``poolwise import``.

    ``files`` are counts or events, durations, waits and a roster, in any order, each a file or a data frame. The scenarios go
    ``into`` a folder in which nothing is overwritten. ``time_zone`` is that of the files (none by default: the clock never
    changes), ``target`` what in time means, ``handling`` how long a request takes where no file says it.
    ``holidays`` are codes of countries and dates, ``ahead`` the weeks to foresee after the record, at most 104.
    """
    taken = {
        "into": Path(path_of("into", into)),
        "time_zone": time_zone,
        "target": length("target", target),
        "handling": None if handling is None else length("handling", handling),
        "holidays": [str(day) for day in ([holidays] if isinstance(holidays, str) else holidays)],
        "ahead": _weeks(ahead),
    }
    open_ = {"sheet": sheet, "dates": dates, "decimal": decimal, "unit": unit}
    several = list(files) if isinstance(files, (list, tuple)) else [files]
    if not several:
        raise UsageError("there is no file to read")
    with tempfile.TemporaryDirectory() as aside:
        paths = []
        for i, one in enumerate(several):
            folder = Path(aside) / str(i)
            folder.mkdir()
            paths.append(_file(one, folder / f"table-{i + 1}.csv"))
        document, text, made = _core.import_files(paths, taken, open_)
    return Imported(json.loads(document), text, [Scenario(path) for path in made])


def _weeks(ahead: int) -> int:
    """Weeks to foresee."""
    if not isinstance(ahead, int) or not 0 <= ahead <= 104:
        raise UsageError(f"ahead is a number of weeks from 0 to 104, not {ahead!r}")
    return ahead


def _is_values(source: Any) -> bool:
    """Whether these are the times themselves: a sequence, or a column of a data frame."""
    if isinstance(source, (str, os.PathLike, Mapping)):
        return False
    if hasattr(source, "columns"):
        return False
    return hasattr(source, "__iter__") or hasattr(source, "__array__")


def _times(source: Any, unit: str | None) -> tuple[list[float], float]:
    """Times in seconds, and the unit in which to tell them."""
    plain = source.tolist() if hasattr(source, "tolist") else source.to_list() if hasattr(source, "to_list") else list(source)
    known = [x for x in plain if x is not None]
    if any(isinstance(x, timedelta) for x in known):
        if not all(isinstance(x, timedelta) for x in known):
            raise UsageError("some times are lengths and some are not")
        return [x.total_seconds() for x in known], _SECONDS[unit or "min"]
    if unit not in _SECONDS:
        raise UsageError('say the unit of the times: `unit` is "s", "min" or "h"')
    try:
        numbers = [float(x) for x in known]
    except (TypeError, ValueError, OverflowError):
        raise UsageError("times are numbers or lengths of time (timedelta)") from None
    if any(x < 0.0 or x == float("inf") for x in numbers):
        raise UsageError("times are not negative, and finite")
    return [x * _SECONDS[unit] for x in numbers if x == x], _SECONDS[unit]


@contextmanager
def _as_file(source: Any, name: str) -> Iterator[Path]:
    """A table as a file: as it is, or written aside."""
    with tempfile.TemporaryDirectory() as aside:
        yield _file(source, Path(aside) / name)


def _file(source: Any, aside: Path) -> Path:
    if isinstance(source, (str, os.PathLike)):
        return Path(path_of("the file", source))
    if hasattr(source, "to_csv"):
        source.to_csv(aside, index=False)
    elif hasattr(source, "write_csv"):
        source.write_csv(aside)
    elif isinstance(source, Mapping):
        columns = {str(name): list(values) for name, values in source.items()}
        if len({len(column) for column in columns.values()}) != 1:
            raise UsageError("the columns of the table have different lengths")
        out = io.StringIO()
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow(columns)
        writer.writerows(zip(*columns.values()))
        aside.write_text(out.getvalue(), encoding="utf-8")
    else:
        raise UsageError(f"this is no file, data frame or dictionary of columns: {type(source).__name__}")
    return aside
