"""Tables for notebooks, in the style of those that the core draws."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape

__all__ = ["table"]

_CELL = "padding:0.1em 0.6em"


def table(title: str, header: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """A titled table; all but the first column stand to the right."""

    def line(cells: Iterable[object], tag: str) -> str:
        sides = ("left" if i == 0 else "right" for i in range(10**6))
        told = (
            f'<{tag} style="text-align:{side};{_CELL}">{escape(str(cell))}</{tag}>' for cell, side in zip(cells, sides)
        )
        return f"<tr>{''.join(told)}</tr>"

    caption = f'<caption style="text-align:left;font-weight:bold">{escape(title)}</caption>'
    body = "".join(line(row, "td") for row in rows)
    return (
        f'<table style="font-variant-numeric:tabular-nums;margin:1em 0">{caption}'
        f"<thead>{line(header, 'th')}</thead><tbody>{body}</tbody></table>"
    )
