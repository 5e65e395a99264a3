"""The members of a group."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from types import TracebackType
from typing import TYPE_CHECKING, Callable, Optional, TypeVar, cast

from . import _tenure
from ._arguments import Payload, Span, member as checked_member
from ._arguments import nanos, optional_text, payload
from ._events import Events, pulled
from ._base.handle import Handle, told
from ._logs import logger
from .errors import ClosedError, Error, ForkedError, TimeoutError
from .events import GroupEvent, ListingFailed, Member, MembersKnown

if TYPE_CHECKING:
    from ._client import Client

F = TypeVar("F", bound=Callable[[GroupEvent], object])


class Group(Handle[_tenure.Group], Collection[Member]):
    """The members of a group, as a live collection, oldest first. Made by :meth:`Client.group`.

    ``len(group)``, ``for member in group`` and ``member in group`` look at what is known now; while
    nothing is known yet, they wait for it, at most for one session timeout. The members are followed
    from the first such look on, or the first use of :attr:`events`. It also joins members
    and reads their payloads. Closing it gives up the memberships that it joined, in the background;
    a group that has joined lives as long as its client, whether it is held or not.

    All methods may be called from any thread, and from callbacks. Those that wait let other
    threads run, and Ctrl-C ends them. Where ``timeout`` can be given it is seconds or a
    ``timedelta``; ``None`` waits for ever, and without a connection calls wait for one. They raise
    ``TimeoutError`` when the answer did not come in time, ``ClosedError`` when the client is
    closed, ``NoAuthError`` where a znode's access control list says no.
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

    # ---- the collection ----

    @property
    def known(self) -> Optional[tuple[Member, ...]]:
        """The members as far as they are known; ``None`` where they are not. Never waits."""
        newest = told(self._follow())
        return newest.members if isinstance(newest, MembersKnown) else None

    def _current(self) -> tuple[Member, ...]:
        known = self.known
        if known is None:
            known = cast("tuple[Member, ...]", self._native.changed(None).wait(self._patience))
        return known

    def __len__(self) -> int:
        return len(self._current())

    def __iter__(self) -> Iterator[Member]:
        return iter(self._current())

    def __contains__(self, item: object) -> bool:
        return item in self._current()

    def wait_change(
        self, expected: Optional[Sequence[Member]] = None, timeout: Optional[Span] = None
    ) -> tuple[Member, ...]:
        """Waits until the members differ from ``expected``: at once if they do already.

        Args:
            expected: what is known already; ``None`` for nothing.
            timeout: at most so long.

        Raises:
            NoAuthError: they may not be listed.
        """
        limit = nanos("timeout", timeout)
        known = None if expected is None else [checked_member("expected", m) for m in expected]
        return cast("tuple[Member, ...]", self._follow().changed(known).wait(limit))

    # ---- members ----

    def join(
        self, data: Payload = b"", *, label: Optional[str] = None, timeout: Optional[Span] = None
    ) -> Member:
        """Joins: creates an ephemeral sequential znode.

        Given up, by ``timeout`` or Ctrl-C, it is undone.

        Args:
            data: the payload; text is encoded as UTF-8.
            label: what stands before ``_`` in the name of the znode.
            timeout: at most so long.

        Raises:
            SessionExpiredError: the session ended meanwhile.
        """
        limit = nanos("timeout", timeout)
        call = self._native.join(payload("data", data), optional_text("label", label))
        self._keep()
        return cast("Member", call.wait(limit))

    def membership(
        self, data: Payload = b"", *, label: Optional[str] = None, timeout: Optional[Span] = None
    ) -> Membership:
        """A ``with`` statement that joins and, at its end, leaves: ``with group.membership("x")``."""
        data, label = payload("data", data), optional_text("label", label)
        return Membership(self, data, label, nanos("timeout", timeout))

    def cancel(self, member: Member, timeout: Optional[Span] = None) -> bool:
        """Leaves: returns when the znode is gone.

        Returns:
            Whether this call removed it; ``False`` for a member that this group did not join, or
            that is gone already.
        """
        limit = nanos("timeout", timeout)
        return bool(self._native.cancel(checked_member("member", member)).wait(limit))

    def evict(self, member: Member, timeout: Optional[Span] = None) -> bool:
        """Evicts: deletes a member whoever it belongs to, and returns when its znode is gone.

        A member that leads is told by its server at once; if it is cut off at that moment it
        believes until its lease ends, when another leads already.

        Returns:
            Whether it stood and this call removed it.
        """
        limit = nanos("timeout", timeout)
        return bool(self._native.evict(checked_member("member", member)).wait(limit))

    def members(self, timeout: Optional[Span] = None) -> tuple[Member, ...]:
        """Asks a server for all members now, oldest first; none for a path that does not exist."""
        return cast("tuple[Member, ...]", self._native.members().wait(nanos("timeout", timeout)))

    def data(self, member: Member, timeout: Optional[Span] = None) -> Optional[bytes]:
        """The payload of a member; ``None`` when it is gone."""
        limit = nanos("timeout", timeout)
        data = self._native.data(checked_member("member", member)).wait(limit)
        return cast("Optional[bytes]", data)

    def set_data(self, member: Member, data: Payload, timeout: Optional[Span] = None) -> bool:
        """Changes the payload of a member that this group joined.

        Returns:
            Whether its znode bears it; ``False`` when it is not ours or is gone.
        """
        limit = nanos("timeout", timeout)
        call = self._native.set_data(checked_member("member", member), payload("data", data))
        return bool(call.wait(limit))

    def wait_cancelled(self, member: Member, timeout: Optional[Span] = None) -> bool:
        """Waits until a member is gone, ours or anybody's.

        Returns:
            ``True`` if this group cancelled it, ``False`` for every other end (its session, an
            admin, its owner).
        """
        limit = nanos("timeout", timeout)
        return bool(self._native.cancelled(checked_member("member", member)).wait(limit))

    # ---- events ----

    @property
    def events(self) -> Events[GroupEvent]:
        """Changes of the members, and memberships of our own that are lost; to be iterated over."""
        return Events(pulled(self._follow()))

    def on_change(self, callback: F) -> F:
        """Has ``callback(event)`` called with everything that happens. May serve as a decorator.

        It runs on the library's one dispatch thread, for one event of one handle at a time and in
        order; every function may be called in it. A slow one delays other notifications. What it
        raises goes to ``sys.unraisablehook``. There is one for a group, which gets what happened
        before, too. It ends with :meth:`close`, or with the client.
        """
        self._follow()
        return self._call_back(callback)

    def close(self) -> None:
        """Gives up the memberships that it joined, in the background. Never waits."""
        self._drop()

    def __enter__(self) -> Group:
        return self

    def __exit__(
        self,
        kind: Optional[type[BaseException]],
        value: Optional[BaseException],
        trace: Optional[TracebackType],
    ) -> None:
        self.close()

    def __repr__(self) -> str:
        if self._handle is None:
            return "<tenure.Group closed>"
        newest = told(self._handle)
        if isinstance(newest, MembersKnown):
            return f"<tenure.Group of {len(newest.members)}>"
        if isinstance(newest, ListingFailed):
            return f"<tenure.Group {newest.error}>"
        return "<tenure.Group not known>"


class Membership:
    """What :meth:`Group.membership` gives: for one ``with`` statement."""

    def __init__(
        self, group: Group, data: bytes, label: Optional[str], timeout: Optional[int]
    ) -> None:
        self._group = group
        self._data = data
        self._label = label
        self._timeout = timeout
        self._member: Optional[Member] = None

    def __enter__(self) -> Member:
        call = self._group._native.join(self._data, self._label)
        self._member = cast("Member", call.wait(self._timeout))
        return self._member

    def __exit__(
        self,
        kind: Optional[type[BaseException]],
        value: Optional[BaseException],
        trace: Optional[TracebackType],
    ) -> None:
        native, member = self._group._handle, self._member
        if native is not None and member is not None:
            leave(native, member, self._group._patience)


def leave(native: _tenure.Group, member: Member, patience: int) -> None:
    """Cancels a membership, and waits for that at most for a session timeout."""
    call = native.cancel(member)
    try:
        call.wait(patience)
    except (TimeoutError, ClosedError, ForkedError):
        # The znode goes when a server can be reached, or with the session.
        pass
    except Error as error:
        logger.warning("%s stays with the session: %s", member.path, error)
