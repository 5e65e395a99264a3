"""What happens to a client's session."""

from __future__ import annotations

import time

import pytest
import tenure
from support.wait import LIMIT, until
from support.zookeeper import Zookeeper, free_port
from tenure.testing import MemoryServer


def test_a_session_is_told_from_the_first_to_the_last(url: str) -> None:
    client = tenure.Client(url, session_timeout=4)
    connecting = client.events.next(timeout=LIMIT)
    connected = client.events.next(timeout=LIMIT)
    assert connecting == tenure.SessionConnecting()
    assert isinstance(connected, tenure.SessionConnected)
    assert connected.timeout == 4.0 and connected.session != 0
    client.close(timeout=LIMIT)
    assert list(client.events)[-1] == tenure.SessionClosed()
    with pytest.raises(tenure.ClosedError):
        client.events.next()
    client.close(timeout=LIMIT)
    with pytest.raises(tenure.ClosedError):
        client.group().members(timeout=LIMIT)


def test_a_server_that_cannot_be_reached_is_told_and_waited_for() -> None:
    port = free_port()
    client = tenure.Client(f"zk://127.0.0.1:{port}/app", session_timeout=1)
    retrying = next(e for e in client.events if isinstance(e, tenure.SessionRetrying))
    assert str(port) in retrying.error and retrying.attempt == 1
    with pytest.raises(tenure.TimeoutError):
        client.group().members(timeout=0.01)
    # There is no session, so nobody has to be told.
    client.close(timeout=LIMIT)


def test_an_expiry_by_the_server_is_told(tenure_server: MemoryServer) -> None:
    with tenure_server.client() as client:
        until("a session", lambda: isinstance(client.state, tenure.SessionConnected))
        tenure_server.expire()
        by = next(event.by for event in client.events if isinstance(event, tenure.SessionExpired))
        assert by == "server"


def test_an_expiry_by_the_own_clock_is_told(tenure_server: MemoryServer) -> None:
    with tenure_server.client() as client:
        until("a session", lambda: isinstance(client.state, tenure.SessionConnected))
        with tenure_server.cut():
            events = iter(client.events)
            suspended = next(e for e in events if isinstance(e, tenure.SessionSuspended))
            assert suspended.since <= time.clock_gettime_ns(time.CLOCK_BOOTTIME)
            expired = next(e for e in events if isinstance(e, tenure.SessionExpired))
            assert expired.by == "local_timeout"


def test_a_black_hole_of_a_real_server_is_survived(
    tmp_path_factory: pytest.TempPathFactory, zookeeper: Zookeeper
) -> None:
    # Of its own: all clients of a server share its black hole.
    server = Zookeeper(tmp_path_factory.mktemp("frozen"), tick=200)
    try:
        with tenure.Client(server.url("/app"), session_timeout=2) as client:
            contender = client.contender(data="me")
            old = contender.wait_leading(timeout=LIMIT)
            server.freeze()
            assert not old.wait(timeout=LIMIT)
            with pytest.raises(tenure.LeadershipLost):
                old.check()
            server.thaw()
            assert contender.wait_leading(timeout=LIMIT).token > old.token
    finally:
        server.end()


def test_counters_count(memory: str) -> None:
    with tenure.Client(memory) as client:
        contender = client.contender()
        contender.wait_leading(timeout=LIMIT)
        metrics = client.metrics()
        assert (metrics.connections, metrics.leaderships, metrics.handles) == (1, 1, 1)
        assert metrics.bytes_sent > 0 and metrics.sessions_confirmed == 1
        contender.withdraw(timeout=LIMIT)
        assert client.metrics().leaderships_ended == 1


def test_a_client_that_is_dropped_closes_in_the_background(tenure_server: MemoryServer) -> None:
    with tenure_server.client() as other:
        client = tenure_server.client()
        client.contender().wait_leading(timeout=LIMIT)
        del client
        group = other.group()
        until("its znode to go", lambda: group.members(timeout=LIMIT) == ())


def test_closing_waits_for_nobody_who_cannot_be_reached(tenure_server: MemoryServer) -> None:
    client = tenure_server.client()
    client.contender().wait_leading(timeout=LIMIT)
    with tenure_server.cut():
        with pytest.raises(tenure.TimeoutError):
            client.close(timeout=0)
        with pytest.raises(tenure.TimeoutError):
            client.close()
