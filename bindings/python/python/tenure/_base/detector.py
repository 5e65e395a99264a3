"""Following the leader of a group."""

from __future__ import annotations

from typing import Optional

from .. import _tenure
from ..events import DetectorEvent, Leader
from .handle import Handle


class BaseDetector(Handle[_tenure.Detector]):
    """The parts of a detector that do not wait."""

    __slots__ = ()

    @property
    def leader(self) -> Optional[Leader]:
        """The leader, if one is known now. Never waits.

        ``None`` means either that no contender leads or that the leader is not known: :attr:`state`
        says which.

        Raises:
            ClosedError: the detector is closed.
        """
        return self.state.leader

    @property
    def state(self) -> DetectorEvent:
        """The current knowledge of the leader. Never waits.

        Raises:
            ClosedError: the detector is closed.
        """
        return self._native.state()

    def _changing(self, previous: DetectorEvent) -> _tenure.Call[DetectorEvent]:
        if not isinstance(previous, DetectorEvent):
            raise TypeError(
                f"previous must be a tenure.DetectorEvent, not {type(previous).__name__}"
            )
        return self._native.changed(previous)

    def close(self) -> None:
        """Stops following the leader. Never waits. The detector cannot be used after that."""
        self._drop()

    def _describe(self, native: _tenure.Detector) -> str:
        state = native.state()
        if state.leader is not None:
            return f"leader {state.leader.data!r:.60}"
        return type(state).__name__
