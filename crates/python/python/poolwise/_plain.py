"""Numbers, texts, times and paths as calls take them: checked, and refused in words."""

from __future__ import annotations

import os
from datetime import timedelta
from typing import Any, Union

from ._errors import UsageError

__all__ = ["Length", "length", "path", "share", "texts", "told", "whole"]

#: A length of time: a text with its unit (``"30 min"``) or a :class:`datetime.timedelta`.
Length = Union[str, timedelta]


def told(value: Any) -> str:
    """A value in a message: as short as messages are."""
    try:
        return repr(value)[:100]
    except ValueError:  # Python does not write out numbers of thousands of digits.
        return "a long number"


def whole(name: str, value: Any, least: int, most: int = 2**32 - 1) -> int:
    """A whole number between two ends, also one of NumPy's."""
    try:
        number = value.__index__()
    except (AttributeError, TypeError):
        raise UsageError(f"`{name}` is a whole number, not {told(value)}") from None
    if not least <= number <= most or isinstance(value, bool):
        between = f"at least {least}" if number < least else f"at most {most}"
        raise UsageError(f"`{name}` is {'a whole number' if isinstance(value, bool) else between}, not {told(value)}")
    return int(number)


def share(name: str, value: Any, *, zero: bool = False, one: bool = False) -> float:
    """A number between 0 and 1, the ends among them where that is said."""
    try:
        number = float(value)
    except (TypeError, ValueError):
        raise UsageError(f"`{name}` is a number between 0 and 1, not {told(value)}") from None
    if not (0.0 < number < 1.0 or (zero and number == 0.0) or (one and number == 1.0)):
        ends = "0 to 1" if zero and one else "above 0 and at most 1" if one else "between 0 and 1"
        raise UsageError(f"`{name}` is {ends}, such as 0.95, not {told(value)}")
    return number


def length(name: str, value: Any) -> str:
    """A length of time as a text with its unit."""
    if isinstance(value, timedelta):
        return f"{value.total_seconds()!r} s"
    if isinstance(value, str):
        return value
    raise UsageError(f'`{name}` is a length of time such as "30 min", not {told(value)}')


def path(name: str, value: Any) -> str:
    """A path of the file system as a text."""
    try:
        found = os.fsdecode(value)
    except TypeError:
        raise UsageError(f"`{name}` is a path, not {told(value)}") from None
    if "\0" in found:
        raise UsageError(f"`{name}` has a zero byte: {found!r}")
    return found


def texts(name: str, value: Any) -> list[str]:
    """A text or several."""
    found = [value] if isinstance(value, str) else list(value)
    for one in found:
        if not isinstance(one, str):
            raise UsageError(f"`{name}` is a text or several, not {one!r}")
    return found
