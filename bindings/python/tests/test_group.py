"""Members: joined, listed, watched, left. One test for each thing that Mesos's group promises."""

from __future__ import annotations

import threading

import pytest
import tenure
from support.wait import LIMIT, until
from tenure.testing import MemoryServer


def test_a_group_is_a_live_collection(url: str) -> None:
    with tenure.Client(url) as a, tenure.Client(url) as b:
        ours, theirs = a.group(), b.group()
        assert len(theirs) == 0 and list(theirs) == [] and theirs.known == ()
        first = ours.join("1", timeout=LIMIT)
        assert theirs.wait_change((), timeout=LIMIT) == (first,)
        second = ours.join(b"2", label="log", timeout=LIMIT)
        both = theirs.wait_change([first], timeout=LIMIT)
        assert both == (first, second) == tuple(theirs)
        assert first in theirs and len(theirs) == 2 and theirs.known == both
        assert (second.label, first.label) == ("log", None)
        assert second.path.rsplit("/", 1)[1].startswith("log_")
        assert first.token < second.token
        assert theirs.data(first, timeout=LIMIT) == b"1"
        assert ours.cancel(first, timeout=LIMIT)
        assert theirs.wait_change(both, timeout=LIMIT) == (second,)
        assert first not in theirs
        assert theirs.data(first, timeout=LIMIT) is None


def test_cancel_is_true_once_and_only_for_our_own(url: str) -> None:
    with tenure.Client(url) as a, tenure.Client(url) as b:
        ours, theirs = a.group(), b.group()
        member = ours.join(timeout=LIMIT)
        assert not theirs.cancel(member, timeout=LIMIT)
        assert ours.members(timeout=LIMIT) == (member,)
        assert ours.cancel(member, timeout=LIMIT)
        assert not ours.cancel(member, timeout=LIMIT)


def test_the_end_of_a_member_is_told_with_whose_it_was(url: str) -> None:
    with tenure.Client(url) as a, tenure.Client(url) as b:
        ours, theirs = a.group(), b.group()
        member = ours.join(timeout=LIMIT)
        ends: dict[str, bool] = {}
        waiting = [
            threading.Thread(target=lambda n=n, g=g: ends.update({n: g.wait_cancelled(member)}))
            for n, g in (("ours", ours), ("theirs", theirs))
        ]
        for thread in waiting:
            thread.start()
        with pytest.raises(tenure.TimeoutError):
            theirs.wait_cancelled(member, timeout=0)
        ours.cancel(member, timeout=LIMIT)
        for thread in waiting:
            thread.join(LIMIT)
        assert ends == {"ours": True, "theirs": False}


def test_a_payload_is_changed_only_by_its_owner(url: str) -> None:
    with tenure.Client(url) as a, tenure.Client(url) as b:
        ours, theirs = a.group(), b.group()
        member = ours.join("old", timeout=LIMIT)
        assert not theirs.set_data(member, "stolen", timeout=LIMIT)
        assert ours.set_data(member, "new", timeout=LIMIT)
        assert theirs.data(member, timeout=LIMIT) == b"new"


def test_a_with_statement_joins_and_leaves(url: str) -> None:
    with tenure.Client(url) as a, tenure.Client(url) as b:
        with a.group().membership("x", label="l", timeout=LIMIT) as member:
            assert b.group().members(timeout=LIMIT) == (member,)
        assert b.group().members(timeout=LIMIT) == ()


def test_a_group_that_is_dropped_gives_its_memberships_up(url: str) -> None:
    with tenure.Client(url) as a, tenure.Client(url) as b:
        group = a.group()
        group.join(timeout=LIMIT)
        theirs = b.group()
        assert len(theirs.members(timeout=LIMIT)) == 1
        group.close()
        until("it to leave", lambda: theirs.members(timeout=LIMIT) == ())
        with pytest.raises(tenure.ClosedError, match="group is closed"):
            group.members()


def test_a_lost_membership_is_told(tenure_server: MemoryServer) -> None:
    with tenure_server.client() as client:
        group = client.group()
        member = group.join(timeout=LIMIT)
        tenure_server.expire()
        events = iter(group.events)
        lost = next(event for event in events if isinstance(event, tenure.MembershipLost))
        assert lost == tenure.MembershipLost(member, "session_expired", None)
        # It is not joined again by itself.
        assert group.members(timeout=LIMIT) == ()


def test_the_members_are_not_known_to_who_is_cut_off(tenure_server: MemoryServer) -> None:
    with tenure_server.client() as client:
        group = client.group()
        assert len(group) == 0
        with tenure_server.cut():
            until("ignorance", lambda: group.known is None)
            assert repr(group) == "<tenure.Group not known>"
        assert group.wait_change(timeout=LIMIT) == ()
        assert repr(group) == "<tenure.Group of 0>"


def test_a_join_that_is_given_up_is_undone(tenure_server: MemoryServer) -> None:
    with tenure_server.client() as client, tenure_server.client() as other:
        group = client.group()
        assert len(group) == 0
        with tenure_server.stopped():
            with pytest.raises(tenure.TimeoutError):
                group.join("x", timeout=0.01)
        until("a connection", lambda: isinstance(client.state, tenure.SessionConnected))
        # The next join is the only one.
        member = group.join("y", timeout=LIMIT)
        assert other.group().members(timeout=LIMIT) == (member,)


def test_a_thousand_members(memory: str) -> None:
    with tenure.Client(memory) as client:
        group = client.group()
        joined = [group.join(str(n), timeout=LIMIT) for n in range(1000)]
        assert group.members(timeout=LIMIT) == tuple(joined)
        known = group.wait_change(timeout=LIMIT)
        while len(known) < 1000:
            known = group.wait_change(known, timeout=LIMIT)
        assert known == tuple(joined)
