"""What can go wrong, as exceptions: each has the message that the command prints, and what a program needs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ._results import Results

__all__ = [
    "DataError",
    "Error",
    "Interrupted",
    "PartialResults",
    "PathError",
    "Problem",
    "RunError",
    "ScenarioError",
    "UsageError",
]


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong with a scenario, or odd about it."""

    #: ``"error"`` or ``"warning"``.
    severity: str
    #: What is wrong, in a sentence.
    message: str
    #: The file, or ``--set path=value`` for a change made here; ``None`` where no place is to blame.
    file: str | None = None
    #: Line in that file, from 1.
    line: int | None = None
    #: Column, from 1, in characters.
    column: int | None = None
    #: Path of the value at that place, such as ``class.call.rate``.
    key: str | None = None
    #: What is allowed, what was probably meant.
    help: Sequence[str] = ()


class Error(Exception):
    """Anything that poolwise itself raises."""


class UsageError(Error, ValueError):
    """What was asked makes no sense, such as a comparison of one scenario."""


class PathError(Error, KeyError):
    """There is no such scenario, measure, column or value; the message names the nearest one."""

    def __str__(self) -> str:
        return str(self.args[0]) if self.args else ""


class RunError(Error, RuntimeError):
    """A run failed, or a file could not be written."""


class ScenarioError(Error, ValueError):
    """A scenario is not valid. The text is drawn as a compiler draws it, with every problem in its place.

    ``file``, ``line``, ``column`` and ``key`` are those of the first problem.
    """

    def __init__(self, message: str, problems: Sequence[Problem] = ()) -> None:
        super().__init__(message)
        #: The drawn message.
        self.message = message
        #: Everything that is wrong, in the order of the texts.
        self.problems = tuple(problems)
        first = self.problems[0] if self.problems else Problem("error", message)
        self.file = first.file
        self.line = first.line
        self.column = first.column
        self.key = first.key

    def __reduce__(self) -> tuple[type[ScenarioError], tuple[str, tuple[Problem, ...]]]:
        return type(self), (self.message, self.problems)


class DataError(Error, ValueError):
    """A file of one's own cannot be understood: what is wrong, where it stands, what to write."""

    def __init__(
        self,
        message: str,
        file: str,
        sheet: str | None = None,
        row: int | None = None,
        column: str | None = None,
        help: Sequence[str] = (),
    ) -> None:
        super().__init__(message)
        #: The drawn message.
        self.message = message
        #: The file.
        self.file = file
        #: The sheet of a workbook.
        self.sheet = sheet
        #: Row, or line of a text file, from 1.
        self.row = row
        #: Name of the column.
        self.column = column
        #: What to do about it.
        self.help = tuple(help)

    def __reduce__(self) -> tuple[type[DataError], tuple[Any, ...]]:
        return type(self), (self.message, self.file, self.sheet, self.row, self.column, self.help)


class Interrupted(KeyboardInterrupt):
    """Ctrl-C in a run with ``interrupt="raise"``; what was finished before is in ``results``."""

    def __init__(self, results: Results) -> None:
        super().__init__("stopped before all was done")
        #: The partial results.
        self.results = results


class PartialResults(UserWarning):
    """A run was stopped, or memory was not enough: results are of what was finished before."""
