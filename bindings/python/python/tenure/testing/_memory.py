"""A server behind ``memory://``, controlled by a test."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Optional

from .. import _tenure
from .._arguments import Span, text
from .._client import Client
from ..errors import InvalidInputError

_NAME = re.compile(r"[A-Za-z0-9._-]+")
_KINDS = ("zookeeper", "keeper", "old-keeper", "raftkeeper")
_numbers = itertools.count(1)


class MemoryServer:
    """A ZooKeeper server inside this process, or one that behaves like another server. It lasts as long
    as the process.

    Its tick is half a second: it grants session timeouts from 1 to 10 seconds, as another server from 10
    to 100 seconds. When a method returns,
    it has taken effect, and connected clients have received its consequences; callbacks may still be
    on their way. All methods may be called from any thread, and from callbacks.

    Args:
        name: the server's name, of letters, digits, ``.``, ``_`` and ``-``: two objects with one name
            control one server. ``None`` for a name that is not in use.
        kind: the server that it behaves like: ``"zookeeper"``, or ``"keeper"``, ``"old-keeper"`` (both
            ClickHouse Keeper) or ``"raftkeeper"``, on which the policy ``"guarded"`` alone is safe.

    Raises:
        InvalidInputError: the name has other characters, or none; there is no such kind.

    >>> from tenure.testing import MemoryServer
    >>> server = MemoryServer()
    >>> with server.client() as client:
    ...     contender = client.contender(data="me")
    ...     with contender.leadership(timeout=10) as lead:
    ...         with server.cut():  # a black hole: nothing gets through, no connection is closed
    ...             lead.wait(timeout=10)  # the lease ends by itself
    ...         assert contender.wait_leading(timeout=10).token > lead.token
    False
    """

    __slots__ = ("_native", "kind", "name")

    name: str
    """Its name."""
    kind: str
    """The server that it behaves like."""

    def __init__(self, name: Optional[str] = None, *, kind: str = "zookeeper") -> None:
        self.name = f"testing-{next(_numbers)}" if name is None else text("name", name)
        self.kind = text("kind", kind)
        if self.kind not in _KINDS:
            raise InvalidInputError(f"kind must be one of {', '.join(_KINDS)}, not {self.kind!r}")
        if not _NAME.fullmatch(self.name):
            raise InvalidInputError(
                f"name must be of letters, digits, '.', '_' and '-', not {self.name!r}"
            )
        self._native = _tenure.Memory(self.url())

    def url(self, path: str = "/group") -> str:
        """The URL of a group on this server."""
        path = text("path", path)
        if not path.startswith("/"):
            raise InvalidInputError(f"path must begin with '/': {path!r}")
        return f"memory://{self._place}{path}"

    @property
    def _place(self) -> str:
        return self.name if self.kind == "zookeeper" else f"{self.name}?server={self.kind}"

    def client(self, path: str = "/group", *, session_timeout: Span = 1.0) -> Client:
        """A new client of this server, with a short session timeout (seconds or ``timedelta``)."""
        return Client(self.url(path), session_timeout=session_timeout)

    def expire(self, session: Optional[int] = None) -> int:
        """Expires a session at once: its members are deleted, and its client is notified.

        Args:
            session: its number, from :class:`tenure.SessionConnected`; ``None`` expires all sessions.

        Returns:
            The number of sessions that expired.
        """
        if session is not None and (isinstance(session, bool) or not isinstance(session, int)):
            raise TypeError(f"session must be int, not {type(session).__name__}")
        return self._native.expire(session)

    @contextmanager
    def cut(self) -> Iterator[None]:
        """A black hole while the ``with`` statement lasts: nothing gets through, nothing is closed.

        The server goes on, and expires the sessions from which nothing arrives. The end of the
        statement calls :meth:`heal`.
        """
        self._native.cut()
        try:
            yield
        finally:
            self._native.heal()

    @contextmanager
    def stopped(self) -> Iterator[None]:
        """No server while the ``with`` statement lasts: connections close, new ones are refused.

        The server keeps its znodes and sessions. Afterwards each session has its whole timeout again.
        """
        self._native.stop()
        try:
            yield
        finally:
            self._native.start()

    def heal(self) -> None:
        """Ends a :meth:`cut` before its ``with`` statement does; packets that were sent arrive."""
        self._native.heal()

    def __repr__(self) -> str:
        return f"<tenure.testing.MemoryServer memory://{self._place}>"
