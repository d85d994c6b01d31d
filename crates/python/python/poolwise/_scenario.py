"""Scenarios: read from files, texts and dictionaries, changed value by value, always valid."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from html import escape
from itertools import product
from pathlib import Path
from typing import Any, Union

from . import _core
from ._answer import Printed
from ._errors import Problem, UsageError
from ._html import table
from ._plain import path as path_of

__all__ = ["Built", "Check", "Scenario", "Source", "load", "scenarios"]

class Built:
    """What a scenario can be made of without reading: a :class:`poolwise.Model`."""

    __slots__ = ()

    def _scenario(self) -> _core.Scenario:
        raise NotImplementedError


#: What can be taken as a scenario: a path, a TOML text (with a line break in it), a dictionary, a model, or a scenario.
Source = Union[str, "os.PathLike[str]", Mapping[str, Any], Built, "Scenario"]


class Scenario:
    """A scenario, ready to run.

    It is always valid: a change that would make it invalid raises :class:`poolwise.ScenarioError` and changes nothing.
    ``s["pool.perc.officers"]`` reads a value, ``s["pool.perc.officers"] = 60`` sets one; paths and values are those of
    scenario files (docs/scenario.md), as ``--set`` takes them.
    """

    __slots__ = ("_inner", "_log", "_run", "_source")

    def __init__(self, source: Source, *, set: Mapping[str, Any] | None = None, name: str | None = None) -> None:
        changes = dict(set or {})
        if name is not None:
            changes["name"] = name
        self._inner = _read(source, changes)
        # What it was read from and every change since: with these another process reads the same.
        self._source: Any = source._source if isinstance(source, Scenario) else source
        self._log: list[dict[str, Any]] = list(source._log) if isinstance(source, Scenario) else []
        if changes:
            self._log.append(changes)
        self._run: tuple[dict[str, Any], _core.Scenario, _core.Scenario] | None = None

    def __getitem__(self, path: str) -> Any:
        """The value at a path, as the reader took it: defaults and ``extends`` included, in canonical units."""
        return self._inner.get(path)

    def __setitem__(self, path: str, value: Any) -> None:
        self.set({path: value})

    def set(self, changes: Mapping[str, Any]) -> None:
        """Sets several values at once, where one alone would not be valid."""
        self._inner = self._inner.changed(dict(changes))
        self._log.append(dict(changes))

    def _scenario(self) -> _core.Scenario:
        return self._inner

    def _with(self, changes: dict[str, Any]) -> _core.Scenario:
        """It with other values of its run. Whoever calls again with the same gets the same: nothing is read twice."""
        if not changes:
            return self._inner
        if self._run is None or self._run[0] != changes or self._run[1] is not self._inner:
            self._run = (changes, self._inner, self._inner.changed(changes))
        return self._run[2]

    def copy(self, changes: Mapping[str, Any] | None = None, /, *, name: str | None = None) -> Scenario:
        """A copy with other values, and a name of its own if it is to stand beside this one."""
        return Scenario(self, set=changes, name=name)

    def vary(
        self, values: Mapping[str, Sequence[Any]] | Mapping[str, Mapping[str, Any]], /
    ) -> list[Scenario]:
        """Variants of this scenario, each with a name and a title of its own; this one is not among them.

        Names are those of folders: characters other than letters, digits, ``-``, ``_`` and ``.`` become ``-`` there.

        Either values by path, of which all combinations are made
        (``s.vary({"pool.perc.officers": [50, 60, 70]})``), or changes by name
        (``s.vary({"PERC 60": {"pool.perc.officers": 60}})``).
        """
        if not values:
            raise UsageError("nothing is varied: give values by path, or changes by name")
        named = [isinstance(v, Mapping) for v in values.values()]
        if all(named):
            return [self._variant(told, changes) for told, changes in values.items()]  # type: ignore[arg-type]
        if any(named) or any(isinstance(v, str) for v in values.values()):
            raise UsageError("give either lists of values by path, or dictionaries of changes by name")
        out = []
        for path, several in values.items():
            if not hasattr(several, "__iter__"):
                raise UsageError(f"`{path}` is varied over a list of values, not {_shown(several)}")
        for chosen in product(*values.values()):
            changes = dict(zip(values, chosen))
            told = ", ".join(f"{str(path).rsplit('.', 1)[-1]} {_shown(value)}" for path, value in changes.items())
            out.append(self._variant(told, changes, f"{self.name}-{told}"))
        return out

    def _variant(self, told: str, changes: Mapping[str, Any], name: str | None = None) -> Scenario:
        """A copy whose title says what it is; names are those of folders, so they have fewer characters."""
        plain = re.sub(r"[^\w.-]+", "-", name or told).strip("-")[:100]
        return self.copy({"title": told, "baseline": False, **changes}, name=plain)

    @property
    def name(self) -> str:
        """Its name: that of its results."""
        return self._inner.name

    @property
    def title(self) -> str:
        """One line on it."""
        return self._inner.title

    @property
    def description(self) -> str:
        """Its free text."""
        return self._inner.description

    @property
    def hash(self) -> str:
        """SHA-256 of all its values: the same for the same scenario, however it was written."""
        return self._inner.hash

    @property
    def path(self) -> Path:
        """Its file; for a text or a dictionary what stands for it in messages."""
        return Path(self._inner.path)

    @property
    def from_file(self) -> bool:
        """Whether it was read from a file, not from a text or a dictionary."""
        source = self._source
        return isinstance(source, os.PathLike) or (isinstance(source, str) and "\n" not in source)

    @property
    def changes(self) -> list[str]:
        """Changes made here, ``path=value`` each: what ``--set`` would take."""
        return self._inner.changes

    @property
    def uncertain(self) -> list[str]:
        """Paths of the numbers that the scenario calls uncertain."""
        return self._inner.uncertain

    @property
    def warnings(self) -> list[Problem]:
        """What is odd about it but does not keep it from running."""
        return [Problem(**fields) for fields in self._inner.warnings()]

    def to_dict(self) -> dict[str, Any]:
        """All values as the reader took them; without ``derived`` they are the same scenario again."""
        return self._inner.resolved()

    def to_toml(self) -> str:
        """The same scenario as the text of a file, which reads its data files from beside this one's path."""
        return _core.document({key: value for key, value in self.to_dict().items() if key != "derived"})

    def __repr__(self) -> str:
        return f"<poolwise.Scenario {self.name}: {self.title}>"

    def _repr_html_(self) -> str:
        """Its title and text, who is on duty where, and all values by path."""
        values = list(_lines(self.to_dict()))
        check = self._inner.check(False)[1]
        about = f"<p>{escape(self.description)}</p>" if self.description else ""
        return (
            f'<div class="poolwise"><p><strong>{escape(self.title)}</strong></p>{about}<pre>{escape(check)}</pre>'
            f"<details><summary>{len(values)} values</summary>{table(self.name, ['Value', ''], values)}</details></div>"
        )

    def __reduce__(self) -> tuple[Any, tuple[Any, list[dict[str, Any]]]]:
        source = Path(self._source).absolute() if self.from_file else self._source
        return _again, (source, self._log)


