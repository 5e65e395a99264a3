"""The detector of masters, by calls that block."""

from __future__ import annotations

from typing import TYPE_CHECKING, Callable, Optional, TypeVar

from .._arguments import Span, function, nanos
from .._client import Client
from .._detector import Detector
from .._events import Events
from .._wait import wait
from ..events import DetectorEvent
from ._masters import MasterFollower, checked
from ._timeouts import MASTER_DETECTOR_ZK_SESSION_TIMEOUT
from .events import decoded

if TYPE_CHECKING:
    from typing_extensions import Self

F = TypeVar("F", bound=Callable[[DetectorEvent], object])


class MasterEvents(Events[DetectorEvent]):
    """The events of a detector of masters, in order: :class:`tenure.Events` with decoded payloads."""

    __slots__ = ()

    def latest(self) -> Optional[DetectorEvent]:
        """The newest event that describes the state of the detector, pulled or not. Never waits.

        ``None`` before the first event.
        """
        event = super().latest()
        return None if event is None else decoded(event)

    def _next(self, limit: Optional[int]) -> DetectorEvent:
        return decoded(super()._next(limit))


class MasterDetector(MasterFollower, Detector):
    """The detector of masters: a :class:`tenure.Detector` that decodes the leader's payload.

    It reads each of the three forms that Mesos wrote. Its events are those of every detector, with
    :class:`MasterLeads` or :class:`MasterUndecodable` for a leader.

    All methods may be called from any thread, and from callbacks. Those that wait let other threads run, and
    Ctrl-C ends the wait.
    """

    _shown = "tenure.mesos.MasterDetector"

    def __init__(self, client: Client, path: Optional[str] = None) -> None:
        """Follows the masters of a group, on the session of a client. Never waits.

        Args:
            client: the client.
            path: the group's znode, which may be created later; the URL's path by default.

        Raises:
            InvalidInputError: ZooKeeper does not allow the path.
            ClosedError: the client is closed.
        """
        self._own: Optional[Client] = None
        self._follow(checked(client, Client), path)

    @classmethod
    def create(
        cls, url: str, session_timeout: Span = MASTER_DETECTOR_ZK_SESSION_TIMEOUT
    ) -> Self:
        """Follows the masters by what an agent is given as ``--master``, on a session of its own.

        It ends with the last reference to it, with :meth:`close`, or with a ``with`` statement, and its
        session with it.

        Args:
            url: ``zk://…``, ``memory://…``, the ``host:port`` of a master that leads for ever, or the
                ``file://…`` of a file with one of these.
            session_timeout: the session timeout to request (seconds or ``timedelta``).

        Raises:
            InvalidInputError: the URL cannot work.
            ResourceError: the system refuses a thread or a file descriptor.
        """
        client = Client(url, session_timeout=session_timeout)
        detector = cls(client)
        detector._own = client
        return detector

    @property
    def client(self) -> Optional[Client]:
        """The client that :meth:`create` opened, for its events, until the detector is closed."""
        return self._own

    def detect(
        self, previous: Optional[DetectorEvent] = None, timeout: Optional[Span] = None
    ) -> DetectorEvent:
        """Waits until :attr:`state` differs from ``previous``: at once if it differs already.

        Pass the result of the last call, and you never miss the current state. It takes no event from a
        reader of :attr:`events`.

        Args:
            previous: the state that you know already; ``None`` if you know nothing: then it waits until
                it is known which master leads, or that none does.
            timeout: the longest wait (seconds or ``timedelta``); ``None`` waits for ever, 0 does not wait.

        Raises:
            TimeoutError: nothing changed in time.
            ClosedError: the detector or the client is closed.
        """
        limit = nanos("timeout", timeout)
        return decoded(wait(self._detecting(previous), limit))

    def wait_change(
        self, previous: DetectorEvent, timeout: Optional[Span] = None
    ) -> DetectorEvent:
        """As :meth:`detect`, for a state that you know already."""
        return decoded(super().wait_change(previous, timeout))

    @property
    def events(self) -> MasterEvents:
        """Every change of :attr:`state`: ``for event in detector.events``."""
        return MasterEvents(self._native)

    def on_leader_change(self, callback: F) -> F:
        """Has ``callback(event)`` called with every change of :attr:`state`, decoded.

        As :meth:`tenure.Detector.on_leader_change`.

        Raises:
            InvalidInputError: the detector has a callback already.
        """
        function("callback", callback)
        self._call_back(lambda event: callback(decoded(event)))
        return callback

    def __exit__(self, *_: object) -> None:
        own = self._own
        super().__exit__()
        if own is not None:
            own.__exit__()
