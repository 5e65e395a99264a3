"""Contending for the leadership of a group, by calls that block."""

from __future__ import annotations

from typing import Callable, Optional, TypeVar

from . import _tenure
from ._arguments import Payload, Span, nanos
from ._base.contender import STAYS, BaseContender, BaseLeadershipContext
from ._events import Events
from ._handle import BlockingHandle, finish
from ._leadership import Leadership
from ._wait import wait
from .events import ContenderEvent

F = TypeVar("F", bound=Callable[[ContenderEvent], object])


class Contender(BaseContender[Leadership], BlockingHandle[_tenure.Contender]):
    """One candidacy after another for the leadership of a group, until it is withdrawn.

    It contends from the moment that :meth:`Client.contender` makes it, whether you hold it or not.
    After a lost candidacy it contends again by itself. ``with`` withdraws it at the end.

    All methods may be called from any thread, and from callbacks. Those that wait let other
    threads run, and Ctrl-C ends the wait.
    """

    __slots__ = ()

    _shown = "tenure.Contender"

    def _leadership(self, native: _tenure.Contender, token: int) -> Leadership:
        return Leadership(native, token)

    def wait_leading(self, timeout: Optional[Span] = None) -> Leadership:
        """Waits until this contender leads. However the wait ends, it goes on to contend.

        :meth:`leadership` also withdraws it at the end.

        Args:
            timeout: the longest wait (seconds or ``timedelta``); ``None`` waits for ever, 0 does not
                wait.

        Raises:
            TimeoutError: it did not lead in time.
            ClosedError: the contender was withdrawn, or the client was closed.
            NoAuthError: the access control list forbids to create its znode; likewise other errors of
                a server that prevent it.
        """
        return self._wait_leading(nanos("timeout", timeout))

    def _wait_leading(self, limit: Optional[int]) -> Leadership:
        native = self._native
        return Leadership(native, wait(native.leading(), limit))

    def leadership(self, timeout: Optional[Span] = None) -> LeadershipContext:
        """A ``with`` statement whose body runs while this contender leads.

        ::

            with contender.leadership(timeout=30) as lead:
                while work:
                    lead.check()  # raises LeadershipLost when it is over
                    write(work.pop(), token=lead.token)

        It waits to lead, and raises then what :meth:`wait_leading` raises. After the body, however
        it ended, **the contender is withdrawn**, and the ``with`` statement waits until its znode is
        gone, so that another contender leads: at most for one session timeout, and not at all if the
        leadership was lost before. To contend again, make another contender.

        Nothing ends the body when the leadership is lost: the body must ask
        (:meth:`Leadership.check`, :meth:`Leadership.wait`), and the storage must refuse lower tokens.

        Args:
            timeout: the longest wait to lead (seconds or ``timedelta``); ``None`` waits for ever.
        """
        return LeadershipContext(self, nanos("timeout", timeout))

    def withdraw(self, timeout: Optional[Span] = None) -> bool:
        """Ends the candidacy. Leadership ends at once, the call ends when the znode is gone.

        Args:
            timeout: the longest wait (seconds or ``timedelta``); ``None`` waits for ever.

        Returns:
            Whether this contender deleted its znode; ``False`` if there was none (left).

        Raises:
            TimeoutError: no server has confirmed it in time. Leadership has ended all the same,
                and the znode is deleted as soon as a server can be reached.
            ClosedError: the contender or the client is closed.
        """
        limit = nanos("timeout", timeout)
        native = self._native
        self._release()
        return wait(native.withdraw(), limit)

    def set_data(self, data: Payload, timeout: Optional[Span] = None) -> bool:
        """Changes the payload of the znode, and of the znodes of later candidacies.

        What another party writes to the znode is replaced by this payload.

        Args:
            data: bytes, or text, which is encoded as UTF-8; at most 1,000,000 bytes.
            timeout: the longest wait (seconds or ``timedelta``); ``None`` waits for ever.

        Returns:
            Whether the znode has the payload; ``False`` if there is no znode now.

        Raises:
            TimeoutError: no server has confirmed it in time; it may still happen.
            ClosedError: the contender or the client is closed.
        """
        limit = nanos("timeout", timeout)
        return wait(self._setting(data), limit)

    @property
    def events(self) -> Events[ContenderEvent]:
        """The events of this contender: ``for event in contender.events``."""
        return Events(self._native)

    def on_event(self, callback: F) -> F:
        """Has ``callback(event)`` called with each event. May serve as a decorator.

        The library's one dispatch thread calls it, with one event of one handle at a time and in
        order; it may call every function. A slow callback delays other notifications, never a lease.
        An exception of it goes to ``sys.unraisablehook``. A contender has one callback, which also
        gets the earlier events. The calls end with :meth:`close`, or with the client.

        Raises:
            InvalidInputError: the contender has a callback already.
        """
        return self._call_back(callback)

    def __exit__(self, *_: object) -> None:
        finish(self._resign(waits=self.is_leading()), self._patience, STAYS)
        self._drop()


class LeadershipContext(BaseLeadershipContext[Contender, Leadership]):
    """The result of :meth:`Contender.leadership`: for one ``with`` statement."""

    def __enter__(self) -> Leadership:
        self._lead = self._contender._wait_leading(self._timeout)
        return self._lead

    def __exit__(self, *_: object) -> None:
        finish(self._resign(), self._contender._patience, STAYS)
