"""The scheduler driver."""

from __future__ import annotations

from typing import Literal, Optional

from .. import _tenure
from .._arguments import Span, choice, required_nanos, text
from ._numbers import optional_number
from ._roles import RegisteringRole, identity, instant
from .outputs import Output, made

Call = Literal["launch", "update_framework", "other"]
"""A call of the scheduler to the master: ``"launch"`` launches tasks, ``"update_framework"`` changes the
framework's description, ``"other"`` is any other."""

_CALLS = ("launch", "update_framework", "other")


class Driver(RegisteringRole):
    """The scheduler driver: it registers a framework with the leader, and knows no other master.

    It does no input and output: each method takes an input, and returns the outputs, which the host carries
    out in their order. The table of states, inputs and outputs is in ``docs/roles.md`` of the project.

    Any thread may call any method; inputs count in the order of the calls.

    >>> from tenure import mesos
    >>> driver = mesos.Driver()
    >>> driver.call("launch")
    [TasksLost(message='Master disconnected')]
    """

    __slots__ = ()

    _native: _tenure.Driver

    _shown = "tenure.mesos.Driver"

    def __init__(
        self,
        *,
        id: Optional[str] = None,
        backoff: Span = 2.0,
        failover_timeout: Span = 0.0,
        seed: Optional[int] = None,
    ) -> None:
        """A driver that knows no leader yet.

        Args:
            id: the id of a framework that fails over: another instance of the scheduler had it.
            backoff: the first attempt to register comes after a random part of this span (seconds or
                ``timedelta``), later ones after a random part of twice, four times, … it: 0 to 15 min.
            failover_timeout: the time after which the master removes the framework if its scheduler is
                away; a tenth of it is the longest span between attempts: 0 to 10 years. With 0 that is
                1 min.
            seed: the seed of the random delays, another one for each process; a random one by default.

        Raises:
            InvalidInputError: an option is out of its range.
        """
        self._native = _tenure.Driver(
            None if id is None else identity("id", id),
            required_nanos("backoff", backoff),
            required_nanos("failover_timeout", failover_timeout),
            optional_number("seed", seed),
        )

    def registered(
        self, *, address: str, id: str, token: Optional[int] = None, now: Optional[int] = None
    ) -> list[Output]:
        """A master has registered the framework, for the first time or again.

        Args:
            address: the address that the message came from.
            id: the framework's id.
            token: the fencing token that the message names, if it names one.
            now: the time (boot-time nanoseconds); the clock's by default.
        """
        token = optional_number("token", token)
        return made(
            self._native.registered(
                text("address", address), token, identity("id", id), instant(now)
            )
        )

    def error(
        self, *, address: str, why: str, token: Optional[int] = None, now: Optional[int] = None
    ) -> list[Output]:
        """A master ends the framework.

        Args:
            address: the address that the message came from.
            why: the master's reason.
            token: the fencing token that the message names, if it names one.
            now: the time (boot-time nanoseconds); the clock's by default.
        """
        token = optional_number("token", token)
        return made(
            self._native.error(text("address", address), token, text("why", why), instant(now))
        )

    def call(self, kind: Call, *, now: Optional[int] = None) -> list[Output]:
        """The scheduler makes a call to the master.

        Args:
            kind: ``"launch"``, also for offers that are accepted with tasks in them;
                ``"update_framework"``; or ``"other"``.
            now: the time (boot-time nanoseconds); the clock's by default.
        """
        return made(self._native.call(choice("kind", kind, _CALLS), instant(now)))

    def stop(self, *, now: Optional[int] = None) -> list[Output]:
        """The scheduler stops or aborts the driver.

        Args:
            now: the time (boot-time nanoseconds); the clock's by default.
        """
        return made(self._native.stop(instant(now)))
