"""The package as it is installed: metadata, licences, types; the same from the root of a checkout."""

from __future__ import annotations

import inspect
from importlib import metadata, resources

import pytest

import poolwise as pw


def test_metadata_is_complete():
    about = metadata.metadata("poolwise")
    assert about["Version"] == pw.__version__ and about["Requires-Python"] == ">=3.10"
    assert about["License-Expression"] == "MIT OR Apache-2.0"
    assert set(about.get_all("License-File") or []) == {"LICENSE-MIT", "LICENSE-APACHE"}
    classifiers = set(about.get_all("Classifier") or [])
    assert {"Typing :: Typed", "Programming Language :: Python :: 3.10", "Programming Language :: Rust"} <= classifiers
    required = [line for line in metadata.requires("poolwise") or [] if "extra ==" not in line]
    assert required == [] and {"pandas", "polars", "pyarrow"} <= set(about.get_all("Provides-Extra") or [])
    assert about["Summary"] and about.get_payload()
    files = [str(path) for path in metadata.files("poolwise") or []]
    assert any(path.endswith("LICENSE-MIT") for path in files) and any(path.endswith("LICENSE-APACHE") for path in files)
    assert resources.files("poolwise").joinpath("py.typed").is_file()


def test_the_root_of_a_checkout_is_the_same_project(root):
    tomllib = pytest.importorskip("tomllib")
    here, there = ((root / f).read_bytes().decode() for f in ("crates/python/pyproject.toml", "pyproject.toml"))
    own, of_root = tomllib.loads(here), tomllib.loads(there)
    assert of_root["build-system"] == own["build-system"]
    assert of_root["project"].pop("readme").endswith(own["project"].pop("readme"))
    assert of_root["project"] == own["project"]
    for name in ("LICENSE-MIT", "LICENSE-APACHE"):
        assert (root / name).read_bytes() == (root / "crates/python" / name).read_bytes()


def test_every_public_item_says_what_it_is():
    silent = []
    for module in (pw, pw.theory):
        for name in module.__all__:
            item = getattr(module, name)
            if inspect.isclass(item) or inspect.isfunction(item):
                if not (item.__doc__ or "").strip():
                    silent.append(name)
            if inspect.isclass(item):
                members = [m for m in vars(item).items() if not m[0].startswith("_")]
                functions = [(n, m.fget if isinstance(m, property) else m) for n, m in members]
                silent += [
                    f"{name}.{n}" for n, m in functions if inspect.isfunction(m) and not (m.__doc__ or "").strip()
                ]
    assert silent == []


def test_formulas_name_their_source():
    without = [
        name
        for name in pw.theory.__all__
        if inspect.isfunction(getattr(pw.theory, name)) and not any(c.isdigit() for c in getattr(pw.theory, name).__doc__ or "")
    ]
    # These lead to a formula that names it, or are elementary.
    assert set(without) <= {"halfin_whitt_beta", "garnett_beta", "mmck"}
