"""The agent."""

from __future__ import annotations

from typing import Optional

from .. import _tenure
from .._arguments import Span, flag, nanos, optional_text, required_nanos, text
from ._numbers import optional_number
from ._roles import RegisteringRole, identity, instant
from .outputs import Output, made


class Agent(RegisteringRole):
    """The agent: it registers with the leader, obeys it alone, and answers its pings.

    It does no input and output: each method takes an input, and returns the outputs, which the host carries
    out in their order. The table of states, inputs and outputs is in ``docs/roles.md`` of the project.

    Any thread may call any method; inputs count in the order of the calls.

    >>> from tenure import mesos
    >>> agent = mesos.Agent(seed=1)
    >>> with mesos.standalone() as client:
    ...     info = mesos.MasterInfo(id="1", address="10.0.0.1:5050", hostname="m1", version="1.12.0")
    ...     mesos.appoint(client, info)
    ...     outputs = agent.take(mesos.MasterDetector(client).state, now=0)
    >>> [output.name for output in outputs + agent.tick(now=agent.due_at)]
    ['new leader', 'register']
    >>> agent.registered(address="10.0.0.1:5050", id="a1")[0].id, agent.state
    ('a1', 'registered')
    >>> agent.ping(address="10.0.0.2:5050")
    [Ignored()]
    """

    __slots__ = ()

    _native: _tenure.Agent

    _shown = "tenure.mesos.Agent"

    def __init__(
        self,
        *,
        id: Optional[str] = None,
        backoff: Span = 1.0,
        backoff_max: Span = 60.0,
        ping_timeout: Span = 75.0,
        seed: Optional[int] = None,
    ) -> None:
        """An agent that knows no leader yet.

        Args:
            id: the id that a leader gave to an earlier run of this agent.
            backoff: the first attempt to register comes after a random part of this span (seconds or
                ``timedelta``), later ones after a random part of twice, four times, … it: 0 to 15 min.
            backoff_max: the longest such span: 1 s to 15 min.
            ping_timeout: the time without a ping after which it registers again, unless the leader gives
                another one: 1 s to 1 day.
            seed: the seed of the random delays, another one for each process; a random one by default.

        Raises:
            InvalidInputError: an option is out of its range.
        """
        self._native = _tenure.Agent(
            None if id is None else identity("id", id),
            required_nanos("backoff", backoff),
            required_nanos("backoff_max", backoff_max),
            required_nanos("ping_timeout", ping_timeout),
            optional_number("seed", seed),
        )

    def registered(
        self,
        *,
        address: str,
        id: str,
        token: Optional[int] = None,
        ping_timeout: Optional[Span] = None,
        now: Optional[int] = None,
    ) -> list[Output]:
        """A master has registered the agent, for the first time or again.

        Args:
            address: the address that the message came from.
            id: the agent's id.
            token: the fencing token that the message names, if it names one.
            ping_timeout: the time without a ping after which the agent shall register again, if the
                master gives one.
            now: the time (boot-time nanoseconds); the clock's by default.
        """
        return made(
            self._native.registered(
                text("address", address),
                optional_number("token", token),
                identity("id", id),
                nanos("ping_timeout", ping_timeout),
                instant(now),
            )
        )

    def refused(
        self, *, address: str, why: str, token: Optional[int] = None, now: Optional[int] = None
    ) -> list[Output]:
        """A master has refused the agent's credentials.

        Args:
            address: the address that the message came from.
            why: the master's reason.
            token: the fencing token that the message names, if it names one.
            now: the time (boot-time nanoseconds); the clock's by default.
        """
        token = optional_number("token", token)
        return made(
            self._native.refused(text("address", address), token, text("why", why), instant(now))
        )

    def ping(
        self,
        *,
        address: str,
        connected: bool = True,
        token: Optional[int] = None,
        now: Optional[int] = None,
    ) -> list[Output]:
        """A master asks whether the agent is alive.

        Args:
            address: the address that the message came from.
            connected: whether the agent is connected, as that master believes.
            token: the fencing token that the message names, if it names one.
            now: the time (boot-time nanoseconds); the clock's by default.
        """
        token = optional_number("token", token)
        connected = flag("connected", connected)
        return made(self._native.ping(text("address", address), token, connected, instant(now)))

    def shutdown(
        self,
        *,
        address: Optional[str] = None,
        token: Optional[int] = None,
        now: Optional[int] = None,
    ) -> list[Output]:
        """The agent shall end.

        Args:
            address: the address that the message came from; ``None`` if the host asks for it.
            token: the fencing token that the message names, if it names one.
            now: the time (boot-time nanoseconds); the clock's by default.
        """
        token = optional_number("token", token)
        return made(
            self._native.shutdown(optional_text("address", address), token, instant(now))
        )
