"""A client: one ZooKeeper session."""

from __future__ import annotations

from types import TracebackType
from typing import Any, Callable, Optional, TypeVar, cast

from . import _logs, _tenure
from ._arguments import (
    File,
    Payload,
    Span,
    function,
    nanos,
    required_nanos,
    text,
)
from ._contender import Contender
from ._detector import Detector
from ._events import Events, pulled
from ._group import Group
from ._handle import Handle, told
from ._options import ContenderOptions, Policy, contender_options
from ._tls import Tls, tls_options
from .errors import Error, ForkedError
from .events import SessionEvent
from .metrics import Metrics

F = TypeVar("F", bound=Callable[[SessionEvent], object])


def opened(
    url: str, session_timeout: Span, tick: Optional[Span], tls: Optional[Tls]
) -> tuple[_tenure.Client, int]:
    """A native client, and its session timeout in nanoseconds."""
    patience = required_nanos("session_timeout", session_timeout)
    native = _tenure.Client(text("url", url), patience, nanos("tick", tick), tls)
    _logs.follow()
    return native, patience


def contend(
    native: _tenure.Client, path: Optional[str], options: ContenderOptions
) -> _tenure.Contender:
    """A native contender."""
    return native.contend(native.path if path is None else text("path", path), options)


class Client:
    """One ZooKeeper session, shared by the contenders, detectors and groups made of it.

    It connects by itself, reconnects, and replaces a session that expired. It does not wait for a
    connection, and a server that cannot be reached is no error: :attr:`events` tell of each
    attempt. ``with`` closes it at the end. All clients of a process share one thread for input
    and output; one more runs callbacks, and log records.

    All methods may be called from any thread, and from callbacks. Those that wait let other
    threads run, and Ctrl-C ends them. After ``fork`` the child must open a client of its own:
    those of the parent raise ``ForkedError`` there.

    Args:
        url: ``zk://[user:password@]host[:port][,host[:port]…]/path``; ``memory://name/path`` for a
            server inside this process; ``file:///path`` of a file that holds a URL; or the
            ``host:port`` of a standalone leader. The path is the group where none is named.
        session_timeout: what to ask for (seconds or ``timedelta``), 1 ms to 24 days. The server
            grants what lies within its limits.
        tick: the servers' ``tickTime``. To tell it makes leases longer. **Never tell less than it
            is.**
        tls_ca: has it talk TLS to the servers, whose ports in the URL are then their
            ``secureClientPort``: a PEM file with the certificate authorities to trust. No others
            are, also not the system's. Every server's certificate must lead to one of them.
        tls_cert: a PEM file with the certificate to show, followed by those that lead to its
            authority. Servers require one unless their ``ssl.clientAuth`` says otherwise.
        tls_key: a PEM file with its private key, not encrypted; it may be the same file.
        tls_server_name: the name or IP address that every server's certificate must hold, instead
            of the host in the URL.

    The files are read here, and not again: one that was replaced counts for the next client. What
    goes wrong with TLS later is told as what else goes wrong with a connection: by
    :class:`SessionRetrying`.

    Raises:
        InvalidInputError: what was given cannot work, or a file of it. It is a ``ValueError``.
        ResourceError: the system refuses a thread or a descriptor.

    >>> import tenure
    >>> with tenure.Client("memory://doc-client/app") as client:
    ...     contender = client.contender(data="10.0.0.1:80")
    ...     with contender.leadership(timeout=10) as lead:
    ...         lead.check()
    ...         print(client.detector().wait_leader(timeout=10).data)
    b'10.0.0.1:80'
    """

    __slots__ = ("__weakref__", "_kept", "_native", "_patience")

    def __init__(
        self,
        url: str,
        *,
        session_timeout: Span = 10.0,
        tick: Optional[Span] = None,
        tls_ca: Optional[File] = None,
        tls_cert: Optional[File] = None,
        tls_key: Optional[File] = None,
        tls_server_name: Optional[str] = None,
    ) -> None:
        self._kept: set[Handle[Any]] = set()
        tls = tls_options(tls_ca, tls_cert, tls_key, tls_server_name)
        self._native, self._patience = opened(url, session_timeout, tick, tls)

    @property
    def url(self) -> str:
        """The URL, without its password."""
        return self._native.url

    @property
    def path(self) -> str:
        """The path of the URL: the group where none is named."""
        return self._native.path

    @property
    def state(self) -> Optional[SessionEvent]:
        """What was last told of the session; ``None`` before anything was. Never waits."""
        return cast("Optional[SessionEvent]", told(self._native))

    def contender(
        self,
        path: Optional[str] = None,
        *,
        # generated: contender options; do not edit, run `make words`
        label: Optional[str] = None,
        data: Payload = b"",
        policy: Policy = "verified",
        reenrol: bool = True,
        warm: bool = False,
        # generated: end
    ) -> Contender:
        """Stands for the leadership of a group, from now on. Never waits.

        Args:
            path: the group's znode, which is created if it is missing; the URL's path by default.
            data: the payload of the contender's znode, which is what detectors learn of a leader:
                bytes, or text, which is encoded as UTF-8; at most 1,000,000 bytes.
            label: what stands before ``_`` in the name of the znode.
            policy: when leadership ends if no server answers: :data:`Policy`.
            reenrol: whether to stand again after a lost candidacy.
            warm: whether to keep a lease ready while next in line, for one small write each
                twelfth of the session timeout.

        Raises:
            InvalidInputError: a path or label that ZooKeeper does not allow, or too long a payload.
        """
        options = contender_options(
            # generated: contender arguments; do not edit, run `make words`
            label=label,
            data=data,
            policy=policy,
            reenrol=reenrol,
            warm=warm,
            # generated: end
        )
        native = contend(self._native, path, options)
        return Contender(self, native, self._patience)

    def detector(self, path: Optional[str] = None) -> Detector:
        """Follows the leader of a group, from now on. Never waits.

        Args:
            path: the group's znode, which is waited for if it is missing; the URL's by default.
        """
        path = self.path if path is None else text("path", path)
        return Detector(self, self._native.detect(path))

    def group(self, path: Optional[str] = None) -> Group:
        """The members of a group. Never waits.

        Args:
            path: the group's znode; the URL's path by default.
        """
        path = self.path if path is None else text("path", path)
        return Group(self, self._native.group(path), self._patience)

    def metrics(self) -> Metrics:
        """What this client has done so far. Never waits."""
        return Metrics(**self._native.metrics())

    @property
    def events(self) -> Events[SessionEvent]:
        """What happens to the session, to be iterated over: ``for event in client.events``."""
        return Events(pulled(self._native))

    def on_session(self, callback: F) -> F:
        """Has ``callback(event)`` called with what happens to the session. May be a decorator.

        It runs on the library's one dispatch thread, for one event of one handle at a time and in
        order; every function may be called in it. A slow one delays other notifications. What it
        raises goes to ``sys.unraisablehook``. There is one for a client, which gets what happened
        before, too.
        """
        function("callback", callback)
        self._native.on_each(callback)
        return callback

    def close(self, timeout: Optional[Span] = None) -> None:
        """Closes the session: leaderships end at once, and then every znode of it is gone.

        It tries for one session timeout to tell a server. Afterwards handles of this client are
        of no more use. It may be called again.

        Args:
            timeout: to wait at most so long; ``None`` waits for the end. It is closed all the same.

        Raises:
            TimeoutError: no server could be told; the znodes go when the session times out.
        """
        limit = nanos("timeout", timeout)
        self._native.close().wait(limit)

    def __enter__(self) -> Client:
        return self

    def __exit__(
        self,
        kind: Optional[type[BaseException]],
        value: Optional[BaseException],
        trace: Optional[TracebackType],
    ) -> None:
        try:
            self.close()
        except ForkedError:
            pass  # the parent's, which is not ours to close
        except Error as error:
            # Leaderships have ended, and this must not hide what the body raised.
            _logs.logger.warning("%s is closed, and no server was told: %s", self.url, error)

    def __repr__(self) -> str:
        state = self.state
        shown = "" if state is None else f" {type(state).__name__}"
        return f"<tenure.Client {self.url}{shown}>"
