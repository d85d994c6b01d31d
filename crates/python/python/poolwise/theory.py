"""Known answers of queueing theory, over single values and arrays.

Arguments are numbers, sequences of numbers, or arrays (NumPy, pandas, polars); they are broadcast against each other.
Numbers give a ``float``, sequences a ``list``, arrays a NumPy array. NumPy is not needed for numbers and sequences.

Rates are per unit of time and times in that unit, whichever you like. Parameters that make no sense (a negative rate,
half a server) give NaN; a queue without a steady state has an infinite mean wait. Each function names its source, and
its computation is that of the command's own checks (``poolwise validate``).
"""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, SupportsFloat, Union

from . import _core
from ._errors import UsageError

__all__ = [
    "Answer",
    "Course",
    "Numbers",
    "erlang_a",
    "erlang_b",
    "erlang_c",
    "garnett",
    "garnett_beta",
    "ggc",
    "halfin_whitt",
    "halfin_whitt_beta",
    "loss",
    "mdc",
    "mg1",
    "mg1_priorities",
    "mmc",
    "mmc_priorities",
    "mmck",
    "mt_m_st",
    "offered_load",
    "servers_for_level",
    "square_root",
    "wait_at_most",
]

#: A number, a sequence of numbers, or an array.
Numbers = Union[SupportsFloat, Sequence[SupportsFloat], Any]


@dataclass(frozen=True)
class Answer:
    """The steady state of a queue: each field a number, a list or an array, as the arguments were."""

    #: Probability that an arrival waits (one that is turned away does not).
    p_wait: Any
    #: Mean wait in queue of all that enter, zero waits and those who give up included.
    wait_mean: Any
    #: Mean wait of those who are served.
    wait_mean_served: Any
    #: Share of arrivals that are lost: turned away, or gone before service.
    p_lost: Any
    #: Mean number waiting.
    queue_mean: Any
    #: Mean number of busy servers.
    busy_mean: Any


@dataclass(frozen=True)
class Course:
    """A queue whose rates and servers change: means over each period, and the whole as one."""

    #: Probability that an arrival in the period waits.
    p_wait: Any
    #: Mean number waiting.
    queue: Any
    #: Mean number of busy servers, those above the level included.
    busy: Any
    #: Mean number busy above the level.
    above_level: Any
    #: Those who give up, per unit of time.
    abandonments: Any
    #: The whole course as one; waits are per arrival, that of the served is not given (NaN).
    overall: Answer
    #: Bound on the error of every probability.
    error_bound: float


def erlang_b(servers: Numbers, offered: Numbers) -> Any:
    """Erlang B: probability that all ``servers`` are busy when blocked arrivals are lost, at ``offered`` erlangs.

    Cooper 1981, section 3.3.
    """
    return _one("erlang_b", servers, offered)


def erlang_c(servers: Numbers, offered: Numbers) -> Any:
    """Erlang C: probability that an arrival waits in M/M/c at ``offered`` erlangs; 1 at a load of ``servers`` or more.

    Cooper 1981, eq. 3.4.8.
    """
    return _one("erlang_c", servers, offered)


def wait_at_most(servers: Numbers, arrivals: Numbers, service: Numbers, time: Numbers) -> Any:
    """Probability that the wait in M/M/c is at most ``time``: the service level. ``arrivals`` and ``service`` are rates.

    Cooper 1981, eq. 3.4.21.
    """
    return _one("wait_at_most", servers, arrivals, service, time)


def servers_for_level(arrivals: Numbers, service: Numbers, time: Numbers, level: Numbers) -> Any:
    """Least servers of M/M/c with which a share ``level`` of arrivals waits no longer than ``time``.

    ``level`` is at least 0 and less than 1. From Cooper 1981, eq. 3.4.21.
    """
    return _one("servers_for_level", arrivals, service, time, level)


def halfin_whitt(beta: Numbers) -> Any:
    """Limit of the probability of waiting with ``a + beta sqrt(a)`` servers at a load of ``a`` erlangs, many servers.

    Halfin and Whitt 1981, eq. 2.2.
    """
    return _one("halfin_whitt", beta)


def halfin_whitt_beta(p_wait: Numbers) -> Any:
    """The ``beta`` at which :func:`halfin_whitt` is ``p_wait``, between 0 and 1."""
    return _one("halfin_whitt_beta", p_wait)


