"""The program: it ties the parts together, and ends them in order."""

from __future__ import annotations

import asyncio
import signal
import socket
from collections.abc import Sequence
from typing import Any

import tenure
import tenure.aio
from tenure import mesos
from tenure.mesos.aio import MasterDetector

from .driver import Driver
from .framework import Framework
from .lines import Lines, complain, moment
from .options import Options, parse
from .server import Server, listen
from .session import Session


def main(arguments: Sequence[str]) -> int:
    """The scheduler, until it ends; its exit status."""
    options = parse(arguments)
    try:
        return asyncio.run(run(options))
    except tenure.InvalidInputError as error:
        complain(f"{error}; see --help")
        return 2
    except (tenure.Error, OSError) as error:
        complain(str(error))
        return 1


async def run(options: Options) -> int:
    """The scheduler, until it ends; its exit status."""
    asked = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, asked.set)
    async with tenure.aio.Client(
        options.master, session_timeout=options.session_timeout
    ) as client:
        role = mesos.Driver(id=options.id, backoff=options.backoff)
        listener, address = listen(options.ip, options.port)
        with listener:
            return await _serve(options, client, role, listener, address, asked)


async def _serve(
    options: Options,
    client: tenure.aio.Client,
    role: mesos.Driver,
    listener: socket.socket,
    address: str,
    asked: asyncio.Event,
) -> int:
    lines = Lines(options.json)
    framework = Framework(options, lines)
    session = Session(client, lines)
    driver = Driver(role, MasterDetector(client), framework, lines, address, options.name)

    def state() -> dict[str, Any]:
        own = {"address": address, "name": options.name, "session": session.state}
        return {**own, **driver.state(), **framework.state(), "now": moment()}

    server = Server(driver, state, lines)
    work = []
    try:
        await server.start(listener)
        lines("listening", address=address)
        for each in (
            session.follow(),
            driver.follow(),
            framework.run(driver),
            _leave(asked, driver),
        ):
            work.append(asyncio.create_task(each))
            work[-1].add_done_callback(driver.fail_with)
        return await driver.ended
    finally:
        for task in work:
            task.cancel()
        await asyncio.gather(*work, return_exceptions=True)
        await server.close()
        await driver.close()


async def _leave(asked: asyncio.Event, driver: Driver) -> None:
    """Ends the driver once a signal asks for it."""
    await asked.wait()
    await driver.leave()
