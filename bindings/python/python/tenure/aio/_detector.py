"""Following the leader of a group, in an event loop."""

from __future__ import annotations

from types import TracebackType
from typing import Optional, cast

from .. import _tenure
from .._events import pulled
from .._base.handle import Handle
from ..events import DetectorEvent, Leader
from ._loop import Events, run


class Detector(Handle[_tenure.Detector]):
    """Follows the leader of a group, without standing in it. Made by :meth:`Client.detector`.

    As :class:`tenure.Detector`, for an event loop: what waits there is awaited here.
    """

    __slots__ = ()

    @property
    def leader(self) -> Optional[Leader]:
        """The leader, if one is known now.

        ``None`` means either that nobody leads or that it is not known: :attr:`state` tells.
        """
        return self.state.leader

    @property
    def state(self) -> DetectorEvent:
        """What is known now."""
        return self._native.state()

    async def wait_change(self, previous: DetectorEvent) -> DetectorEvent:
        """Waits until what is known differs from ``previous``: at once if it does already.

        Raises:
            ClosedError: the client was closed.
        """
        if not isinstance(previous, DetectorEvent):
            raise TypeError(
                f"previous must be a tenure.DetectorEvent, not {type(previous).__name__}"
            )
        return cast("DetectorEvent", await run(self._native.changed(previous)))

    async def wait_leader(self) -> Leader:
        """Waits until a leader is known: at once if one is.

        Raises:
            ClosedError: the client was closed.
        """
        state = self.state
        while state.leader is None:
            state = cast("DetectorEvent", await run(self._native.changed(state)))
        return state.leader

    @property
    def events(self) -> Events[DetectorEvent]:
        """Every change of what is known: ``async for event in detector.events``."""
        return Events(pulled(self._native))

    def close(self) -> None:
        """Follows nobody any more."""
        self._drop()

    async def __aenter__(self) -> Detector:
        return self

    async def __aexit__(
        self,
        kind: Optional[type[BaseException]],
        value: Optional[BaseException],
        trace: Optional[TracebackType],
    ) -> None:
        self.close()

    def __repr__(self) -> str:
        if self._handle is None:
            return "<tenure.aio.Detector closed>"
        state = self.state
        if state.leader is not None:
            return f"<tenure.aio.Detector leader {state.leader.data!r:.60}>"
        return f"<tenure.aio.Detector {type(state).__name__}>"
