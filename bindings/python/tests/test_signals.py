"""Ctrl-C ends every call that waits, and waiting costs nothing."""

from __future__ import annotations

import os
import pathlib
import signal

import pytest
from support.child import Child
from support.wait import until

WAITS = {
    "wait_leading": "b.contender().wait_leading()",
    "leadership": "b.contender().leadership().__enter__()",
    "lead.wait": "a.contender('/other').wait_leading().wait()",
    "wait_change": "b.detector('/none').wait_change(tenure.NoLeader())",
    "wait_leader": "b.detector('/none').wait_leader()",
    "events": "list(b.contender().events)",
    "events.next": "[b.events.next() for _ in range(3)]",
    "group.wait_change": "b.group('/none').wait_change(())",
    "wait_cancelled": "b.group().wait_cancelled(a.group().members()[0])",
    "join": "lost.group().join()",
    "members": "lost.group().members()",
    "withdraw": "cut_off.withdraw()",
    "len": "len(lost.group())",
}

SETUP = """
a, b = tenure.Client("memory://x/app"), tenure.Client("memory://x/app")
a.contender().wait_leading()
server = tenure.testing.MemoryServer("far")
lost = server.client(session_timeout=10)
cut_off = lost.contender('/cut')
cut_off.wait_leading()
server._native.cut()
"""


@pytest.mark.parametrize("name", WAITS)
def test_an_interrupt_ends_it_at_once(name: str) -> None:
    with Child(
        f"""
        import tenure.testing
        {SETUP.replace(chr(10), chr(10) + " " * 8)}
        print("ready")
        try:
            {WAITS[name]}
        except KeyboardInterrupt:
            print("interrupted")
        else:
            print("it ended")
        os._exit(0)
        """
    ) as child:
        assert child.line() == "ready"
        child.waits_in("poll")
        child.signal(signal.SIGINT)
        assert child.line() == "interrupted"
        child.end()


def test_a_handler_that_returns_lets_the_waiting_go_on() -> None:
    with Child(
        """
        signal.signal(signal.SIGUSR1, lambda *_: print("handled"))
        client = tenure.Client("memory://x/app")
        detector = client.detector()
        print("ready")
        detector.wait_leader()
        """
    ) as child:
        assert child.line() == "ready"
        for _ in range(3):
            child.waits_in("poll")
            child.signal(signal.SIGUSR1)
            assert child.line() == "handled"
        child.signal(signal.SIGINT)
        assert "KeyboardInterrupt" in child.end(-signal.SIGINT)


def test_what_sends_no_signal_is_seen_too() -> None:
    with Child(
        """
        import _thread
        client = tenure.Client("memory://x/app")
        def interrupt():
            while "poll" not in open(f"/proc/{os.getpid()}/wchan").read():
                pass
            _thread.interrupt_main()
        print("ready")
        threading.Thread(target=interrupt, daemon=True).start()
        try:
            client.detector().wait_leader()
        except KeyboardInterrupt:
            print("interrupted")
        """
    ) as child:
        assert child.line() == "ready"
        assert child.line() == "interrupted"
        child.end()


@pytest.mark.parametrize("thread", ["main", "other"])
def test_waiting_costs_no_time(thread: str) -> None:
    with Child(
        """
        client = tenure.Client("memory://x/app", session_timeout=10)
        detector = client.detector()
        detector.wait_change(tenure.LeaderUnknown(0))
        if sys.argv[1] == "other":
            for _ in range(50):
                threading.Thread(target=detector.wait_leader, daemon=True).start()
        print("ready")
        if sys.argv[1] == "main":
            detector.wait_leader()
        else:
            signal.pause()
        """,
        thread,
    ) as child:
        assert child.line() == "ready"
        if thread == "main":
            child.waits_in("poll")
        before = switches(child)
        # Time passes for the child when the clock says so, and no sooner.
        started = uptime()
        until("three seconds to pass", lambda: uptime() > started + 3, 10)
        woken = switches(child) - before
        # Once a second in the main thread, and now and then a ping; fifty threads wake never.
        assert woken < 30, woken
        child.signal(signal.SIGKILL)
        child.end(-signal.SIGKILL)


def uptime() -> float:
    return float(pathlib.Path("/proc/uptime").read_text().split()[0])


def switches(child: Child) -> int:

    total = 0
    for task in os.listdir(f"/proc/{child.process.pid}/task"):
        status = pathlib.Path(f"/proc/{child.process.pid}/task/{task}/status").read_text()
        total += int(status.split("\nvoluntary_ctxt_switches:")[1].split()[0])
    return total
