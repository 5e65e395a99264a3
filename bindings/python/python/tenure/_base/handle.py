"""The parts of every handle: its owner, its end and its newest event."""

from __future__ import annotations

import weakref
from typing import Any, ClassVar, Generic, Optional, Protocol, TypeVar

from .. import _tenure
from ..errors import ClosedError
from ..events import Event

N = TypeVar("N", bound="_tenure.Handle[Any]")
E = TypeVar("E", bound=Event)


class Keeper(Protocol):
    """The owner of handles: a client."""

    _kept: set[Handle[Any]]


class Handle(Generic[N]):
    """A handle of a client, until it is closed.

    The client keeps a handle that acts for its user (a contender, a group that has joined, a handle
    with a callback), because it would otherwise end with the user's last reference to it. The client
    does not keep a handle that only reports.
    """

    __slots__ = ("__weakref__", "_client", "_handle")

    _shown: ClassVar[str]
    """The public name of the class, for ``repr``."""

    def __init__(self, client: Keeper, native: N) -> None:
        # Weak, so that a client without references ends at once and not with a garbage collection.
        self._client = weakref.ref(client)
        self._handle: Optional[N] = native

    @property
    def _native(self) -> N:
        if self._handle is None:
            raise ClosedError(f"this {type(self).__name__.lower()} is closed")
        return self._handle

    def _keep(self) -> None:
        client = self._client()
        if client is not None:
            client._kept.add(self)

    def _release(self) -> None:
        client = self._client()
        if client is not None:
            client._kept.discard(self)

    def close(self) -> None:
        """Closes the handle. Never waits. It may be called again."""
        self._drop()

    def _drop(self) -> None:
        native, self._handle = self._handle, None
        if native is not None:
            # A callback that runs goes on; no other begins.
            native.silence()
        self._release()

    def _describe(self, native: N) -> str:
        """The description in ``repr`` of a handle that is not closed."""
        raise NotImplementedError

    def __repr__(self) -> str:
        native = self._handle
        return f"<{self._shown} {'closed' if native is None else self._describe(native)}>"


def newest(native: _tenure.Handle[E]) -> Optional[E]:
    """The newest event that describes the state of a handle."""
    return native.events().latest()
