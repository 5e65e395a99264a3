"""What contenders, detectors and groups have in common: an owner, and an end."""

from __future__ import annotations

import weakref
from typing import Any, Callable, Generic, Protocol, TypeVar

from .. import _tenure
from .._arguments import function
from ..errors import ClosedError
from ..events import Event

N = TypeVar("N", bound=_tenure.Handle)
F = TypeVar("F", bound=Callable[..., object])


class Keeper(Protocol):
    """Who keeps the handles that act: a client."""

    _kept: set[Handle[Any]]


class Handle(Generic[N]):
    """A handle of a client, until it is closed.

    What acts for its user (it stands, has joined, or calls back) is kept by the client, for else
    it would end with the last name for it. What only tells is not.
    """

    __slots__ = ("__weakref__", "_client", "_handle")

    def __init__(self, client: Keeper, native: N) -> None:
        # Weak, so that a client that nobody holds goes at once and not with a collection.
        self._client = weakref.ref(client)
        self._handle: N | None = native

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

    def _call_back(self, callback: F) -> F:
        function("callback", callback)
        self._native.on_each(callback)
        self._keep()
        return callback

    def _drop(self) -> None:
        """Lets the native handle go. What is called runs on; nothing is called any more."""
        native, self._handle = self._handle, None
        if native is not None:
            native.silence()
        self._release()


def told(native: _tenure.Handle) -> Event | None:
    """The newest event that says how a handle is."""
    return native.events().latest()
