"""Models built in Python, without a file: arrivals, stations, routes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Union

from ._errors import UsageError
from ._scenario import Scenario

__all__ = ["Model", "Time"]

#: A length of time: text with its unit (``"10 min"``), or a distribution as scenario files write them, such as
#: ``{"lognormal": {"mean": "20 min", "cv": 1.0}}``.
Time = Union[str, Mapping[str, Any]]


class Model:
    """A network of queues for experiments: the same engine, checked by the same reader.

        >>> m = pw.Model(horizon="4 weeks", replications=8)
        >>> m.station("desk", officers=8, service={"exponential": "10 min"}, then="out")
        >>> m.arrivals("customer", rate="43.2 per hour", to="desk")
        >>> pw.run(m.scenario())

    A station is a stage of the workflow with a centre of its own that serves it. ``"out"`` leaves the system.
    """

    __slots__ = ("_file",)

    def __init__(self, name: str = "model", *, title: str | None = None, **run: Any) -> None:
        """``run`` has the keys of a scenario's ``run``: ``horizon``, ``warm_up``, ``replications``, ``seed`` ..."""
        self._file: dict[str, Any] = {
            "name": name,
            "title": title or name,
            "run": run,
            "class": {},
            "stage": {"out": {"exit": True}},
            "centre": {},
            "route": [],
        }

    def station(
        self,
        name: str,
        *,
        officers: int | Mapping[str, Any],
        service: Time,
        then: str | Mapping[str, float] = "out",
        **centre: Any,
    ) -> Model:
        """A queue with its officers.

        ``officers`` is their number at all times, or a table of levels as scenario files have it
        (``{"weekly": [...], "otherwise": 2}``). ``service`` is its time. ``then`` is where a request goes next, or
        probabilities by destination. ``centre`` has further keys of a centre: ``discipline``, ``capacity``, ``speed`` ...
        """
        self._stage(name, {"service": {"role": "officer", "time": _time(service)}, "next": _next(then)})
        levels = dict(officers) if isinstance(officers, Mapping) else {"officers": officers}
        self._file["centre"][name] = {"levels": levels, **centre}
        self._file["route"].append({"stages": [name], "to": name})
        return self

    def delay(self, name: str, time: Time, *, then: str | Mapping[str, float] = "out") -> Model:
        """A stage that takes time and nobody's work."""
        self._stage(name, {"delay": _time(time), "next": _next(then)})
        return self

    def exit(self, name: str) -> Model:
        """Another way out, counted by itself."""
        self._stage(name, {"exit": True})
        return self

    def arrivals(self, name: str, *, rate: str, to: str, **keys: Any) -> Model:
        """A class of requests that arrive at a rate, such as ``"12 per hour"``.

        ``keys`` has further keys of a class: ``profile``, ``months``, ``deadline``, ``priority`` ...
        """
        if name in self._file["class"]:
            raise UsageError(f"there are arrivals called `{name}` already")
        self._file["class"][name] = {"rate": rate, "start": to, **keys}
        return self

    def to_dict(self) -> dict[str, Any]:
        """The model as a scenario file would have it."""
        out: dict[str, Any] = dict(self._file)
        if not self._file["run"]:
            del out["run"]
        return out

    def scenario(self) -> Scenario:
        """The model, read and checked. Raises :class:`poolwise.ScenarioError` with all that is wrong."""
        return Scenario(self.to_dict())

    def _stage(self, name: str, stage: dict[str, Any]) -> None:
        if name in self._file["stage"]:
            raise UsageError(f"there is a stage called `{name}` already")
        self._file["stage"][name] = stage

    def __repr__(self) -> str:
        stages = ", ".join(name for name in self._file["stage"] if name != "out")
        return f"<poolwise.Model {self._file['name']}: {stages}>"


def _time(time: Time) -> Any:
    return time if isinstance(time, str) else dict(time)


def _next(then: str | Mapping[str, float]) -> Any:
    if isinstance(then, str):
        return then
    return [{"to": to, "probability": probability} for to, probability in then.items()]
