"""The members of a group, by calls that block."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from typing import Callable, Optional, TypeVar

from . import _tenure
from ._arguments import Payload, Span, nanos
from ._base.group import BaseGroup, BaseMembership
from ._events import Events
from ._handle import BlockingHandle, finish
from ._wait import wait
from .events import GroupEvent, Member

F = TypeVar("F", bound=Callable[[GroupEvent], object])


class Group(BaseGroup, BlockingHandle[_tenure.Group], Collection[Member]):
    """The members of a group, as a live collection, oldest first. Made by :meth:`Client.group`.

    ``len(group)``, ``for member in group`` and ``member in group`` use the members that are known
    now; while none are known yet, they wait for them, at most for one session timeout. The group
    follows its members from the first such use, or the first use of :attr:`events`. It also joins
    members and reads their payloads. Closing it cancels the memberships that it joined, in the
    background; a group that has joined lives as long as its client, whether you hold it or not.

    All methods may be called from any thread, and from callbacks. Those that wait let other
    threads run, and Ctrl-C ends the wait. A ``timeout`` is the longest wait, in seconds or as a
    ``timedelta``; ``None`` waits for ever. Without a connection, calls wait for one. They raise
    ``TimeoutError`` when no server answered in time (the call may still happen), ``ClosedError`` when
    the group or the client is closed, and ``NoAuthError`` when an access control list forbids it.
    """

    __slots__ = ()

    _shown = "tenure.Group"

    # ---- the collection ----

    def _current(self) -> tuple[Member, ...]:
        known = self.known
        return wait(self._changing(None), self._patience) if known is None else known

    def __len__(self) -> int:
        return len(self._current())

    def __iter__(self) -> Iterator[Member]:
        return iter(self._current())

    def __contains__(self, item: object) -> bool:
        return item in self._current()

    def wait_change(
        self, expected: Optional[Sequence[Member]] = None, timeout: Optional[Span] = None
    ) -> tuple[Member, ...]:
        """Waits until the members differ from ``expected``: at once if they differ already.

        Args:
            expected: the members that you know already; ``None`` if you know none.
            timeout: the longest wait.

        Returns:
            The members, oldest first.

        Raises:
            NoAuthError: the access control list forbids to list them.
        """
        limit = nanos("timeout", timeout)
        return wait(self._changing(expected), limit)

    # ---- members ----

    def join(
        self, data: Payload = b"", *, label: Optional[str] = None, timeout: Optional[Span] = None
    ) -> Member:
        """Joins: creates an ephemeral sequential znode.

        If ``timeout`` or Ctrl-C ends the wait, the join is undone.

        Args:
            data: the payload: bytes, or text, which is encoded as UTF-8; at most 1,000,000 bytes.
            label: the part before ``_`` in the name of the znode; ``None`` for none.
            timeout: the longest wait.

        Raises:
            SessionExpiredError: the session ended meanwhile.
        """
        limit = nanos("timeout", timeout)
        native, call = self._native, self._joining(data, label)
        self._keep()
        return wait(call, limit, undo=native.cancel)

    def membership(
        self, data: Payload = b"", *, label: Optional[str] = None, timeout: Optional[Span] = None
    ) -> Membership:
        """A ``with`` statement that joins, and leaves at its end: ``with group.membership("x")``.

        The arguments are those of :meth:`join`. Leaving waits at most for one session timeout, and
        raises no error of a server.
        """
        return Membership(self, data, label, nanos("timeout", timeout))

    def cancel(self, member: Member, timeout: Optional[Span] = None) -> bool:
        """Leaves: cancels a membership, and returns when the znode is gone.

        Returns:
            Whether this call deleted it; ``False`` for a member that this group did not join, or
            that is gone already.
        """
        limit = nanos("timeout", timeout)
        return wait(self._cancelling(member), limit)

    def evict(self, member: Member, timeout: Optional[Span] = None) -> bool:
        """Evicts: deletes a member of any client, and returns when its znode is gone.

        A server notifies a member that leads at once; if that member is cut off at that moment, it
        leads until its lease ends, while another may lead already.

        Returns:
            Whether the member existed and this call deleted it.
        """
        limit = nanos("timeout", timeout)
        return wait(self._evicting(member), limit)

    def members(self, timeout: Optional[Span] = None) -> tuple[Member, ...]:
        """Asks a server for all members now, oldest first; none for a path that does not exist."""
        return wait(self._native.members(), nanos("timeout", timeout))

    def data(self, member: Member, timeout: Optional[Span] = None) -> Optional[bytes]:
        """Asks a server for the payload of a member; ``None`` when the member is gone."""
        limit = nanos("timeout", timeout)
        return wait(self._reading(member), limit)

    def set_data(self, member: Member, data: Payload, timeout: Optional[Span] = None) -> bool:
        """Changes the payload of a member that this group joined.

        What another party writes to its znode is replaced by this payload.

        Returns:
            Whether its znode has the payload; ``False`` when this group did not join the member, or
            the member is gone.
        """
        limit = nanos("timeout", timeout)
        return wait(self._setting(member, data), limit)

    def wait_cancelled(self, member: Member, timeout: Optional[Span] = None) -> bool:
        """Waits until a member of any client is gone.

        Returns:
            ``True`` if this group cancelled it, ``False`` for every other end (its session ended,
            another client deleted it).
        """
        limit = nanos("timeout", timeout)
        return wait(self._ending(member), limit)

    # ---- events ----

    @property
    def events(self) -> Events[GroupEvent]:
        """Changes of the members, and losses of memberships that this group joined."""
        return Events(self._follow())

    def on_change(self, callback: F) -> F:
        """Has ``callback(event)`` called with each event. May serve as a decorator.

        The library's one dispatch thread calls it, with one event of one handle at a time and in
        order; it may call every function. A slow callback delays other notifications. An exception
        of it goes to ``sys.unraisablehook``. A group has one callback, which also gets the earlier
        events. The calls end with :meth:`close`, or with the client.

        Raises:
            InvalidInputError: the group has a callback already.
        """
        self._follow()
        return self._call_back(callback)


class Membership(BaseMembership[Group]):
    """The result of :meth:`Group.membership`: for one ``with`` statement."""

    def __init__(
        self, group: Group, data: Payload, label: Optional[str], timeout: Optional[int]
    ) -> None:
        super().__init__(group, data, label)
        self._timeout = timeout

    def __enter__(self) -> Member:
        group = self._group
        call = group._joining(self._data, self._label)
        self._member = wait(call, self._timeout, undo=group._native.cancel)
        return self._member

    def __exit__(self, *_: object) -> None:
        finish(self._leaving(), self._group._patience, self._stays)
