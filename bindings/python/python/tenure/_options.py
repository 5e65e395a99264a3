"""The options of a contender. Generated: do not edit, run `make words`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, Optional

from ._arguments import Payload, choice, flag, optional_text, payload

Policy = Literal["verified", "strict", "session"]
"""When leadership ends if no server answers. ``"verified"``: with the lease that committed writes
have proved. ``"strict"``: also when the connection is lost. ``"session"``: with the session, as in
Mesos; **not safe**: a successor may lead before that."""

POLICIES = ("verified", "strict", "session")


@dataclass(frozen=True)
class ContenderOptions:
    """What a contender is made with: checked, and in the units of the library."""

    label: Optional[str]
    """The part before ``_`` in the name of the znode."""
    data: bytes
    """The payload of the znode, which detectors get with the leader: at most 1,000,000 bytes."""
    policy: str
    """When leadership ends if no server answers."""
    reenrol: bool
    """Whether the contender enrols again after a lost candidacy."""
    warm: bool
    """Whether to keep a lease ready while next in line, for one small write each twelfth of the
    session timeout."""


def contender_options(
    *,
    label: Optional[str],
    data: Payload,
    policy: Policy,
    reenrol: bool,
    warm: bool,
) -> ContenderOptions:
    """The options, checked."""
    return ContenderOptions(
        label=optional_text("label", label),
        data=payload("data", data),
        policy=choice("policy", policy, POLICIES),
        reenrol=flag("reenrol", reenrol),
        warm=flag("warm", warm),
    )
