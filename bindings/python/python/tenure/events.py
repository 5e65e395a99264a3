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
    "Blocked",
    "ContenderEvent",
    "ContenderOther",
    "DetectionFailed",
    "DetectorEvent",
    "DetectorOther",
    "Enrolled",
    "Enrolling",
    "Event",
    "GroupEvent",
    "GroupOther",
    "Jeopardy",
    "Leader",
    "LeaderKnown",
    "LeaderUnknown",
    "Leading",
    "ListingFailed",
    "Lost",
    "Member",
    "MembersKnown",
    "MembershipLost",
    "MembersUnknown",
    "NoLeader",
    "SessionAuthFailed",
    "SessionClosed",
    "SessionConnected",
    "SessionConnecting",
    "SessionEvent",
    "SessionExpired",
    "SessionOther",
    "SessionRetrying",
    "SessionSuspended",
    "Standby",
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


@dataclass(frozen=True)
class SessionConnecting(SessionEvent):
    """A new session is being asked for."""


@dataclass(frozen=True)
class SessionConnected(SessionEvent):
    """A session stands, new or kept."""

    session: int
    """Its number."""
    timeout: float
    """The session timeout that the server granted, in seconds."""


@dataclass(frozen=True)
class SessionSuspended(SessionEvent):
    """The connection is lost; the session may live on."""

    since: int
    """Since when (boot-time nanoseconds)."""
    error: str
    """What ended it."""


@dataclass(frozen=True)
class SessionRetrying(SessionEvent):
    """An attempt to connect failed; the next one follows by itself."""

    attempt: int
    """Number of attempts since the last connection."""
    error: str
    """Why this one failed."""


@dataclass(frozen=True)
class SessionExpired(SessionEvent):
    """The session is over; a new one follows by itself."""

    by: str
    """By whose word: ``"server"``, or ``"local_timeout"`` when none answered for so long
    that one may have begun to end it."""


@dataclass(frozen=True)
class SessionAuthFailed(SessionEvent):
    """The server refused the credentials; the client is of no more use."""


@dataclass(frozen=True)
class SessionClosed(SessionEvent):
    """The client was closed; the last event."""


@dataclass(frozen=True)
class SessionOther(SessionEvent):
    """A kind of event that this version of the package does not know."""

    text: str
    """What the library says of it."""


class ContenderEvent(Event):
    """What happens to a contender. Events are news, the lease is truth: ask ``is_leading()``."""


@dataclass(frozen=True)
class Enrolling(ContenderEvent):
    """A candidacy begins: its znode is being created."""


@dataclass(frozen=True)
class Enrolled(ContenderEvent):
    """The znode stands; its rank is not known yet."""

    member: Member
    """The own znode."""


@dataclass(frozen=True)
class Standby(ContenderEvent):
    """Somebody else leads."""

    member: Member
    """The own znode."""
    ahead: int
    """How many members stood before it when that was last looked at."""


@dataclass(frozen=True)
class Leading(ContenderEvent):
    """This contender leads."""

    member: Member
    """The own znode."""
    lease_end: int
    """Until when, unless renewed (boot-time nanoseconds). Renewals are no events."""


@dataclass(frozen=True)
class Jeopardy(ContenderEvent):
    """It leads, but its renewal is overdue or the connection is lost."""

    member: Member
    """The own znode."""
    lease_end: int
    """When leadership ends unless it is renewed before (boot-time nanoseconds)."""


@dataclass(frozen=True)
class Blocked(ContenderEvent):
    """The candidacy cannot go on for now, and is tried again by itself; told once for each cause.

    It is news, and no state: ``state`` goes on to be what it was.
    """

    member: Optional[Member]
    """The own znode, if one stands."""
    error: Error
    """Why, and what helps."""


@dataclass(frozen=True)
class Lost(ContenderEvent):
    """The candidacy is over; exactly one for each that was begun."""

    member: Optional[Member]
    """The znode that was, if one stood."""
    led_until: Optional[int]
    """Until when it led, if it did (boot-time nanoseconds)."""
    reason: str
    """``"session_expired"``, ``"lease_lapsed"``, ``"evicted"`` (somebody else deleted the znode),
    ``"withdrawn"``, ``"closed"`` or ``"failed"``."""
    error: Optional[Error]
    """What failed, for ``"failed"``: trying again cannot help."""


@dataclass(frozen=True)
class ContenderOther(ContenderEvent):
    """A kind of event that this version of the package does not know."""

    text: str
    """What the library says of it."""


class DetectorEvent(Event):
    """What a detector knows."""

    leader: Optional[Leader] = None
    """The leader, if one is known."""


@dataclass(frozen=True)
class LeaderUnknown(DetectorEvent):
    """It cannot know: no server has answered for too long. Not the same as nobody."""

    since: int
    """When what is known was last confirmed (boot-time nanoseconds)."""


@dataclass(frozen=True)
class NoLeader(DetectorEvent):
    """The group is empty: nobody leads."""


@dataclass(frozen=True)
class LeaderKnown(DetectorEvent):
    """Somebody leads; told again when the payload of the same leader changes."""

    leader: Leader = field()
    """Who leads."""


@dataclass(frozen=True)
class DetectionFailed(DetectorEvent):
    """It may not look; tried again by itself."""

    error: Error
    """Why."""


@dataclass(frozen=True)
class DetectorOther(DetectorEvent):
    """A kind of event that this version of the package does not know."""

    text: str
    """What the library says of it."""


class GroupEvent(Event):
    """What is known of a group's members."""


@dataclass(frozen=True)
class MembersUnknown(GroupEvent):
    """It cannot be known: no server has answered for too long."""

    since: int
    """When what is known was last confirmed (boot-time nanoseconds)."""


@dataclass(frozen=True)
class MembersKnown(GroupEvent):
    """All members, oldest first."""

    members: tuple[Member, ...]
    """The members."""


@dataclass(frozen=True)
class ListingFailed(GroupEvent):
    """It may not look; tried again by itself."""

    error: Error
    """Why."""


@dataclass(frozen=True)
class MembershipLost(GroupEvent):
    """A membership that this group joined is over, and not by ``cancel``."""

    member: Member
    """The znode that was."""
    reason: str
    """As :attr:`Lost.reason`."""
    error: Optional[Error]
    """What failed, for ``"failed"``."""


@dataclass(frozen=True)
class GroupOther(GroupEvent):
    """A kind of event that this version of the package does not know."""

    text: str
    """What the library says of it."""
