"""The observer of agents."""

from __future__ import annotations

from typing import Optional

from .. import _tenure
from .._arguments import Span, required_nanos
from ._numbers import number
from ._roles import Timed, instant
from .outputs import Output, made


class Observer(Timed):
    """The observer: the leader pings each of its agents, and learns which are unreachable.

    It does no input and output: each method takes an input, and returns the outputs, which the host carries
    out in their order. The table of states, inputs and outputs is in ``docs/roles.md`` of the project. An
    agent is a number, which is never given to another one. Any number of agents has one timer, and each
    input costs the same whatever their number; one :meth:`tick` serves at most 1024 timers.

    Any thread may call any method; inputs count in the order of the calls.

    >>> from tenure import mesos
    >>> observer = mesos.Observer()
    >>> agent, outputs = observer.admit()
    >>> outputs == [mesos.Ping(agent, connected=True)], observer.state(agent)
    (True, 'active')
    """

    __slots__ = ()

    _native: _tenure.Observer

    def __init__(
        self,
        *,
        agent_ping_timeout: Span = 15.0,
        max_agent_ping_timeouts: int = 5,
        agent_reregister_timeout: Span = 600.0,
        agent_removal_rate_limit: Optional[tuple[int, Span]] = None,
    ) -> None:
        """An observer without agents. The options are those of Mesos's master.

        Args:
            agent_ping_timeout: the time between two pings of an agent (seconds or ``timedelta``): 1 s to
                15 min.
            max_agent_ping_timeouts: how many pings in a row an agent may leave unanswered; with the last
                of them it is unreachable: 1 to 1,000,000.
            agent_reregister_timeout: the time in which an agent whose connection broke, or that an
                earlier leader had, must register again: 1 s to 30 days.
            agent_removal_rate_limit: how many agents may become unreachable in which time, such as
                ``(1, 600.0)``; any number by default.

        Raises:
            InvalidInputError: an option is out of its range.
        """
        pings = number("max_agent_ping_timeouts", max_agent_ping_timeouts, 2**32 - 1)
        limit = None
        if agent_removal_rate_limit is not None:
            if not isinstance(agent_removal_rate_limit, tuple) or len(agent_removal_rate_limit) != 2:
                raise TypeError("agent_removal_rate_limit must be a number of agents and a span")
            count, each = agent_removal_rate_limit
            limit = (
                number("agent_removal_rate_limit", count, 2**32 - 1),
                required_nanos("agent_removal_rate_limit", each),
            )
        self._native = _tenure.Observer(
            required_nanos("agent_ping_timeout", agent_ping_timeout),
            pings,
            required_nanos("agent_reregister_timeout", agent_reregister_timeout),
            limit,
        )

    @property
    def agents(self) -> int:
        """The number of agents, in all states but ``unknown``."""
        return self._native.agents()

    def state(self, agent: int) -> str:
        """The state of an agent, as ``docs/roles.md`` of the project names it; ``"unknown"`` for others."""
        return self._native.state(number("agent", agent))

    @property
    def total_ping_timeout(self) -> float:
        """The seconds from the first unanswered ping until the agent is unreachable.

        The leader gives it to each agent that it registers, as ``ping_timeout``.
        """
        return self._native.total_ping_timeout

    def admit(self, *, now: Optional[int] = None) -> tuple[int, list[Output]]:
        """Takes a new agent that has just registered: it is ``active``, and pinged at once.

        Args:
            now: the time (boot-time nanoseconds); the clock's by default.

        Returns:
            The agent, and the outputs.

        Raises:
            ResourceError: there are 1,000,000 agents.
        """
        agent, rows = self._native.admit(instant(now))
        return agent, made(rows)

    def expect(self, *, now: Optional[int] = None) -> int:
        """Takes an agent that an earlier leader had: it is ``expected`` to register.

        Args:
            now: the time (boot-time nanoseconds); the clock's by default.

        Returns:
            The agent.

        Raises:
            ResourceError: there are 1,000,000 agents.
        """
        return self._native.expect(instant(now))

    def registered(self, agent: int, *, now: Optional[int] = None) -> list[Output]:
        """An agent that the observer has was registered again.

        Args:
            agent: the agent.
            now: the time (boot-time nanoseconds); the clock's by default.
        """
        return made(self._native.registered(number("agent", agent), instant(now)))

    def pong(self, agent: int, *, now: Optional[int] = None) -> list[Output]:
        """An agent answered a ping.

        Args:
            agent: the agent.
            now: the time (boot-time nanoseconds); the clock's by default.
        """
        return made(self._native.pong(number("agent", agent), instant(now)))

    def link_lost(self, agent: int, *, now: Optional[int] = None) -> list[Output]:
        """The connection of an agent broke.

        Args:
            agent: the agent.
            now: the time (boot-time nanoseconds); the clock's by default.
        """
        return made(self._native.link_lost(number("agent", agent), instant(now)))

    def removed(self, agent: int, *, now: Optional[int] = None) -> list[Output]:
        """An agent is gone for good: it has shut down, or an operator says so.

        Args:
            agent: the agent.
            now: the time (boot-time nanoseconds); the clock's by default.
        """
        return made(self._native.removed(number("agent", agent), instant(now)))

    def __repr__(self) -> str:
        return f"<tenure.mesos.Observer of {self.agents}>"
