"""What a client has done so far."""

from __future__ import annotations

from typing import NamedTuple

__all__ = ["Metrics"]


class Metrics(NamedTuple):
    """Counters that only rise, but for the last two. They are not read at one instant."""

    # generated: metrics; do not edit, run `make words`
    connections: int
    """Established connections, counted before the handshake."""
    failed_attempts: int
    """Attempts to connect that failed, including attempts that failed in the handshake."""
    suspensions: int
    """Connections that were lost after a session had been confirmed on them."""
    sessions_confirmed: int
    """How often a session was confirmed: a new session, or the same one on another connection."""
    sessions_expired: int
    """Sessions that expired, whichever side declared them over."""
    bytes_sent: int
    """Bytes that were passed to connections."""
    bytes_received: int
    """Bytes that were read from connections."""
    events: int
    """Events of all handles, fetched or not."""
    leaderships: int
    """Leaderships that began."""
    leaderships_ended: int
    """Leaderships that ended."""
    renewals: int
    """How often the lease of a leadership was extended. If one proof extends the leases of several
    leaderships, each of them counts."""
    handles: int
    """Contenders, detectors and groups that are open now. It rises and falls."""
    calls: int
    """Calls that wait for an answer now. It rises and falls."""
    # generated: end
