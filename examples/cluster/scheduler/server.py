"""The HTTP server: messages of masters, and ``/state``."""

from __future__ import annotations

import socket
from collections.abc import Awaitable
from typing import Any, Callable

from aiohttp import web

from . import messages
from .driver import Driver, Refused
from .lines import Lines
from .messages import BadMessage, Sender

_Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
_Take = Callable[[Sender, "dict[str, Any]"], None]


def listen(ip: str, port: int) -> tuple[socket.socket, str]:
    """A socket that listens, and its address.

    Raises:
        OSError: it cannot listen there; the text names the address.
    """
    family = socket.AF_INET6 if ":" in ip else socket.AF_INET
    shown = f"[{ip}]" if ":" in ip else ip
    try:
        listener = socket.create_server((ip, port), family=family)
    except OSError as error:
        raise OSError(f"cannot listen on {shown}:{port}: {error.strerror}") from None
    return listener, f"{shown}:{listener.getsockname()[1]}"


class Server:
    """Takes the messages of masters for a driver, and answers ``/state``."""

    def __init__(self, driver: Driver, state: Callable[[], dict[str, Any]], lines: Lines) -> None:
        self._lines = lines
        self._state = state
        app = web.Application(client_max_size=messages.BODY_MAX, middlewares=[_as_json])
        app.router.add_get("/state", self._answer_state)
        for path, take in (
            ("/status", driver.status),
            ("/agent_lost", driver.agent_lost),
            ("/error", driver.error),
        ):
            app.router.add_post(path, self._taker(path, take))
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=1)

    async def start(self, listener: socket.socket) -> None:
        """Begins to answer."""
        await self._runner.setup()
        await web.SockSite(self._runner, listener).start()

    async def close(self) -> None:
        """Answers the messages that have arrived, and takes no other."""
        await self._runner.cleanup()

    async def _answer_state(self, _: web.Request) -> web.Response:
        return web.json_response(self._state())

    def _taker(self, path: str, take: _Take) -> _Handler:
        async def handle(request: web.Request) -> web.Response:
            message = messages.read(await request.read())
            origin = messages.sender(message)
            try:
                take(origin, message)
            except Refused as refused:
                reason = str(refused)
                self._lines("refused", **{"from": origin.as_json()}, path=path, reason=reason)
                return web.json_response({"error": reason}, status=403)
            return web.json_response({})

        return handle


@web.middleware
async def _as_json(request: web.Request, handler: _Handler) -> web.StreamResponse:
    """Errors in the form of all other answers."""
    try:
        return await handler(request)
    except BadMessage as error:
        return web.json_response({"error": str(error)}, status=400)
    except web.HTTPException as error:
        allowed = {"Allow": error.headers["Allow"]} if "Allow" in error.headers else None
        reason = f"{request.method} {request.path}: {error.reason}"
        return web.json_response({"error": reason}, status=error.status, headers=allowed)
