"""A client: one ZooKeeper session."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, Generic, Optional, TypeVar, Union

from .. import _logs, _tenure
from .._arguments import File, Payload, Span, nanos, required_nanos, text, undertaker_path
from .._options import Policy, contender_options
from .._tls import tls_options
from ..events import SessionEvent
from ..metrics import Metrics
from .contender import BaseContender
from .detector import BaseDetector
from .group import BaseGroup
from .handle import Handle, newest

if TYPE_CHECKING:
    from typing_extensions import Self

ContenderT = TypeVar("ContenderT", bound=BaseContender[Any])
DetectorT = TypeVar("DetectorT", bound=BaseDetector)
GroupT = TypeVar("GroupT", bound=BaseGroup)


class BaseClient(Generic[ContenderT, DetectorT, GroupT]):
    """The parts of a client that do not wait."""

    __slots__ = ("__weakref__", "_kept", "_native", "_patience")

    _shown: ClassVar[str]

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
        undertaker: Union[bool, File] = False,
    ) -> None:
        """Opens a client. It does not wait for a connection.

        Args:
            url: ``zk://[user:password@]host[:port][,host[:port]…]/path``; ``memory://name/path`` for
                a server inside this process (``memory://name?server=KIND/path`` for one that behaves
                like another server: ``keeper``, ``old-keeper`` or ``raftkeeper``); ``file:///path`` of a file that holds a URL; or the
                ``host:port`` of a standalone leader. The path is the group of a contender, detector
                or group that is made without a path. A text that surely is a mistake is refused,
                such as ``zk://h1/app,h2/app`` or ``zk://h/app?x``; a path that begins with ``/./``
                is meant as it is written, as in ``zk://h/./app?x``.
            session_timeout: the session timeout to request (seconds or ``timedelta``), 1 ms to 24
                days. The server grants a session timeout within its own limits.
            tick: the servers' ``tickTime`` (seconds or ``timedelta``). It makes leases longer. **It
                must not be shorter than the real one.**
            tls_ca: a PEM file with the certificate authorities to trust. With it the client speaks
                TLS, and the ports in the URL must be the servers' ``secureClientPort``. The client
                trusts no other authorities, not even the system's. Each server's certificate must
                be signed by one of them, directly or through intermediates.
            tls_cert: a PEM file with the client's certificate, followed by its intermediates. Servers
                require it unless their ``ssl.clientAuth`` says otherwise.
            tls_key: a PEM file with the private key of that certificate, not encrypted; it may be the
                same file.
            tls_server_name: the name or IP address that each server's certificate must hold, instead
                of the host in the URL.
            undertaker: the helper process that closes the session as soon as this process is dead, so
                that a successor leads in milliseconds and not after the session timeout. ``True``
                for the program that came with the package, or the path of another
                ``tenure-undertaker`` of the same release. It starts with the first client that asks
                for it, which waits for that, and serves all that name the same program; if it ends,
                :class:`tenure.SessionUndertakerLost` says so, and all else goes on. Only a
                ``zk://`` URL has sessions to close.

        The files are read here, and never again: a file that is replaced counts for the next
        client. In an event loop, keep them on a disk that does not block. Later failures of TLS are
        reported like other failures of a connection: by :class:`tenure.SessionRetrying`.

        Raises:
            InvalidInputError: an argument, or a file that it names, cannot work. It is a
                ``ValueError``.
            ResourceError: the system refuses a thread or a file descriptor.
        """
        tls = tls_options(tls_ca, tls_cert, tls_key, tls_server_name)
        patience = required_nanos("session_timeout", session_timeout)
        helper = undertaker_path(undertaker)
        native = _tenure.Client(text("url", url), patience, nanos("tick", tick), tls, helper)
        self._begin(native, patience)

    def _begin(self, native: _tenure.Client, patience: int) -> None:
        self._kept: set[Handle[Any]] = set()
        self._patience = patience
        self._native = native
        _logs.follow()

    @classmethod
    def _standalone(cls) -> Self:
        """A client without servers: ``tenure.mesos.standalone``."""
        client = cls.__new__(cls)
        client._begin(_tenure.Client.standalone(), 0)
        return client

    @property
    def url(self) -> str:
        """The URL, without its password."""
        return self._native.url

    @property
    def path(self) -> str:
        """The path of the URL: the group of handles that are made without a path."""
        return self._native.path

    @property
    def state(self) -> Optional[SessionEvent]:
        """The newest event of the session; ``None`` before the first. Never waits."""
        return newest(self._native)

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
        lease: Optional[Span] = None,
        fail_over: Optional[Span] = None,
        # generated: end
    ) -> ContenderT:
        """Contends for the leadership of a group, from now on. Never waits.

        Args:
            path: the group's znode, which is created if it is missing; the URL's path by default.
            data: the payload of the contender's znode, which detectors get when it leads: bytes, or
                text, which is encoded as UTF-8; at most 1,000,000 bytes.
            label: the part before ``_`` in the name of the znode; ``None`` for none.
            policy: when leadership ends if no server answers: :data:`Policy`.
            reenrol: whether to contend again after a lost candidacy.
            warm: whether to keep a lease ready while next in line, for one small write each
                twelfth of the session timeout.
            lease: the length of the lease (seconds or ``timedelta``), for which a successor waits: 100
                ms to 10 s and no longer than the session timeout; a quarter of the session timeout,
                and at most 10 s, by default. Only with the policy ``"guarded"``, and without
                ``fail_over``.
            fail_over: the time (seconds or ``timedelta``) in which a successor replaces a leader that
                is silent, 250 ms to 10 s and less than the session timeout. The next in line deletes
                the leader's znode after four tenths of silence, and waits for its lease, another
                four tenths; this costs ten small writes in this time. Only with the policy
                ``"guarded"``, and without ``lease``.

        Raises:
            InvalidInputError: ZooKeeper does not allow the path or the label, the payload is too long,
                or ``lease`` or ``fail_over`` is out of its range or does not go with the others.
            ClosedError: the client is closed.
        """
        options = contender_options(
            # generated: contender arguments; do not edit, run `make words`
            label=label,
            data=data,
            policy=policy,
            reenrol=reenrol,
            warm=warm,
            lease=lease,
            fail_over=fail_over,
            # generated: end
        )
        native = self._native.contend(self._path(path), options)
        return self._contender(native, self._patience)

    def detector(self, path: Optional[str] = None) -> DetectorT:
        """Follows the leader of a group, from now on. Never waits.

        Args:
            path: the group's znode, which may be created later; the URL's path by default.

        Raises:
            InvalidInputError: ZooKeeper does not allow the path.
            ClosedError: the client is closed.
        """
        return self._detector(self._native.detect(self._path(path)))

    def group(self, path: Optional[str] = None) -> GroupT:
        """The members of a group. Never waits.

        Args:
            path: the group's znode; the URL's path by default.

        Raises:
            InvalidInputError: ZooKeeper does not allow the path.
            ClosedError: the client is closed.
        """
        return self._group(self._native.group(self._path(path)), self._patience)

    def metrics(self) -> Metrics:
        """The counters of this client. Never waits."""
        return Metrics(**self._native.metrics())

    def _path(self, path: Optional[str]) -> str:
        return self._native.path if path is None else text("path", path)

    def _contender(self, native: _tenure.Contender, patience: int) -> ContenderT:
        raise NotImplementedError

    def _detector(self, native: _tenure.Detector) -> DetectorT:
        raise NotImplementedError

    def _group(self, native: _tenure.Group, patience: int) -> GroupT:
        raise NotImplementedError

    def __repr__(self) -> str:
        state = self.state
        described = "" if state is None else f" {type(state).__name__}"
        return f"<{self._shown} {self.url}{described}>"
