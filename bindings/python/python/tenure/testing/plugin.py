"""The fixture for pytest. The package's entry point names this module."""

from __future__ import annotations

import pytest

from ._memory import MemoryServer


@pytest.fixture
def tenure_server() -> MemoryServer:
    """A ZooKeeper server inside this process, for this test alone."""
    return MemoryServer()
