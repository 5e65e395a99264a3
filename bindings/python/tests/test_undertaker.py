"""A leader that is killed hands over at once, if it has an undertaker."""

from __future__ import annotations

import subprocess
import sys

import pytest
import tenure
from support.zookeeper import Zookeeper

LEADER = """
import sys, time, tenure
client = tenure.Client(sys.argv[1], session_timeout=10, undertaker=True)
client.contender().leadership().__enter__()
print("leading", flush=True)
time.sleep(1000)
"""


def test_a_leader_that_is_killed_is_succeeded_long_before_its_session_is_over(zookeeper: Zookeeper) -> None:
    url = zookeeper.url("/undertaker")
    with subprocess.Popen([sys.executable, "-c", LEADER, url], stdout=subprocess.PIPE) as leader:
        assert leader.stdout is not None
        try:
            assert leader.stdout.readline() == b"leading\n"
            with tenure.Client(url, session_timeout=2) as client:
                contender = client.contender()
                next(e for e in contender.events if isinstance(e, tenure.Standby))
                leader.kill()
                with contender.leadership(timeout=5) as lead:
                    lead.check()
        finally:
            leader.kill()


def test_what_cannot_be_an_undertaker_is_refused(zookeeper: Zookeeper) -> None:
    url = zookeeper.url("/undertaker")
    for path, expected in (
        ("/nowhere/at/all", "/nowhere/at/all"),
        ("/bin/true", "does not answer as an undertaker"),
        ("", "is empty"),
    ):
        with pytest.raises(tenure.InvalidInputError, match=expected):
            tenure.Client(url, undertaker=path)
    with pytest.raises(TypeError, match="undertaker"):
        tenure.Client(url, undertaker=7)  # type: ignore[arg-type]