def garnett(beta: Numbers, service: Numbers, abandonment: Numbers) -> Any:
    """The same as :func:`halfin_whitt` where those who wait give up: rates of ``service`` and ``abandonment``.

    Garnett, Mandelbaum and Reiman 2002, eq. 2.
    """
    return _one("garnett", beta, service, abandonment)


def garnett_beta(p_wait: Numbers, service: Numbers, abandonment: Numbers) -> Any:
    """The ``beta`` at which :func:`garnett` is ``p_wait``."""
    return _one("garnett_beta", p_wait, service, abandonment)


def square_root(offered: Numbers, beta: Numbers) -> Any:
    """Square-root staffing: the least whole number not below ``offered + beta sqrt(offered)``.

    Jennings, Mandelbaum, Massey and Whitt 1996.
    """
    return _one("square_root", offered, beta)


def mmc(servers: Numbers, arrivals: Numbers, service: Numbers) -> Answer:
    """M/M/c: ``arrivals`` and ``service`` are rates. Erlang 1917; Cooper 1981, section 3.4."""
    return Answer(*_over("mmc", servers, arrivals, service))


def loss(servers: Numbers, arrivals: Numbers, service: Numbers) -> Answer:
    """M/M/c/c: blocked arrivals are lost. Erlang 1917; Cooper 1981, section 3.3."""
    return Answer(*_over("loss", servers, arrivals, service))


def erlang_a(servers: Numbers, arrivals: Numbers, service: Numbers, abandonment: Numbers) -> Answer:
    """Erlang A, M/M/c+M: those who wait give up at the rate ``abandonment``, one over the mean patience.

    Palm 1957; Garnett, Mandelbaum and Reiman 2002.
    """
    return Answer(*_over("erlang_a", servers, arrivals, service, abandonment))


def mmck(servers: Numbers, capacity: Numbers, arrivals: Numbers, service: Numbers) -> Answer:
    """M/M/c/K: at most ``capacity`` in the system, others are turned away."""
    return Answer(*_over("mmck", servers, capacity, arrivals, service))


def mdc(servers: Numbers, arrivals: Numbers, service_time: Numbers) -> Answer:
    """M/D/c: every service takes ``service_time``. Crommelin 1932."""
    return Answer(*_over("mdc", servers, arrivals, service_time))


def mg1(arrivals: Numbers, service_mean: Numbers, service_cv: Numbers) -> Answer:
    """M/G/1, from the mean and the coefficient of variation of service. Pollaczek 1930; Khinchine 1932."""
    return Answer(*_over("mg1", arrivals, service_mean, service_cv))


def ggc(
    servers: Numbers, arrivals: Numbers, arrival_cv: Numbers, service_mean: Numbers, service_cv: Numbers
) -> Answer:
    """G/G/c, an approximation: good under heavy load and moderate variation. Allen 1990, section 5.3."""
    return Answer(*_over("ggc", servers, arrivals, arrival_cv, service_mean, service_cv))


def mmc_priorities(servers: int, arrivals: Numbers, service: float) -> Any:
    """Mean wait of each class in M/M/c with priorities, without preemption; the first in ``arrivals`` is served first.

    One ``service`` rate for all. Cobham 1954; Kella and Yechiali 1985.
    """
    return _as_given(_core.mmc_priorities(_servers(servers), _list(arrivals), _number(service)), arrivals)


def mg1_priorities(arrivals: Numbers, service_mean: Numbers, service_cv: Numbers) -> Any:
    """Mean wait of each class in M/G/1 with priorities, without preemption; the first is served first. Cobham 1954."""
    columns = [_list(arrivals), _list(service_mean), _list(service_cv)]
    if len({len(c) for c in columns}) != 1:
        raise UsageError("a rate, a mean and a coefficient of variation for each class")
    return _as_given(_core.mg1_priorities(list(zip(*columns))), arrivals)


