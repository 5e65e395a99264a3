"""The outputs of the roles: immutable values, named as in ``docs/roles.md`` of the project.

A host carries them out in their order. Later versions may add kinds: end a chain of ``isinstance`` (or a
``match``) with a branch for those that you do not know.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Callable, ClassVar, NamedTuple, Optional


class LeadingMaster(NamedTuple):
    """The leading master, as the roles know it."""

    address: str
    """The address from which its messages come: ``MasterInfo.address``."""
    path: str
    """The path of its znode."""
    token: int
    """Its fencing token; 0 for a master that leads without ZooKeeper."""


class Output:
    """Anything that a role wants to be done, or tells."""

    name: ClassVar[str]
    """The name in ``docs/roles.md``."""


@dataclass(frozen=True)
class Stop(Output):
    """The role has ended: the process that plays it must stop."""

    name = "stop"
    reason: str
    """Why: ``"lost_candidacy"``, ``"conceded"``, ``"lease_ended"``, ``"cannot_contend"``, ``"other_id"``,
    ``"refused"``, ``"failed"`` or ``"asked"``."""
    message: str
    """The line that Mesos logs."""
    exit_status: int
    """The status with which the process should exit: 0 if its end was asked for, otherwise 1."""


@dataclass(frozen=True)
class Ignored(Output):
    """Agent, driver: the message did not come from the leader."""

    name = "ignored"


@dataclass(frozen=True)
class Elected(Output):
    """Master: it leads from now on."""

    name = "elected"
    path: str
    """Its znode."""
    token: int
    """The fencing token of this leadership."""
    lease_end: int
    """The end of its lease, unless it is renewed (boot-time nanoseconds)."""


@dataclass(frozen=True)
class InJeopardy(Output):
    """Master: it leads until this instant, unless :class:`Confirmed` comes before."""

    name = "in jeopardy"
    lease_end: int
    """The end of its lease (boot-time nanoseconds)."""


@dataclass(frozen=True)
class Confirmed(Output):
    """Master: it is no longer in jeopardy."""

    name = "confirmed"
    lease_end: int
    """The end of its lease, unless it is renewed (boot-time nanoseconds)."""


@dataclass(frozen=True)
class Following(Output):
    """Master: another master leads, or its address has changed."""

    name = "following"
    leader: LeadingMaster
    """That master."""


@dataclass(frozen=True)
class Leaderless(Output):
    """Master: no leader is known any more."""

    name = "leaderless"


@dataclass(frozen=True)
class Disconnected(Output):
    """Agent, driver: the registration no longer counts.

    The status updates of an agent wait until the next registration, and its tasks go on. A driver calls
    the scheduler's ``disconnected``.
    """

    name = "disconnected"


@dataclass(frozen=True)
class NewLeader(Output):
    """Agent: another leader than that of the last registration. It asks after a random delay."""

    name = "new leader"
    leader: LeadingMaster
    """That leader."""


@dataclass(frozen=True)
class SameLeader(Output):
    """Agent: the leader of the last registration leads. It asks again after a random delay."""

    name = "same leader"
    leader: LeadingMaster
    """That leader."""


@dataclass(frozen=True)
class Lost(Output):
    """Agent: no leader is known any more. Tasks go on."""

    name = "lost"


@dataclass(frozen=True)
class Register(Output):
    """Agent: ask the leader for an id."""

    name = "register"
    leader: LeadingMaster
    """The leader."""


@dataclass(frozen=True)
class Reregister(Output):
    """Agent: ask the leader to take the agent with its id and its tasks."""

    name = "re-register"
    leader: LeadingMaster
    """The leader."""
    id: str
    """The agent's id."""


@dataclass(frozen=True)
class Registered(Output):
    """Agent, driver: the leader has registered the agent or the framework.

    An agent: for the first time; the host keeps the id. A driver calls the scheduler's ``registered``: the
    leader is another one than that of the last registration, or there was none.
    """

    name = "registered"
    leader: LeadingMaster
    """The leader."""
    id: str
    """The id of the agent or of the framework."""


@dataclass(frozen=True)
class Reregistered(Output):
    """Agent, driver: the leader has registered the agent or the framework again, with its id.

    An agent sends status updates that are not acknowledged again. A driver calls the scheduler's
    ``reregistered``: the leader is that of the last registration.
    """

    name = "re-registered"
    leader: LeadingMaster
    """The leader."""


