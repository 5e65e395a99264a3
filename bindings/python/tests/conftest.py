"""Servers: one in memory for each test, and one real one for all of them."""

from __future__ import annotations

import itertools
from collections.abc import Iterator

import pytest
from support.zookeeper import Zookeeper, class_path

_numbers = itertools.count(1)


@pytest.fixture(scope="session")
def zookeeper(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Zookeeper]:
    """A real server with sessions of 1 to 10 seconds."""
    if class_path() is None:
        pytest.skip("no ZooKeeper server here: run scripts/setup")
    server = Zookeeper(tmp_path_factory.mktemp("zookeeper"))
    yield server
    server.end()


@pytest.fixture(params=["memory", "zookeeper"])
def url(request: pytest.FixtureRequest) -> str:
    """A group of the test's own: on a server in memory, and again on a real one."""
    n = next(_numbers)
    if request.param == "memory":
        return f"memory://test-{n}/group"
    server: Zookeeper = request.getfixturevalue("zookeeper")
    return server.url(f"/test-{n}")


@pytest.fixture
def memory() -> str:
    """A group of the test's own, on a server in memory."""
    return f"memory://test-{next(_numbers)}/group"


    return tmp_path
