"""The parts of contenders and detectors of masters that do not wait."""

from __future__ import annotations

from typing import Any, Generic, Optional, TypeVar

from .. import _tenure
from .._arguments import Span
from .._base.client import BaseClient
from .._base.contender import BaseContender
from .._base.detector import BaseDetector
from .._base.handle import Handle
from .._base.leadership import BaseLeadership
from .._options import Policy, contender_options
from ..events import DetectorEvent, Leader, LeaderUnknown
from ._info import MasterInfo, info
from .events import MasterLeads, decoded

AnyClient = BaseClient[Any, Any, Any]
C = TypeVar("C", bound=AnyClient)
N = TypeVar("N", bound="_tenure.Handle[Any]")
LeadershipT = TypeVar("LeadershipT", bound=BaseLeadership)

LABEL = "json.info"
"""The label of a master's znode."""


class OnOwnClient(Handle[N], Generic[N]):
    """A handle that may have opened its client itself, and then ends with it.

    The client does not keep it: it ends with the user's last reference to it, and the client with it.
    """

    _own: Optional[AnyClient]

    def _keep(self) -> None:
        if self._own is None:
            super()._keep()

    def _drop(self) -> None:
        super()._drop()
        own, self._own = self._own, None
        if own is not None:
            # Making the call closes the client; nobody waits for the end.
            own._native.close()


def checked(client: C, kind: type[C]) -> C:
    """The client, if it is one of this half of the package."""
    if not isinstance(client, kind):
        raise TypeError(f"client must be a {kind._shown}, not {type(client).__name__}")
    return client


class MasterCandidate(OnOwnClient[_tenure.Contender], BaseContender[LeadershipT]):
    """The parts of a contender of a master that do not wait."""

    _info: MasterInfo

    def _contend(
        self,
        client: AnyClient,
        master: MasterInfo,
        path: Optional[str],
        policy: Policy,
        reenrol: bool,
        warm: bool,
        lease: Optional[Span],
        fail_over: Optional[Span],
    ) -> None:
        data = info("info", master)._native.payload()
        options = contender_options(
            label=LABEL,
            data=data,
            policy=policy,
            reenrol=reenrol,
            warm=warm,
            lease=lease,
            fail_over=fail_over,
        )
        native = client._native.contend(client._path(path), options)
        self._info = master
        BaseContender.__init__(self, client, native, client._patience)

    @property
    def info(self) -> MasterInfo:
        """What the master says of itself: the newest that was given to this contender."""
        return self._info

    def _informing(self, master: MasterInfo) -> _tenure.Call[bool]:
        call = self._native.set_data(info("info", master)._native.payload())
        self._info = master
        return call


class MasterFollower(OnOwnClient[_tenure.Detector], BaseDetector):
    """The parts of a detector of masters that do not wait."""

    def _follow(self, client: AnyClient, path: Optional[str]) -> None:
        BaseDetector.__init__(self, client, client._native.detect(client._path(path)))

    @property
    def state(self) -> DetectorEvent:
        """The current knowledge of the leading master. Never waits.

        :class:`MasterLeads`, :class:`MasterUndecodable`, :class:`tenure.NoLeader`,
        :class:`tenure.LeaderUnknown`, also before the first answer, or :class:`tenure.DetectionFailed`.

        Raises:
            ClosedError: the detector is closed.
        """
        return decoded(self._native.state())

    @property
    def leader(self) -> Optional[Leader]:
        """The member that leads, with its payload, if one is known now. Never waits.

        Raises:
            ClosedError: the detector is closed.
        """
        return self._native.state().leader

    @property
    def master(self) -> Optional[MasterInfo]:
        """The leading master, if it is known now and its payload can be read. Never waits.

        ``None`` does not mean that no master leads: :attr:`state` says which.

        Raises:
            ClosedError: the detector is closed.
        """
        state = self.state
        return state.info if isinstance(state, MasterLeads) else None

    def _detecting(self, previous: Optional[DetectorEvent]) -> _tenure.Call[DetectorEvent]:
        return self._changing(LeaderUnknown(0) if previous is None else previous)

    def _describe(self, native: _tenure.Detector) -> str:
        state = decoded(native.state())
        if isinstance(state, MasterLeads):
            return f"leader {state.info.address!r:.60}"
        return type(state).__name__
