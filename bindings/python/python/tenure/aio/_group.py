"""The members of a group, in an event loop."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Optional

from .. import _tenure
from .._arguments import Payload
from .._base.group import BaseGroup, BaseMembership
from ..events import GroupEvent, Member
from ._events import Events
from ._handle import AsyncHandle, finish
from ._loop import bridge, run


class Group(BaseGroup, AsyncHandle[_tenure.Group]):
    """The members of a group, oldest first. Made by :meth:`Client.group`.

    As :class:`tenure.Group`, for an event loop: calls that wait are awaited. :attr:`known` has the
    members that are known now, and follows them from its first use. Closing the group cancels the
    memberships that it joined, in the background; a group that has joined lives as long as its
    client, whether you hold it or not.
    """

    __slots__ = ()

    _shown = "tenure.aio.Group"

    async def wait_change(
        self, expected: Optional[Sequence[Member]] = None
    ) -> tuple[Member, ...]:
        """Waits until the members differ from ``expected``: :meth:`tenure.Group.wait_change`."""
        return await run(self._changing(expected))

    async def join(self, data: Payload = b"", *, label: Optional[str] = None) -> Member:
        """Joins: creates an ephemeral sequential znode. Cancelling the task undoes the join.

        Args:
            data: the payload: bytes, or text, which is encoded as UTF-8; at most 1,000,000 bytes.
            label: the part before ``_`` in the name of the znode; ``None`` for none.

        Raises:
            SessionExpiredError: the session ended meanwhile.
        """
        native, call = self._native, self._joining(data, label)
        self._keep()
        return await joined(native, call)

    def membership(self, data: Payload = b"", *, label: Optional[str] = None) -> Membership:
        """An ``async with`` statement that joins, and leaves at its end."""
        return Membership(self, data, label)

    async def cancel(self, member: Member) -> bool:
        """Leaves: :meth:`tenure.Group.cancel`."""
        return await run(self._cancelling(member))

    async def evict(self, member: Member) -> bool:
        """Deletes a member of any client: :meth:`tenure.Group.evict`."""
        return await run(self._evicting(member))

    async def members(self) -> tuple[Member, ...]:
        """Asks a server for all members now, oldest first; none for a path that does not exist."""
        return await run(self._native.members())

    async def data(self, member: Member) -> Optional[bytes]:
        """Asks a server for the payload of a member; ``None`` when the member is gone."""
        return await run(self._reading(member))

    async def set_data(self, member: Member, data: Payload) -> bool:
        """Changes the payload of a member that this group joined: :meth:`tenure.Group.set_data`."""
        return await run(self._setting(member, data))

    async def wait_cancelled(self, member: Member) -> bool:
        """Waits until a member of any client is gone: :meth:`tenure.Group.wait_cancelled`."""
        return await run(self._ending(member))

    @property
    def events(self) -> Events[GroupEvent]:
        """Changes of the members, and losses of memberships that this group joined."""
        return Events(self._follow())


async def joined(native: _tenure.Group, call: _tenure.Call[Member]) -> Member:
    """The member that ``call`` joins. Cancelling the task undoes the join."""
    loop = asyncio.get_running_loop()
    way = bridge(loop)
    future: asyncio.Future[Member] = loop.create_future()
    number = call.start(way, future)
    try:
        return await future
    except asyncio.CancelledError:
        way.cancel(number)
        if not future.cancelled() and future.exception() is None:
            # It has joined, and the task is cancelled before it gets the member.
            native.cancel(future.result())
        raise


class Membership(BaseMembership[Group]):
    """The result of :meth:`Group.membership`: for one ``async with`` statement."""

    async def __aenter__(self) -> Member:
        group = self._group
        self._member = await joined(group._native, group._joining(self._data, self._label))
        return self._member

    async def __aexit__(self, *_: object) -> None:
        await finish(self._leaving(), self._group._patience, self._stays)
