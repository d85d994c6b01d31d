"""Results: estimates with intervals, tidy tables, text, pictures, pages, files."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from html import escape
from pathlib import Path
from typing import Literal

from . import _core
from ._answer import Answer, Tabled, file
from ._answer import folder as into
from ._errors import PathError, UsageError
from ._table import Table

__all__ = ["Case", "Difference", "Estimate", "Results", "Summary", "What"]

#: Names of the tidy tables.
What = Literal["replications", "summary", "hours", "requests", "differences"]


@dataclass(frozen=True)
class Estimate:
    """A measure over replications. Its unit is in the measure's name (docs/output.md)."""

    #: The estimate.
    estimate: float
    #: Lower end of its interval; NaN with a single replication, the estimate itself where it is known exactly.
    lower: float
    #: Upper end.
    upper: float
    #: Replications behind it.
    replications: int

    def __float__(self) -> float:
        return self.estimate

    def __str__(self) -> str:
        return f"{self.estimate:.6g} [{self.lower:.6g}, {self.upper:.6g}]"


class Summary(Mapping[str, Estimate]):
    """A scenario's estimates by path: ``utilization``, ``centre.desk.all.wait_mean_hours``, ``class.call.lost_share``.

    A centre without a role (``centre.desk.wait_mean_hours``) is the centre as a whole.
    """

    __slots__ = ("_all", "_case", "_inner", "_seen")

    def __init__(self, inner: _core.Results, case: int) -> None:
        self._inner = inner
        self._case = case
        # Of hundreds few are looked at: each is worked out when somebody asks, all of them when somebody reads all.
        self._seen: dict[str, Estimate] = {}
        self._all: dict[str, tuple[float, float, float, int]] | None = None

    @property
    def _estimates(self) -> dict[str, tuple[float, float, float, int]]:
        if self._all is None:
            self._all = dict(self._inner.estimates(self._case))
        return self._all

    def __getitem__(self, path: str) -> Estimate:
        seen = self._seen.get(path)
        if seen is None:
            found = self._inner.estimate(self._case, path) if isinstance(path, str) else None
            if found is None:
                near = get_close_matches(str(path), self._estimates, 3, 0.5)
                told = f"; near it: {', '.join(near)}" if near else ""
                raise PathError(f"there is no measure `{path}`{told}")
            seen = self._seen[path] = Estimate(*found)
        return seen

    def __contains__(self, path: object) -> bool:
        return isinstance(path, str) and self._inner.estimate(self._case, path) is not None

    def __iter__(self) -> Iterator[str]:
        return iter(self._estimates)

    def __len__(self) -> int:
        return len(self._estimates)

    def __repr__(self) -> str:
        whole = [f"{path}: {e}" for path, e in self.items() if "." not in path]
        return "\n".join(whole)

    def _repr_html_(self) -> str:
        rows = "".join(f"<tr><td>{escape(path)}</td><td>{e}</td></tr>" for path, e in self.items())
        return f"<table><thead><tr><th>measure</th><th>estimate [interval]</th></tr></thead><tbody>{rows}</tbody></table>"


@dataclass(frozen=True)
class Difference:
    """A scenario less the baseline, replications paired by number."""

    #: The difference, in the measure's unit.
    difference: float
    #: Lower end of its interval.
    lower: float
    #: Upper end.
    upper: float
    #: ``"more"``, ``"less"`` or ``"cannot tell"`` on a primary measure, whose intervals hold jointly; else ``None``.
    verdict: str | None


class Case(Answer):
    """One scenario's results."""

    __slots__ = ("_at", "_inner", "_summary", "name")

    def __init__(self, inner: _core.Results, at: int, name: str) -> None:
        super().__init__(inner)
        self._inner = inner
        self._at = at
        self._summary: Summary | None = None
        #: The scenario's name.
        self.name = name

    @property
    def summary(self) -> Summary:
        """Estimates with intervals, by path."""
        if self._summary is None:
            self._summary = Summary(self._inner, self._at)
        return self._summary

    def __getitem__(self, path: str) -> Estimate:
        """The estimate of a measure."""
        return self.summary[path]

    @property
    def verdict(self) -> str:
        """The answer in plain sentences, which say no more than the intervals do."""
        return " ".join(self._inner.verdict(self._at))

    @property
    def warnings(self) -> list[str]:
        """What a reader of these results should know: theory that disagrees, a queue that grows, a short warm-up."""
        return self._inner.warnings(self._at)

    @property
    def requests(self) -> int:
        """Requests simulated, over all replications and with those of the warm-up."""
        return self._inner.requests(self._at)

    def to_json(self) -> str:
        """The bytes of the command's ``summary.json``: estimates, theory beside them, warm-up, precision, warnings."""
        return self._inner.summary_json(self._at)

    def report(self, path: str | os.PathLike[str]) -> Path:
        """Writes the scenario's page, one HTML file that holds everything; gives its path."""
        self._inner.page(self._at, file(path))
        return Path(path)

    def __str__(self) -> str:
        return f"<poolwise.Case {self.name}>\n{self.summary!r}"

    def _repr_html_(self) -> str:
        return self._inner.case_html(self._at)


