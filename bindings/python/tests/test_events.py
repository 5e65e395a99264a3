"""Events that are pulled: iterated over, and by a descriptor."""

from __future__ import annotations

import copy
import pickle
import select

import pytest
import tenure
from support.wait import LIMIT, until
from tenure.testing import MemoryServer


def test_the_descriptor_is_readable_while_events_wait(tenure_server: MemoryServer) -> None:
    with tenure_server.client() as client:
        events = client.detector().events
        way = select.poll()
        way.register(events.fileno(), select.POLLIN)
        assert events.fileno() == events.fileno()
        assert way.poll(LIMIT * 1000)
        assert events.next(timeout=0) == tenure.NoLeader()
        assert not way.poll(0)
        # By whichever way they are taken.
        client.contender(data="a").wait_leading(timeout=LIMIT)
        assert way.poll(LIMIT * 1000) and way.poll(0)
        assert next(iter(events)).leader is not None
        assert not way.poll(0)
        client.close(timeout=LIMIT)
        while way.poll(LIMIT * 1000):
            try:
                events.next(timeout=0)
            except tenure.ClosedError:
                break
        # After the last it stays so: nobody who waits misses the end.
        assert way.poll(0)


def test_two_who_pull_share_the_events(memory: str) -> None:
    with tenure.Client(memory) as client:
        one, two = client.events, client.events
        assert one.next(timeout=LIMIT) == tenure.SessionConnecting()
        assert isinstance(two.next(timeout=LIMIT), tenure.SessionConnected)
        assert one.latest() == two.latest()
        with pytest.raises(tenure.TimeoutError):
            one.next(timeout=0)


def test_a_flood_keeps_the_latest(memory: str) -> None:
    with tenure.Client(memory) as client:
        contender = client.contender(data="0")
        contender.wait_leading(timeout=LIMIT)
        detector = client.detector()
        detector.wait_leader(timeout=LIMIT)
        for n in range(1, 400):
            contender.set_data(str(n), timeout=LIMIT)
        until("the latest", lambda: detector.wait_leader(timeout=LIMIT).data == b"399")
        client.close(timeout=LIMIT)
        told = [event.leader.data for event in detector.events if event.leader]
        assert len(told) <= 128 and told[-1] == b"399"


def test_values_can_be_compared_copied_hashed_and_sent() -> None:
    member = tenure.Member("/app/x_0000000001", "x", 1, 7)
    event = tenure.LeaderKnown(tenure.Leader(member, b"data", 5))
    assert pickle.loads(pickle.dumps(event)) == event == copy.deepcopy(event)
    assert hash(event) == hash(copy.deepcopy(event))
    assert event != tenure.LeaderKnown(tenure.Leader(member, b"other", 5))
    assert tenure.NoLeader() != tenure.SessionClosed()
    assert eval(repr(event), vars(tenure)) == event
    with pytest.raises(AttributeError):
        member.path = "/other"  # type: ignore[misc]


def test_every_kind_of_event_is_exported_and_documented() -> None:
    from tenure import events

    for name in events.__all__:
        kind = getattr(tenure, name)
        assert kind.__doc__ and not kind.__doc__.startswith(f"{name}(")
