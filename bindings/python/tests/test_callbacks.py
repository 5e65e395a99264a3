"""Functions that the library calls."""

from __future__ import annotations

import gc
import queue
import sys
import threading
import weakref
from typing import Any

import pytest
import tenure
from support.wait import LIMIT, until


def test_a_detector_calls_with_every_change_in_order(url: str) -> None:
    with tenure.Client(url) as client:
        seen: queue.Queue[tenure.DetectorEvent] = queue.Queue()
        threads = set()

        @client.detector().on_leader_change
        def follow(event: tenure.DetectorEvent) -> None:
            threads.add(threading.get_native_id())
            seen.put(event)

        # Nobody holds the detector, and it follows on.
        gc.collect()
        for n in range(3):
            with client.contender(data=str(n)).leadership(timeout=LIMIT) as lead:
                while True:
                    event = seen.get(timeout=LIMIT)
                    if event.leader is not None and event.leader.member.token == lead.token:
                        break
                assert event.leader.data == str(n).encode()
        assert callable(follow)
        assert len(threads) == 1 and threading.get_native_id() not in threads


def test_everything_may_be_called_in_a_callback(memory: str) -> None:
    with tenure.Client(memory) as client:
        contender = client.contender(data="me")
        done: queue.Queue[Any] = queue.Queue()

        @contender.on_event
        def act(event: tenure.ContenderEvent) -> None:
            if isinstance(event, tenure.Leading):
                assert contender.is_leading() and contender.lead
                found = client.detector().wait_leader(timeout=LIMIT)
                done.put((found.data, client.group().members(timeout=LIMIT)))
                contender.withdraw(timeout=LIMIT)
            elif isinstance(event, tenure.Lost):
                assert not contender.is_leading()
                done.put(event.reason)

        data, members = done.get(timeout=LIMIT)
        assert data == b"me" and len(members) == 1
        assert done.get(timeout=LIMIT) == "withdrawn"


def test_what_a_callback_raises_is_told_and_the_next_event_comes(
    memory: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    unraisable: queue.Queue[Any] = queue.Queue()
    monkeypatch.setattr(sys, "unraisablehook", lambda told: unraisable.put((told.exc_type, told.object)))
    with tenure.Client(memory) as client:
        seen: queue.Queue[tenure.SessionEvent] = queue.Queue()

        def fail(event: tenure.SessionEvent) -> None:
            seen.put(event)
            raise KeyError("this is part of the test")

        client.on_session(fail)
        assert seen.get(timeout=LIMIT) == tenure.SessionConnecting()
        assert isinstance(seen.get(timeout=LIMIT), tenure.SessionConnected)
        assert unraisable.get(timeout=LIMIT) == (KeyError, fail)
        assert unraisable.get(timeout=LIMIT)[0] is KeyError
        client.close(timeout=LIMIT)
        assert seen.get(timeout=LIMIT) == tenure.SessionClosed()
        assert unraisable.get(timeout=LIMIT)[0] is KeyError


def test_there_is_one_callback_and_then_nothing_to_pull(memory: str) -> None:
    with tenure.Client(memory) as client:
        detector = client.detector()
        detector.on_leader_change(lambda event: None)
        with pytest.raises(tenure.InvalidInputError, match="callback already"):
            detector.on_leader_change(lambda event: None)
        with pytest.raises(tenure.InvalidInputError, match="go to its callback"):
            _ = detector.events
        # What is known can be asked all the same.
        client.contender(data="x")
        assert detector.wait_leader(timeout=LIMIT).data == b"x"


def test_nothing_is_called_after_the_handle_is_closed(memory: str) -> None:
    with tenure.Client(memory) as client, tenure.Client(memory) as other:
        called: list[tenure.GroupEvent] = []
        group, marker = client.group(), client.group()
        group.on_change(called.append)
        until("the first call", lambda: called)
        group.close()
        before = len(called)
        seen: queue.Queue[tenure.GroupEvent] = queue.Queue()
        marker.on_change(seen.put)
        member = other.group().join(timeout=LIMIT)
        while seen.get(timeout=LIMIT) != tenure.MembersKnown((member,)):
            pass
        assert len(called) == before


def test_nothing_is_called_after_close_whoever_else_holds_the_handle(memory: str) -> None:
    with tenure.Client(memory) as client:
        called: list[tenure.ContenderEvent] = []
        contender = client.contender()
        contender.on_event(called.append)
        lead = contender.wait_leading(timeout=LIMIT)
        until("the call", lambda: any(isinstance(event, tenure.Leading) for event in called))
        contender.close()
        # The leadership knows of the end, and the callback, whose turn would be before, does not.
        assert not lead.wait(timeout=LIMIT)
        seen: queue.Queue[tenure.DetectorEvent] = queue.Queue()
        client.detector().on_leader_change(seen.put)
        seen.get(timeout=LIMIT)
        assert not [event for event in called if isinstance(event, tenure.Lost)]


def test_a_callback_that_holds_its_handle_is_collected(memory: str) -> None:
    class Scheduler:
        def __init__(self) -> None:
            self.client = tenure.Client(memory)
            self.detector = self.client.detector()
            self.detector.on_leader_change(self.follow)
            self.client.on_session(self.session)

        def follow(self, event: tenure.DetectorEvent) -> None: ...

        def session(self, event: tenure.SessionEvent) -> None: ...

    scheduler = Scheduler()
    gone = weakref.ref(scheduler)
    with tenure.Client(memory) as other:
        scheduler.client.contender()
        group = other.group()
        until("the contender to stand", lambda: len(group.members(timeout=LIMIT)) == 1)
        del scheduler

        def collected() -> bool:
            gc.collect()
            return gone() is None

        # A call that is under way holds it for a moment.
        until("it to be collected", collected)
        until("its session to be closed", lambda: group.members(timeout=LIMIT) == ())


def test_callbacks_of_many_handles_take_turns(memory: str) -> None:
    with tenure.Client(memory) as client:
        inside = []
        overlaps = []
        counts: queue.Queue[int] = queue.Queue()

        def call(event: tenure.DetectorEvent) -> None:
            inside.append(1)
            if len(inside) > 1:
                overlaps.append(event)
            client.metrics()
            inside.pop()
            if event.leader:
                counts.put(1)

        for _ in range(50):
            client.detector().on_leader_change(call)
        client.contender(data="x")
        for _ in range(50):
            counts.get(timeout=LIMIT)
        assert not overlaps
