"""Standing, leading, handing over."""

from __future__ import annotations

import gc
import threading
import time
from contextlib import ExitStack

import pytest
import tenure
from support.wait import LIMIT, until
from tenure.testing import MemoryServer


def test_the_body_of_leadership_runs_while_leading_and_hands_over(url: str) -> None:
    with tenure.Client(url) as a, tenure.Client(url) as b:
        first = a.contender(data="a")
        with first.leadership(timeout=LIMIT) as lead:
            second = b.contender(data=b"b")
            lead.check()
            assert lead and first.is_leading() and first.lead is not None
            assert 0 < lead.remaining < 10
            now = time.clock_gettime_ns(time.CLOCK_BOOTTIME)
            assert now < lead.lease_end < now + 10 * 10**9
            with pytest.raises(tenure.TimeoutError):
                second.wait_leading(timeout=0)
            assert not second.is_leading() and second.lead is None
        assert not lead and lead.remaining == 0.0 and lead.lease_end == 0
        with pytest.raises(tenure.LeadershipLost, match="withdrawn"):
            lead.check()
        # Gone when the body's end is: the other needs no session timeout.
        assert [m.path for m in b.group().members(timeout=LIMIT)] == [
            m.path for m in b.group() if m.token > lead.token
        ]
        assert second.wait_leading(timeout=LIMIT).token > lead.token


def test_a_contender_that_left_is_of_no_more_use(memory: str) -> None:
    with tenure.Client(memory) as client:
        contender = client.contender()
        with contender.leadership(timeout=LIMIT):
            pass
        with pytest.raises(tenure.ClosedError), contender.leadership(timeout=LIMIT):
            raise AssertionError("unreachable")
        with client.contender() as again:
            assert again.wait_leading(timeout=LIMIT)
        with pytest.raises(tenure.ClosedError, match="contender is closed"):
            again.wait_leading()
        assert not again.is_leading()


def test_what_the_body_raises_comes_out_and_leadership_ends(memory: str) -> None:
    with tenure.Client(memory) as client:
        contender = client.contender()
        with pytest.raises(KeyError, match="mine"), contender.leadership(timeout=LIMIT):
            raise KeyError("mine")
        assert not contender.is_leading()
        assert client.group().members(timeout=LIMIT) == ()


def test_leadership_that_does_not_come_in_time_leaves_the_contender_standing(memory: str) -> None:
    with tenure.Client(memory) as a, tenure.Client(memory) as b:
        first = a.contender()
        first.wait_leading(timeout=LIMIT)
        second = b.contender()
        with pytest.raises(tenure.TimeoutError), second.leadership(timeout=0.01):
            raise AssertionError("unreachable")
        first.withdraw(timeout=LIMIT)
        assert second.wait_leading(timeout=LIMIT)


def test_a_black_hole_ends_the_lease_by_the_clock(tenure_server: MemoryServer) -> None:
    with tenure_server.client() as client:
        contender = client.contender()
        with contender.leadership(timeout=LIMIT) as lead:
            with tenure_server.cut():
                assert not lead.wait(timeout=LIMIT)
                with pytest.raises(tenure.LeadershipLost):
                    lead.check()
            # It stands again by itself, with a new token.
            assert contender.wait_leading(timeout=LIMIT).token > lead.token
            assert not lead


def test_leaving_a_lost_leadership_does_not_wait_for_a_server(tenure_server: MemoryServer) -> None:
    # 10 s are granted, and 30 s would be waited for.
    client = tenure_server.client(session_timeout=30)
    contender = client.contender()
    with ExitStack() as stack:
        with contender.leadership(timeout=LIMIT) as lead:
            tenure_server.expire()
            assert not lead.wait(timeout=LIMIT)
            # It leads again, which is another leadership, and its znode cannot be deleted.
            assert contender.wait_leading(timeout=LIMIT)
            stack.enter_context(tenure_server.cut())
        # Had it waited, this session would be over, too.
        assert isinstance(client.state, (tenure.SessionConnected, tenure.SessionSuspended))
    client.close(timeout=LIMIT)


