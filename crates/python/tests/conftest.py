"""Scenarios and the command line for all tests."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]

DESK = """
title = "One queue"
run = { horizon = "4 weeks", replications = 4 }
class.call = { rate = "48 per hour", start = "answer" }
stage.answer = { service = { role = "agent", time = { exponential = "1 min" } }, next = "answered" }
stage.answered = { exit = true }
centre.desk = { levels = { officers = 1 } }
route = [{ to = "desk" }]
"""


@pytest.fixture
def root() -> Path:
    return ROOT


@pytest.fixture
def desk() -> str:
    return DESK


@pytest.fixture
def command() -> Path:
    program = Path(os.environ.get("POOLWISE", ROOT / "target" / "release" / "poolwise"))
    if not program.exists():
        pytest.skip(f"the command line is not built: {program}")
    return program


@pytest.fixture
def interrupt():
    """Presses Ctrl-C."""
    return lambda: os.kill(os.getpid(), signal.SIGINT)
