"""The events of a handle, pulled one by one."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Generic, Optional, TypeVar, cast

from . import _tenure
from ._arguments import Span, nanos
from .errors import ClosedError, InvalidInputError
from .events import Event

E = TypeVar("E", bound=Event)


def pulled(native: _tenure.Handle) -> _tenure.Events:
    """The events of a handle that calls nobody with them."""
    if native.calls():
        raise InvalidInputError("this handle's events go to its callback; they cannot be pulled")
    return native.events()


class Events(Generic[E]):
    """What happens to a handle, in order: an iterator, which blocks until the next event.

    It ends when the client is closed. A reader that is too slow loses the oldest events, but
    never the latest, and never the newest end of a tenure. All who pull from one handle share its
    events. Ctrl-C ends the waiting.

    It has a descriptor for ``select`` and its like: :meth:`fileno`.
    """

    __slots__ = ("_native",)

    def __init__(self, native: _tenure.Events) -> None:
        self._native = native

    def __iter__(self) -> Iterator[E]:
        return self

    def __next__(self) -> E:
        try:
            return cast("E", self._native.next().wait(None))
        except ClosedError:
            raise StopIteration from None

    def next(self, timeout: Optional[Span] = None) -> E:
        """Waits for the next event.

        Args:
            timeout: at most so long (seconds or ``timedelta``); ``None`` waits for ever, 0 looks.

        Raises:
            TimeoutError: none came in time.
            ClosedError: none will ever come.
        """
        return cast("E", self._native.next().wait(nanos("timeout", timeout)))

    def latest(self) -> Optional[E]:
        """The newest event that says how things are, pulled or not. Never blocks."""
        return cast("Optional[E]", self._native.latest())

    def fileno(self) -> int:
        """A descriptor that is readable while an event waits, or after the last one.

        It belongs to this handle: only wait for it to be readable, then call ``next(0)`` until it
        raises. It is closed with the handle.
        """
        return self._native.fileno()
