"""The members of a group, in an event loop."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from types import TracebackType
from typing import TYPE_CHECKING, Any, Optional, cast

from .. import _tenure
from .._arguments import Payload, optional_text, payload
from .._arguments import member as checked_member
from .._events import pulled
from .._base.handle import Handle, told
from .._logs import logger
from ..errors import ClosedError, Error, ForkedError
from ..events import GroupEvent, ListingFailed, Member, MembersKnown
from ._loop import Events, bridge, run, within

if TYPE_CHECKING:
    from ._client import Client


class Group(Handle[_tenure.Group]):
    """The members of a group, oldest first. Made by :meth:`Client.group`.

    As :class:`tenure.Group`, for an event loop: what waits there is awaited here. What is known of
    the members, from the first look on, is in :attr:`known`. Closing it gives up the memberships that it joined, in the
    background; a group that has joined lives as long as its client, whether it is held or not.
    """

    __slots__ = ("_followed", "_patience")

    def __init__(self, client: Client, native: _tenure.Group, patience: int) -> None:
        super().__init__(client, native)
        self._patience = patience
        self._followed = False

    def _follow(self) -> _tenure.Group:
        """The native group, which follows its members from now on: each change costs a listing."""
        native = self._native
        if not self._followed:
            native.watch()
            self._followed = True
        return native

    @property
    def known(self) -> Optional[tuple[Member, ...]]:
        """The members as far as they are known; ``None`` where they are not."""
        newest = told(self._follow())
        return newest.members if isinstance(newest, MembersKnown) else None

    async def wait_change(
        self, expected: Optional[Sequence[Member]] = None
    ) -> tuple[Member, ...]:
        """Waits until the members differ from ``expected``: at once if they do already.

        Raises:
            NoAuthError: they may not be listed.
        """
        known = None if expected is None else [checked_member("expected", m) for m in expected]
        return cast("tuple[Member, ...]", await run(self._follow().changed(known)))

    async def join(self, data: Payload = b"", *, label: Optional[str] = None) -> Member:
        """Joins: creates an ephemeral sequential znode. A task that is cancelled undoes it.

        Args:
            data: the payload; text is encoded as UTF-8.
            label: what stands before ``_`` in the name of the znode.

        Raises:
            SessionExpiredError: the session ended meanwhile.
        """
        native = self._native
        loop = asyncio.get_running_loop()
        way = bridge(loop)
        future: asyncio.Future[Any] = loop.create_future()
        call = native.join(payload("data", data), optional_text("label", label))
        self._keep()
        number = call.start(way, future)
        try:
            return cast("Member", await future)
        except asyncio.CancelledError:
            way.cancel(number)
            if not future.cancelled() and future.exception() is None:
                # It had joined, and the task is cancelled before it learns of it.
                native.cancel(future.result())
            raise

    def membership(self, data: Payload = b"", *, label: Optional[str] = None) -> Membership:
        """An ``async with`` statement that joins and, at its end, leaves."""
        return Membership(self, payload("data", data), optional_text("label", label))

    async def cancel(self, member: Member) -> bool:
        """Leaves: :meth:`tenure.Group.cancel`."""
        return bool(await run(self._native.cancel(checked_member("member", member))))

    async def evict(self, member: Member) -> bool:
        """Deletes a member whoever it belongs to: :meth:`tenure.Group.evict`."""
        return bool(await run(self._native.evict(checked_member("member", member))))

    async def members(self) -> tuple[Member, ...]:
        """Asks a server for all members now, oldest first; none for a path that does not exist."""
        return cast("tuple[Member, ...]", await run(self._native.members()))

    async def data(self, member: Member) -> Optional[bytes]:
        """The payload of a member; ``None`` when it is gone."""
        data = await run(self._native.data(checked_member("member", member)))
        return cast("Optional[bytes]", data)

    async def set_data(self, member: Member, data: Payload) -> bool:
        """Changes the payload of a member that this group joined: :meth:`tenure.Group.set_data`."""
        call = self._native.set_data(checked_member("member", member), payload("data", data))
        return bool(await run(call))

    async def wait_cancelled(self, member: Member) -> bool:
        """Waits until a member is gone, ours or anybody's: :meth:`tenure.Group.wait_cancelled`."""
        return bool(await run(self._native.cancelled(checked_member("member", member))))

    @property
    def events(self) -> Events[GroupEvent]:
        """Changes of the members, and memberships of our own that are lost."""
        return Events(pulled(self._follow()))

    def close(self) -> None:
        """Gives up the memberships that it joined, in the background."""
        self._drop()

    async def __aenter__(self) -> Group:
        return self

    async def __aexit__(
        self,
        kind: Optional[type[BaseException]],
        value: Optional[BaseException],
        trace: Optional[TracebackType],
    ) -> None:
        self.close()

    def __repr__(self) -> str:
        if self._handle is None:
            return "<tenure.aio.Group closed>"
        newest = told(self._handle)
        if isinstance(newest, MembersKnown):
            return f"<tenure.aio.Group of {len(newest.members)}>"
        if isinstance(newest, ListingFailed):
            return f"<tenure.aio.Group {newest.error}>"
        return "<tenure.aio.Group not known>"


class Membership:
    """What :meth:`Group.membership` gives: for one ``async with`` statement."""

    def __init__(self, group: Group, data: bytes, label: Optional[str]) -> None:
        self._group = group
        self._data = data
        self._label = label
        self._member: Optional[Member] = None

    async def __aenter__(self) -> Member:
        self._member = await self._group.join(self._data, label=self._label)
        return self._member

    async def __aexit__(
        self,
        kind: Optional[type[BaseException]],
        value: Optional[BaseException],
        trace: Optional[TracebackType],
    ) -> None:
        native, member = self._group._handle, self._member
        if native is None or member is None:
            return
        try:
            await within(run(native.cancel(member)), self._group._patience)
        except (ClosedError, ForkedError):
            pass
        except Error as error:
            logger.warning("%s stays with the session: %s", member.path, error)
