"""A scheduler in this process, and a master that it talks to by real HTTP."""

from __future__ import annotations

import asyncio
import io
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any, Optional

import aiohttp
import pytest
from aiohttp import web
from tenure import mesos
from tenure.mesos.aio import MasterContender
from tenure.testing import MemoryServer

import tenure.aio

from ..main import run
from ..options import parse
from ..server import listen

LIMIT = 30.0
"""Seconds for every wait: they pass only if something is broken."""


async def until(noun: str, holds: Callable[[], Any]) -> Any:
    """Waits for a condition, and gives its value."""
    end = asyncio.get_running_loop().time() + LIMIT
    while not (value := holds()):
        assert asyncio.get_running_loop().time() < end, f"not in {LIMIT} s: {noun}"
        await asyncio.sleep(0.001)
    return value


class Scheduler:
    """A scheduler that runs."""

    def __init__(self, capsys: pytest.CaptureFixture[str], http: aiohttp.ClientSession) -> None:
        self._capsys = capsys
        self._http = http
        self.said: list[dict[str, Any]] = []
        self.address = ""

    async def says(self, event: str, **keys: Any) -> dict[str, Any]:
        """Waits for an event with these keys, also of before."""

        def look() -> Optional[dict[str, Any]]:
            self.said += map(json.loads, self._capsys.readouterr().out.splitlines())
            wanted = {"event": event, **keys}.items()
            return next((line for line in self.said if wanted <= line.items()), None)

        found: dict[str, Any] = await until(f"{event} {keys}", look)
        return found

    async def post(self, path: str, body: Any) -> tuple[int, str]:
        """Status and text of the answer; a body that is no text or bytes is sent as JSON."""
        text = body if isinstance(body, (str, bytes)) else json.dumps(body)
        data = io.BytesIO(text.encode() if isinstance(text, str) else text)
        async with self._http.post(f"http://{self.address}{path}", data=data) as answer:
            return answer.status, await answer.text()


@asynccontextmanager
async def scheduler(
    capsys: pytest.CaptureFixture[str], *arguments: str, ends_with: Optional[int] = None
) -> AsyncIterator[Scheduler]:
    """A scheduler in this process; ``ends_with`` is its exit status if it ends by itself."""
    fast = ["--json", "--session-timeout=1s", "--backoff=10ms", "--interval=10ms"]
    running = asyncio.create_task(run(parse([*fast, *arguments])))
    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=LIMIT)) as http:
        its = Scheduler(capsys, http)
        try:
            its.address = (await its.says("listening"))["address"]
            yield its
            if ends_with is not None:
                assert await asyncio.wait_for(running, LIMIT) == ends_with
        finally:
            running.cancel()
            await asyncio.gather(running, return_exceptions=True)


class Master:
    """A member of the masters' group, which answers the calls of schedulers while it leads."""

    def __init__(self, client: tenure.aio.Client, address: str) -> None:
        self.address = address
        info = mesos.MasterInfo(id="m", address=address, hostname="h", version="1")
        self.contender = MasterContender(client, info)
        self.calls: list[tuple[str, dict[str, Any]]] = []

    def origin(self, token: Optional[int] = None) -> dict[str, Any]:
        """The ``from`` of its messages."""
        lead = self.contender.lead
        token = token or (lead.token if lead else 1)
        return {"from": {"address": self.address, "token": str(token)}}

    async def answer(self, request: web.Request) -> web.Response:
        if not self.contender.is_leading():
            return web.json_response({"error": "No leader elected"}, status=503)
        self.calls.append((request.path, await request.json()))
        return web.json_response({**self.origin(), "id": "F1"})


@asynccontextmanager
async def master(server: MemoryServer) -> AsyncIterator[Master]:
    """A master that leads."""
    listener, address = listen("127.0.0.1", 0)
    async with tenure.aio.Client(server.url("/masters"), session_timeout=1) as client:
        its = Master(client, address)
        app = web.Application()
        app.router.add_post("/{any:.*}", its.answer)
        runner = web.AppRunner(app, access_log=None)
        await runner.setup()
        try:
            await web.SockSite(runner, listener).start()
            await asyncio.wait_for(its.contender.wait_leading(), LIMIT)
            yield its
        finally:
            await runner.cleanup()