class Results(Answer, Tabled, Mapping[str, Case]):
    """The results of a run or a comparison: scenarios by name, in their order (of a comparison the baseline first)."""

    __slots__ = ("_cases", "_differences", "_inner")

    def __init__(self, inner: _core.Results) -> None:
        super().__init__(inner)
        self._inner = inner
        self._cases = {name: Case(inner, i, name) for i, name in enumerate(inner.names)}
        self._differences: dict[tuple[str, str], Difference] | None = None

    def __getitem__(self, name: str) -> Case:
        try:
            return self._cases[name]
        except KeyError:
            raise PathError(f"there is no scenario `{name}`; there are {', '.join(self._cases)}") from None

    def __iter__(self) -> Iterator[str]:
        return iter(self._cases)

    def __len__(self) -> int:
        return len(self._cases)

    @property
    def summary(self) -> Summary:
        """Estimates of the only scenario; of several ask one: ``results["name"].summary``."""
        return self._only().summary

    @property
    def verdict(self) -> str:
        """The answer in plain sentences: of the comparison, or of the only scenario."""
        return " ".join(self._inner.verdict(None)) if self.comparison_json() else self._only().verdict

    def _only(self) -> Case:
        if len(self._cases) != 1:
            raise UsageError(f"there are several scenarios: choose one of {', '.join(self._cases)}")
        return next(iter(self._cases.values()))

    @property
    def complete(self) -> bool:
        """Whether all that was asked for was done."""
        return self._inner.complete

    @property
    def cut_short(self) -> str | None:
        """Where memory was not enough for a run: which, and how it came."""
        return self._inner.cut_short

    @property
    def seconds(self) -> float:
        """How long the simulation took, seconds by the clock on the wall."""
        return self._inner.seconds

    @property
    def differences(self) -> dict[tuple[str, str], Difference]:
        """Of a comparison: differences from the baseline by scenario and measure; else empty."""
        if self._differences is None:
            table = self._inner.table("differences")
            names = ("scenario", "measure", "difference", "lower", "upper", "verdict")
            rows = zip(*(table.column(name) for name in names))
            self._differences = {
                (s, m): Difference(_number(d), _number(low), _number(up), v) for s, m, d, low, up, v in rows
            }
        return self._differences

    def to_arrow(self, what: What = "replications") -> Table:
        """A tidy table that pyarrow, polars, DuckDB and others take without a copy.

        ``replications``: scenario, replication, measure, value. ``summary``: scenario, measure (its path), estimate,
        lower, upper, replications. ``hours``: scenario, centre, role, hour of the week (0 is Monday 00:00) and what it
        is like. ``requests``: the instants of the first replication's requests, hours since the statistics window
        began; takes ``trace=True``. ``differences``: scenario, measure, difference, lower, upper, simultaneous, verdict.
        """
        return Table(self._inner.table(what))

    def comparison_json(self) -> str | None:
        """Of a comparison: the bytes of the command's ``comparison.json``."""
        return self._inner.comparison_json()

    def write(self, folder: str | os.PathLike[str], *, plots: bool = True) -> Path:
        """Writes the files of ``poolwise run`` or ``poolwise compare`` into a folder: the same bytes but for
        ``host.json``, which says when and where. Gives the folder."""
        self._inner.write(into(folder), plots)
        return Path(folder)

    def report(self, path: str | os.PathLike[str]) -> Path:
        """Writes the page of the comparison, or of the only scenario: one HTML file that holds everything."""
        if self.comparison_json() is None:
            return self._only().report(path)
        self._inner.page(None, file(path))
        return Path(path)



def _number(value: float | None) -> float:
    return float("nan") if value is None else value
