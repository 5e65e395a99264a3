"""What the library tells: immutable values, compared by what they say.

Instants are nanoseconds of the machine's boot-time clock, which goes on while the machine sleeps:
compare them with ``time.clock_gettime_ns(time.CLOCK_BOOTTIME)``. Spans are seconds.

The kinds of events are the subclasses of :class:`SessionEvent`, :class:`ContenderEvent`,
:class:`DetectorEvent` and :class:`GroupEvent`. Later versions may add kinds: end a chain of
``isinstance`` (or a ``match``) with a branch for those that you do not know.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Optional

from .errors import Error

__all__ = [
    "ContenderEvent",
    "ContenderOther",
    "DetectorEvent",
    "DetectorOther",
    "Event",
    "GroupEvent",
    "GroupOther",
    "Leader",
    "Member",
    "SessionEvent",
    "SessionOther",
    # generated: names; do not edit, run `make words`
    "Blocked",
    "DetectionFailed",
    "Enrolled",
    "Enrolling",
    "Jeopardy",
    "LeaderKnown",
    "LeaderTokenFell",
    "LeaderUnknown",
    "Leading",
    "ListingFailed",
    "Lost",
    "MembersKnown",
    "MembersUnknown",
    "MembershipLost",
    "NoLeader",
    "SessionAuthFailed",
    "SessionClosed",
    "SessionConnected",
    "SessionConnecting",
    "SessionExpired",
    "SessionRetrying",
    "SessionSuspended",
    "SessionUndertakerLost",
    "SessionUndertakerReplaced",
    "Standby",
    "Strangers",
    "TokenFell",
    # generated: end
]


@dataclass(frozen=True)
class Member:
    """A member of a group: an ephemeral sequential znode."""

    path: str
    """Its znode."""
    label: Optional[str]
    """What stands before ``_`` in its name."""
    sequence: int
    """The number that the server appended. It only proposes an order: it wraps around."""
    token: int
    """The ``czxid`` of the znode: it orders the members, and is the fencing token of its tenure."""


@dataclass(frozen=True)
class Leader:
    """Who leads."""

    member: Member
    """The znode of the leader."""
    data: bytes
    """Its payload, whatever it holds."""
    as_of: int
    """The answer comes from a server that was asked at this instant (boot-time nanoseconds)."""


class Event:
    """Anything that is told."""


class SessionEvent(Event):
    """What happens to a client's session."""


# generated: session events; do not edit, run `make words`
@dataclass(frozen=True)
class SessionConnecting(SessionEvent):
    """The client asks for a new session."""


@dataclass(frozen=True)
class SessionConnected(SessionEvent):
    """A session is established, new or kept."""

    session: int
    """The number of the session."""
    timeout: float
    """The session timeout that the server granted (seconds)."""
    server: str
    """The kind of the server: ``"zookeeper"`` or ``"other"``."""


@dataclass(frozen=True)
class SessionSuspended(SessionEvent):
    """The connection is lost; the session may live on."""

    since: int
    """When the connection was lost (boot-time nanoseconds)."""
    error: str
    """What went wrong, in a sentence for people."""


@dataclass(frozen=True)
class SessionRetrying(SessionEvent):
    """An attempt to connect failed; the next one follows by itself."""

    attempt: int
    """How many attempts to connect have failed since the last connection, from 1."""
    error: str
    """What went wrong, in a sentence for people."""


@dataclass(frozen=True)
class SessionExpired(SessionEvent):
    """The session is over; a new one follows by itself."""

    by: str
    """Which side declared it over: ``"server"`` or ``"local_timeout"``."""


@dataclass(frozen=True)
class SessionAuthFailed(SessionEvent):
    """The server refused the credentials; the client is no longer usable."""


@dataclass(frozen=True)
class SessionUndertakerLost(SessionEvent):
    """The helper process that would close the session when this process is dead has ended, or could
    not be started. All else goes on as without it. It is news, and no state: ``state`` stays as it
    was."""

    error: str
    """What went wrong, and what follows, in a sentence for people."""


@dataclass(frozen=True)
class SessionUndertakerReplaced(SessionEvent):
    """Another helper process has taken the place of a lost one: it closes the session when this
    process is dead. It is news, and no state: ``state`` stays as it was."""


@dataclass(frozen=True)
class SessionClosed(SessionEvent):
    """The client was closed; this is the last event of the client itself."""


# generated: end
@dataclass(frozen=True)
class SessionOther(SessionEvent):
    """A kind of event that this version of the package does not know."""

    text: str
    """What the library says of it."""


class ContenderEvent(Event):
    """What happens to a contender. Events are news, the lease is truth: ask ``is_leading()``."""


# generated: contender events; do not edit, run `make words`
@dataclass(frozen=True)
class Enrolling(ContenderEvent):
    """A candidacy begins: its znode is being created."""


@dataclass(frozen=True)
class Enrolled(ContenderEvent):
    """The znode exists; its rank is not known yet."""

    member: Member
    """The own znode."""


@dataclass(frozen=True)
class Standby(ContenderEvent):
    """Another member leads, or the contender waits for the lease of the leader before it."""

    member: Member
    """The own znode."""
    ahead: int
    """How many members were ahead of the own one at the last look."""
    waits_until: Optional[int]
    """With ``"guarded"``, if no member is ahead: until when it waits for the lease of the leader
    before it (boot-time nanoseconds)."""


