"""Sweeps: scenarios over a design of points, in one go or in shards."""

from __future__ import annotations

import csv
import io
import os
import re
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Union

from . import _core
from ._answer import Answer, Tabled, file
from ._answer import folder as into
from ._asked import Progress, finish, line
from ._errors import UsageError
from ._plain import share, whole
from ._scenario import Source, scenarios
from ._table import Table

__all__ = ["Design", "LatinHypercube", "Saltelli", "Sweep", "SweepResults", "sweep"]


@dataclass(frozen=True)
class LatinHypercube:
    """Each axis in as many strata as points, one point in each (McKay, Beckman and Conover 1979)."""

    points: int
    seed: int = 1


@dataclass(frozen=True)
class Saltelli:
    """``base`` times (axes + 2) points, for sensitivity indices of first order and in total (Saltelli 2002)."""

    base: int
    seed: int = 1


#: ``"grid"``, ``"one-at-a-time"``, a sample, or one's own points: a data frame or columns by name of the axis.
Design = Union[str, LatinHypercube, Saltelli, Mapping[str, Sequence[Any]], Any]


class SweepResults(Answer, Tabled):
    """The results of a sweep: every measure of every replication of every scenario at every point.

    ``to_json`` and ``to_dict`` give the document of ``poolwise sweep report``: contrasts, break-even values, shares of
    variance, what moves what. Break-even values are read off between points unless they were searched for.
    """

    __slots__ = ("_inner",)

    def __init__(self, inner: _core.Swept) -> None:
        super().__init__(inner)
        self._inner = inner

    @property
    def axes(self) -> list[str]:
        """Names of the axes: columns of the tables."""
        return self._inner.axes

    @property
    def scenarios(self) -> list[str]:
        """Names of the scenarios."""
        return self._inner.scenarios

    @property
    def complete(self) -> bool:
        """Whether all points are finished."""
        return self._inner.complete

    @property
    def verdict(self) -> str:
        """The answer in plain sentences: where which scenario is better, where it turns over, what moves it most."""
        return " ".join(self._inner.verdict())

    def report(self, path: str | os.PathLike[str]) -> Path:
        """Writes the page of ``poolwise sweep report``, one HTML file with maps, tables and the simulator; gives its path."""
        self._inner.page(file(path))
        return Path(path)

    def to_arrow(self, what: str = "replications", *, confidence: float = 0.95) -> Table:
        """A tidy table. ``replications``: point, axes, scenario, measure, replication, value. ``summary``: point, axes,
        scenario, measure, estimate, lower, upper, replications; its intervals have ``confidence``."""
        if what == "replications":
            return Table(self._inner.replications())
        if what == "summary":
            return Table(self._inner.summary(share("confidence", confidence)))
        raise UsageError(f'there is no table `{what}`; there are "replications" and "summary"')

    def __str__(self) -> str:
        """The tables that ``poolwise sweep report`` prints."""
        return self._inner.text() if self.complete else repr(self)

    def __repr__(self) -> str:
        part = "" if self.complete else ", not all points finished"
        return f"<poolwise.SweepResults: {', '.join(self.scenarios)} over {', '.join(self.axes)}{part}>"

    def _repr_html_(self) -> str:
        return self._inner.html() if self.complete else self.to_arrow("summary")._repr_html_()


