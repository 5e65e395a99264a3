"""Following the leader of a group."""

from __future__ import annotations

import time
from types import TracebackType
from typing import Callable, Optional, TypeVar, cast

from . import _tenure
from ._arguments import Span, nanos
from ._events import Events, pulled
from ._base.handle import Handle
from .events import DetectorEvent, Leader

F = TypeVar("F", bound=Callable[[DetectorEvent], object])


class Detector(Handle[_tenure.Detector]):
    """Follows the leader of a group, without standing in it. Made by :meth:`Client.detector`.

    All methods may be called from any thread, and from callbacks. Those that wait let other
    threads run, and Ctrl-C ends them.
    """

    __slots__ = ()

    @property
    def leader(self) -> Optional[Leader]:
        """The leader, if one is known now. Never waits.

        ``None`` means either that nobody leads or that it is not known: :attr:`state` tells.
        """
        return self.state.leader

    @property
    def state(self) -> DetectorEvent:
        """What is known now. Never waits."""
        return self._native.state()

    def wait_change(
        self, previous: DetectorEvent, timeout: Optional[Span] = None
    ) -> DetectorEvent:
        """Waits until what is known differs from ``previous``: at once if it does already.

        Pass what the last call returned, or :attr:`state`, to follow without missing how things
        are. It takes no event from anybody who pulls.

        Args:
            previous: what is known already.
            timeout: at most so long (seconds or ``timedelta``); ``None`` waits for ever, 0 looks.

        Raises:
            TimeoutError: nothing changed in time.
            ClosedError: the client was closed.
        """
        if not isinstance(previous, DetectorEvent):
            raise TypeError(
                f"previous must be a tenure.DetectorEvent, not {type(previous).__name__}"
            )
        call = self._native.changed(previous)
        return cast("DetectorEvent", call.wait(nanos("timeout", timeout)))

    def wait_leader(self, timeout: Optional[Span] = None) -> Leader:
        """Waits until a leader is known: at once if one is.

        Args:
            timeout: at most so long (seconds or ``timedelta``); ``None`` waits for ever, 0 looks.

        Raises:
            TimeoutError: none was known in time.
            ClosedError: the client was closed.
        """
        limit = nanos("timeout", timeout)
        end = None if limit is None else time.monotonic_ns() + limit
        state = self.state
        while state.leader is None:
            left = None if end is None else max(0, end - time.monotonic_ns())
            state = cast("DetectorEvent", self._native.changed(state).wait(left))
        return state.leader

    @property
    def events(self) -> Events[DetectorEvent]:
        """Every change of what is known, to be iterated over: ``for event in detector.events``."""
        return Events(pulled(self._native))

    def on_leader_change(self, callback: F) -> F:
        """Has ``callback(event)`` called with every change. May serve as a decorator.

        ``event.leader`` is the leader, if one is known. It runs on the library's one dispatch
        thread, for one event of one handle at a time and in order; every function may be called
        in it. A slow one delays other notifications. What it raises goes to
        ``sys.unraisablehook``. There is one for a detector, which gets what happened before, too.
        It ends with :meth:`close`, or with the client.
        """
        return self._call_back(callback)

    def close(self) -> None:
        """Follows nobody any more. Never waits."""
        self._drop()

    def __enter__(self) -> Detector:
        return self

    def __exit__(
        self,
        kind: Optional[type[BaseException]],
        value: Optional[BaseException],
        trace: Optional[TracebackType],
    ) -> None:
        self.close()

    def __repr__(self) -> str:
        if self._handle is None:
            return "<tenure.Detector closed>"
        state = self.state
        if state.leader is not None:
            return f"<tenure.Detector leader {state.leader.data!r:.60}>"
        return f"<tenure.Detector {type(state).__name__}>"
