"""What a client has done so far."""

from __future__ import annotations

from typing import NamedTuple

__all__ = ["Metrics"]


class Metrics(NamedTuple):
    """Counters that only rise, but for the last two. They are not read at one instant."""

    connections: int
    """Connections that stood, with the handshake still before them."""
    failed_attempts: int
    """Attempts to connect that failed, those that failed in the handshake included."""
    suspensions: int
    """Connections that were lost after a session had been confirmed on them."""
    sessions_confirmed: int
    """Times that a session was confirmed: a new one, or the same on another connection."""
    sessions_expired: int
    """Sessions that expired, by whoever's word."""
    bytes_sent: int
    """Bytes that were handed to connections."""
    bytes_received: int
    """Bytes that were read from connections."""
    events: int
    """Events of all handles, taken or not."""
    leaderships: int
    """Leaderships that began."""
    leaderships_ended: int
    """Leaderships that ended."""
    renewals: int
    """Times that the lease of a leadership was extended."""
    handles: int
    """Contenders, detectors and groups that are open now. It rises and falls."""
    calls: int
    """Calls that wait for an answer now. It rises and falls."""
