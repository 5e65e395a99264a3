"""A client, in an event loop."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .. import _tenure
from .._base.client import BaseClient
from .._base.ending import logged
from ..errors import ForkedError
from ..events import SessionEvent
from ._contender import Contender
from ._detector import Detector
from ._events import Events
from ._group import Group
from ._loop import run

if TYPE_CHECKING:
    from typing_extensions import Self


class Client(BaseClient[Contender, Detector, Group]):
    """One ZooKeeper session, shared by the contenders, detectors and groups made from it.

    As :class:`tenure.Client`, for an event loop: calls that wait are awaited, ``async with`` closes
    it at the end, and events come by ``async for``. No call and no client needs a thread. Every call
    may be cancelled.

    >>> import asyncio
    >>> import tenure.aio
    >>> async def main() -> None:
    ...     async with tenure.aio.Client("memory://doc-aio/app") as client:
    ...         contender = client.contender(data="10.0.0.1:80")
    ...         async with contender.leadership(timeout=10) as lead:
    ...             lead.check()
    ...             leader = await client.detector().wait_leader()
    ...             print(leader.data)
    >>> asyncio.run(main())
    b'10.0.0.1:80'
    """

    __slots__ = ()

    _shown = "tenure.aio.Client"

    def _contender(self, native: _tenure.Contender, patience: int) -> Contender:
        return Contender(self, native, patience)

    def _detector(self, native: _tenure.Detector) -> Detector:
        return Detector(self, native)

    def _group(self, native: _tenure.Group, patience: int) -> Group:
        return Group(self, native, patience)

    @property
    def events(self) -> Events[SessionEvent]:
        """The events of the session: ``async for event in client.events``."""
        return Events(self._native)

    async def close(self) -> None:
        """Closes the session. Leaderships end at once; the call ends when the znodes are gone.

        It tries for one session timeout to reach a server. It may be called again. A task that is
        cancelled stops waiting, and the client is closed all the same.

        Raises:
            TimeoutError: no server was reached; the znodes end when the session times out.
        """
        await run(self._native.close())

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        # The parent closes its own client. Leaderships have ended after any other error.
        with logged(f"{self.url} is closed, but no server confirmed it", ForkedError):
            await self.close()
