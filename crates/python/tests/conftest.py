"""Scenarios and the command line for all tests."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Callable
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


class Press:
    """Ctrl-C, once something has come about: given as ``progress``, it is pressed when ``when`` holds of what is told (at the first word
    by default), by a thread of its own, as a user does. Tests wait for events and not for seconds, so that none rests on the machine's speed."""

    def __init__(self, when: Callable[[int, int, str], bool] = lambda done, planned, name: True) -> None:
        self._when = when
        self._event = threading.Event()
        self._at: float | None = None
        threading.Thread(target=self._press, daemon=True).start()

    def __call__(self, done: int = 0, planned: int = 0, name: str = "") -> None:
        if self._when(done, planned, name):
            self._event.set()

    def _press(self) -> None:
        self._event.wait()
        self._at = time.monotonic()
        os.kill(os.getpid(), signal.SIGINT)

    @property
    def heard(self) -> bool:
        """Whether what it stopped has ended soon: a second is promised, and the rest is for a machine that has other things to do."""
        return self._at is not None and time.monotonic() - self._at < 8.0


@pytest.fixture
def press() -> type[Press]:
    return Press
