"""The contender of a master, by calls that block."""

from __future__ import annotations

from typing import TYPE_CHECKING, Optional

from .._arguments import Span, nanos
from .._client import Client
from .._contender import Contender
from .._leadership import Leadership
from .._options import Policy
from .._wait import wait
from ._info import MasterInfo
from ._masters import MasterCandidate, checked
from ._timeouts import MASTER_CONTENDER_ZK_SESSION_TIMEOUT

if TYPE_CHECKING:
    from typing_extensions import Self


class MasterContender(MasterCandidate[Leadership], Contender):
    """The contender of a master: a :class:`tenure.Contender` that others know as a Mesos master.

    Its znode has the label ``json.info`` and the :class:`MasterInfo` in JSON. Unlike Mesos's class, which
    contends once for each call of ``contend``, it contends again by itself after a lost candidacy.

    All methods may be called from any thread, and from callbacks. Those that wait let other threads run, and
    Ctrl-C ends the wait.

    >>> import tenure
    >>> from tenure import mesos
    >>> info = mesos.MasterInfo(id="1", address="10.0.0.1:5050", hostname="m1", version="1.12.0")
    >>> with tenure.Client("memory://doc-mesos/mesos") as client:
    ...     with mesos.MasterContender(client, info).leadership(timeout=10):
    ...         detector = mesos.MasterDetector(client)
    ...         event = detector.detect(timeout=10)
    ...         print(event.info == info)
    True
    """

    _shown = "tenure.mesos.MasterContender"

    def __init__(
        self,
        client: Client,
        info: MasterInfo,
        *,
        path: Optional[str] = None,
        policy: Policy = "verified",
        reenrol: bool = True,
        warm: bool = False,
        lease: Optional[Span] = None,
        fail_over: Optional[Span] = None,
    ) -> None:
        """Contends on the session of a client, from now on. Never waits.

        Args:
            client: the client, which a :class:`MasterDetector` of the same master shares.
            info: what the master says of itself.
            path: the group's znode, which is created if it is missing; the URL's path by default.
            policy: when leadership ends if no server answers: :data:`tenure.Policy`.
            reenrol: whether to contend again after a lost candidacy. Keep that for masters: a standby
                whose session expired would be a standby no longer.
            warm: whether to keep a lease ready while next in line.
            lease: the length of the lease (seconds or ``timedelta``), with the policy ``"guarded"``: as of
                :meth:`tenure.Client.contender`.
            fail_over: the time (seconds or ``timedelta``) in which a successor replaces a leader that is
                silent, with the policy ``"guarded"``: as of :meth:`tenure.Client.contender`.

        Raises:
            InvalidInputError: ZooKeeper does not allow the path, Mesos could not read the ``MasterInfo``,
                or the client has no session.
            ClosedError: the client is closed.
        """
        self._own: Optional[Client] = None
        self._contend(
            checked(client, Client), info, path, policy, reenrol, warm, lease, fail_over
        )

    @classmethod
    def create(
        cls,
        url: str,
        info: MasterInfo,
        session_timeout: Span = MASTER_CONTENDER_ZK_SESSION_TIMEOUT,
    ) -> Self:
        """Contends by the URL of the masters, on a session of its own. Never waits.

        It ends with the last reference to it, with :meth:`close`, or with a ``with`` statement, and its
        session with it.

        Args:
            url: ``zk://…``, ``memory://…``, or the ``file://…`` of a file with such a URL.
            info: what the master says of itself.
            session_timeout: the session timeout to request (seconds or ``timedelta``).

        Raises:
            InvalidInputError: the URL cannot work, or Mesos could not read the ``MasterInfo``.
            ResourceError: the system refuses a thread or a file descriptor.
        """
        client = Client(url, session_timeout=session_timeout)
        contender = cls(client, info)
        contender._release()
        contender._own = client
        return contender

    @property
    def client(self) -> Optional[Client]:
        """The client that :meth:`create` opened, for its events, until the contender is closed."""
        return self._own

    def set_info(self, info: MasterInfo, timeout: Optional[Span] = None) -> bool:
        """Changes the ``MasterInfo`` of the znode, and of the znodes of later candidacies.

        Args:
            info: what the master says of itself from now on.
            timeout: the longest wait (seconds or ``timedelta``); ``None`` waits for ever.

        Returns:
            Whether the znode has it; ``False`` if there is no znode now.

        Raises:
            TimeoutError: no server has confirmed it in time; it may still happen.
            InvalidInputError: Mesos could not read the ``MasterInfo``.
            ClosedError: the contender or the client is closed.
        """
        limit = nanos("timeout", timeout)
        return wait(self._informing(info), limit)

    def __exit__(self, *_: object) -> None:
        own = self._own
        super().__exit__()
        if own is not None:
            own.__exit__()
