"""What calls have in common: changes that stand above scenarios, checked numbers, progress, partial results."""

from __future__ import annotations

import os
import sys
import time
import warnings
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any, Union

from . import _core
from ._errors import PartialResults, UsageError
from ._scenario import Scenario

__all__ = ["Length", "Progress", "changed", "finish", "length", "line", "path", "share", "texts", "whole"]

#: Called now and then with replications done, replications planned (at most; 0 where nobody knows), and the name of the
#: scenario; ``True`` for a line on the terminal or under the cell.
Progress = Union[bool, Callable[[int, int, str], object]]

#: A length of time: a text with its unit (``"30 min"``) or a :class:`datetime.timedelta`.
Length = Union[str, timedelta]


def whole(name: str, value: Any, least: int, most: int = 2**32 - 1) -> int:
    """A whole number between two ends, also one of NumPy's."""
    try:
        number = value.__index__()
    except (AttributeError, TypeError):
        raise UsageError(f"`{name}` is a whole number, not {value!r}") from None
    if not least <= number <= most or isinstance(value, bool):
        between = f"at least {least}" if number < least else f"at most {most}"
        raise UsageError(f"`{name}` is {'a whole number' if isinstance(value, bool) else between}, not {value!r}")
    return int(number)


def share(name: str, value: Any, *, zero: bool = False, one: bool = False) -> float:
    """A number between 0 and 1, the ends among them where that is said."""
    try:
        number = float(value)
    except (TypeError, ValueError):
        raise UsageError(f"`{name}` is a number between 0 and 1, not {value!r}") from None
    if not (0.0 < number < 1.0 or (zero and number == 0.0) or (one and number == 1.0)):
        ends = "0 to 1" if zero and one else "above 0 and at most 1" if one else "between 0 and 1"
        raise UsageError(f"`{name}` is {ends}, such as 0.95, not {value!r}")
    return number


def length(name: str, value: Any) -> str:
    """A length of time as a text with its unit."""
    if isinstance(value, timedelta):
        return f"{value.total_seconds()!r} s"
    if isinstance(value, str):
        return value
    raise UsageError(f'`{name}` is a length of time such as "30 min", not {value!r}')


def path(name: str, value: Any) -> str:
    """A path of the file system as a text."""
    try:
        told = os.fsdecode(value)
    except TypeError:
        raise UsageError(f"`{name}` is a path, not {value!r}") from None
    if "\0" in told:
        raise UsageError(f"`{name}` has a zero byte: {told!r}")
    return told


def texts(name: str, value: Any) -> list[str]:
    """A text or several."""
    found = [value] if isinstance(value, str) else list(value)
    for one in found:
        if not isinstance(one, str):
            raise UsageError(f"`{name}` is a text or several, not {one!r}")
    return found


def changed(
    given: Iterable[Scenario],
    *,
    replications: Any = None,
    seed: Any = None,
    horizon: Any = None,
) -> list[_core.Scenario]:
    """Scenarios with what a call says of their run."""
    keys = (("replications", replications), ("seed", seed), ("horizon", horizon))
    changes = {f"run.{key}": value for key, value in keys if value is not None}
    return [(one.copy(changes) if changes else one)._inner for one in given]


def finish(raised: BaseException | None, complete: bool, why: str, *, level: int = 3) -> None:
    """Raises what a callback raised; warns where a call was stopped, or could not do all."""
    if raised is not None and not isinstance(raised, KeyboardInterrupt):
        raise raised
    if not complete:
        warnings.warn(f"partial results: {why}", PartialResults, stacklevel=level)


@contextmanager
def line(progress: Progress, what: str = "replications") -> Iterator[Callable[[int, int, str], object] | None]:
    """What is told of progress: nothing, a function, or a line that ends when all is done."""
    if progress is not True:
        if progress and not callable(progress):
            raise UsageError(f"`progress` is True, False or a function, not {progress!r}")
        yield progress or None
        return
    told = _Line(what)
    try:
        yield told
    finally:
        told.end()


class _Line:
    """Progress in one line: on a terminal and under a notebook's cell alike."""

    def __init__(self, what: str) -> None:
        self._what = what
        self._since = time.monotonic()
        self._width = 0

    def __call__(self, done: int, planned: int, scenario: str) -> None:
        spent = time.monotonic() - self._since
        left = f", {spent / done * (planned - done):.0f} s left" if 0 < done < planned else ""
        of = f"{done} of {planned}" if planned else f"{done}"
        named = f"{scenario}: " if scenario else ""
        text = f"{named}{of} {self._what}, {spent:.0f} s{left}"
        sys.stderr.write("\r" + text.ljust(self._width))
        sys.stderr.flush()
        self._width = len(text)

    def end(self) -> None:
        if self._width:
            sys.stderr.write("\n")
            sys.stderr.flush()
