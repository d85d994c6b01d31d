"""Tables of results, for whichever library of data frames is at hand."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from . import _core
from ._errors import UsageError

if TYPE_CHECKING:
    import pandas
    import polars
    import pyarrow

__all__ = ["Table"]


class Table:
    """A tidy table: a row an observation, a column a variable.

    It speaks Arrow's C stream interface (``__arrow_c_stream__``), so that pyarrow, polars, DuckDB and others take it as
    it is, without a copy: ``polars.DataFrame(table)``, ``pyarrow.table(table)``. Nothing of them is needed to make it.
    """

    __slots__ = ("_inner",)

    def __init__(self, inner: _core.Table) -> None:
        self._inner = inner

    def __arrow_c_stream__(self, requested_schema: object | None = None) -> object:
        return self._inner.__arrow_c_stream__(requested_schema)

    @property
    def columns(self) -> list[str]:
        """Names of the columns."""
        return self._inner.column_names

    def __len__(self) -> int:
        return len(self._inner)

    def __getitem__(self, column: str) -> list[Any]:
        """A column as a list; ``None`` where a value is missing."""
        return self._inner.column(column)

    def to_dict(self) -> dict[str, list[Any]]:
        """All columns as lists."""
        return {name: self._inner.column(name) for name in self.columns}

    def to_pandas(self) -> pandas.DataFrame:
        """The table as a pandas data frame; with pyarrow installed, numbers are not copied one by one."""
        made: pandas.DataFrame
        library = _needed("pandas")
        try:
            made = import_module("pyarrow").table(self).to_pandas()
        except ImportError:
            made = library.DataFrame(self.to_dict())
        return made

    def to_polars(self) -> polars.DataFrame:
        """The table as a polars data frame, without a copy."""
        made: polars.DataFrame = _needed("polars").DataFrame(self)
        return made

    def to_pyarrow(self) -> pyarrow.Table:
        """The table as one of pyarrow, without a copy."""
        return _needed("pyarrow").table(self)

    def __repr__(self) -> str:
        return f"<poolwise.Table: {len(self)} rows of {', '.join(self.columns)}>"

    def _repr_html_(self) -> str:
        from html import escape

        most = 20
        columns = self.to_dict()
        head = "".join(f"<th>{escape(name)}</th>" for name in columns)
        rows = "".join(
            "<tr>" + "".join(f"<td>{escape(_shown(column[i]))}</td>" for column in columns.values()) + "</tr>"
            for i in range(min(len(self), most))
        )
        more = f"<p>{len(self)} rows</p>" if len(self) > most else ""
        return f"<table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>{more}"


def _shown(value: object) -> str:
    if value is None:
        return ""
    return f"{value:.6g}" if isinstance(value, float) else str(value)


def _needed(library: str) -> Any:
    """An optional library, or an error that says how to get it."""
    try:
        return import_module(library)
    except ImportError as e:
        raise UsageError(f"this takes {library}, which is not installed: pip install {library}") from e
