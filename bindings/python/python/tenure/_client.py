"""A client whose calls block."""

from __future__ import annotations

from typing import TYPE_CHECKING, Callable, Optional, TypeVar

from . import _tenure
from ._arguments import Span, function, nanos
from ._base.client import BaseClient
from ._base.ending import logged
from ._contender import Contender
from ._detector import Detector
from ._events import Events
from ._group import Group
from ._wait import wait
from .errors import ForkedError
from .events import SessionEvent

if TYPE_CHECKING:
    from typing_extensions import Self

F = TypeVar("F", bound=Callable[[SessionEvent], object])


class Client(BaseClient[Contender, Detector, Group]):
    """One ZooKeeper session, shared by the contenders, detectors and groups made from it.

    It connects by itself, reconnects, and replaces a session that expired. It does not wait for a
    connection, and a server that cannot be reached is no error: :attr:`events` reports each
    attempt. ``with`` closes it at the end. All clients of a process share one thread for input
    and output; one more calls callbacks, and passes on log records.

    All methods may be called from any thread, and from callbacks. Those that wait let other
    threads run, and Ctrl-C ends the wait. After ``fork`` the child must open a client of its own:
    the clients of the parent raise ``ForkedError`` there.

    >>> import tenure
    >>> with tenure.Client("memory://doc-client/app") as client:
    ...     contender = client.contender(data="10.0.0.1:80")
    ...     with contender.leadership(timeout=10) as lead:
    ...         lead.check()
    ...         print(client.detector().wait_leader(timeout=10).data)
    b'10.0.0.1:80'
    """

    __slots__ = ()

    _shown = "tenure.Client"

    def _contender(self, native: _tenure.Contender, patience: int) -> Contender:
        return Contender(self, native, patience)

    def _detector(self, native: _tenure.Detector) -> Detector:
        return Detector(self, native)

    def _group(self, native: _tenure.Group, patience: int) -> Group:
        return Group(self, native, patience)

    @property
    def events(self) -> Events[SessionEvent]:
        """The events of the session: ``for event in client.events``."""
        return Events(self._native)

    def on_session(self, callback: F) -> F:
        """Has ``callback(event)`` called with each event of the session. May serve as a decorator.

        The library's one dispatch thread calls it, with one event of one handle at a time and in
        order; it may call every function. A slow callback delays other notifications. An exception
        of it goes to ``sys.unraisablehook``. A client has one callback, which also gets the earlier
        events.

        Raises:
            InvalidInputError: the client has a callback already.
        """
        function("callback", callback)
        self._native.on_each(callback)
        return callback

    def close(self, timeout: Optional[Span] = None) -> None:
        """Closes the session. Leaderships end at once; the call ends when the znodes are gone.

        It tries for one session timeout to reach a server. Afterwards the handles of this client
        cannot be used. It may be called again.

        Args:
            timeout: the longest wait (seconds or ``timedelta``); ``None`` waits for the end. The
                client is closed all the same.

        Raises:
            TimeoutError: no server was reached; the znodes end when the session times out.
        """
        limit = nanos("timeout", timeout)
        wait(self._native.close(), limit)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        # The parent closes its own client. Leaderships have ended after any other error.
        with logged(f"{self.url} is closed, but no server confirmed it", ForkedError):
            self.close()
