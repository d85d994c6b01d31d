"""Models built in Python, without a file: arrivals, stations, routes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any, Literal, Union

from . import _core
from ._errors import UsageError
from ._plain import Length, length, whole
from ._html import table
from ._scenario import Built, Scenario

__all__ = ["Discipline", "Model", "Rest", "Then", "Time"]

#: A length of time: text with its unit (``"10 min"``), a :class:`datetime.timedelta`, or a distribution as scenario files
#: write them, such as ``{"lognormal": {"mean": "20 min", "cv": 1.0}}``.
Time = Union[str, timedelta, Mapping[str, Any]]

#: Where a request goes next: a station, a delay or an exit, or probabilities by their names.
Then = Union[str, Mapping[str, float]]

#: What becomes of branches that a request does not wait for.
Rest = Literal["cancel", "finish"]

#: Who is next in a queue.
Discipline = Literal["fifo", "priority", "preemptive", "earliest-deadline", "earliest-due"]

_HOURS = 168


class Model(Built):
    """A network of queues for experiments, made with the engine's own builder and validated by it: no file is read.

        >>> m = pw.Model(horizon="4 weeks", replications=8)
        >>> m.station("desk", officers=8, service={"exponential": "10 min"}, then="out")
        >>> m.arrivals("customer", rate="43.2 per hour", to="desk")
        >>> pw.run(m)

    A station is a step of the workflow with officers of its own. ``"out"`` leaves the system. Names may be used before what
    they name is there. A model is run, compared and sampled as it is; :meth:`scenario` gives the scenario that it is, of which
    single values can be changed, and :meth:`to_dict` what a file would say.
    """

    __slots__ = ("_calls", "_file", "_network")

    def __init__(
        self,
        name: str = "model",
        *,
        title: str | None = None,
        horizon: Length = "52 weeks",
        warm_up: Length = "0 weeks",
        replications: int = 10,
        seed: int = 1,
        target: Length = "4 h",
        answer_within: Length | None = None,
        start: str | date = "2018-10-01",
    ) -> None:
        """``horizon`` is the length that statistics cover, ``warm_up`` whole weeks before it. ``target`` is the time within
        which a request should be done, ``answer_within`` that to its first officer (the target by default). ``start`` is the
        day on which the statistics begin, in UTC."""
        run: dict[str, Any] = {
            "horizon": length("horizon", horizon),
            "warm_up": length("warm_up", warm_up),
            "replications": whole("replications", replications, 1, 1_000_000),
            "seed": whole("seed", seed, 0, 2**63 - 1),
            "target": length("target", target),
            "start": str(start),
        }
        if answer_within is not None:
            run["answer_within"] = length("answer_within", answer_within)
        told = title or name
        self._network = _core.Network(name, told, run)
        # What a file would say, and the calls by which another process makes the same.
        self._file: dict[str, Any] = {
            "name": name,
            "title": told,
            "run": {**run, "whole_weeks": False},
            "class": {},
            "stage": {},
            "centre": {},
            "route": [],
        }
        self._calls: list[tuple[str, tuple[Any, ...], dict[str, Any]]] = []
        self._exit("out")

    def station(
        self,
        name: str,
        *,
        officers: int | Sequence[int],
        service: Time,
        then: Then = "out",
        discipline: Discipline = "fifo",
        speed: float = 1.0,
        room: int | None = None,
        turned_away: str = "lost",
    ) -> Model:
        """A queue with its officers.

        ``officers`` is their number at all times, or those of the 24 hours of every day, or of the 168 hours of the week from
        Monday 00:00. ``service`` is its time. ``then`` is where a request goes next. ``speed`` multiplies times: above 1 is
        slower. ``room`` is the most that may wait; others leave at once by the exit ``turned_away``.
        """
        levels = _officers(officers)
        leads = _leads(then)
        centre: dict[str, Any] = {"levels": {"officers": levels[0]} if len(levels) == 1 else {"hourly": levels}}
        space = None if room is None else (whole("room", room, 0, 2**32 - 1), turned_away)
        centre.update({"discipline": discipline, "speed": float(speed)})
        self._new_stage(name)
        if space is not None:
            self._exit_if_new(turned_away)
            centre["queue_capacity"] = {"limit": space[0], "exit": turned_away}
        self._network.station(name, levels, _time(service), leads, discipline, float(speed), space)
        self._file["stage"][name] = {"service": {"role": "officer", "time": _time(service)}, "next": _next(then)}
        self._file["centre"][name] = centre
        self._file["route"].append({"stages": [name], "to": name})
        return self._called(
            "station",
            (name,),
            officers=levels if len(levels) > 1 else levels[0],
            service=_time(service),
            then=then if isinstance(then, str) else dict(then),
            discipline=discipline,
            speed=speed,
            room=room,
            turned_away=turned_away,
        )

    def delay(self, name: str, time: Time, *, then: Then = "out") -> Model:
        """A step that takes time and nobody's work."""
        self._new_stage(name)
        self._network.delay(name, _time(time), _leads(then))
        self._file["stage"][name] = {"delay": _time(time), "next": _next(then)}
        return self._called("delay", (name, _time(time)), then=then if isinstance(then, str) else dict(then))

    def fork(self, name: str, branches: Sequence[str]) -> Model:
        """Work that goes on at several stages at once: ``branches`` are those at which each part begins. All of them end at one
        :meth:`join`. The same stage may be named twice."""
        if isinstance(branches, str):
            raise UsageError("`branches` is a list of names, such as [\"x-ray\", \"blood\"]")
        firsts = [str(branch) for branch in branches]
        self._new_stage(name)
        self._network.fork(name, firsts)
        self._file["stage"][name] = {"fork": firsts}
        return self._called("fork", (name, firsts))

    def join(self, name: str, *, need: int | None = None, rest: Rest = "cancel", then: Then = "out") -> Model:
        """Where the branches of a fork end. The request goes on when all have come, or the first ``need`` of them; the ``rest``
        are cancelled, or finished while nobody waits for them."""
        enough = None if need is None else whole("need", need, 1, 1000)
        self._new_stage(name)
        self._network.join(name, enough, rest, _leads(then))
        waits: Any = True if enough is None else {"need": enough, "rest": rest}
        self._file["stage"][name] = {"join": waits, "next": _next(then)}
        return self._called("join", (name,), need=enough, rest=rest, then=then if isinstance(then, str) else dict(then))

    def exit(self, name: str) -> Model:
        """Another way out, counted by itself."""
        self._new_stage(name)
        self._exit(name)
        return self._called("exit", (name,))

    def arrivals(
        self,
        name: str,
        *,
        rate: str,
        to: str,
        profile: Sequence[float] | None = None,
        priority: int = 0,
        patience: Time | None = None,
        given_up: str = "lost",
    ) -> Model:
        """A class of requests that arrive at a rate, such as ``"12 per hour"``: a Poisson stream.

        ``profile`` is its pattern over the week: 168 hours from Monday 00:00 (or 336 half-hours, 672 quarters), of which only
        the proportions count. A lower ``priority`` is more urgent. Requests that wait for their first officer longer than
        their ``patience`` leave by the exit ``given_up``.
        """
        if name in self._file["class"]:
            raise UsageError(f"there are arrivals called `{name}` already")
        pattern = None if profile is None else [float(x) for x in profile]
        made: dict[str, Any] = {"rate": rate, "start": to, "priority": whole("priority", priority, 0, 255)}
        if pattern is not None:
            made["profile"] = pattern
        leaving = None
        if patience is not None:
            self._exit_if_new(given_up)
            leaving = (_time(patience), given_up)
            made["deadline"] = {"after": leaving[0], "until": {"start": to}, "exit": given_up}
        self._network.arrivals(name, rate, to, pattern, made["priority"], leaving)
        self._file["class"][name] = made
        return self._called(
            "arrivals",
            (name,),
            rate=rate,
            to=to,
            profile=pattern,
            priority=priority,
            patience=None if patience is None else _time(patience),
            given_up=given_up,
        )

    def to_dict(self) -> dict[str, Any]:
        """The model as a scenario file would have it."""
        return {key: dict(value) if isinstance(value, dict) else value for key, value in self._file.items()}

    def scenario(self) -> Scenario:
        """The model as the engine has it, validated; raises :class:`poolwise.ScenarioError` with what is wrong.

        Values of it can be changed by the paths of scenario files: it is then read anew from what a file would say."""
        return Scenario(self)

    def _scenario(self) -> _core.Scenario:
        return self._network.build(self._file)

    def _called(self, method: str, arguments: tuple[Any, ...], **keywords: Any) -> Model:
        self._calls.append((method, arguments, keywords))
        return self

    def _new_stage(self, name: str) -> None:
        if name in self._file["stage"]:
            raise UsageError(f"there is a stage called `{name}` already")

    def _exit_if_new(self, name: str) -> None:
        if name not in self._file["stage"]:
            self._exit(name)

    def _exit(self, name: str) -> None:
        self._network.exit(name)
        self._file["stage"][name] = {"exit": True}

    def __reduce__(self) -> tuple[Any, tuple[Any, ...]]:
        run = {key: value for key, value in self._file["run"].items() if key != "whole_weeks"}
        return _again, (self._file["name"], self._file["title"], run, self._calls)

    def __repr__(self) -> str:
        stages = ", ".join(name for name in self._file["stage"] if name != "out")
        return f"<poolwise.Model {self._file['name']}: {stages}>"

    def _repr_html_(self) -> str:
        """Stations, delays and arrivals as tables."""
        stages = self._file["stage"]
        stations = [
            [name, _few(centre["levels"]), _told(stages[name]["service"]["time"]), _told(stages[name]["next"]), centre["discipline"]]
            for name, centre in self._file["centre"].items()
        ]
        delays = [[name, _told(s["delay"]), _told(s["next"])] for name, s in stages.items() if "delay" in s]
        forks = [[name, ", ".join(s["fork"])] for name, s in stages.items() if "fork" in s]
        classes = [[name, c["rate"], c["start"], c["priority"]] for name, c in self._file["class"].items()]
        parts = [
            table(self._file["title"], ["Station", "Officers", "Service", "Then", "Discipline"], stations),
            table("Delays", ["Delay", "Time", "Then"], delays) if delays else "",
            table("Forks", ["Fork", "Branches"], forks) if forks else "",
            table("Arrivals", ["Class", "Rate", "To", "Priority"], classes),
        ]
        return "".join(parts)