class Sweep:
    """A sweep that is planned: its points can be simulated in one go or in shards, in this process or in others.

    All processes that make it from the same arguments agree on points and numbers; pickled, it is made again from them.
    """

    __slots__ = ("_arguments", "_inner")

    def __init__(
        self,
        source: str | os.PathLike[str] | Source | Iterable[Source],
        axes: Mapping[str, Any] | None = None,
        *,
        design: Design = "grid",
        replications: int | None = None,
        measures: Iterable[str] = (),
        set: Mapping[str, Any] | None = None,
        independent: bool = False,
        name: str = "sweep",
        huge: bool = False,
        controls: bool = False,
    ) -> None:
        """See :func:`poolwise.sweep`."""
        if axes is None:
            if not isinstance(source, (str, os.PathLike)):
                raise UsageError("`axes` say what varies, such as {\"pool.perc.officers\": [50, 60, 70]}")
            if not isinstance(design, str) or design != "grid" or tuple(measures) or independent or name != "sweep":
                raise UsageError("a sweep file says its design, measures, random numbers and name itself")
            texts: dict[str, str] = {}
            own: list[str] = []
            path = str(source)
        else:
            path, texts, own = _written(source, axes, design, list(measures), independent, name)
        sets = own + [_core.change(key, value) for key, value in (set or {}).items()]
        self._plan(path, texts, sets, replications, huge, bool(controls))

    def _plan(
        self, path: str, texts: dict[str, str], sets: list[str], replications: int | None, huge: bool, controls: bool
    ) -> None:
        self._arguments = (path, texts, sets, replications, huge, controls)
        files = {Path(p): t for p, t in texts.items()}
        self._inner = _core.Sweep.plan(Path(path), files, sets, replications, huge, controls)

    @classmethod
    def _again(
        cls, path: str, texts: dict[str, str], sets: list[str], replications: int | None, huge: bool, controls: bool
    ) -> Sweep:
        made = cls.__new__(cls)
        made._plan(path, texts, sets, replications, huge, controls)
        return made

    def __reduce__(self) -> tuple[Any, tuple[Any, ...]]:
        return Sweep._again, self._arguments

    @property
    def name(self) -> str:
        """Its name."""
        return self._inner.name

    @property
    def hash(self) -> str:
        """Hash of everything that its results depend on."""
        return self._inner.hash

    def __len__(self) -> int:
        """Points."""
        return len(self._inner)

    @property
    def points(self) -> Table:
        """Values of the axes, point by point."""
        return Table(self._inner.points())

    def run(
        self,
        folder: str | os.PathLike[str],
        *,
        shard: tuple[int, int] | None = None,
        threads: int | None = None,
        progress: Progress = False,
    ) -> bool:
        """Simulates what is missing in a folder; gives whether all of it is finished.

        ``shard`` is ``(k, n)`` for the points whose number leaves the rest ``k`` when divided by ``n``: processes that
        take different shards of one folder need not know of each other. Ctrl-C stops it with a
        :class:`poolwise.PartialResults` warning; what is finished is kept, and the same call goes on from there.
        """
        if shard is not None:
            if len(shard) != 2:
                raise UsageError(f"`shard` is a number and how many there are, such as (0, 4), not {shard!r}")
            parts = whole("the number of shards", shard[1], 1)
            if not 0 <= whole("shard", shard[0], 0) < parts:
                raise UsageError(f"shard {shard[0]} of {parts}: shards are numbered from 0")
            shard = (int(shard[0]), parts)
        workers = None if threads is None else whole("threads", threads, 1)
        with line(progress) as told:
            complete, raised = self._inner.run(into(folder), shard, workers, told)
        finish(raised, raised is None, "stopped; the points that are finished are kept")
        return complete

    def missing(self, folder: str | os.PathLike[str]) -> list[int]:
        """Numbers of the points that are not finished in a folder."""
        return self._inner.missing(into(folder))

    def results(self, folder: str | os.PathLike[str]) -> SweepResults:
        """Puts the shards of a folder together and reads them; raises :class:`poolwise.RunError` if points are missing."""
        return SweepResults(self._inner.merge(into(folder)))

    def search(
        self,
        folder: str | os.PathLike[str],
        *,
        at_most: int = 100,
        threads: int | None = None,
        progress: Progress = False,
    ) -> SweepResults:
        """The results of a finished sweep with its break-even values, found by further replications: as many as it takes to tell
        the scenarios apart, ``at_most`` of both at each value looked at. They are kept in the folder, as
        ``poolwise sweep report`` keeps them. Ctrl-C gives those that were found, with a :class:`poolwise.PartialResults` warning.
        """
        most = whole("at_most", at_most, 5, 1_000_000)
        workers = None if threads is None else whole("threads", threads, 1)
        with line(progress, "break-even values") as told:
            found, ended, raised = self._inner.search(into(folder), most, workers, told)
        finish(raised, ended, "stopped before all break-even values were found")
        return SweepResults(found)

    def finished(self, folder: str | os.PathLike[str]) -> SweepResults:
        """What is finished in a folder, while others may still be at work there; nothing is written."""
        return SweepResults(self._inner.gather(into(folder)))

    def __repr__(self) -> str:
        return f"<poolwise.Sweep {self.name}: {len(self)} points>"

    def _repr_html_(self) -> str:
        return self.points._repr_html_()


