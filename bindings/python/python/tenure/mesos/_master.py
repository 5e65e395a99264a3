"""The master."""

from __future__ import annotations

from typing import Optional

from .. import _tenure
from ..events import (
    Enrolled,
    Enrolling,
    Event,
    Jeopardy,
    Leading,
    Lost,
    SessionAuthFailed,
    SessionClosed,
    Standby,
)
from ._numbers import number
from ._roles import Role
from .outputs import LeadingMaster, Row


class Master(Role):
    """The master: it contends, and it leads or follows. One that led and lost must stop.

    Give it the events of its :class:`MasterContender`, of its :class:`MasterDetector`, and of their client.
    It does no input and output: each method takes an input, and returns the outputs, which the host carries
    out in their order. The table of states, inputs and outputs is in ``docs/roles.md`` of the project.

    Ask the contender's ``is_leading()`` before each action: events are news, the lease is the truth.

    Any thread may call any method; inputs count in the order of the calls.

    >>> import tenure
    >>> from tenure import mesos
    >>> master = mesos.Master()
    >>> master.take(tenure.NoLeader()), master.state
    ([Leaderless()], 'leaderless')
    """

    __slots__ = ()

    _native: _tenure.Master

    _shown = "tenure.mesos.Master"

    def __init__(self) -> None:
        """A master whose contender and detector have just been made."""
        self._native = _tenure.Master()

    @property
    def member(self) -> Optional[tuple[str, int]]:
        """The path and the token of its newest znode, which may be gone."""
        return self._native.member

    @property
    def serves(self) -> bool:
        """Whether this master answers requests. If not, it drops messages of agents and schedulers."""
        return self._native.requests[0]

    @property
    def leader(self) -> Optional[LeadingMaster]:
        """The other master that requests are redirected to; ``None``: this one :attr:`serves`, or 503."""
        leader = self._native.requests[1]
        return None if leader is None else LeadingMaster(*leader)

    def _take(self, event: Event, now: Optional[int]) -> list[Row]:
        native = self._native
        if isinstance(event, Enrolling):
            return native.enrolling(now)
        if isinstance(event, (Enrolled, Standby, Leading, Jeopardy)):
            path, token = event.member.path, number("token", event.member.token)
            if isinstance(event, Enrolled):
                return native.enrolled(path, token, now)
            if isinstance(event, Standby):
                return native.behind(path, token, now)
            lease_end = number("lease_end", event.lease_end)
            if isinstance(event, Leading):
                return native.leading(path, token, lease_end, now)
            return native.jeopardy(path, token, lease_end, now)
        if isinstance(event, Lost):
            error = None if event.error is None else str(event.error)
            return native.lost(event.reason, error, now)
        if isinstance(event, SessionClosed):
            return native.ended("the client was closed", now)
        if isinstance(event, SessionAuthFailed):
            return native.ended("ZooKeeper refused the credentials", now)
        return super()._take(event, now)
