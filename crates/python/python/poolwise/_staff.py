"""How many officers, and on which shifts."""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from . import _core
from ._answer import Answer, file
from ._answer import folder as into
from ._asked import Progress, changed, finish, line
from ._errors import UsageError
from ._plain import share, texts, whole
from ._scenario import Scenario, Source, scenarios

__all__ = ["Officers", "Staffing", "staff"]


@dataclass(frozen=True)
class Officers:
    """A number of officers and what the search cannot tell apart from it."""

    #: The least that is shown to do.
    estimate: float
    #: With fewer the targets are shown not to hold.
    lower: float
    #: With as many they are shown to hold.
    upper: float

    def __float__(self) -> float:
        return self.estimate


class Staffing(Answer):
    """What each scenario needs: ``to_dict`` has posts, hours, shifts, rosters and intervals of all options."""

    __slots__ = ("_inner",)

    def __init__(self, inner: _core.Staffing) -> None:
        super().__init__(inner)
        self._inner = inner

    @property
    def officers(self) -> dict[str, Officers | None]:
        """Officers by scenario; ``None`` where no staffing is shown to reach the targets."""
        return {name: None if found is None else Officers(*found) for name, found in self._inner.officers()}

    @property
    def verdict(self) -> str:
        """The answer in plain sentences, which say no more than the intervals do."""
        return " ".join(self._inner.verdict())

    @property
    def complete(self) -> bool:
        """Whether the search came to its end."""
        return self._inner.complete

    @property
    def missing(self) -> str | None:
        """What is not there because the search was stopped, and what it had shown by then; ``None`` where all is there."""
        return self._inner.missing

    def write(self, folder: str | os.PathLike[str], *, plots: bool = True) -> Path:
        """Writes the files of ``poolwise staff`` into a folder; gives the folder."""
        self._inner.write(into(folder), plots)
        return Path(folder)

    def report(self, path: str | os.PathLike[str]) -> Path:
        """Writes the page, one HTML file that holds everything."""
        self._inner.page(file(path))
        return Path(path)


def staff(
    source: Source | Iterable[Source],
    targets: str | Iterable[str] = (),
    *,
    match: str | Scenario | None = None,
    hourly: bool = False,
    service_margin: float = 0.01,
    time_margin: float = 0.05,
    loss_margin: float = 0.001,
    max_utilization: float = 0.85,
    baseline: str | None = None,
    causes: bool = False,
    at_large_team: float | None = None,
    at_large_hours: float | None = None,
    replications: int | None = None,
    seed: int | None = None,
    horizon: str | None = None,
    threads: int | None = None,
    error: float = 0.05,
    shortcuts: bool = True,
    rosters: bool = True,
    curve: bool = True,
    controls: bool = False,
    draws: int = 20,
    max_memory: int | None = None,
    progress: Progress = False,
) -> Staffing:
    """Finds the least staff of each scenario that meets targets, or another's service: ``poolwise staff``.

    ``targets`` are as on the command line: ``"done within 4 h >= 90 %"``, ``"wait <= 0 s >= 80 %"`` (docs/staffing.md).
    ``match`` is a scenario, or the name of one of those given, whose service is to be delivered; with ``hourly`` in every
    hour of the week. Margins and ``max_utilization`` are shares (0.01 is one percentage point). ``error`` is the
    probability that an option's interval is wrong, at most. ``draws`` of uncertain numbers show what they leave open.
    ``shortcuts`` sets textbook shortcuts beside the answer, ``rosters`` draws up weeks of work, ``curve`` simulates more and fewer
    officers beside it. ``controls`` takes what is known of arrivals out of the tests, for fewer weeks or a shorter interval. ``causes`` splits officers released over their causes. ``at_large_team`` and ``at_large_hours`` (officers of a team, hours
    each spends on a case) say what released officers could do. ``progress`` is ``True`` or a function of replications done,
    0 (nobody knows how many there will be) and the scenario's name.

    Ctrl-C stops it. What was found until then is returned with a :class:`PartialResults` warning that says what is missing:
    scenarios that are answered, or as little as a number of officers shown to do, or not to do. Before anything is shown it is a
    :class:`KeyboardInterrupt`.
    """
    given = scenarios(source)
    wanted = texts("targets", targets)
    if not wanted and match is None:
        raise UsageError("say what is wanted: `targets`, or a scenario to `match`")
    if isinstance(match, Scenario):
        if match.name not in [s.name for s in given]:
            given.insert(0, match)
        match = match.name
    inner = changed(given, replications=replications, seed=seed, horizon=horizon)
    asked: dict[str, Any] = {
        "targets": wanted,
        "matching": match,
        "hourly": hourly,
        "done": share("service_margin", service_margin, one=True),
        "time": share("time_margin", time_margin, one=True),
        "lost": share("loss_margin", loss_margin, one=True),
        "utilization": share("max_utilization", max_utilization, one=True),
        "baseline": baseline,
        "causes": causes,
        "at_large_team": at_large_team,
        "at_large_hours": at_large_hours,
        "threads": None if threads is None else whole("threads", threads, 1),
        "error": share("error", error),
        "shortcuts": shortcuts,
        "rosters": rosters,
        "curve": curve,
        "controls": bool(controls),
        "draws": whole("draws", draws, 0),
        "max_memory": None if max_memory is None else whole("max_memory", max_memory, 0, 2**63),
    }
    with line(progress) as told:
        asked["progress"] = told
        found, raised = _core.staff(inner, asked)
    answer = Staffing(found)
    finish(raised, answer.complete, answer.missing or "the search was stopped")
    return answer
