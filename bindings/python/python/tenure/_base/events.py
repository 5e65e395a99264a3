"""The events of a handle, pulled one by one."""

from __future__ import annotations

from typing import Generic, Optional, TypeVar

from .. import _tenure
from ..errors import InvalidInputError
from ..events import Event

E = TypeVar("E", bound=Event)


class BaseEvents(Generic[E]):
    """The events of a handle that has no callback."""

    __slots__ = ("_native",)

    def __init__(self, native: _tenure.Handle[E]) -> None:
        if native.calls():
            raise InvalidInputError("this handle's events go to its callback; they cannot be pulled")
        self._native = native.events()

    def latest(self) -> Optional[E]:
        """The newest event that describes the state of the handle, pulled or not. Never waits.

        ``None`` before the first event.
        """
        return self._native.latest()
