"""The example: a scheduler that follows a leader through hand-over, black hole and recovery."""

from __future__ import annotations

import pathlib
import signal
import subprocess
import sys
import threading

import pytest
import tenure
from support.child import default_signals
from support.wait import LIMIT, until
from support.zookeeper import Zookeeper

pytestmark = pytest.mark.slow

EXAMPLE = pathlib.Path(__file__).parents[1] / "examples" / "scheduler.py"


def test_it_is_short() -> None:
    assert len(EXAMPLE.read_text().splitlines()) <= 40


def test_a_scheduler_follows_a_leader_through_everything(
    tmp_path_factory: pytest.TempPathFactory, zookeeper: Zookeeper
) -> None:
    # Of its own: all clients of a server share its black hole.
    server = Zookeeper(tmp_path_factory.mktemp("scheduler"), tick=200)
    said: list[str] = []

    def waits_for(*words: str, since: int = 0) -> str:
        """A line that has all of these words; lines of different threads come in any order."""

        def look() -> str:
            lines = (line for line in said[since:] if all(word in line for word in words))
            return next(lines, "")

        return until(f"the scheduler to say {words}", look, 60)

    with subprocess.Popen(
        [sys.executable, "-X", "dev", "-W", "error", str(EXAMPLE), server.url("/masters")],
        stdout=subprocess.PIPE,
        text=True,
        preexec_fn=default_signals,
    ) as process:
        try:
            assert process.stdout is not None
            out = process.stdout
            reading = threading.Thread(target=follow, args=(out, said))
            reading.start()
            waits_for("nobody leads")
            with tenure.Client(server.url("/masters"), session_timeout=4) as a:
                with tenure.Client(server.url("/masters"), session_timeout=4) as b:
                    first, second = a.contender(data="a"), b.contender(data="b")
                    leads = until("one to lead", lambda: first.lead or second.lead)
                    line = waits_for("leader ", f"token {leads.token}")
                    # Hand-over: the one that leads gives it up.
                    old, new = (first, second) if first.is_leading() else (second, first)
                    assert f"leader {'a' if old is first else 'b'} " in line
                    # On a machine that is starved it may be cut off before it is meant to be.
                    before = len(said)
                    old.withdraw(timeout=LIMIT)
                    token = new.wait_leading(timeout=LIMIT).token
                    waits_for("leader ", f"token {token}")
                    # A black hole, and recovery.
                    server.freeze()
                    waits_for("cut off: SessionSuspended", since=before)
                    waits_for("unknown: work with nobody", since=before)
                    assert until("the lease to end", lambda: not new.is_leading())
                    server.thaw()
                    again = new.wait_leading(timeout=60).token
                    assert again > token
                    waits_for("leader ", f"token {again}")
                    before = len(said)
            # Both are gone.
            waits_for("nobody leads", since=before)
            process.send_signal(signal.SIGINT)
            assert process.wait(LIMIT) != 0
            reading.join(LIMIT)
        finally:
            process.kill()
            server.end()


def follow(out: object, said: list[str]) -> None:
    for line in out:  # type: ignore[attr-defined]
        said.append(line.strip())
