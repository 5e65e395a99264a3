"""Handles whose calls are awaited."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Generic, Optional, TypeVar

from .. import _tenure
from .._base.ending import ENDED, logged
from .._base.handle import Handle
from ._loop import run, within

if TYPE_CHECKING:
    from typing_extensions import Self

N = TypeVar("N", bound="_tenure.Handle[Any]")


class AsyncHandle(Handle[N], Generic[N]):
    """A handle for ``async with``."""

    __slots__ = ()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        self.close()


async def finish(call: Optional[_tenure.Call[bool]], limit: int, warning: str) -> None:
    """Waits for the end of a znode, at most for ``limit`` nanoseconds. Raises no error of it."""
    if call is not None:
        with logged(warning, *ENDED):
            await within(run(call), limit)
