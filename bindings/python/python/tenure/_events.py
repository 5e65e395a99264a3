"""The events of a handle, pulled one by one."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Optional, TypeVar

from ._arguments import Span, nanos
from ._base.events import BaseEvents
from .errors import ClosedError
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
            return self._native.next().wait(None)
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
        return self._native.next().wait(nanos("timeout", timeout))

    def fileno(self) -> int:
        """A file descriptor that is readable while an event waits, or after the last event.

        It belongs to this handle and is closed with it. Do not read from it: wait until it is
        readable, then call ``next(0)`` until that raises.

        Raises:
            ResourceError: the system refuses a file descriptor.
        """
        return self._native.fileno()
