"""The options of a contender. Generated: do not edit, run `make words`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, Optional

from ._arguments import Payload, Span, choice, flag, nanos, optional_text, payload

Policy = Literal["verified", "strict", "session", "guarded"]
"""When leadership ends if no server answers. ``"verified"``: with the lease that committed writes
have proved. ``"strict"``: also when the connection is lost. ``"session"``: with the session, as in
Mesos; **not safe**: a successor may lead before that. ``"guarded"``: with a lease whose length the
group's znode tells every successor, which waits for it: safe also on servers that are not
ZooKeeper; all contenders of the group must use it."""

POLICIES = ("verified", "strict", "session", "guarded")


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
    lease: Optional[int]
    """The length of the lease, for which a successor waits: 100 ms to 10 s and no longer than the
    session timeout, by default a quarter of that; needs the policy ``guarded``, and excludes
    ``fail_over``."""
    fail_over: Optional[int]
    """The time in which a successor replaces a leader that is silent: 250 ms to 10 s and less than
    the session timeout; needs the policy ``guarded``, and excludes ``lease``."""


def contender_options(
    *,
    label: Optional[str],
    data: Payload,
    policy: Policy,
    reenrol: bool,
    warm: bool,
    lease: Optional[Span],
    fail_over: Optional[Span],
) -> ContenderOptions:
    """The options, checked."""
    return ContenderOptions(
        label=optional_text("label", label),
        data=payload("data", data),
        policy=choice("policy", policy, POLICIES),
        reenrol=flag("reenrol", reenrol),
        warm=flag("warm", warm),
        lease=nanos("lease", lease),
        fail_over=nanos("fail_over", fail_over),
    )
