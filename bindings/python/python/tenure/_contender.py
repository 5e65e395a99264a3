"""Standing for the leadership of a group."""

from __future__ import annotations

from types import TracebackType
from typing import TYPE_CHECKING, Callable, Optional, TypeVar, cast

from . import _tenure
from ._arguments import Payload, Span, nanos, payload
from ._events import Events, pulled
from ._base.handle import Handle, told
from ._leadership import Leadership
from ._logs import logger
from .errors import ClosedError, Error, ForkedError, TimeoutError
from .events import ContenderEvent

if TYPE_CHECKING:
    from ._client import Client

F = TypeVar("F", bound=Callable[[ContenderEvent], object])


class Contender(Handle[_tenure.Contender]):
    """One candidacy after another for the leadership of a group, until it is withdrawn.

    It stands from the moment it is made, by :meth:`Client.contender`, whether it is held or not.
    After a lost candidacy it stands again by itself. ``with`` withdraws it at the end.

    All methods may be called from any thread, and from callbacks. Those that wait let other
    threads run, and Ctrl-C ends them.
    """

    __slots__ = ("_patience",)

    def __init__(self, client: Client, native: _tenure.Contender, patience: int) -> None:
        super().__init__(client, native)
        self._patience = patience
        self._keep()

    def is_leading(self) -> bool:
        """Whether this contender leads, right now.

        It compares the boot-time clock with the end of the lease at each call, takes no lock and
        never waits: a process that was stopped for a minute gets ``False`` from its first call
        after.
        """
        native = self._handle
        return native is not None and native.is_leading()

    @property
    def lead(self) -> Optional[Leadership]:
        """The leadership, if this contender leads right now."""
        native = self._handle
        lease = None if native is None else native.lease()
        return None if native is None or lease is None else Leadership(native, lease[0])

    def wait_leading(self, timeout: Optional[Span] = None) -> Leadership:
        """Waits until this contender leads.

        It goes on to stand whatever comes of the waiting. :meth:`leadership` gives the leadership
        up at the end, too.

        Args:
            timeout: at most so long (seconds or ``timedelta``); ``None`` waits for ever, 0 looks.

        Raises:
            TimeoutError: it did not lead in time.
            ClosedError: the contender was withdrawn, or the client closed.
            NoAuthError: its znode may not be created; likewise for other errors of a server.
        """
        native = self._native
        token, _ = native.leading().wait(nanos("timeout", timeout))
        return Leadership(native, token)

    def leadership(self, timeout: Optional[Span] = None) -> LeadershipContext:
        """A ``with`` statement whose body runs while this contender leads.

        ::

            with contender.leadership(timeout=30) as lead:
                while work:
                    lead.check()  # raises LeadershipLost when it is over
                    write(work.pop(), token=lead.token)

        It waits to lead, and what raises then is what :meth:`wait_leading` raises. After the body,
        however it ended, **the contender is withdrawn**, and the ``with`` statement waits until
        its znode is gone, so that another leads: at most for one session timeout, and not at all
        if the leadership was lost before. To stand again, make another contender.

        Nothing ends the body when the leadership is lost: it must ask (:meth:`Leadership.check`,
        :meth:`Leadership.wait`), and have what it writes to refuse lower tokens.

        Args:
            timeout: to wait so long to lead (seconds or ``timedelta``); ``None`` waits for ever.
        """
        return LeadershipContext(self, nanos("timeout", timeout), self._patience)

    def withdraw(self, timeout: Optional[Span] = None) -> bool:
        """Ends the candidacy: leadership ends at once, and the call when the znode is gone.

        Args:
            timeout: at most so long (seconds or ``timedelta``); ``None`` waits for ever.

        Returns:
            Whether this contender deleted its znode; ``False`` if there was none (left).

        Raises:
            TimeoutError: no server has confirmed it in time. Leadership has ended all the same,
                and the znode goes as soon as a server can be reached.
        """
        limit = nanos("timeout", timeout)
        native = self._native
        self._release()
        return bool(native.withdraw().wait(limit))

    def set_data(self, data: Payload, timeout: Optional[Span] = None) -> bool:
        """Changes the payload of the znode, and of those of candidacies that follow.

        Returns:
            Whether the znode bears it; ``False`` if there is no znode now.

        Raises:
            TimeoutError: it was not confirmed in time; it may still happen.
        """
        limit = nanos("timeout", timeout)
        return bool(self._native.set_data(payload("data", data)).wait(limit))

    @property
    def events(self) -> Events[ContenderEvent]:
        """What happens to this contender, to be iterated over."""
        return Events(pulled(self._native))

    def on_event(self, callback: F) -> F:
        """Has ``callback(event)`` called with everything that happens. May serve as a decorator.

        It runs on the library's one dispatch thread, for one event of one handle at a time and in
        order; every function may be called in it. A slow one delays other notifications, never a
        lease. What it raises goes to ``sys.unraisablehook``. There is one for a contender, which
        gets what happened before, too. It ends with :meth:`close`, or with the client.
        """
        return self._call_back(callback)

    @property
    def state(self) -> Optional[ContenderEvent]:
        """The newest event that says how things are; ``None`` before the first."""
        return cast("Optional[ContenderEvent]", told(self._native))

    def close(self) -> None:
        """Withdraws in the background. The contender is of no more use."""
        native = self._handle
        if native is not None:
            # Not waited for: the command is on its way all the same.
            native.withdraw()
        self._drop()

    def __enter__(self) -> Contender:
        return self

    def __exit__(
        self,
        kind: Optional[type[BaseException]],
        value: Optional[BaseException],
        trace: Optional[TracebackType],
    ) -> None:
        native = self._handle
        if native is not None:
            leave(native, self._patience if native.is_leading() else 0)
        self._drop()

    def __repr__(self) -> str:
        native = self._handle
        if native is None:
            return "<tenure.Contender closed>"
        lead = self.lead
        if lead is not None:
            return f"<tenure.Contender leading, token {lead.token}>"
        return f"<tenure.Contender {type(told(native)).__name__}>"


def leave(native: _tenure.Contender, patience: int) -> None:
    """Withdraws, and waits for that at most so long (nanoseconds)."""
    call = native.withdraw()  # an error of it comes with the waiting
    try:
        call.wait(patience)
    except (TimeoutError, ClosedError, ForkedError):
        # It does not lead in any case, and the znode goes when a server can be reached.
        pass
    except Error as error:
        logger.warning("the candidacy is withdrawn, and its znode stays with the session: %s", error)


class LeadershipContext:
    """What :meth:`Contender.leadership` gives: for one ``with`` statement."""

    def __init__(self, contender: Contender, timeout: Optional[int], patience: int) -> None:
        self._contender = contender
        self._timeout = timeout
        self._patience = patience
        self._lead: Optional[Leadership] = None

    def __enter__(self) -> Leadership:
        native = self._contender._native
        token, _ = native.leading().wait(self._timeout)
        self._lead = Leadership(native, token)
        return self._lead

    def __exit__(
        self,
        kind: Optional[type[BaseException]],
        value: Optional[BaseException],
        trace: Optional[TracebackType],
    ) -> None:
        native = self._contender._handle
        self._contender._release()
        if native is not None:
            # Somebody else waits for the end of a leadership that lasts, and for no other.
            leave(native, self._patience if self._lead else 0)
