"""Following the leader."""

from __future__ import annotations

import tenure
from pytest import raises
from support.refusing import Refusing
from support.wait import LIMIT, until
from tenure.testing import MemoryServer


def test_a_detector_follows_a_hand_over(url: str) -> None:
    with tenure.Client(url) as a, tenure.Client(url) as b:
        detector = b.detector()
        nobody = tenure.NoLeader()
        until("it to know that nobody leads", lambda: detector.state == nobody)
        assert detector.leader is None
        first = a.contender(data="a")
        lead = first.wait_leading(timeout=LIMIT)
        seen = detector.wait_leader(timeout=LIMIT)
        assert (seen.data, seen.member.token) == (b"a", lead.token)
        assert detector.leader == seen
        second = b.contender(data="b")
        first.withdraw(timeout=LIMIT)
        after = detector.wait_change(tenure.LeaderKnown(seen), timeout=LIMIT)
        while after.leader is None:
            after = detector.wait_change(after, timeout=LIMIT)
        assert after.leader.data == b"b"
        assert after.leader.member.token == second.wait_leading(timeout=LIMIT).token
        # What was told in between can still be pulled.
        assert detector.events.next(timeout=0) == nobody
        told = [event.leader.data for event in list_now(detector) if event.leader]
        assert told[0] == b"a" and told[-1] == b"b"


def list_now(detector: tenure.Detector) -> list[tenure.DetectorEvent]:
    events = []
    while True:
        try:
            events.append(detector.events.next(timeout=0))
        except tenure.TimeoutError:
            return events


def test_a_new_payload_of_the_leader_is_told(url: str) -> None:
    with tenure.Client(url) as client:
        contender = client.contender(data="old")
        contender.wait_leading(timeout=LIMIT)
        detector = client.detector()
        old = detector.wait_leader(timeout=LIMIT)
        contender.set_data("new", timeout=LIMIT)
        new = detector.wait_change(tenure.LeaderKnown(old), timeout=LIMIT).leader
        assert new is not None and new.data == b"new" and new.member == old.member


def test_who_is_cut_off_does_not_know(tenure_server: MemoryServer) -> None:
    with tenure_server.client() as client:
        contender = client.contender(data="me")
        old = contender.wait_leading(timeout=LIMIT)
        detector = client.detector()
        detector.wait_leader(timeout=LIMIT)
        with tenure_server.cut():
            until("ignorance", lambda: isinstance(detector.state, tenure.LeaderUnknown))
            state = detector.state
            assert isinstance(state, tenure.LeaderUnknown)
            assert state.since > 0 and detector.leader is None
            with raises(tenure.TimeoutError):
                detector.wait_change(state, timeout=0)
        # The server goes on where the connection does; if not, the session is another.
        leader = detector.wait_leader(timeout=LIMIT)
        assert leader.data == b"me" and leader.member.token >= old.token


def test_an_expiry_makes_somebody_else_lead(tenure_server: MemoryServer) -> None:
    with tenure_server.client() as a, tenure_server.client() as b:
        one = a.contender(data="a")
        token = one.wait_leading(timeout=LIMIT).token
        b.contender(data="b").events.next(timeout=LIMIT)
        detector = b.detector()
        old = detector.wait_leader(timeout=LIMIT)
        assert isinstance(a.state, tenure.SessionConnected)
        assert tenure_server.expire(a.state.session) == 1
        assert tenure_server.expire(12345) == 0
        state: tenure.DetectorEvent = tenure.LeaderKnown(old)
        while state.leader is None or state.leader.data != b"b":
            state = detector.wait_change(state, timeout=LIMIT)
        assert state.leader.member.token > token


def test_a_standalone_leader_is_known_at_once() -> None:
    with tenure.Client("10.0.0.1:5050") as client:
        assert client.path == client.url == "10.0.0.1:5050"
        leader = client.detector().leader
        assert leader is not None and leader.data == b"10.0.0.1:5050"
        with raises(tenure.InvalidInputError, match="standalone"):
            client.contender()


def test_a_failure_is_one_state_until_it_changes() -> None:
    with Refusing() as server, tenure.Client(server.url, session_timeout=4) as client:
        detector = client.detector()
        state = detector.state
        while not isinstance(state, tenure.DetectionFailed):
            state = detector.wait_change(state, timeout=LIMIT)
        assert isinstance(state.error, tenure.NoAuthError)
        with raises(tenure.TimeoutError):
            detector.wait_change(state, timeout=0)
        # It differs from all other states, and from other failures.
        others: list[tenure.DetectorEvent] = [
            tenure.NoLeader(),
            tenure.LeaderUnknown(0),
            tenure.DetectionFailed(tenure.NoAuthError("another znode")),
            tenure.DetectionFailed(tenure.ServerError(str(state.error))),
        ]
        for other in others:
            assert isinstance(detector.wait_change(other, timeout=0), tenure.DetectionFailed)


def test_a_closed_detector_says_so(memory: str) -> None:
    with tenure.Client(memory) as client:
        with client.detector() as detector:
            assert repr(detector).startswith("<tenure.Detector ")
        assert repr(detector) == "<tenure.Detector closed>"
        with raises(tenure.ClosedError, match="detector is closed"):
            _ = detector.state
        another = client.detector()
    with raises(tenure.ClosedError):
        while True:
            another.wait_change(another.state, timeout=LIMIT)