@dataclass(frozen=True)
class Pong(Output):
    """Agent: answer the ping of the leader."""

    name = "pong"
    leader: LeadingMaster
    """The leader."""


@dataclass(frozen=True)
class Subscribe(Output):
    """Driver: ask the leader to register the framework."""

    name = "subscribe"
    leader: LeadingMaster
    """The leader."""
    id: Optional[str]
    """The id that the framework keeps; ``None`` if it has none yet."""
    force: bool
    """Whether another instance with this id is to be removed: the driver was made with the id, and has not
    been registered since."""


@dataclass(frozen=True)
class Send(Output):
    """Driver: send the call to the leader."""

    name = "send"
    leader: LeadingMaster
    """The leader."""


@dataclass(frozen=True)
class Dropped(Output):
    """Driver: no master is there for the call: the scheduler gets an error."""

    name = "dropped"


@dataclass(frozen=True)
class TasksLost(Output):
    """Driver: no master is there for the tasks: each is reported to the scheduler as lost or dropped."""

    name = "tasks lost"
    message: str
    """The text of the status of each task."""


@dataclass(frozen=True)
class Postponed(Output):
    """Driver: the host keeps the new description, and the next :class:`Subscribe` brings it."""

    name = "postponed"


@dataclass(frozen=True)
class Ping(Output):
    """Observer: ping the agent."""

    name = "ping"
    agent: int
    """The agent."""
    connected: bool
    """Goes into the ping: an agent that believes to be registered, and reads ``False``, registers again."""


@dataclass(frozen=True)
class Activated(Output):
    """Observer: the agent may be used: it gets offers."""

    name = "activated"
    agent: int
    """The agent."""


@dataclass(frozen=True)
class Deactivated(Output):
    """Observer: the agent's connection broke: it gets no offers and no tasks. Its tasks go on."""

    name = "deactivated"
    agent: int
    """The agent."""


@dataclass(frozen=True)
class Scheduled(Output):
    """Observer: the agent will be unreachable when the rate limit permits it."""

    name = "scheduled"
    agent: int
    """The agent."""
    reason: str
    """Why: ``"no_pong"``, ``"disconnected"`` or ``"failover"``."""
    message: str
    """The text that Mesos logs."""


@dataclass(frozen=True)
class Canceled(Output):
    """Observer: that was called off: the agent is there."""

    name = "canceled"
    agent: int
    """The agent."""


@dataclass(frozen=True)
class Unreachable(Output):
    """Observer: the agent is unreachable.

    The host writes that to its registry, deactivates the agent, takes its offers back, and reports each of
    its tasks, and the agent as lost.
    """

    name = "unreachable"
    agent: int
    """The agent."""
    reason: str
    """Why: ``"no_pong"``, ``"disconnected"`` or ``"failover"``."""
    message: str
    """The text that Mesos logs."""


@dataclass(frozen=True)
class Readmitted(Output):
    """Observer: an unreachable agent is back: the host takes its tasks back, too."""

    name = "readmitted"
    agent: int
    """The agent."""


@dataclass(frozen=True)
class Unknown(Output):
    """Observer: it has no such agent: the sender of the message is to be ignored, and reported."""

    name = "unknown"
    agent: int
    """The agent."""


Row = tuple[str, tuple[Any, ...]]
"""An output as the extension gives it: its word, and its arguments."""

_KINDS = (
    *(Stop, Ignored, Elected, InJeopardy, Confirmed, Following, Leaderless),
    *(Disconnected, NewLeader, SameLeader, Lost, Register, Reregister, Registered, Reregistered, Pong),
    *(Subscribe, Send, Dropped, TasksLost, Postponed),
    *(Ping, Activated, Deactivated, Scheduled, Canceled, Unreachable, Readmitted, Unknown),
)

_BY_WORD: dict[str, Callable[..., Output]] = {
    kind.name.replace("-", "").replace(" ", "_"): kind for kind in _KINDS
}


def made(rows: Iterable[Row]) -> list[Output]:
    """The outputs as objects."""
    return [_BY_WORD[word](*map(_argument, arguments)) for word, arguments in rows]


def _argument(argument: Any) -> Any:
    # Only a leader is a tuple.
    return LeadingMaster(*argument) if isinstance(argument, tuple) else argument
