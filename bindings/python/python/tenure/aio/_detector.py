"""Following the leader of a group, in an event loop."""

from __future__ import annotations

from .. import _tenure
from .._base.detector import BaseDetector
from ..events import DetectorEvent, Leader
from ._events import Events
from ._handle import AsyncHandle
from ._loop import run


class Detector(BaseDetector, AsyncHandle[_tenure.Detector]):
    """Follows the leader of a group, without contending. Made by :meth:`Client.detector`.

    As :class:`tenure.Detector`, for an event loop: calls that wait are awaited.
    """

    __slots__ = ()

    _shown = "tenure.aio.Detector"

    async def wait_change(self, previous: DetectorEvent) -> DetectorEvent:
        """Waits until :attr:`state` differs from ``previous``: at once if it differs already.

        Raises:
            ClosedError: the detector or the client is closed.
        """
        return await run(self._changing(previous))

    async def wait_leader(self) -> Leader:
        """Waits until a leader is known: at once if one is.

        Raises:
            ClosedError: the detector or the client is closed.
        """
        return await run(self._native.leader())

    @property
    def events(self) -> Events[DetectorEvent]:
        """Every change of :attr:`state`: ``async for event in detector.events``."""
        return Events(self._native)
