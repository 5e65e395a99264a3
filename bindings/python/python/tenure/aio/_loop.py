"""Calls in an event loop: no thread, and one file descriptor for each loop."""

from __future__ import annotations

import asyncio
import weakref
from collections.abc import Coroutine
from typing import Any, Optional, TypeVar

from .. import _tenure

T = TypeVar("T")

_bridges: weakref.WeakKeyDictionary[asyncio.AbstractEventLoop, _tenure.Bridge]
_bridges = weakref.WeakKeyDictionary()


def bridge(loop: asyncio.AbstractEventLoop) -> _tenure.Bridge:
    """The bridge of a loop, made with the first call in it."""
    known = _bridges.get(loop)
    if known is None:
        known = _bridges[loop] = _tenure.Bridge()
        loop.add_reader(known.fileno(), known.dispatch)
    return known


async def run(call: _tenure.Call[T]) -> T:
    """The value of a call. Cancelling the task gives the call up."""
    loop = asyncio.get_running_loop()
    way = bridge(loop)
    future: asyncio.Future[T] = loop.create_future()
    number = call.start(way, future)
    try:
        return await future
    finally:
        way.cancel(number)


async def within(waiting: Coroutine[Any, Any, T], limit: Optional[int]) -> Optional[T]:
    """The result of ``waiting``, or ``None`` after ``limit`` nanoseconds."""
    if limit is None:
        return await waiting
    try:
        return await asyncio.wait_for(waiting, limit / 1e9)
    except asyncio.TimeoutError:
        return None