def sweep(
    source: str | os.PathLike[str] | Source | Iterable[Source],
    axes: Mapping[str, Any] | None = None,
    *,
    design: Design = "grid",
    replications: int | None = None,
    measures: Iterable[str] = (),
    set: Mapping[str, Any] | None = None,
    independent: bool = False,
    name: str = "sweep",
    huge: bool = False,
    controls: bool = False,
    folder: str | os.PathLike[str] | None = None,
    search: bool = False,
    threads: int | None = None,
    progress: Progress = False,
) -> SweepResults:
    """Simulates scenarios over the points of a design: ``poolwise sweep``.

    ``source`` is a sweep file, or scenarios with ``axes``. An axis is a path with its values
    (``{"pool.perc.officers": [50, 60, 70]}``; it is then called ``officers``), a path with the ends of a range for samples
    (``{"class.call.rate": (32.0, 44.0)}`` in the unit of the scenario), or a name with a table as sweep files have it
    (``{"rate": {"path": "class.call.rate", "unit": "per hour", "from": 32, "to": 44, "steps": 4}}``).

    ``design`` is ``"grid"``, ``"one-at-a-time"``, :class:`LatinHypercube`, :class:`Saltelli`, or points of one's own: a
    data frame or columns by axis. ``measures`` are paths to keep (all of the whole scenario by default); ``set`` holds at
    all points. All points use the same random numbers unless ``independent``. ``replications`` is 10 by default, or as
    the sweep file says. ``controls`` takes what is known of arrivals out of estimates and differences, where it gains: shorter
    intervals from 10 replications on; arrivals are then among the measures that are kept. ``folder`` keeps what is simulated, so that the same call goes on after a stop; without one
    nothing is left behind. With ``search`` break-even values are found by further replications (:meth:`Sweep.search`); else
    they are read off between points. Ctrl-C gives the points that are finished, with a :class:`poolwise.PartialResults` warning.
    """
    plan = Sweep(
        source,
        axes,
        design=design,
        replications=replications,
        measures=measures,
        set=set,
        independent=independent,
        name=name,
        huge=huge,
        controls=controls,
    )
    with tempfile.TemporaryDirectory() as aside:
        place = Path(aside) / "sweep" if folder is None else into(folder)
        complete = plan.run(place, threads=threads, progress=progress)
        found = plan.results(place) if complete and folder is not None else plan.finished(place)
        return plan.search(place, threads=threads, progress=progress) if complete and search else found


def _written(
    source: Any, axes: Mapping[str, Any], design: Design, measures: list[str], independent: bool, name: str
) -> tuple[str, dict[str, str], list[str]]:
    """A sweep file and all that it mentions, as texts by path, and changes that hold at all points.

    A scenario's own file is named where nothing else differs between scenarios; else a text beside that file stands for it.
    """
    texts: dict[str, str] = {}
    paths = []
    own: list[str] = []
    given = scenarios(source)
    for one in given:
        if one.from_file and (len(given) == 1 or not one.changes):
            paths.append(str(one.path.absolute()))
            own = one.changes
            continue
        path = str(one.path.absolute().parent / f"{one.name}.resolved.toml")
        texts[path] = one.to_toml()
        paths.append(path)
    file: dict[str, Any] = {"name": name, "scenarios": paths, "axis": {}}
    named = {key: _axis(key, axes) for key in axes}
    for key, values in axes.items():
        axis: dict[str, Any] = {}
        if isinstance(values, Mapping):
            axis.update(values)
        elif isinstance(values, tuple) and len(values) == 2:
            axis.update({"from": values[0], "to": values[1]})
        else:
            axis["values"] = list(values)
        axis.setdefault("path", key)
        if "paths" in axis or "uncertain" in axis:
            del axis["path"]
        file["axis"][named[key]] = axis
    path = str(Path.cwd() / f"{name}.toml")
    if isinstance(design, str):
        file["design"] = design
    elif isinstance(design, LatinHypercube):
        file["design"] = {"latin_hypercube": {"points": design.points, "seed": design.seed}}
    elif isinstance(design, Saltelli):
        file["design"] = {"saltelli": {"base": design.base, "seed": design.seed}}
    else:
        table = str(Path.cwd() / f"{name}.points.csv")
        texts[table] = _points(design, named)
        file["design"] = {"csv": table}
    if measures:
        file["measures"] = measures
    if independent:
        file["random"] = "independent"
    texts[path] = _core.document(file)
    return path, texts, own


def _axis(key: str, axes: Mapping[str, Any]) -> str:
    """An axis' name: of a path its last part, or the whole where another path ends alike."""
    if re.fullmatch(r"[^\W\d_]\w*", key):
        return key
    last = key.rsplit(".", 1)[-1]
    alike = sum(other.rsplit(".", 1)[-1] == last for other in axes) > 1
    return re.sub(r"\W+", "_", key if alike else last).strip("_")


def _points(design: Any, axes: Mapping[str, str]) -> str:
    """Points of one's own as CSV: columns by name of the axis or by path, of a data frame or a dictionary."""
    columns = {}
    for key, axis in axes.items():
        try:
            columns[axis] = list(design[axis] if axis in design else design[key])
        except (KeyError, TypeError, IndexError) as e:
            text = f"points of one's own have a column for each axis: {', '.join(axes.values())}"
            raise UsageError(text) from e
    if len({len(c) for c in columns.values()}) != 1:
        raise UsageError("the columns of the points have different lengths")
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows(zip(*columns.values()))
    return out.getvalue()


