"""The events of a detector of masters.

They are the events of every detector, except that :class:`MasterLeads` or :class:`MasterUndecodable` comes
for :class:`tenure.LeaderKnown`, of which both are kinds: ``LeaderUnknown``, ``NoLeader``,
``DetectionFailed`` and ``LeaderTokenFell`` mean here what they mean everywhere.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from .. import _tenure
from ..errors import InvalidInputError
from ..events import DetectorEvent, LeaderKnown
from ._info import MasterInfo
from ._numbers import number

__all__ = ["MasterLeads", "MasterUndecodable"]


@dataclass(frozen=True)
class MasterLeads(LeaderKnown):
    """A master leads, or its ``MasterInfo`` has changed."""

    info: MasterInfo = field()
    """What it says of itself."""


@dataclass(frozen=True)
class MasterUndecodable(LeaderKnown):
    """A member leads whose payload is no ``MasterInfo``: ``leader.data`` has the bytes.

    In Mesos each detector fails by it, and masters and agents exit; here it is news, and the next leader is
    an event again.
    """

    error: InvalidInputError = field(compare=False)
    """Why the payload cannot be read."""


def decoded(event: DetectorEvent) -> DetectorEvent:
    """The event, with the payload of its leader decoded."""
    if type(event) is not LeaderKnown:
        return event
    leader, member = event.leader, event.leader.member
    token = number("token", member.token)
    try:
        native = _tenure.MasterInfo.of_leader(member.path, member.label, token, leader.data)
    except InvalidInputError as error:
        # The frames of the traceback would live as long as the event.
        return MasterUndecodable(leader, error.with_traceback(None))
    return MasterLeads(leader, MasterInfo._of(native))
