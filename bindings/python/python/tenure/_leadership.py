"""One leadership, for threads."""

from __future__ import annotations

from contextlib import suppress
from typing import Optional

from ._arguments import Span, nanos
from ._base.leadership import BaseLeadership
from ._wait import wait
from .errors import ClosedError, TimeoutError


class Leadership(BaseLeadership):
    """One leadership, from its beginning. It answers by the lease, not by events.

    ``bool(lead)`` says whether it lasts: ``while lead: …``. A later leadership of the same
    contender is another object, with a higher token. All methods may be called from any thread.
    """

    __slots__ = ()

    _shown = "tenure.Leadership"

    def wait(self, timeout: Optional[Span] = None) -> bool:
        """Waits until the leadership is over, at most for ``timeout`` (seconds or ``timedelta``).

        A leader can pace its work with it: ``while lead.wait(1.0): work()``. Ctrl-C ends the wait.

        Returns:
            Whether this leadership lasts.
        """
        with suppress(TimeoutError, ClosedError):
            wait(self._native.lost(self.token), nanos("timeout", timeout))
        return bool(self)
