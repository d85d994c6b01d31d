"""What all results have in common: the command's text, its JSON, tables for a notebook, files."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from ._plain import path as path_of
from ._table import Table

if TYPE_CHECKING:
    import pandas
    import polars

__all__ = ["Answer", "Printed", "Tabled", "Told", "file", "folder"]


class Told(Protocol):
    """What the core gives of any result."""

    def json(self) -> str: ...
    def text(self) -> str: ...
    def html(self) -> str: ...


class Printed:
    """Shown as the command prints it: in a terminal, and in a notebook where nothing more is known."""

    __slots__ = ()

    def __repr__(self) -> str:
        return str(self)

    def _repr_html_(self) -> str:
        from html import escape

        return f"<pre>{escape(str(self))}</pre>"


class Answer(Printed):
    """A result: as the command prints it, as its JSON, as tables and pictures of a notebook."""

    __slots__ = ("_told",)

    def __init__(self, told: Told) -> None:
        self._told = told

    def to_json(self) -> str:
        """The document that the command prints with ``--format json``."""
        return self._told.json()

    def to_dict(self) -> dict[str, Any]:
        """The same as a dictionary."""
        document: dict[str, Any] = json.loads(self.to_json())
        return document

    def __str__(self) -> str:
        """The tables that the command prints."""
        return self._told.text()

    def _repr_html_(self) -> str:
        return self._told.html()


class Tabled:
    """A result with tidy tables."""

    __slots__ = ()

    def to_arrow(self, what: Any = ...) -> Table:
        """A tidy table."""
        raise NotImplementedError

    def to_pandas(self, what: Any = None) -> pandas.DataFrame:
        """The same as a pandas data frame: the first table where none is named."""
        return (self.to_arrow() if what is None else self.to_arrow(what)).to_pandas()

    def to_polars(self, what: Any = None) -> polars.DataFrame:
        """The same as a polars data frame: the first table where none is named."""
        return (self.to_arrow() if what is None else self.to_arrow(what)).to_polars()


def file(path: str | os.PathLike[str]) -> Path:
    """Where a page goes."""
    return Path(path_of("path", path))


def folder(path: str | os.PathLike[str]) -> Path:
    """Where files go."""
    return Path(path_of("folder", path))
