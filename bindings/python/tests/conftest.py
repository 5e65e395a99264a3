"""Servers: one in memory for each test, and one real one for all of them."""

from __future__ import annotations

import itertools
from collections.abc import Iterator

import pytest
from support import certificates
from support.certificates import Authority, Identity
from support.zookeeper import Secure, Zookeeper, class_path, why_no_tls

_numbers = itertools.count(1)


@pytest.fixture(scope="session")
def zookeeper(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Zookeeper]:
    """A real server with sessions of 1 to 10 seconds."""
    if class_path() is None:
        pytest.skip("no ZooKeeper server here: run scripts/setup")
    server = Zookeeper(tmp_path_factory.mktemp("zookeeper"))
    yield server
    server.end()


@pytest.fixture(scope="session")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    """Signs the certificates of the secure server and of its clients."""
    if (why := certificates.why_not()) is not None:
        pytest.skip(why)
    return Authority(tmp_path_factory.mktemp("authority"), "tests of tenure")


@pytest.fixture(scope="session")
def identity(authority: Authority) -> Identity:
    """The certificate of a client that the secure server accepts."""
    return authority.issue("client", "DNS:client.test")


@pytest.fixture(scope="session")
def secure_zookeeper(
    tmp_path_factory: pytest.TempPathFactory, authority: Authority
) -> Iterator[Zookeeper]:
    """A real server that speaks TLS, too, and requires client certificates there."""
    if (why := why_no_tls()) is not None:
        pytest.skip(why)
    own = authority.issue("server", "DNS:localhost, IP:127.0.0.1")
    server = Zookeeper(
        tmp_path_factory.mktemp("secure-zookeeper"), secure=Secure(own.both, authority.file)
    )
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
