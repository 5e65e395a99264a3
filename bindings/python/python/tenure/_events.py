"""The events of a handle, pulled one by one."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Optional, TypeVar

from . import _tenure
from ._arguments import Span, nanos
from ._base.events import BaseEvents
from ._greenlets import hub_of_this_thread, wait_in
from .errors import ClosedError, TimeoutError
from .events import Event

E = TypeVar("E", bound=Event)


class Events(BaseEvents[E]):
    """The events of a handle, in order: an iterator, which blocks until the next event.

    It ends when the client is closed. A reader that is too slow loses the oldest events, but
    never the latest, and never the newest end of a leadership. All readers of one handle share its
    events. They may be on any thread; Ctrl-C ends the wait.

    It has a file descriptor for ``select`` and other event loops: :meth:`fileno`.
    """

    __slots__ = ()

    def __iter__(self) -> Iterator[E]:
        return self

    def __next__(self) -> E:
        try:
            return self._next(None)
        except ClosedError:
            raise StopIteration from None

    def next(self, timeout: Optional[Span] = None) -> E:
        """Waits for the next event, and takes it.

        Args:
            timeout: the longest wait (seconds or ``timedelta``); ``None`` waits for ever, 0 does not
                wait.

        Raises:
            TimeoutError: no event came in time.
            ClosedError: no event will ever come.
        """
        return self._next(nanos("timeout", timeout))

    def _next(self, limit: Optional[int]) -> E:
        native = self._native
        hub = None if limit == 0 else hub_of_this_thread()
        if hub is None:
            return native.next().wait(limit)
        # An event is taken only when it is handed over: killing the greenlet loses none.
        deadline = None if limit is None else time.monotonic_ns() + limit
        while True:
            event = native.take()
            if event is not None:
                return event
            left = None if deadline is None else max(0, deadline - time.monotonic_ns())
            try:
                wait_in(hub, native.ready(), left)
            except TimeoutError:
                raise _tenure.timed_out(limit or 0) from None

    def fileno(self) -> int:
        """A file descriptor that is readable while an event waits, or after the last event.

        It belongs to this handle and is closed with it. Do not read from it: wait until it is
        readable, then call ``next(0)`` until that raises.

        Raises:
            ResourceError: the system refuses a file descriptor.
        """
        return self._native.fileno()
