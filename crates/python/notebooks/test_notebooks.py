"""Every notebook runs from the first cell to the last, from a folder of its own."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest

HERE = Path(__file__).resolve().parent
NOTEBOOKS = sorted(HERE.glob("*.ipynb"))
README = HERE.parents[2] / "README.md"


def headline(notebook):
    """The README's first sentence, officers for the status quo's service, a table of Tijms, a figure: in twenty lines."""
    cells = [cell for cell in notebook.cells if cell.cell_type == "code"]
    assert sum(bool(line.strip()) for cell in cells for line in cell.source.splitlines()) <= 20
    said = [" ".join(str(value) for output in cell.outputs for value in output.get("data", {}).values()) for cell in cells]
    text = README.read_text()
    first = re.search(r"It begins with the answer:\n\n```text\n(.*?)\. Best of", text, re.DOTALL).group(1)
    assert " ".join(first.split()) in " ".join(said[0].split())
    least = re.search(r"one centre needs (\d+) officers", text).group(1)
    assert re.search(rf"centralized\s+{least}\.0", said[1])
    # Table 5.3.2 of Tijms: 100 erlangs, and 1,000.
    assert re.search(r"100\s+106\s+111\s+115", said[3]) and re.search(r"1000\s+1017\s+1034\s+1046", said[3])
    assert any("image/png" in output.get("data", {}) for output in cells[2].outputs)


def test_there_are_three():
    assert len(NOTEBOOKS) == 3


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda p: p.stem)
def test_notebook(path):
    nbformat = pytest.importorskip("nbformat")
    nbclient = pytest.importorskip("nbclient")
    notebook = nbformat.read(path, as_version=4)
    nbclient.NotebookClient(notebook, timeout=900, resources={"metadata": {"path": str(HERE)}}).execute()
    if path.stem == "national":
        headline(notebook)
    outputs = [output for cell in notebook.cells if cell.cell_type == "code" for output in cell.outputs]
    pictures = [o for o in outputs if "image/png" in o.get("data", {})]
    assert pictures, "a notebook has a figure"
    # For those who want to look: POOLWISE_NOTEBOOKS=DIR keeps what was executed.
    keep = os.environ.get("POOLWISE_NOTEBOOKS")
    if keep:
        Path(keep).mkdir(parents=True, exist_ok=True)
        nbformat.write(notebook, Path(keep) / path.name)
