"""Runs and comparisons."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from typing import Any, Literal

from . import _core
from ._asked import Progress, changed, finish, line
from ._errors import Interrupted, UsageError
from ._html import table
from ._plain import share, texts, whole
from ._results import Results
from ._scenario import Check, Scenario, Source, scenarios
from ._table import Table

__all__ = ["Outcome", "check", "compare", "requests", "run", "sample"]


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

    def __repr__(self) -> str:
        return f"<poolwise.Outcome {self.replication} of {self.scenario}: {self.requests} requests, {self.events} events>"

    def _repr_html_(self) -> str:
        """The measures of the whole scenario."""
        rows = [[path, f"{value:.6g}"] for path, value in self.measures.items() if "." not in path]
        return table(f"{self.scenario}, replication {self.replication}", ["Measure", ""], rows)

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
    controls: bool = False,
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
    replication's requests. ``theory`` sets what queueing theory says beside the run. ``controls`` takes what is known of
    arrivals out of estimates, where it gains: shorter intervals from 10 replications on, not with ``draws``.
    ``confidence`` is that of intervals. ``draws`` draws the scenarios' uncertain numbers so often, ``per_draw``
    replications each. ``max_memory`` is the memory in bytes that the requests in the system of a replication may take (2 GB).

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
    controls: bool = False,
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
    inner = changed(scenarios(source), replications=replications, seed=seed, horizon=horizon)
    workers = None if threads is None else whole("threads", threads, 1)
    with line(progress) as told:
        table, complete, raised = _core.sample(inner, texts("measures", measures), workers, told)
    finish(raised, complete, "stopped before all was done")
    return Table(table)


def check(source: Source, *, theory: bool = True) -> Check:
    """What is known without a run: posts, hours and headcount, expected load of each centre, what theory says."""
    one = source if isinstance(source, Scenario) else Scenario(source)
    document, text = one._inner.check(theory)
    return Check(json.loads(document), text)


def _simulate(given: list[Scenario], compared: bool, baseline: str | None, options: dict[str, Any]) -> Results:
    if not given:
        raise UsageError("there is no scenario to simulate")
    if options["interrupt"] not in ("return", "raise"):
        raise UsageError('`interrupt` is "return" or "raise"')
    often, changes = options["replications"], {key: options[key] for key in ("seed", "horizon")}
    # A number of replications alone takes no reading again; what is no such number is refused as in a file.
    if type(often) is not int or not 0 < often <= 1_000_000 or any(value is not None for value in changes.values()):
        often, changes["replications"] = None, often
    inner = changed(given, **changes)
    asked: dict[str, Any] = {
        "trace": bool(options["trace"]),
        "theory": bool(options["theory"]),
        "controls": bool(options["controls"]),
        "confidence": share("confidence", options["confidence"]),
        "draws": whole("draws", options["draws"], 0),
        "per_draw": whole("per_draw", options["per_draw"], 2),
        "replications": often,
    }
    for key, least in (("threads", 1), ("max_memory", 0)):
        asked[key] = None if options[key] is None else whole(key, options[key], least, 2**63)
    each = options["outcome"]
    asked["outcome"] = None if each is None else lambda found: each(Outcome(found))
    with line(options["progress"]) as told:
        asked["progress"] = told
        found, raised = _core.run(inner, compared, baseline, asked)
    results = Results(found)
    if isinstance(raised, KeyboardInterrupt) and options["interrupt"] == "raise":
        raise Interrupted(results) from raised
    finish(raised, results.complete, results.cut_short or "stopped before all was done", level=4)
    return results


def requests(
    source: Source, *, replications: int = 1, first: int = 0, seed: int | None = None, horizon: str | None = None
) -> Iterator[Table]:
    """Every request's instants in Arrow batches, while the run goes on: for measures of one's own over any length of run.

    Replications ``first``, ``first + 1``, ... come one after another, each batch of one replication. Columns are those of
    ``results.to_arrow("requests")``. Two batches are ahead of the reader at most, so memory does not grow with the run;
    whoever stops reading stops the run.
    """
    begin, count = whole("first", first, 0), whole("replications", replications, 1)
    one = source if isinstance(source, Scenario) else Scenario(source)
    return _batches(_core.requests(changed([one], seed=seed, horizon=horizon)[0], begin, count))


def _batches(inner: _core.Requests) -> Iterator[Table]:
    try:
        for batch in inner:
            yield Table(batch)
    finally:
        inner.close()
