"""One leadership."""

from __future__ import annotations

from typing import ClassVar

from .. import _tenure
from ..errors import LeadershipLost
from ..events import Lost
from .handle import newest


class BaseLeadership:
    """The parts of a leadership that do not wait."""

    __slots__ = ("_native", "token")

    _shown: ClassVar[str]

    token: int
    """The fencing token: a number below 2⁶⁴ that only rises from leadership to leadership. Send it
    with each write, and have the storage refuse a token that is lower than one it has seen."""

    def __init__(self, native: _tenure.Contender, token: int) -> None:
        self._native = native
        self.token = token

    def _lease(self) -> tuple[int, int]:
        lease = self._native.lease()
        if lease is None or lease[0] != self.token:
            return (0, 0)
        return lease[1:]

    def __bool__(self) -> bool:
        return self._lease() != (0, 0)

    @property
    def lease_end(self) -> int:
        """When this leadership ends unless it is renewed, which happens often. Never waits.

        In nanoseconds of ``CLOCK_BOOTTIME``; 0 when it is over.
        """
        return self._lease()[0]

    @property
    def remaining(self) -> float:
        """How many seconds of the lease are left now; 0.0 when it is over. Never waits."""
        return self._lease()[1] / 1e9

    def check(self) -> None:
        """Does nothing while the leadership lasts. Costs less than a microsecond, never waits.

        Raises:
            LeadershipLost: the leadership is over.
        """
        if not self:
            raise LeadershipLost(f"the leadership with token {self.token} is over{self._why()}")

    def _why(self) -> str:
        event = newest(self._native)
        if isinstance(event, Lost) and event.member and event.member.token == self.token:
            return f" ({event.reason})"
        return ""

    def __repr__(self) -> str:
        lasts = f"{self.remaining:.3f} s left" if self else "over"
        return f"<{self._shown} token {self.token}, {lasts}>"
