"""Contending for the leadership of a group, in an event loop."""

from __future__ import annotations

from contextlib import suppress
from typing import Optional

from .. import _tenure
from .._arguments import Payload, Span, nanos
from .._base.contender import STAYS, BaseContender, BaseLeadershipContext
from .._base.leadership import BaseLeadership
from ..errors import ClosedError, TimeoutError
from ..events import ContenderEvent
from ._events import Events
from ._handle import AsyncHandle, finish
from ._loop import run, within


class Leadership(BaseLeadership):
    """One leadership, as :class:`tenure.Leadership`; its :meth:`wait` is awaited."""

    __slots__ = ()

    _shown = "tenure.aio.Leadership"

    async def wait(self, timeout: Optional[Span] = None) -> bool:
        """Waits until the leadership is over, at most for ``timeout`` (seconds or ``timedelta``).

        A leader can pace its work with it: ``while await lead.wait(1.0): work()``.

        Returns:
            Whether this leadership lasts.
        """
        with suppress(ClosedError):
            await within(run(self._native.lost(self.token)), nanos("timeout", timeout))
        return bool(self)


class Contender(BaseContender[Leadership], AsyncHandle[_tenure.Contender]):
    """One candidacy after another for the leadership of a group, until it is withdrawn.

    As :class:`tenure.Contender`, for an event loop: calls that wait are awaited.
    """

    __slots__ = ()

    _shown = "tenure.aio.Contender"

    def _leadership(self, native: _tenure.Contender, token: int) -> Leadership:
        return Leadership(native, token)

    async def wait_leading(self) -> Leadership:
        """Waits until this contender leads. However the wait ends, it goes on to contend.

        Raises:
            ClosedError: the contender was withdrawn, or the client was closed.
            NoAuthError: the access control list forbids to create its znode; likewise other errors of
                a server that prevent it.
        """
        native = self._native
        return Leadership(native, await run(native.leading()))

    def leadership(self, timeout: Optional[Span] = None) -> LeadershipContext:
        """An ``async with`` statement whose body runs while this contender leads.

        As :meth:`tenure.Contender.leadership`: after the body, however it ended, **the contender
        is withdrawn**, and the statement waits until its znode is gone, at most for one session
        timeout, and not at all if the leadership was lost before. Nothing ends the body when the
        leadership is lost: the body must ask.

        Args:
            timeout: the longest wait to lead (seconds or ``timedelta``); ``None`` waits for ever.
        """
        return LeadershipContext(self, nanos("timeout", timeout))

    async def withdraw(self) -> bool:
        """Ends the candidacy. Leadership ends at once, the call ends when the znode is gone.

        A task that is cancelled stops waiting, and the contender is withdrawn all the same.

        Returns:
            Whether this contender deleted its znode; ``False`` if there was none (left).
        """
        native = self._native
        self._release()
        return await run(native.withdraw())

    async def set_data(self, data: Payload) -> bool:
        """Changes the payload of the znode, and of the znodes of later candidacies.

        Returns:
            Whether the znode has the payload; ``False`` if there is no znode now.
        """
        return await run(self._setting(data))

    @property
    def events(self) -> Events[ContenderEvent]:
        """The events of this contender: ``async for event in contender.events``."""
        return Events(self._native)

    async def __aexit__(self, *_: object) -> None:
        await finish(self._resign(waits=self.is_leading()), self._patience, STAYS)
        self._drop()


class LeadershipContext(BaseLeadershipContext[Contender, Leadership]):
    """The result of :meth:`Contender.leadership`: for one ``async with`` statement."""

    async def __aenter__(self) -> Leadership:
        lead = await within(self._contender.wait_leading(), self._timeout)
        if lead is None:
            raise TimeoutError("the contender did not lead in time; it goes on to contend")
        self._lead = lead
        return lead

    async def __aexit__(self, *_: object) -> None:
        await finish(self._resign(), self._contender._patience, STAYS)
