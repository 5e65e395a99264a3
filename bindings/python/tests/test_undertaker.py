"""A leader that is killed hands over at once, if it has an undertaker; one that lives keeps its seat."""

from __future__ import annotations

import pathlib
import signal
import subprocess
import sys
from collections.abc import Iterator

import pytest
import tenure
from support.zookeeper import Zookeeper, class_path

T = 30
"""The session timeout: so long that no test waits for its end."""
A_WHILE = 4
"""For how many seconds a seat is watched that must be kept."""

LEADER = f"""
import os, sys, time, tenure
client = tenure.Client(sys.argv[1], session_timeout={T}, undertaker=True)
client.contender().leadership().__enter__()
print("leading", flush=True)
sys.stdin.readline()
# To the helper it is the same as a daemon that closes all its descriptors.
null = os.open("/dev/null", os.O_RDWR)
for name in os.listdir("/proc/self/fd"):
    try:
        target = os.readlink("/proc/self/fd/" + name)
    except OSError:
        continue
    if target.startswith("socket:") or target == "anon_inode:[pidfd]":
        os.dup2(null, int(name))
print("closed", flush=True)
time.sleep(1000)
"""


@pytest.fixture(scope="module")
def patient(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Zookeeper]:
    """A real server with sessions of 4 to 40 seconds."""
    if class_path() is None:
        pytest.skip("no ZooKeeper server here: run scripts/setup")
    server = Zookeeper(tmp_path_factory.mktemp("patient"), tick=2000)
    yield server
    server.end()


@pytest.mark.parametrize("harm", ["none", "stop", "close"])
def test_a_leader_is_succeeded_as_soon_as_it_is_dead_and_not_before(
    patient: Zookeeper, harm: str
) -> None:
    url = patient.url(f"/undertaker-{harm}")
    words = [sys.executable, "-c", LEADER, url]
    with subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as leader:
        assert leader.stdin is not None and leader.stdout is not None
        try:
            assert leader.stdout.readline() == b"leading\n"
            with tenure.Client(url, session_timeout=4) as client:
                contender = client.contender()
                next(e for e in contender.events if isinstance(e, tenure.Standby))
                if harm == "stop":
                    leader.send_signal(signal.SIGSTOP)
                elif harm == "close":
                    leader.stdin.write(b"\n")
                    leader.stdin.flush()
                    assert leader.stdout.readline() == b"closed\n"
                if harm != "none":
                    with pytest.raises(tenure.TimeoutError):
                        contender.wait_leading(timeout=A_WHILE)
                leader.kill()
                # Far below the session timeout.
                contender.wait_leading(timeout=T / 3).check()
        finally:
            leader.kill()


def test_what_cannot_be_an_undertaker_is_refused(
    zookeeper: Zookeeper, tmp_path: pathlib.Path
) -> None:
    url = zookeeper.url("/undertaker")
    plain, later = tmp_path / "plain", tmp_path / "later"
    plain.write_text("#!/bin/sh\n")
    later.write_text(
        f"#!{sys.executable}\nimport os, struct\n"
        "os.write(0, struct.pack('<cQQQ', b'U', 99, 0, os.getpid()))\n"
    )
    later.chmod(0o755)
    for path, expected in (
        ("/nowhere/at/all", "/nowhere/at/all"),
        ("/bin/true", "does not answer as an undertaker"),
        (str(plain), "[Pp]ermission denied"),
        (str(later), "version 99"),
        ("", "is empty"),
    ):
        with pytest.raises(tenure.InvalidInputError, match=expected):
            tenure.Client(url, undertaker=path)
    with pytest.raises(TypeError, match="undertaker"):
        tenure.Client(url, undertaker=7)  # type: ignore[arg-type]