def _lines(values: Any, path: str = "") -> Iterator[tuple[str, str]]:
    """Values by path, long lists as how many they are."""
    for key, value in values.items():
        here = f"{path}.{key}" if path else str(key)
        if isinstance(value, Mapping):
            yield from _lines(value, here)
        elif isinstance(value, list) and len(value) > 12:
            yield here, f"{len(value)} values"
        else:
            yield here, _shown(value)


def _again(source: Any, log: list[dict[str, Any]]) -> Scenario:
    made = Scenario(source)
    for changes in log:
        made.set(changes)
    return made


def _shown(value: Any) -> str:
    """A value in a title: as short as titles are."""
    try:
        return str(value)[:60]
    except ValueError:  # Python does not write out numbers of thousands of digits.
        return "a long number"


class Check(Printed):
    """What is known of a scenario before it runs: staffing, expected load, what theory says of each pool."""

    __slots__ = ("_text", "document")

    def __init__(self, document: dict[str, Any], text: str) -> None:
        #: The document of ``poolwise check --format json`` for this scenario: ``staffing`` and ``oracle``.
        self.document = document
        self._text = text

    def __str__(self) -> str:
        return self._text


def load(source: Source, *, set: Mapping[str, Any] | None = None, name: str | None = None) -> Scenario:
    """Reads a scenario from a file, a TOML text (one with a line break) or a dictionary.

    ``set`` changes values on the way: ``pw.load("desk.toml", set={"run.horizon": "4 weeks"})``. ``name`` names it: a
    text or a dictionary is called ``scenario`` unless it or this says otherwise. Raises
    :class:`poolwise.ScenarioError` with everything that is wrong.
    """
    return Scenario(source, set=set, name=name)


def scenarios(given: Source | Iterable[Source]) -> list[Scenario]:
    """One source or several as scenarios."""
    if isinstance(given, (str, bytes, os.PathLike, Mapping, Scenario)) or not hasattr(given, "__iter__"):
        given = [given]
    return [one if isinstance(one, Scenario) else Scenario(one) for one in given]


def _read(source: Source, changes: dict[str, Any]) -> _core.Scenario:
    if isinstance(source, (Scenario, Built)):
        made = source._scenario()
        return made.changed(changes) if changes else made
    if isinstance(source, Mapping):
        return _core.Scenario.of_text(_core.document(dict(source)), Path("scenario.toml"), changes)
    if isinstance(source, str) and "\n" in source:
        return _core.Scenario.of_text(source, Path("scenario.toml"), changes)
    return _core.Scenario.read(Path(path_of("a scenario", source)), changes)
