"""The scenarios of tests/scenarios/list.tsv, by the ids of that list, as a Python user sees them.

What is cut there by a proxy is a server in memory that stops here, and a session is ended by
`expire`: those two are the same steps. What needs a real server is run against one.
"""

from __future__ import annotations

import json
import pathlib
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Optional

import pytest
import tenure
from support.wait import LIMIT, until
from support.zookeeper import Zookeeper
from tenure.testing import MemoryServer

LIST = pathlib.Path(__file__).parents[3] / "tests" / "scenarios" / "list.tsv"

# Those of Mesos's own files that are not run here, and why.
NOT_HERE = {
    "group_path_with_restrictive_perms": "no access control list can be set from here",
    "group_retryable_errors": "the storm of it is the core's; one expiry is tested here",
    "group_connect_timer": "test_session.py: a_server_that_cannot_be_reached_is_told_and_waited_for",
    "zookeeper_create": "znodes of others cannot be made from here",
    "master_contender_pending_election": "an answer cannot be held back from here",
    "master_non_retryable_errors": "no access control list can be set from here",
}


@pytest.fixture
def pool() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(8) as pool:
        yield pool


def session(client: tenure.Client) -> int:
    state = until("a session", lambda: isinstance(client.state, tenure.SessionConnected) and client.state)
    assert isinstance(state, tenure.SessionConnected)
    return state.session


def led_by(detector: tenure.Detector, data: bytes) -> tenure.Leader:
    def look() -> Optional[tenure.Leader]:
        leader = detector.leader
        return leader if leader is not None and leader.data == data else None

    leader = until(f"{data!r} to lead", look)
    assert leader is not None
    return leader


def test_group_group(url: str) -> None:
    with tenure.Client(url) as client:
        group = client.group()
        assert group.wait_change(timeout=LIMIT) == ()
        member = group.join("hello world", timeout=LIMIT)
        assert group.wait_change((), timeout=LIMIT) == (member,)
        assert group.data(member, timeout=LIMIT) == b"hello world"
        assert group.cancel(member, timeout=LIMIT)
        assert group.wait_change((member,), timeout=LIMIT) == ()
        assert group.wait_cancelled(member, timeout=LIMIT) in (True, False)


def test_group_labelled_group(url: str) -> None:
    with tenure.Client(url) as client:
        group = client.group()
        member = group.join("hello world", label="my_label", timeout=LIMIT)
        assert group.wait_change((), timeout=LIMIT) == (member,) and member.label == "my_label"
        assert group.data(member, timeout=LIMIT) == b"hello world"
        assert group.cancel(member, timeout=LIMIT)
        assert group.wait_change((member,), timeout=LIMIT) == ()


def test_group_join_with_disconnect(tenure_server: MemoryServer, pool: ThreadPoolExecutor) -> None:
    with tenure_server.client(session_timeout=10) as client:
        group = client.group()
        group.members(timeout=LIMIT)
        with tenure_server.stopped():
            pending = pool.submit(group.join, "kept", timeout=LIMIT)
            with pytest.raises(tenure.TimeoutError):
                group.join("given up", timeout=0.01)
            assert not pending.done()
        member = pending.result(LIMIT)
        assert group.members(timeout=LIMIT) == (member,)


def test_group_data_with_disconnect(tenure_server: MemoryServer, pool: ThreadPoolExecutor) -> None:
    with tenure_server.client(session_timeout=10) as client:
        group = client.group()
        member = group.join("x", timeout=LIMIT)
        with tenure_server.stopped():
            pending = pool.submit(group.data, member, timeout=LIMIT)
            until("the loss", lambda: not isinstance(client.state, tenure.SessionConnected))
            assert not pending.done()
        assert pending.result(LIMIT) == b"x"