def test_waiting_for_the_loss_ends_with_it_or_in_time(memory: str) -> None:
    with tenure.Client(memory) as client:
        contender = client.contender()
        lead = contender.wait_leading(timeout=LIMIT)
        assert lead.wait(timeout=0.01)
        withdrawing = threading.Thread(target=contender.withdraw, args=(LIMIT,))
        withdrawing.start()
        assert not lead.wait()
        withdrawing.join()


def test_the_payload_can_be_changed(url: str) -> None:
    with tenure.Client(url) as client:
        contender = client.contender(data="old", label="master")
        lead = contender.wait_leading(timeout=LIMIT)
        group = client.group()
        (member,) = group
        assert (member.token, member.label) == (lead.token, "master")
        assert group.data(member, timeout=LIMIT) == b"old"
        assert contender.set_data("new", timeout=LIMIT)
        assert group.data(member, timeout=LIMIT) == b"new"
        assert contender.withdraw(timeout=LIMIT)
        assert not contender.withdraw(timeout=LIMIT)
        assert group.data(member, timeout=LIMIT) is None


def test_expiry_is_told_and_another_candidacy_follows(tenure_server: MemoryServer) -> None:
    with tenure_server.client() as client:
        contender = client.contender()
        old = contender.wait_leading(timeout=LIMIT)
        assert tenure_server.expire() == 1
        lost = until("the loss", lambda: next_lost(contender))
        assert lost.reason == "session_expired" and lost.error is None
        assert lost.member is not None and lost.member.token == old.token
        assert lost.led_until is not None
        assert contender.wait_leading(timeout=LIMIT).token > old.token


def next_lost(contender: tenure.Contender) -> tenure.Lost:
    while True:
        event = contender.events.next(timeout=LIMIT)
        if isinstance(event, tenure.Lost):
            return event


def test_a_contender_that_stands_once_stops(tenure_server: MemoryServer) -> None:
    with tenure_server.client() as client:
        contender = client.contender(reenrol=False)
        contender.wait_leading(timeout=LIMIT)
        tenure_server.expire()
        next_lost(contender)
        with pytest.raises(tenure.ClosedError):
            contender.wait_leading(timeout=LIMIT)


def test_an_eviction_is_told(url: str) -> None:
    with tenure.Client(url) as client, tenure.Client(url) as admin:
        contender = client.contender(reenrol=False)
        contender.wait_leading(timeout=LIMIT)
        group = admin.group()
        (member,) = group.members(timeout=LIMIT)
        assert group.evict(member, timeout=LIMIT)
        assert not group.evict(member, timeout=LIMIT)
        assert next_lost(contender).reason == "evicted"
        assert not contender.is_leading()


def test_a_contender_that_nobody_holds_stands_until_its_client_goes(memory: str) -> None:
    with tenure.Client(memory) as other:
        client = tenure.Client(memory)
        client.contender(data="x")
        detector = other.detector()
        assert detector.wait_leader(timeout=LIMIT).data == b"x"
        gc.collect()
        assert other.group().data(detector.wait_leader().member, timeout=LIMIT) == b"x"
        del client  # no collection is needed
        group = other.group()
        until("the znode to go", lambda: group.members(timeout=LIMIT) == ())


def test_a_contender_outlives_the_name_of_its_client(memory: str) -> None:
    contender = tenure.Client(memory).contender()
    contender.wait_leading(timeout=LIMIT).check()
    contender.withdraw(timeout=LIMIT)


def test_policies_are_taken(memory: str) -> None:
    with tenure.Client(memory) as client:
        for policy in ("verified", "strict", "session"):
            with client.contender(policy=policy, warm=True) as contender:
                contender.wait_leading(timeout=LIMIT)
