"""Every recipe of docs/python.md runs as it stands there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

PAGE = Path(__file__).resolve().parents[3] / "docs" / "python.md"
RECIPES = re.findall(r"^## (\d+\..*?)$.*?^```python\n(.*?)^```$", PAGE.read_text(), re.MULTILINE | re.DOTALL)


def test_there_are_ten_and_more():
    assert [title.split(".")[0] for title, _ in RECIPES] == [str(i) for i in range(1, 12)]


@pytest.mark.parametrize("recipe", RECIPES, ids=lambda r: r[0])
def test_recipe(recipe, tmp_path, root, monkeypatch, capsys):
    for library in ("numpy", "pandas", "polars"):
        if f"import {library}" in recipe[1]:
            pytest.importorskip(library)
    for folder in ("scenarios", "docs"):
        (tmp_path / folder).symlink_to(root / folder)
    monkeypatch.chdir(tmp_path)
    exec(compile(recipe[1], recipe[0], "exec"), {})
    assert capsys.readouterr().out.strip()
