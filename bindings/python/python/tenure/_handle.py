"""What contenders, detectors and groups have in common: an owner, and an end."""

from __future__ import annotations

from typing import Callable, Generic, Protocol, TypeVar

from . import _tenure
from ._arguments import function
from .errors import ClosedError
from .events import Event

N = TypeVar("N", bound=_tenure.Handle)
F = TypeVar("F", bound=Callable[..., object])


class Keeper(Protocol):
    """Who keeps handles alive that call somebody: a client."""

    _kept: set[Handle[_tenure.Handle]]


class Handle(Generic[N]):
    """A handle of a client, until it is closed."""

    __slots__ = ("__weakref__", "_client", "_handle")

    def __init__(self, client: Keeper, native: N) -> None:
        self._client = client
        self._handle: N | None = native

    @property
    def _native(self) -> N:
        if self._handle is None:
            raise ClosedError(f"this {type(self).__name__.lower()} is closed")
        return self._handle

    def _call_back(self, callback: F) -> F:
        function("callback", callback)
        self._native.on_each(callback)
        # Else it would go silent with the last name for it.
        self._client._kept.add(self)
        return callback

    def _drop(self) -> None:
        """Lets the native handle go. What is called runs on; nothing is called any more."""
        native, self._handle = self._handle, None
        if native is not None:
            native.silence()
        self._client._kept.discard(self)


def told(native: _tenure.Handle) -> Event | None:
    """The newest event that says how a handle is."""
    return native.events().latest()
