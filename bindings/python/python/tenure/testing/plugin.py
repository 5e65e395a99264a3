"""The fixture for pytest, which finds it by the package's entry point."""

from __future__ import annotations

import pytest

from ._memory import MemoryServer


@pytest.fixture
def tenure_server() -> MemoryServer:
    """A ZooKeeper server inside this process, of this test's own."""
    return MemoryServer()