def test_group_data_with_removed_membership(url: str) -> None:
    with tenure.Client(url) as client:
        group = client.group()
        member = group.join("x", timeout=LIMIT)
        assert group.set_data(member, "y", timeout=LIMIT)
        assert group.cancel(member, timeout=LIMIT)
        assert group.data(member, timeout=LIMIT) is None
        assert not group.cancel(member, timeout=LIMIT)
        assert not group.set_data(member, "z", timeout=LIMIT)


def test_group_cancel_with_disconnect(tenure_server: MemoryServer, pool: ThreadPoolExecutor) -> None:
    with tenure_server.client(session_timeout=10) as client:
        group = client.group()
        member = group.join("x", timeout=LIMIT)
        with tenure_server.stopped():
            pending = pool.submit(group.cancel, member, timeout=LIMIT)
            until("the loss", lambda: not isinstance(client.state, tenure.SessionConnected))
            assert not pending.done()
        assert pending.result(LIMIT)
        assert group.wait_change((member,), timeout=LIMIT) == ()


def test_group_watch_with_session_expiration(
    tenure_server: MemoryServer, pool: ThreadPoolExecutor
) -> None:
    with tenure_server.client() as client:
        group = client.group()
        member = group.join("x", timeout=LIMIT)
        assert group.wait_change((), timeout=LIMIT) == (member,)
        ending = pool.submit(group.wait_cancelled, member, timeout=LIMIT)
        assert tenure_server.expire(session(client)) == 1
        assert group.wait_change((member,), timeout=LIMIT) == ()
        # Not by this group's will.
        assert ending.result(LIMIT) is False


def test_group_multiple_groups(tenure_server: MemoryServer, pool: ThreadPoolExecutor) -> None:
    with tenure_server.client() as a, tenure_server.client() as b:
        one, two = a.group(), b.group()
        first = one.join("1", timeout=LIMIT)
        second = two.join("2", timeout=LIMIT)
        for group in (one, two):
            until("both", lambda group=group: group.known == (first, second))
        ending = pool.submit(two.wait_cancelled, first, timeout=LIMIT)
        tenure_server.expire(session(a))
        assert ending.result(LIMIT) is False
        assert two.wait_change((first, second), timeout=LIMIT) == (second,)


def test_group_timer_cleanup(tenure_server: MemoryServer) -> None:
    with tenure_server.stopped():
        client = tenure_server.client()
        events = client.events
        client.group().close()
        client.close(timeout=LIMIT)
        kinds = [type(event) for event in events]
    assert kinds[-1] is tenure.SessionClosed and tenure.SessionExpired not in kinds


def test_zookeeper_auth(zookeeper: Zookeeper) -> None:
    url = zookeeper.url("/auth")
    with tenure.Client(url.replace("zk://", "zk://creator:creator@")) as owner:
        member = owner.group().join("42", timeout=LIMIT)
        for stranger in (url, url.replace("zk://", "zk://nobody:nobody@")):
            with tenure.Client(stranger) as client:
                group = client.group()
                assert group.data(member, timeout=LIMIT) == b"42"
                with pytest.raises(tenure.NoAuthError, match="auth"):
                    group.evict(member, timeout=LIMIT)
                with pytest.raises(tenure.NoAuthError):
                    client.contender().wait_leading(timeout=LIMIT)


def test_zookeeper_session_timeout_negotiation(
    tmp_path: pathlib.Path, zookeeper: Zookeeper
) -> None:
    # The limits of the server are 2 and 20 ticks of half a second.
    for asked, granted in ((0.5, 1.0), (5, 5.0), (22, 10.0)):
        with tenure.Client(zookeeper.url("/timeouts"), session_timeout=asked) as client:
            session(client)
            assert isinstance(client.state, tenure.SessionConnected)
            assert client.state.timeout == granted


