"""Held by mypy in strict mode: how a typed program uses the package."""

from __future__ import annotations

import poolwise as pw


def best(paths: list[str]) -> str:
    found = pw.compare(paths, horizon="1 week")
    done: dict[str, float] = {name: case["done_within_target"].estimate for name, case in found.items()}
    return max(done, key=lambda name: done[name])


def waits(scenario: pw.Scenario) -> list[float]:
    out: list[float] = []

    def note(outcome: pw.Outcome) -> None:
        out.append(outcome.measures["wait_mean_hours"])

    pw.run(scenario, outcome=note, progress=lambda done, planned, name: None)
    return out