def offered_load(
    rates: Numbers,
    step: float,
    service_mean: float,
    *,
    distribution: str = "exponential",
    cv: float = 1.0,
    repeats: bool = True,
) -> Any:
    """Offered load when arrivals change: the mean number busy were there always a free server, M(t)/G/infinity.

    ``rates`` are constant over steps of length ``step``. Of a cycle that ``repeats`` the load at the start of each step,
    else from an empty system the load at the end of each. ``distribution`` is ``"exponential"``, ``"deterministic"``,
    ``"lognormal"`` or ``"gamma"``, the last two with their coefficient of variation ``cv``. Eick, Massey and Whitt 1993.
    """
    numbers = (_number(service_mean), _number(cv))
    return _as_given(_core.offered_load(_list(rates), _number(step), distribution, *numbers, repeats), rates)


def mt_m_st(
    arrivals: Numbers,
    servers: Numbers,
    step: float,
    service: float,
    *,
    abandonment: float = 0.0,
    hand_over: bool = False,
    repeats: bool = True,
) -> Course:
    """M(t)/M/s(t)+M: arrival rates and servers by periods of length ``step``, to an error of about 1e-9.

    ``service`` and ``abandonment`` are rates. When the servers become fewer those in service are finished, or with
    ``hand_over`` handed over. A cycle that ``repeats``, or one course from an empty system. By uniformization: Jensen
    1953; Grassmann 1977. Raises :class:`poolwise.RunError` where there is no steady state.
    """
    rates, levels = _list(arrivals), [_servers(x) for x in _list(servers)]
    if len(rates) != len(levels) or not rates:
        raise UsageError("as many numbers of servers as rates of arrivals, and one at least")
    numbers = (_number(step), _number(service), _number(abandonment))
    rows, overall, bound = _core.changing(list(zip(rates, levels)), *numbers, hand_over, repeats)
    p_wait, queue, busy, above, leaving = (_as_given(list(column), arrivals) for column in zip(*rows))
    return Course(p_wait, queue, busy, above, leaving, Answer(*overall), bound)


def _number(x: Any) -> float:
    try:
        return float(x)
    except (TypeError, ValueError, OverflowError):
        raise UsageError(f"theory takes numbers, sequences of numbers and arrays, not {type(x).__name__}") from None


def _list(numbers: Any) -> list[float]:
    if isinstance(numbers, (str, bytes)) or not hasattr(numbers, "__iter__"):
        raise UsageError(f"theory takes a sequence of numbers here, not {type(numbers).__name__}")
    return [_number(x) for x in numbers]


def _servers(x: Any) -> int:
    number = _number(x)
    if not 0.0 <= number <= 2**32 - 1 or number != int(number):
        raise UsageError(f"servers are a whole number from 0 to {2**32 - 1}, not {number:g}")
    return int(number)


def _as_given(found: list[float], given: Any) -> Any:
    """A list, or an array where one was given."""
    if not hasattr(given, "__array__"):
        return found
    import numpy

    return numpy.array(found)


def _one(name: str, *arguments: Numbers) -> Any:
    return _over(name, *arguments)[0]


def _over(name: str, *arguments: Any) -> list[Any]:
    """A formula over its arguments, broadcast."""
    if any(hasattr(a, "__array__") and getattr(a, "shape", ()) != () for a in arguments):
        return _over_arrays(name, arguments)
    columns = [array("d", [_number(a)] if _single(a) else _list(a)) for a in arguments]
    lengths = {len(c) for c, a in zip(columns, arguments) if not _single(a)}
    if len(lengths) > 1:
        raise UsageError(f"sequences of different lengths: {', '.join(map(str, sorted(lengths)))}")
    if 0 in lengths:
        columns = [array("d") for _ in columns]
    found = [array("d", b) for b in _core.over(name, [c.tobytes() for c in columns])]
    return [column.tolist() if lengths else column[0] for column in found]


def _single(argument: Any) -> bool:
    return isinstance(argument, (int, float)) or (hasattr(argument, "__float__") and not hasattr(argument, "__len__"))


def _over_arrays(name: str, arguments: tuple[Any, ...]) -> list[Any]:
    import numpy

    try:
        arrays = numpy.broadcast_arrays(*(numpy.asarray(a, dtype=numpy.float64) for a in arguments))
    except (TypeError, ValueError) as e:
        raise UsageError(f"arrays of numbers whose shapes go together are needed: {e}") from None
    shape = arrays[0].shape
    columns = [numpy.ascontiguousarray(a).tobytes() for a in arrays]
    return [numpy.frombuffer(bytearray(b)).reshape(shape) for b in _core.over(name, columns)]