def test_zookeeper_leader_detector(url: str) -> None:
    with tenure.Client(url) as client:
        group, detector = client.group(), client.detector()
        first = group.join("1", timeout=LIMIT)
        second = group.join("2", timeout=LIMIT)
        assert led_by(detector, b"1").member == first
        assert group.cancel(second, timeout=LIMIT)
        third = group.join("3", timeout=LIMIT)
        assert group.cancel(first, timeout=LIMIT)
        assert led_by(detector, b"3").member == third
        assert group.cancel(third, timeout=LIMIT)
        until("nobody to lead", lambda: detector.state == tenure.NoLeader())
        client.close(timeout=LIMIT)
        told = [event.leader.data for event in detector.events if event.leader]
        assert told == [b"1", b"3"]  # no word of followers


def test_zookeeper_leader_detector_timeout_handling(tenure_server: MemoryServer) -> None:
    with tenure_server.client() as a, tenure_server.client() as b:
        member = a.group().join("x", timeout=LIMIT)
        detector = b.detector()
        assert led_by(detector, b"x").member == member
        with tenure_server.stopped():
            until("ignorance", lambda: isinstance(detector.state, tenure.LeaderUnknown))
            until("the expiry", lambda: b.metrics().sessions_expired == 1)
            assert isinstance(detector.state, tenure.LeaderUnknown)
        until("it to know", lambda: not isinstance(detector.state, tenure.LeaderUnknown))


def test_zookeeper_leader_detector_cancellation_handling(url: str) -> None:
    with tenure.Client(url) as client:
        group, detector = client.group(), client.detector()
        member = group.join("1", timeout=LIMIT)
        assert led_by(detector, b"1").member == member
        group.cancel(member, timeout=LIMIT)
        until("nobody to lead", lambda: detector.state == tenure.NoLeader())
        again = group.join("1", timeout=LIMIT)
        assert led_by(detector, b"1").member == again


def test_zookeeper_leader_contender(tenure_server: MemoryServer, pool: ThreadPoolExecutor) -> None:
    with tenure_server.client() as watcher:
        group = watcher.group()
        with tenure_server.client() as client:  # (a) withdrawn at once
            contender = client.contender()
            contender.withdraw(timeout=LIMIT)
            assert group.members(timeout=LIMIT) == ()
        with tenure_server.client() as client:  # (b) lost with the session
            contender = client.contender(reenrol=False)
            contender.wait_leading(timeout=LIMIT)
            tenure_server.expire(session(client))
            until("the loss", lambda: isinstance(contender.state, tenure.Lost))
            assert not contender.withdraw(timeout=LIMIT)
        with tenure_server.client(session_timeout=10) as client:  # (c) asked for while cut off
            session(client)
            with tenure_server.stopped():
                contender = client.contender()
                with pytest.raises(tenure.TimeoutError):
                    contender.wait_leading(timeout=0.01)
            contender.wait_leading(timeout=LIMIT)
            assert contender.withdraw(timeout=LIMIT)
        with tenure_server.client() as client:  # (d) lost with the lease, (e) and led again
            contender = client.contender()
            lead = contender.wait_leading(timeout=LIMIT)
            with tenure_server.stopped():
                assert not lead.wait(timeout=LIMIT)
            again = contender.wait_leading(timeout=LIMIT)
            until("it to be alone", lambda: [m.token for m in group.members()] == [again.token])


def test_url_url(zookeeper: Zookeeper) -> None:
    server = f"127.0.0.1:{zookeeper.port}"
    client = tenure.Client(f"zk://jake:1@127.0.0.1:1,{server}/url/path/", session_timeout=2)
    assert (client.url, client.path) == (f"zk://…@127.0.0.1:1,{server}/url/path", "/url/path")
    client.group().join("x", timeout=LIMIT)
    client.close(timeout=LIMIT)
    with pytest.raises(tenure.InvalidInputError, match="path"):
        tenure.Client(f"zk://{server}")


def test_master_file(url: str, tmp_path: pathlib.Path) -> None:
    file = tmp_path / "where"
    with tenure.Client(url) as client:
        client.contender(data="x").wait_leading(timeout=LIMIT)
        file.write_text(f"{url}\n")
        with tenure.Client(f"file://{file}") as other:
            assert other.detector().wait_leader(timeout=LIMIT).data == b"x"
        file.write_text("10.0.0.1:5050")
        with tenure.Client(f"file://{file}") as other:
            assert other.detector().wait_leader(timeout=LIMIT).data == b"10.0.0.1:5050"


