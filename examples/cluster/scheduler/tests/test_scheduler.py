"""Bad input, and messages that are not the leader's."""

from __future__ import annotations

import asyncio
import json
import pathlib
import signal
import subprocess
import sys
from typing import Any

import pytest
from tenure.testing import MemoryServer

from ..messages import BODY_MAX
from ..options import parse
from ..server import listen
from .cluster import LIMIT, master, scheduler

FIXED = {"from": {"address": "127.0.0.1:9", "token": "7"}}
RUNNING = {"id": "t", "state": "TASK_RUNNING"}


@pytest.mark.parametrize(
    ("path", "body", "status", "part"),
    [
        ("/status", "", 400, "no JSON"),
        ("/status", "{", 400, "no JSON"),
        ("/status", b"\xff\xfe\xfd", 400, "no JSON"),
        ("/status", "[" * 100_000, 400, "no JSON"),
        ("/status", "[]", 400, "no JSON object"),
        ("/status", {"task": RUNNING}, 400, "from"),
        ("/status", {"from": "127.0.0.1:9", "task": RUNNING}, 400, "from"),
        ("/status", {"from": {"token": "7"}, "task": RUNNING}, 400, "address"),
        ("/status", {"from": {"address": "127.0.0.1:9"}, "task": RUNNING}, 400, "token"),
        ("/status", {"from": {"address": "127.0.0.1:9", "token": 7}}, 400, "token"),
        ("/status", {"from": {"address": "a", "token": "-1"}}, 400, "no decimal number"),
        ("/status", {"from": {"address": "a", "token": str(2**64)}}, 400, "no decimal number"),
        ("/status", FIXED, 400, "task"),
        ("/status", {**FIXED, "task": {"id": "t", "state": 1}}, 400, "state"),
        ("/status", {**FIXED, "task": {"id": "t", "state": "gone"}}, 400, "TASK_"),
        ("/status", {**FIXED, "task": {**RUNNING, "agent": 1}}, 400, "agent"),
        ("/status", {**FIXED, "task": {**RUNNING, "message": "a" * 5000}}, 400, "message"),
        ("/status", json.dumps("a" * BODY_MAX), 413, "Too Large"),
        ("/agent_lost", FIXED, 400, "agent"),
        ("/error", FIXED, 400, "message"),
        ("/nowhere", {}, 404, "Not Found"),
        # Nobody has registered the framework, and the second sender does not lead.
        ("/status", {**FIXED, "task": RUNNING}, 403, "not registered with the leading master"),
        ("/error", {"from": {"address": "a:1", "token": "7"}, "message": "m"}, 403, "127.0.0.1:9"),
    ],
)
def test_bad_input_is_refused(
    capsys: pytest.CaptureFixture[str], path: str, body: Any, status: int, part: str
) -> None:
    async def story() -> None:
        async with scheduler(capsys, "--master=127.0.0.1:9") as its:
            got, text = await its.post(path, body)
            assert got == status and part in json.loads(text)["error"], text
            if got == 403:
                await its.says("refused", path=path)

    asyncio.run(story())


@pytest.mark.parametrize(
    ("arguments", "part"),
    [
        ("", "--master"),
        ("--master zk://h/a --loud", "--loud"),
        ("--master zk://h/a zk://u:secret@h/a", "behind --master"),
        ("--master zk://h/a --ip 0.0.0.0", "--ip"),
        ("--master zk://h/a --port 65536", "--port"),
        ("--master zk://h/a --tasks -1", "--tasks"),
        ("--master zk://h/a --interval 0s", "--interval"),
        ("--master zk://h/a --interval 5", "--interval"),
    ],
)
def test_arguments_are_checked(
    capsys: pytest.CaptureFixture[str], arguments: str, part: str
) -> None:
    with pytest.raises(SystemExit) as end:
        parse(arguments.split())
    said = capsys.readouterr().err
    assert end.value.code == 2 and part in said and "secret" not in said


def test_the_callbacks_are_for_the_leader_alone(capsys: pytest.CaptureFixture[str]) -> None:
    async def story() -> None:
        server = MemoryServer()
        url = "--master=" + server.url("/masters")
        async with scheduler(capsys, url, ends_with=1) as its:
            async with master(server) as first:
                await its.says("registered", id="F1", leader=first.address)
                old = first.origin()
                assert (await its.post("/status", {**old, "task": RUNNING}))[0] == 200
                await its.says("status", id="t", state="TASK_RUNNING")
                other = {"from": {**old["from"], "address": "127.0.0.1:9"}}
                for spoofed in (other, first.origin(int(old["from"]["token"]) + 1)):
                    got, text = await its.post("/status", {**spoofed, "task": RUNNING})
                    assert got == 403 and first.address in text
                    got, text = await its.post("/error", {**spoofed, "message": "m"})
                    assert got == 403 and first.address in text
            await its.says("disconnected")
            assert (await its.post("/status", {**old, "task": RUNNING}))[0] == 403
            # It launches on, and each of these tasks is lost at once.
            lost = await its.says("tasks_lost")
            await its.says("status", id=lost["ids"][0], state="TASK_LOST")
            async with master(server) as second:
                await its.says("registered", id="F1", leader=second.address)
                path, call = second.calls[0]
                assert (path, call["id"]) == ("/scheduler/subscribe", "F1")
                assert (await its.post("/status", {**old, "task": RUNNING}))[0] == 403
                assert (await its.post("/error", {**old, "message": "m"}))[0] == 403
                end = {**second.origin(), "message": "Framework failed over"}
                assert (await its.post("/error", end))[0] == 200
                await its.says("error", message="Framework failed over")
                await its.says("stop", reason="failed")

    asyncio.run(story())


def test_nobody_is_obeyed_while_the_leader_is_unknown(capsys: pytest.CaptureFixture[str]) -> None:
    async def story() -> None:
        server = MemoryServer()
        async with scheduler(capsys, "--master=" + server.url("/masters")) as its:
            async with master(server) as leader:
                await its.says("registered")
                message = {**leader.origin(), "task": RUNNING}
                with server.cut():
                    await its.says("disconnected")
                    got, text = await its.post("/status", message)
                    assert got == 403 and "no leading master is known" in text

    asyncio.run(story())


def test_the_leader_is_told_of_the_end(capsys: pytest.CaptureFixture[str]) -> None:
    async def story() -> None:
        server = MemoryServer()
        async with master(server) as leader:
            url = "--master=" + server.url("/masters")
            async with scheduler(capsys, url, ends_with=0) as its:
                await its.says("registered")
                signal.raise_signal(signal.SIGTERM)
                await its.says("stop", reason="asked")
            path, call = leader.calls[-1]
            assert path == "/scheduler/teardown" and call["id"] == "F1"

    asyncio.run(story())


def test_a_port_in_use_is_named() -> None:
    """As a process, for its exit status."""
    listener, address = listen("127.0.0.1", 0)
    with listener:
        port = address.rpartition(":")[2]
        command = [sys.executable, "-X", "dev", "-W", "error", "-m", "scheduler", "--port", port]
        ended = subprocess.run(
            [*command, "--master=127.0.0.1:9"],
            cwd=pathlib.Path(__file__).parents[2],
            stderr=subprocess.PIPE,
            text=True,
            timeout=LIMIT,
        )
    assert ended.returncode == 1 and address in ended.stderr
