"""What calls have in common: changes that stand above scenarios, progress, partial results."""

from __future__ import annotations

import sys
import time
import warnings
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import Any, Union

from . import _core
from ._errors import PartialResults, UsageError
from ._scenario import Scenario

__all__ = ["Progress", "changed", "finish", "line"]

#: Called now and then with replications done, replications planned (at most; 0 where nobody knows), and the name of the
#: scenario; ``True`` for a line on the terminal or under the cell.
Progress = Union[bool, Callable[[int, int, str], object]]


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
    return [one._with(changes) for one in given]


def finish(raised: BaseException | None, complete: bool, why: str, *, level: int = 3) -> None:
    """Raises what a callback raised; warns where a call was stopped, or could not do all."""
    if raised is not None and not isinstance(raised, KeyboardInterrupt):
        raise raised
    if not complete:
        warnings.warn(f"partial results: {why}", PartialResults, stacklevel=level)


#: Nobody is told of progress: what most calls ask for, and what costs nothing.
_NOBODY = nullcontext()


def line(
    progress: Progress, what: str = "replications"
) -> AbstractContextManager[Callable[[int, int, str], object] | None]:
    """What is told of progress: nothing, a function, or a line that ends when all is done."""
    return _NOBODY if progress is False else _line(progress, what)


@contextmanager
def _line(progress: Progress, what: str) -> Iterator[Callable[[int, int, str], object] | None]:
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