def test_master_basic_contender() -> None:
    with tenure.Client("10.10.1.105:8088") as client:
        with pytest.raises(tenure.InvalidInputError, match="standalone leader"):
            client.contender(data="x")


def test_master_basic_detector() -> None:
    with tenure.Client("10.10.1.105:8088") as client:
        detector = client.detector()
        leader = detector.wait_leader(timeout=0)
        with pytest.raises(tenure.TimeoutError):
            detector.wait_change(tenure.LeaderKnown(leader), timeout=0.01)
        assert detector.wait_change(tenure.NoLeader(), timeout=0).leader == leader


def test_master_basic_master_info() -> None:
    with tenure.Client("10.10.1.105:8088") as client:
        leader = client.detector().leader
        assert leader is not None
        assert (leader.data, leader.member.token) == (b"10.10.1.105:8088", 0)


def test_master_contender(tenure_server: MemoryServer) -> None:
    with tenure_server.client() as client, tenure_server.client() as other:
        contender = client.contender(data="x", reenrol=False)
        detector = other.detector()
        leader = led_by(detector, b"x")
        with pytest.raises(tenure.TimeoutError):
            detector.wait_change(tenure.LeaderKnown(leader), timeout=0.01)
        assert detector.wait_change(tenure.NoLeader(), timeout=0).leader == leader
        tenure_server.expire(session(client))
        until("the loss", lambda: isinstance(contender.state, tenure.Lost))
        until("nobody to lead", lambda: detector.state == tenure.NoLeader())


def test_master_contenders(url: str) -> None:
    with tenure.Client(url) as a, tenure.Client(url) as b:
        first = a.contender(data="1")
        token = first.wait_leading(timeout=LIMIT).token
        second = b.contender(data="2")
        detectors = [a.detector(), b.detector()]
        for detector in detectors:
            led_by(detector, b"1")
        first.close()
        assert second.wait_leading(timeout=LIMIT).token > token
        for detector in detectors:
            led_by(detector, b"2")


def test_master_contender_detector_shutdown_network(tenure_server: MemoryServer) -> None:
    with tenure_server.client() as client:
        contender, detector = client.contender(data="x"), client.detector()
        lead = contender.wait_leading(timeout=LIMIT)
        led_by(detector, b"x")
        with tenure_server.stopped():
            assert not lead.wait(timeout=LIMIT)
            until("ignorance", lambda: isinstance(detector.state, tenure.LeaderUnknown))
            late = client.contender("/late")
            with pytest.raises(tenure.TimeoutError):
                late.wait_leading(timeout=0.01)
        assert contender.wait_leading(timeout=LIMIT).token > lead.token
        assert late.wait_leading(timeout=LIMIT)
        led_by(detector, b"x")


def test_master_detector_timed_out_session(tenure_server: MemoryServer) -> None:
    with tenure_server.client() as a, tenure_server.client() as b, tenure_server.client() as c:
        leader = a.contender(data="a", reenrol=False)
        leader.wait_leading(timeout=LIMIT)
        follower = b.contender(data="b", reenrol=False)
        detectors = [client.detector() for client in (a, b, c)]
        for detector in detectors:
            led_by(detector, b"a")
        until("it to stand by", lambda: isinstance(follower.state, tenure.Standby))
        with tenure_server.stopped():
            for detector in detectors:
                until("ignorance", lambda d=detector: isinstance(d.state, tenure.LeaderUnknown))
            for contender in (leader, follower):
                until("the loss", lambda c=contender: isinstance(c.state, tenure.Lost))
        for detector in detectors:
            until("nobody to lead", lambda d=detector: d.state == tenure.NoLeader())


