"""Contending for the leadership of a group."""

from __future__ import annotations

from typing import Any, Generic, Optional, TypeVar

from .. import _tenure
from .._arguments import Payload, payload
from ..events import ContenderEvent
from .handle import Handle, Keeper, newest
from .leadership import BaseLeadership

LeadershipT = TypeVar("LeadershipT", bound=BaseLeadership)
ContenderT = TypeVar("ContenderT", bound="BaseContender[Any]")

STAYS = "the candidacy is withdrawn, and its znode stays with the session"
"""The warning when the znode of a contender could not be deleted."""


class BaseContender(Handle[_tenure.Contender], Generic[LeadershipT]):
    """The parts of a contender that do not wait."""

    __slots__ = ("_patience",)

    def __init__(self, client: Keeper, native: _tenure.Contender, patience: int) -> None:
        super().__init__(client, native)
        # The session timeout in nanoseconds: how long the end of a `with` statement waits.
        self._patience = patience
        self._keep()

    def _leadership(self, native: _tenure.Contender, token: int) -> LeadershipT:
        raise NotImplementedError

    def is_leading(self) -> bool:
        """Whether this contender leads, right now. May be called from any thread.

        It compares the boot-time clock with the end of the lease at each call, takes no lock and
        never waits: a process that was stopped for a minute gets ``False`` from its first call
        after that.
        """
        native = self._handle
        return native is not None and native.is_leading()

    @property
    def lead(self) -> Optional[LeadershipT]:
        """The leadership, if this contender leads right now; ``None`` if not. Never waits."""
        native = self._handle
        lease = None if native is None else native.lease()
        return None if native is None or lease is None else self._leadership(native, lease[0])

    @property
    def state(self) -> Optional[ContenderEvent]:
        """The newest event that describes the state; ``None`` before the first. Never waits.

        Raises:
            ClosedError: the contender is closed.
        """
        return newest(self._native)

    def close(self) -> None:
        """Withdraws in the background, and never waits. The contender cannot be used after that."""
        self._resign(waits=False)
        self._drop()

    def _resign(self, waits: bool) -> Optional[_tenure.Call[bool]]:
        """Withdraws; returns the call to wait for, if its caller ``waits``."""
        native = self._handle
        self._release()
        if native is None:
            return None
        # Making the call sends the command: a caller need not wait.
        call = native.withdraw()
        return call if waits else None

    def _setting(self, data: Payload) -> _tenure.Call[bool]:
        return self._native.set_data(payload("data", data))

    def _describe(self, native: _tenure.Contender) -> str:
        lead = self.lead
        if lead is not None:
            return f"leading, token {lead.token}"
        return type(newest(native)).__name__


class BaseLeadershipContext(Generic[ContenderT, LeadershipT]):
    """The parts of a ``with`` statement of a leadership that do not wait."""

    def __init__(self, contender: ContenderT, timeout: Optional[int]) -> None:
        self._contender = contender
        self._timeout = timeout
        self._lead: Optional[LeadershipT] = None

    def _resign(self) -> Optional[_tenure.Call[bool]]:
        # A successor waits for the end of a leadership that lasts, and only for that.
        return self._contender._resign(waits=bool(self._lead))
