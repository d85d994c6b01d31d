"""Runs and comparisons."""

from __future__ import annotations

import json
import sys
import time
import warnings
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any, Literal, Union

from . import _core
from ._errors import Interrupted, PartialResults, UsageError
from ._results import Results
from ._scenario import Check, Scenario, Source, scenarios
from ._table import Table

__all__ = ["Outcome", "Progress", "check", "compare", "line", "requests", "run", "sample"]

#: Called now and then with replications done, replications planned (at most), and the scenario's name; ``True`` for a
#: line on the terminal or under the cell.
Progress = Union[bool, Callable[[int, int, str], object]]


class Outcome:
    """What one replication left behind, for statistics of one's own."""

    __slots__ = ("_inner",)

    def __init__(self, inner: _core.Outcome) -> None:
        self._inner = inner

    @property
    def scenario(self) -> str:
        """Name of the scenario."""
        return self._inner.scenario

    @property
    def replication(self) -> int:
        """Number of the replication, from 0; the same number has the same requests in every scenario."""
        return self._inner.replication

    @property
    def requests(self) -> int:
        """Requests simulated, those of the warm-up included."""
        return self._inner.requests

    @property
    def events(self) -> int:
        """Events handled."""
        return self._inner.events

    @property
    def measures(self) -> dict[str, float]:
        """Every measure's value in this replication, by path; NaN where undefined."""
        return self._inner.measures()

    def completion_quantile(self, q: float) -> float:
        """A quantile of the time from booking to completion, hours, to 0.8 % (log-linear histogram)."""
        return self._inner.completion_quantile(q)

    def wait_quantile(self, q: float, centre: str) -> float:
        """A quantile of the wait at a centre, hours, to 0.8 %."""
        return self._inner.wait_quantile(q, centre)


def run(
    source: Source | Iterable[Source],
    *,
    replications: int | None = None,
    seed: int | None = None,
    horizon: str | None = None,
    threads: int | None = None,
    trace: bool = False,
    theory: bool = True,
    confidence: float = 0.95,
    draws: int = 0,
    per_draw: int = 2,
    max_memory: int | None = None,
    outcome: Callable[[Outcome], object] | None = None,
    progress: Progress = False,
    interrupt: Literal["return", "raise"] = "return",
) -> Results:
    """Simulates one scenario or several and sums them up: ``poolwise run``, number for number.

    ``replications``, ``seed`` and ``horizon`` (such as ``"4 weeks"``) stand above what the scenarios say.
    ``threads`` is all processors by default; results do not depend on it. ``trace`` keeps the instants of the first
    replication's requests. ``theory`` sets what queueing theory says beside the run. ``confidence`` is that of
    intervals. ``draws`` draws the scenarios' uncertain numbers so often, ``per_draw`` replications each. ``max_memory``
    is the memory in bytes that the requests in the system of a replication may take (2 GB).

    ``outcome`` is called with the :class:`Outcome` of every replication, scenario by scenario in the order of their
    numbers. ``progress`` is ``True`` or a function of replications done, planned and the scenario's name.

    Ctrl-C stops within a moment. What was finished is returned, with ``results.complete`` false and a
    :class:`PartialResults` warning; with ``interrupt="raise"`` :class:`Interrupted` is raised and holds it.
    """
    return _simulate(scenarios(source), False, None, locals())


def compare(
    source: Iterable[Source],
    *,
    baseline: str | None = None,
    replications: int | None = None,
    seed: int | None = None,
    horizon: str | None = None,
    threads: int | None = None,
    trace: bool = False,
    theory: bool = True,
    confidence: float = 0.95,
    draws: int = 0,
    per_draw: int = 2,
    max_memory: int | None = None,
    outcome: Callable[[Outcome], object] | None = None,
    progress: Progress = False,
    interrupt: Literal["return", "raise"] = "return",
) -> Results:
    """Sends the same requests through every scenario and tells the differences from a baseline: ``poolwise compare``.

    ``baseline`` names it; else it is the scenario that says ``baseline = true``, else the first. The rest as in
    :func:`run`.
    """
    return _simulate(scenarios(source), True, baseline, locals())