def test_master_detector_expire_master_zk_session(tenure_server: MemoryServer) -> None:
    with tenure_server.client() as a, tenure_server.client() as b, tenure_server.client() as c:
        leader = a.contender(data="a")
        leader.wait_leading(timeout=LIMIT)
        follower = b.contender(data="b")
        detector = c.detector()
        led_by(detector, b"a")
        until("it to stand by", lambda: isinstance(follower.state, tenure.Standby))
        tenure_server.expire(session(a))
        led_by(detector, b"b")
        assert follower.wait_leading(timeout=LIMIT)
        until("it to stand again", lambda: isinstance(leader.state, tenure.Standby))
        # Nothing was told between the two.
        c.close(timeout=LIMIT)
        told = [event for event in detector.events if event != tenure.NoLeader()]
        assert [event.leader and event.leader.data for event in told] == [b"a", b"b"]


def test_master_detector_expire_slave_zk_session(tenure_server: MemoryServer) -> None:
    with tenure_server.client() as a, tenure_server.client() as b:
        a.contender(data="a").wait_leading(timeout=LIMIT)
        detector = b.detector()
        before = led_by(detector, b"a").member
        tenure_server.expire(session(b))
        until("the expiry", lambda: b.metrics().sessions_expired == 1)
        session(b)
        assert led_by(detector, b"a").member == before
        b.close(timeout=LIMIT)
        assert tenure.NoLeader() not in list(detector.events)


def test_master_detector_expire_slave_zk_session_new_master(tenure_server: MemoryServer) -> None:
    with tenure_server.client() as a, tenure_server.client() as b, tenure_server.client() as c:
        a.contender(data="a").wait_leading(timeout=LIMIT)
        follower = b.contender(data="b")
        until("it to stand by", lambda: isinstance(follower.state, tenure.Standby))
        detector = c.detector()
        led_by(detector, b"a")
        tenure_server.expire(session(c))
        tenure_server.expire(session(a))
        led_by(detector, b"b")


def test_master_detector_uses_json(url: str) -> None:
    info = json.dumps({"hostname": "h", "address": {"ip": "10.0.0.1", "port": 5050}, "id": "ü"})
    with tenure.Client(url) as a, tenure.Client(url) as b:
        a.contender(data=info, label="json.info").wait_leading(timeout=LIMIT)
        leader = b.detector().wait_leader(timeout=LIMIT)
        assert leader.member.label == "json.info" and json.loads(leader.data) == json.loads(info)


def test_master_lost_zookeeper_cluster(tenure_server: MemoryServer) -> None:
    with tenure_server.client() as client:
        contender = client.contender(data="x")
        lead = contender.wait_leading(timeout=LIMIT)
        with tenure_server.stopped():
            assert not lead.wait(timeout=LIMIT)
        assert contender.wait_leading(timeout=LIMIT).token > lead.token
        client.close(timeout=LIMIT)
        events = list(contender.events)
        lost = next(event for event in events if isinstance(event, tenure.Lost))
        before = events[: events.index(lost)]
        jeopardy = [event for event in before if isinstance(event, tenure.Jeopardy)][-1]
        assert lost.led_until and lost.led_until <= jeopardy.lease_end


def test_every_case_of_mesos_is_here_or_said_why_not() -> None:
    lines = [line.split("\t") for line in LIST.read_text().splitlines()[1:]]
    own = ("GroupTest.", "ZooKeeperTest.", "ZooKeeperURLTest.", "MasterContenderDetectorTest.")
    cases = {
        line[0]
        for line in lines
        if line[1].startswith("Mesos ") and any(word in line[1] for word in own) and line[6] != "-"
    }
    cases = {case for case in cases if case.startswith(("group_", "zookeeper_", "url_", "master_"))}
    assert len(cases) >= 30, cases
    here = {name[len("test_") :] for name in globals() if name.startswith("test_")}
    assert cases - here == set(NOT_HERE) & cases
    assert not here & set(NOT_HERE)
