"""The members of a group."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Generic, Optional, TypeVar

from .. import _tenure
from .._arguments import Payload, optional_text, payload
from .._arguments import member as checked_member
from ..events import ListingFailed, Member, MembersKnown
from .handle import Handle, Keeper, newest

GroupT = TypeVar("GroupT", bound="BaseGroup")


class BaseGroup(Handle[_tenure.Group]):
    """The parts of a group that do not wait: among them, the checks and the start of every call."""

    __slots__ = ("_followed", "_patience")

    def __init__(self, client: Keeper, native: _tenure.Group, patience: int) -> None:
        super().__init__(client, native)
        # The session timeout in nanoseconds: how long the end of a `with` statement waits.
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
        """The members that are known now, oldest first; ``None`` if none are known. Never waits.

        Raises:
            ClosedError: the group is closed.
        """
        event = newest(self._follow())
        return event.members if isinstance(event, MembersKnown) else None

    def _changing(self, expected: Optional[Sequence[Member]]) -> _tenure.Call[tuple[Member, ...]]:
        known = None if expected is None else [checked_member("expected", m) for m in expected]
        return self._follow().changed(known)

    def _joining(self, data: Payload, label: Optional[str]) -> _tenure.Call[Member]:
        return self._native.join(payload("data", data), optional_text("label", label))

    def _cancelling(self, member: Member) -> _tenure.Call[bool]:
        return self._native.cancel(checked_member("member", member))

    def _evicting(self, member: Member) -> _tenure.Call[bool]:
        return self._native.evict(checked_member("member", member))

    def _reading(self, member: Member) -> _tenure.Call[Optional[bytes]]:
        return self._native.data(checked_member("member", member))

    def _setting(self, member: Member, data: Payload) -> _tenure.Call[bool]:
        return self._native.set_data(checked_member("member", member), payload("data", data))

    def _ending(self, member: Member) -> _tenure.Call[bool]:
        return self._native.cancelled(checked_member("member", member))

    def close(self) -> None:
        """Cancels the memberships that this group joined, in the background. Never waits.

        The group cannot be used after that.
        """
        self._drop()

    def _describe(self, native: _tenure.Group) -> str:
        event = newest(native)
        if isinstance(event, MembersKnown):
            return f"of {len(event.members)}"
        if isinstance(event, ListingFailed):
            return str(event.error)
        return "not known"


class BaseMembership(Generic[GroupT]):
    """The parts of a ``with`` statement of a membership that do not wait."""

    def __init__(self, group: GroupT, data: Payload, label: Optional[str]) -> None:
        self._group = group
        self._data = payload("data", data)
        self._label = optional_text("label", label)
        self._member: Optional[Member] = None

    def _leaving(self) -> Optional[_tenure.Call[bool]]:
        """Cancels the membership, if there is one; returns the call to wait for."""
        native, member = self._group._handle, self._member
        return None if native is None or member is None else native.cancel(member)

    @property
    def _stays(self) -> str:
        """The warning when the znode could not be deleted."""
        return f"{self._member.path if self._member else 'it'} stays with the session"
