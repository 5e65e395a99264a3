"""Handles whose calls block."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Callable, Generic, Optional, TypeVar

from . import _tenure
from ._arguments import function
from ._base.ending import ENDED, logged
from ._base.handle import Handle
from ._wait import wait

if TYPE_CHECKING:
    from typing_extensions import Self

N = TypeVar("N", bound="_tenure.Handle[Any]")
F = TypeVar("F", bound=Callable[..., object])


class BlockingHandle(Handle[N], Generic[N]):
    """A handle for ``with``, and for callbacks."""

    __slots__ = ()

    def _call_back(self, callback: F) -> F:
        function("callback", callback)
        self._native.on_each(callback)
        self._keep()
        return callback

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def finish(call: Optional[_tenure.Call[bool]], limit: int, warning: str) -> None:
    """Waits for the end of a znode, at most for ``limit`` nanoseconds. Raises no error of it."""
    if call is not None:
        with logged(warning, *ENDED):
            wait(call, limit)
