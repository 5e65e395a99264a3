"""The events of a handle, awaited one by one."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import TypeVar

from .._base.events import BaseEvents
from ..errors import ClosedError
from ..events import Event
from ._loop import run

E = TypeVar("E", bound=Event)


class Events(BaseEvents[E]):
    """The events of a handle, in order: ``async for event in …events``.

    It ends when the client is closed. A reader that is too slow loses the oldest events, but
    never the latest, and never the newest end of a leadership. All readers of one handle share its
    events. Cancelling loses no event: an event is taken only when it is handed over.
    """

    __slots__ = ()

    def __aiter__(self) -> AsyncIterator[E]:
        return self

    async def __anext__(self) -> E:
        try:
            return await self.next()
        except ClosedError:
            raise StopAsyncIteration from None

    async def next(self) -> E:
        """Waits for the next event, and takes it.

        Raises:
            ClosedError: no event will ever come.
        """
        while True:
            event = self._native.take()
            if event is not None:
                return event
            await run(self._native.ready())
