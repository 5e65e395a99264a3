"""A client, in an event loop."""

from __future__ import annotations

from types import TracebackType
from typing import Any, Optional, cast

from .._arguments import File, Payload, Span, text
from .._client import contend, opened
from .._events import pulled
from .._handle import Handle, told
from .._logs import logger
from .._options import Policy, contender_options
from .._tls import tls_options
from ..errors import Error, ForkedError
from ..events import SessionEvent
from ..metrics import Metrics
from ._contender import Contender
from ._detector import Detector
from ._group import Group
from ._loop import Events, run


class Client:
    """One ZooKeeper session, shared by the contenders, detectors and groups made of it.

    As :class:`tenure.Client`, for an event loop: what waits there is awaited here, ``async with``
    closes it at the end, and events come by ``async for``. There is no thread for each call and
    none for each client. Everything may be cancelled.

    Args:
        url: where the group is: :class:`tenure.Client` has its forms.
        session_timeout: what to ask for (seconds or ``timedelta``), 1 ms to 24 days.
        tick: the servers' ``tickTime``. **Never tell less than it is.**
        tls_ca: has it talk TLS: a PEM file with the certificate authorities to trust. The files of
            these options are read here: keep them where reading does not hold up the event loop.
        tls_cert: a PEM file with the certificate to show.
        tls_key: a PEM file with its private key, not encrypted.
        tls_server_name: what servers' certificates must hold, instead of the host in the URL.

    Raises:
        InvalidInputError: what was given cannot work, or a file of it. It is a ``ValueError``.
        ResourceError: the system refuses a thread or a descriptor.

    >>> import asyncio
    >>> import tenure.aio
    >>> async def main() -> None:
    ...     async with tenure.aio.Client("memory://doc-aio/app") as client:
    ...         contender = client.contender(data="10.0.0.1:80")
    ...         async with contender.leadership(timeout=10) as lead:
    ...             lead.check()
    ...             leader = await client.detector().wait_leader()
    ...             print(leader.data)
    >>> asyncio.run(main())
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
        """What was last told of the session; ``None`` before anything was."""
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
        """Stands for the leadership of a group, from now on: :meth:`tenure.Client.contender`."""
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
        """Follows the leader of a group, from now on: :meth:`tenure.Client.detector`."""
        path = self.path if path is None else text("path", path)
        return Detector(self, self._native.detect(path))

    def group(self, path: Optional[str] = None) -> Group:
        """The members of a group: :meth:`tenure.Client.group`."""
        path = self.path if path is None else text("path", path)
        return Group(self, self._native.group(path), self._patience)

    def metrics(self) -> Metrics:
        """What this client has done so far. Never waits."""
        return Metrics(**self._native.metrics())

    @property
    def events(self) -> Events[SessionEvent]:
        """What happens to the session: ``async for event in client.events``."""
        return Events(pulled(self._native))

    async def close(self) -> None:
        """Closes the session: leaderships end at once, and then every znode of it is gone.

        It tries for one session timeout to tell a server. It may be called again; a task that is
        cancelled stops waiting, and the client is closed all the same.

        Raises:
            TimeoutError: no server could be told; the znodes go when the session times out.
        """
        await run(self._native.close())

    async def __aenter__(self) -> Client:
        return self

    async def __aexit__(
        self,
        kind: Optional[type[BaseException]],
        value: Optional[BaseException],
        trace: Optional[TracebackType],
    ) -> None:
        try:
            await self.close()
        except ForkedError:
            pass  # the parent's, which is not ours to close
        except Error as error:
            # Leaderships have ended, and this must not hide what the body raised.
            logger.warning("%s is closed, and no server was told: %s", self.url, error)

    def __repr__(self) -> str:
        state = self.state
        shown = "" if state is None else f" {type(state).__name__}"
        return f"<tenure.aio.Client {self.url}{shown}>"