@dataclass(frozen=True)
class Leading(ContenderEvent):
    """This contender leads."""

    member: Member
    """The own znode."""
    lease_end: int
    """The end of its lease, unless it is renewed before (boot-time nanoseconds). Renewals are no
    events: ask ``leadership``."""


@dataclass(frozen=True)
class Jeopardy(ContenderEvent):
    """It leads, but a renewal is overdue or the connection is lost."""

    member: Member
    """The own znode."""
    lease_end: int
    """When leadership ends, unless it is renewed before (boot-time nanoseconds)."""


@dataclass(frozen=True)
class Blocked(ContenderEvent):
    """The candidacy cannot go on for now, and the contender tries again by itself; one event for
    each cause, and for the lack of a lease one in each session timeout. The error says why, and
    what helps. It is news, and no state: ``state`` stays as it was."""

    member: Optional[Member]
    """The own znode, if it exists."""
    error: Error
    """Why, and what helps."""


@dataclass(frozen=True)
class Strangers(ContenderEvent):
    """The group's znode has children of another recipe, such as Curator's LeaderLatch, whose
    contenders and this one do not wait for each other; one event for each candidacy. It is news,
    and no state: ``state`` stays as it was."""

    member: Optional[Member]
    """The own znode, if it exists."""
    error: str
    """What was found, and what helps, in a sentence for people."""


@dataclass(frozen=True)
class TokenFell(ContenderEvent):
    """The group's fencing token fell: the ensemble was emptied or restored. Resources that remember
    the old token refuse the new leader until they are reset. It is news, and no state: ``state``
    stays as it was."""

    member: Member
    """The own znode, with the new token."""
    before: int
    """The highest token that this contender saw before."""


@dataclass(frozen=True)
class Lost(ContenderEvent):
    """The candidacy is over; exactly one event for each candidacy that began."""

    member: Optional[Member]
    """The own znode, if one existed."""
    led_until: Optional[int]
    """Until when it led, if it did: the end of its lease, or the earlier instant at which the
    library gave up leadership (boot-time nanoseconds)."""
    reason: str
    """Why: ``"session_expired"``, ``"lease_lapsed"``, ``"evicted"``, ``"withdrawn"``, ``"closed"``
    or ``"failed"``."""
    error: Optional[Error]
    """What failed, for ``"failed"``: trying again cannot help."""


# generated: end
@dataclass(frozen=True)
class ContenderOther(ContenderEvent):
    """A kind of event that this version of the package does not know."""

    text: str
    """What the library says of it."""


class DetectorEvent(Event):
    """What a detector knows."""

    leader: Optional[Leader] = None
    """The leader, if one is known."""


# generated: detector events; do not edit, run `make words`
@dataclass(frozen=True)
class LeaderUnknown(DetectorEvent):
    """The leader cannot be known: no server has answered for too long. It is not the same as
    :class:`NoLeader`."""

    since: int
    """The last confirmation of the previous state (boot-time nanoseconds)."""


@dataclass(frozen=True)
class NoLeader(DetectorEvent):
    """No leader: the group is empty."""


@dataclass(frozen=True)
class LeaderKnown(DetectorEvent):
    """A member leads, or the leader's payload has changed."""

    leader: Leader = field()
    """The leader."""


@dataclass(frozen=True)
class LeaderTokenFell(DetectorEvent):
    """The group's fencing token fell: the ensemble was emptied or restored. Resources that remember
    the old token refuse the new leader until they are reset. It is news, and no state: ``state``
    stays as it was."""

    member: Member
    """The leader, with the new token."""
    before: int
    """The highest token that this detector saw before."""


@dataclass(frozen=True)
class DetectionFailed(DetectorEvent):
    """The group cannot be read, and the library tries again by itself."""

    error: Error
    """Why, and what helps."""


# generated: end
@dataclass(frozen=True)
class DetectorOther(DetectorEvent):
    """A kind of event that this version of the package does not know."""

    text: str
    """What the library says of it."""


class GroupEvent(Event):
    """What is known of a group's members."""


# generated: group events; do not edit, run `make words`
@dataclass(frozen=True)
class MembersUnknown(GroupEvent):
    """The members cannot be known: no server has answered for too long."""

    since: int
    """The last confirmation of the previous state (boot-time nanoseconds)."""


@dataclass(frozen=True)
class MembersKnown(GroupEvent):
    """All members, oldest first."""

    members: tuple[Member, ...]
    """The members."""


@dataclass(frozen=True)
class ListingFailed(GroupEvent):
    """The group cannot be read, and the library tries again by itself."""

    error: Error
    """Why, and what helps."""


@dataclass(frozen=True)
class MembershipLost(GroupEvent):
    """A membership that this group joined has ended, and not by ``cancel``."""

    member: Member
    """The former member."""
    reason: str
    """Why: ``"session_expired"``, ``"lease_lapsed"``, ``"evicted"``, ``"withdrawn"``, ``"closed"``
    or ``"failed"``."""
    error: Optional[Error]
    """What failed, for ``"failed"``: trying again cannot help."""


# generated: end
@dataclass(frozen=True)
class GroupOther(GroupEvent):
    """A kind of event that this version of the package does not know."""

    text: str
    """What the library says of it."""
