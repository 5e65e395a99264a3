"""One leadership."""

from __future__ import annotations

from typing import Optional

from . import _tenure
from ._arguments import Span, nanos
from .errors import ClosedError, LeadershipLost, TimeoutError
from .events import Lost


class Leadership:
    """One leadership, from the moment it was gained. Its answers are those of the lease.

    ``bool(lead)`` says whether it lasts: ``while lead: …``. A later leadership of the same
    contender is another one, with a higher token.
    """

    __slots__ = ("_native", "token")

    token: int
    """The fencing token: a number below 2⁶⁴ that only rises from leadership to leadership. Hand it
    to whatever you write to, and have that refuse a lower one than it has seen."""

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
        """Until when this leadership may be believed unless it is renewed, which happens often.

        In nanoseconds of ``CLOCK_BOOTTIME``; 0 when it is over.
        """
        return self._lease()[0]

    @property
    def remaining(self) -> float:
        """How many seconds of the lease are left now; 0.0 when it is over."""
        return self._lease()[1] / 1e9

    def check(self) -> None:
        """Does nothing while the leadership lasts. Costs less than a microsecond, never waits.

        Raises:
            LeadershipLost: it is over.
        """
        if not self:
            raise LeadershipLost(f"the leadership with token {self.token} is over{self._why()}")

    def _why(self) -> str:
        newest = self._native.events().latest()
        if isinstance(newest, Lost) and newest.member and newest.member.token == self.token:
            return f" ({newest.reason})"
        return ""

    def wait(self, timeout: Optional[Span] = None) -> bool:
        """Waits until the leadership is over, at most for ``timeout`` (seconds or ``timedelta``).

        So a leader paces its work: ``while lead.wait(1.0): work()``. Ctrl-C ends it.

        Returns:
            Whether it still leads.
        """
        try:
            self._native.lost(self.token).wait(nanos("timeout", timeout))
        except (TimeoutError, ClosedError):
            pass
        return bool(self)

    def __repr__(self) -> str:
        lasts = f"{self.remaining:.3f} s left" if self else "over"
        return f"<tenure.Leadership token {self.token}, {lasts}>"
