"""The parts that all roles share."""

from __future__ import annotations

import time
from typing import ClassVar, Optional, Protocol

from .. import _tenure
from .._arguments import text
from ..errors import InvalidInputError
from ..events import DetectionFailed, DetectorEvent, Event, LeaderUnknown, NoLeader
from ._numbers import optional_number
from .events import MasterLeads, MasterUndecodable, decoded
from .outputs import LeadingMaster, Output, Row, made

def instant(now: Optional[int]) -> Optional[int]:
    """The time of an input."""
    return optional_number("now", now)


def identity(name: str, value: str) -> str:
    """The id of an agent or of a framework, which is not empty."""
    if not text(name, value):
        raise InvalidInputError(f"{name} must not be empty")
    return value


class _Machine(Protocol):
    @property
    def state(self) -> str: ...
    @property
    def due(self) -> Optional[int]: ...
    def found(self, leader: tuple[str, str, int], now: Optional[int], /) -> list[Row]: ...
    def no_leader(self, now: Optional[int], /) -> list[Row]: ...
    def unknown(self, now: Optional[int], /) -> list[Row]: ...
    def tick(self, now: Optional[int], /) -> list[Row]: ...


class Timed:
    """A machine that wants to be told when time has passed."""

    __slots__ = ("_native",)

    _native: _Machine | _tenure.Observer

    @property
    def due_at(self) -> Optional[int]:
        """The instant of the next :meth:`tick` (boot-time nanoseconds); ``None`` if none is due."""
        return self._native.due

    def due(self, *, now: Optional[int] = None) -> Optional[float]:
        """How many seconds are left until the next :meth:`tick`; 0.0 if it is late, ``None`` if none is due.

        Ask after each input, and call :meth:`tick` then.

        Args:
            now: the time (boot-time nanoseconds); the clock's by default.
        """
        due, at = self._native.due, instant(now)
        if due is None:
            return None
        return max(0, due - (time.clock_gettime_ns(time.CLOCK_BOOTTIME) if at is None else at)) / 1e9

    def tick(self, *, now: Optional[int] = None) -> list[Output]:
        """Time has passed. A tick that is too early, or one too many, does nothing.

        Args:
            now: the time (boot-time nanoseconds); the clock's by default. An earlier one than before
                counts as that.
        """
        return made(self._native.tick(instant(now)))


class Role(Timed):
    """A role that takes the events of a detector of masters."""

    __slots__ = ()

    _native: _Machine

    _shown: ClassVar[str]

    @property
    def state(self) -> str:
        """The state, a word of ``docs/roles.md`` of the project, such as ``"registered"``.

        Blanks and hyphens are left out: ``"reregistering"``.
        """
        return self._native.state

    def take(self, event: Event, *, now: Optional[int] = None) -> list[Output]:
        """Takes an event. One that does not concern the role has no outputs: a loop gives it all.

        Args:
            event: any event of the package; those of a detector of masters count, and for a
                :class:`Master` also those of its contender and of its client.
            now: the time (boot-time nanoseconds); the clock's by default. An earlier one than before
                counts as that.
        """
        if not isinstance(event, Event):
            raise TypeError(f"event must be a tenure.Event, not {type(event).__name__}")
        return made(self._take(event, instant(now)))

    def _take(self, event: Event, now: Optional[int]) -> list[Row]:
        if not isinstance(event, DetectorEvent):
            return []
        event = decoded(event)
        if isinstance(event, MasterLeads):
            member = event.leader.member
            return self._native.found((event.info.address, member.path, member.token), now)
        if isinstance(event, NoLeader):
            return self._native.no_leader(now)
        # Nobody can talk to a leader whose payload cannot be read.
        if isinstance(event, (LeaderUnknown, DetectionFailed, MasterUndecodable)):
            return self._native.unknown(now)
        return []

    def __repr__(self) -> str:
        return f"<{self._shown} {self.state}>"


class _Registering(_Machine, Protocol):
    @property
    def id(self) -> Optional[str]: ...
    @property
    def leader(self) -> Optional[tuple[str, str, int]]: ...
    def accepts(self, address: str, token: Optional[int], /) -> bool: ...
    def link_lost(self, now: Optional[int], /) -> list[Row]: ...


class RegisteringRole(Role):
    """A role that registers with the leader."""

    __slots__ = ()

    _native: _Registering

    @property
    def id(self) -> Optional[str]:
        """The id, once a leader has given one."""
        return self._native.id

    @property
    def leader(self) -> Optional[LeadingMaster]:
        """The leader, if it is known."""
        leader = self._native.leader
        return None if leader is None else LeadingMaster(*leader)

    def accepts(self, address: str, token: Optional[int] = None) -> bool:
        """Whether a message of this sender is to be obeyed: it is the leader.

        Check every message of a master by this. An agent that knows no leader, and a driver that is not
        registered, accept nobody.

        Args:
            address: the address that the message came from, ``IP:PORT``.
            token: the fencing token that the message names; ``None`` if it names none, as Mesos's: then an
                old master at the address of the leader passes for the leader.
        """
        return self._native.accepts(text("address", address), optional_number("token", token))

    def link_lost(self, *, now: Optional[int] = None) -> list[Output]:
        """The connection to the leader broke.

        Args:
            now: the time (boot-time nanoseconds); the clock's by default.
        """
        return made(self._native.link_lost(instant(now)))