def sample(
    source: Source | Iterable[Source],
    measures: Iterable[str] = (),
    *,
    replications: int | None = None,
    seed: int | None = None,
    horizon: str | None = None,
    threads: int | None = None,
    progress: Progress = False,
) -> Table:
    """Values of measures in every replication, and nothing beside: for thousands of small scenarios.

    A tidy table: scenario, replication, measure, value; the numbers are those of :func:`run`. ``measures`` are paths, all
    of the whole scenario by default. There are no intervals, hours, theory or warnings, so that it takes little more than
    the simulation. All scenarios and replications share the threads. Ctrl-C gives what was finished, with a
    :class:`PartialResults` warning.
    """
    if threads is not None and threads < 1:
        raise UsageError("`threads` is at least 1")
    given = scenarios(source)
    keys = (("replications", replications), ("seed", seed), ("horizon", horizon))
    changes = {f"run.{key}": value for key, value in keys if value is not None}
    inner = [(s.copy(changes) if changes else s)._inner for s in given]
    wanted = [measures] if isinstance(measures, str) else list(measures)
    with line(progress) as told:
        table, complete, raised = _core.sample(inner, wanted, threads, told)
    if raised is not None and not isinstance(raised, KeyboardInterrupt):
        raise raised
    if not complete:
        warnings.warn("partial results: stopped before all was done", PartialResults, stacklevel=2)
    return Table(table)


def check(source: Source, *, theory: bool = True) -> Check:
    """What is known without a run: posts, hours and headcount, expected load of each centre, what theory says."""
    one = source if isinstance(source, Scenario) else Scenario(source)
    document, text = one._inner.check(theory)
    return Check(json.loads(document), text)


def _simulate(given: list[Scenario], compared: bool, baseline: str | None, options: dict[str, Any]) -> Results:
    if not given:
        raise UsageError("there is no scenario to simulate")
    if not 0.0 < options["confidence"] < 1.0:
        raise UsageError("`confidence` is between 0 and 1, such as 0.95")
    if options["interrupt"] not in ("return", "raise"):
        raise UsageError('`interrupt` is "return" or "raise"')
    if options["draws"] < 0 or options["per_draw"] < 2:
        raise UsageError("`draws` is 0 or more and `per_draw` at least 2")
    if options["threads"] is not None and options["threads"] < 1:
        raise UsageError("`threads` is at least 1")
    keys = ("replications", "seed", "horizon")
    changes = {f"run.{key}": options[key] for key in keys if options[key] is not None}
    inner = [(s.copy(changes) if changes else s)._inner for s in given]
    asked = {key: options[key] for key in ("threads", "trace", "theory", "confidence", "draws", "per_draw", "max_memory")}
    each = options["outcome"]
    asked["outcome"] = None if each is None else lambda found: each(Outcome(found))
    with line(options["progress"]) as told:
        asked["progress"] = told
        found, raised = _core.run(inner, compared, baseline, asked)
    results = Results(found)
    if raised is not None:
        if not isinstance(raised, KeyboardInterrupt):
            raise raised
        if options["interrupt"] == "raise":
            raise Interrupted(results) from raised
    if not results.complete:
        why = results.cut_short or "stopped before all was done"
        warnings.warn(f"partial results: {why}", PartialResults, stacklevel=3)
    return results


def requests(
    source: Source, *, replications: int = 1, first: int = 0, seed: int | None = None, horizon: str | None = None
) -> Iterator[Table]:
    """Every request's instants in Arrow batches, while the run goes on: for measures of one's own over any length of run.

    Replications ``first``, ``first + 1``, ... come one after another, each batch of one replication. Columns are those of
    ``results.to_arrow("requests")``. Two batches are ahead of the reader at most, so memory does not grow with the run;
    whoever stops reading stops the run.
    """
    if replications < 1 or first < 0:
        raise UsageError("`replications` is at least 1 and `first` at least 0")
    keys = (("seed", seed), ("horizon", horizon))
    changes = {f"run.{key}": value for key, value in keys if value is not None}
    one = (source if isinstance(source, Scenario) else Scenario(source)).copy(changes)
    return _batches(_core.requests(one._inner, first, replications))


def _batches(inner: _core.Requests) -> Iterator[Table]:
    try:
        for batch in inner:
            yield Table(batch)
    finally:
        inner.close()


@contextmanager
def line(progress: Progress) -> Iterator[Callable[[int, int, str], object] | None]:
    """What is told of progress: nothing, a function, or a line that ends when all is done."""
    if progress is not True:
        yield progress or None
        return
    told = _Line()
    try:
        yield told
    finally:
        told.end()


class _Line:
    """Progress in one line: on a terminal and under a notebook's cell alike."""

    def __init__(self) -> None:
        self._since = time.monotonic()
        self._width = 0

    def __call__(self, done: int, planned: int, scenario: str) -> None:
        spent = time.monotonic() - self._since
        left = f", {spent / done * (planned - done):.0f} s left" if 0 < done < planned else ""
        text = f"{scenario}: {done} of {planned} replications, {spent:.0f} s{left}"
        sys.stderr.write("\r" + text.ljust(self._width))
        sys.stderr.flush()
        self._width = len(text)

    def end(self) -> None:
        if self._width:
            sys.stderr.write("\n")
            sys.stderr.flush()