def _again(name: str, title: str, run: dict[str, Any], calls: list[tuple[str, tuple[Any, ...], dict[str, Any]]]) -> Model:
    made = Model(name, title=title, **run)
    for method, arguments, keywords in calls:
        getattr(made, method)(*arguments, **keywords)
    return made


def _officers(officers: Any) -> list[int]:
    """One number, or those of the hours of a week."""
    if isinstance(officers, (str, bytes, Mapping)) or not hasattr(officers, "__len__") or getattr(officers, "shape", None) == ():
        return [whole("officers", officers, 0)]
    hours = [whole("officers", n, 0) for n in officers]
    if len(hours) not in (24, _HOURS):
        raise UsageError(f"`officers` is a number, or those of 24 hours of a day or 168 of the week, not {len(hours)}")
    return hours * (_HOURS // len(hours))


def _time(time: Time) -> Any:
    return length("a time", time) if isinstance(time, timedelta) else time


def _leads(then: Then) -> list[tuple[str, float]]:
    return [(then, 1.0)] if isinstance(then, str) else [(to, float(p)) for to, p in then.items()]


def _next(then: Then) -> Any:
    if isinstance(then, str):
        return then
    return [{"to": to, "probability": probability} for to, probability in then.items()]


def _few(levels: Mapping[str, Any]) -> str:
    if "officers" in levels:
        return str(levels["officers"])
    return f"{min(levels['hourly'])} to {max(levels['hourly'])}"


def _told(value: Any) -> str:
    """A time or a way on, as short as tables are."""
    if isinstance(value, Mapping):
        return ", ".join(f"{key} {_told(inner)}" for key, inner in value.items())
    if isinstance(value, list):
        return ", ".join(f"{lead['to']} {lead['probability']:.3g}" for lead in value)
    return str(value)
