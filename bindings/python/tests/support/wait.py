"""Waiting for conditions, with a deadline."""

from __future__ import annotations

import time
from typing import Callable, TypeVar

T = TypeVar("T")

LIMIT = 60.0
"""After so many seconds a test has waited for too long."""


def until(what: str, look: Callable[[], T], limit: float = LIMIT) -> T:
    """What ``look`` gives, as soon as it is true."""
    deadline = time.monotonic() + limit
    while True:
        seen = look()
        if seen:
            return seen
        assert time.monotonic() < deadline, f"waited {limit} s for {what}"
        time.sleep(0.002)
