"""Following the leader of a group, by calls that block."""

from __future__ import annotations

from typing import Callable, Optional, TypeVar

from . import _tenure
from ._arguments import Span, nanos
from ._base.detector import BaseDetector
from ._events import Events
from ._handle import BlockingHandle
from ._wait import wait
from .events import DetectorEvent, Leader

F = TypeVar("F", bound=Callable[[DetectorEvent], object])


class Detector(BaseDetector, BlockingHandle[_tenure.Detector]):
    """Follows the leader of a group, without contending. Made by :meth:`Client.detector`.

    All methods may be called from any thread, and from callbacks. Those that wait let other
    threads run, and Ctrl-C ends the wait.
    """

    __slots__ = ()

    _shown = "tenure.Detector"

    def wait_change(
        self, previous: DetectorEvent, timeout: Optional[Span] = None
    ) -> DetectorEvent:
        """Waits until :attr:`state` differs from ``previous``: at once if it differs already.

        Pass the result of the last call, or :attr:`state`, and you never miss the current state. It
        takes no event from a reader of :attr:`events`.

        Args:
            previous: the state that you know already.
            timeout: the longest wait (seconds or ``timedelta``); ``None`` waits for ever, 0 does not
                wait.

        Raises:
            TimeoutError: nothing changed in time.
            ClosedError: the detector or the client is closed.
        """
        limit = nanos("timeout", timeout)
        return wait(self._changing(previous), limit)

    def wait_leader(self, timeout: Optional[Span] = None) -> Leader:
        """Waits until a leader is known: at once if one is.

        Args:
            timeout: the longest wait (seconds or ``timedelta``); ``None`` waits for ever, 0 does not
                wait.

        Raises:
            TimeoutError: no leader was known in time.
            ClosedError: the detector or the client is closed.
        """
        return wait(self._native.leader(), nanos("timeout", timeout))

    @property
    def events(self) -> Events[DetectorEvent]:
        """Every change of :attr:`state`: ``for event in detector.events``."""
        return Events(self._native)

    def on_leader_change(self, callback: F) -> F:
        """Has ``callback(event)`` called with every change of :attr:`state`. May serve as a decorator.

        ``event.leader`` is the leader, if one is known. The library's one dispatch thread calls the
        callback, with one event of one handle at a time and in order; it may call every function. A
        slow callback delays other notifications. An exception of it goes to ``sys.unraisablehook``.
        A detector has one callback, which also gets the earlier events. The calls end with
        :meth:`close`, or with the client.

        Raises:
            InvalidInputError: the detector has a callback already.
        """
        return self._call_back(callback)
