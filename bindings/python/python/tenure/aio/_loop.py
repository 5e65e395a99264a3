"""Calls and events in an event loop: no thread, one descriptor for each loop."""

from __future__ import annotations

import asyncio
import weakref
from collections.abc import AsyncIterator, Coroutine
from typing import Any, Generic, TypeVar, cast

from .. import _tenure
from ..errors import ClosedError
from ..events import Event

E = TypeVar("E", bound=Event)

_bridges: weakref.WeakKeyDictionary[asyncio.AbstractEventLoop, _tenure.Bridge]
_bridges = weakref.WeakKeyDictionary()


def bridge(loop: asyncio.AbstractEventLoop) -> _tenure.Bridge:
    """The bridge of a loop, made with the first call in it."""
    known = _bridges.get(loop)
    if known is None:
        known = _bridges[loop] = _tenure.Bridge()
        loop.add_reader(known.fileno(), known.dispatch)
    return known


async def run(call: _tenure.Call) -> Any:
    """The value of a call. A task that is cancelled gives the call up."""
    loop = asyncio.get_running_loop()
    way = bridge(loop)
    future: asyncio.Future[Any] = loop.create_future()
    number = call.start(way, future)
    try:
        return await future
    finally:
        way.cancel(number)


class Events(Generic[E]):
    """What happens to a handle, in order: ``async for event in …events``.

    It ends when the client is closed. A reader that is too slow loses the oldest events, but
    never the latest, and never the newest end of a tenure. All who pull from one handle share its
    events. Cancelling loses none: an event is taken only when it is handed over.
    """

    __slots__ = ("_native",)

    def __init__(self, native: _tenure.Events) -> None:
        self._native = native

    def __aiter__(self) -> AsyncIterator[E]:
        return self

    async def __anext__(self) -> E:
        try:
            return await self.next()
        except ClosedError:
            raise StopAsyncIteration from None

    async def next(self) -> E:
        """The next event.

        Raises:
            ClosedError: none will ever come.
        """
        while True:
            event = self._native.take()
            if event is not None:
                return cast("E", event)
            await run(self._native.ready())

    def latest(self) -> E | None:
        """The newest event that says how things are, pulled or not."""
        return cast("E | None", self._native.latest())


async def within(waiting: Coroutine[Any, Any, Any], limit: int | None) -> Any:
    """What is waited for, or ``None`` after ``limit`` nanoseconds."""
    if limit is None:
        return await waiting
    try:
        return await asyncio.wait_for(waiting, limit / 1e9)
    except asyncio.TimeoutError:
        return None
