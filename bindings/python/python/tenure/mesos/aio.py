"""Contenders and detectors of masters for event loops: the same names as in ``tenure.mesos``, awaited.

As :mod:`tenure.aio`: no call and no client needs a thread, and a task may be cancelled anywhere. The roles
of ``tenure.mesos`` never wait, and serve both.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Optional

from .._arguments import Span
from .._options import Policy
from ..aio._client import Client
from ..aio._contender import Contender, Leadership
from ..aio._detector import Detector
from ..aio._events import Events
from ..aio._loop import run
from ..events import DetectorEvent
from ._info import MasterInfo
from ._masters import MasterCandidate, MasterFollower, checked
from ._standalone import appoint
from ._timeouts import MASTER_CONTENDER_ZK_SESSION_TIMEOUT, MASTER_DETECTOR_ZK_SESSION_TIMEOUT
from .events import decoded

if TYPE_CHECKING:
    from typing_extensions import Self

__all__ = ["MasterContender", "MasterDetector", "MasterEvents", "appoint", "standalone"]


def standalone() -> Client:
    """A client without servers: :func:`tenure.mesos.standalone`."""
    return Client._standalone()


class MasterContender(MasterCandidate[Leadership], Contender):
    """The contender of a master, as :class:`tenure.mesos.MasterContender`, for an event loop.

    >>> import asyncio
    >>> from tenure import mesos
    >>> import tenure.mesos.aio
    >>> info = mesos.MasterInfo(id="1", address="10.0.0.1:5050", hostname="m1", version="1.12.0")
    >>> async def main() -> None:
    ...     async with tenure.mesos.aio.MasterContender.create("memory://doc/mesos", info) as contender:
    ...         await contender.wait_leading()
    ...         async with tenure.mesos.aio.MasterDetector(contender.client) as detector:
    ...             async for event in detector.events:
    ...                 if isinstance(event, mesos.MasterLeads):
    ...                     print(event.info.address)
    ...                     break
    >>> asyncio.run(main())
    10.0.0.1:5050
    """

    _shown = "tenure.mesos.aio.MasterContender"

    def __init__(
        self,
        client: Client,
        info: MasterInfo,
        *,
        path: Optional[str] = None,
        policy: Policy = "verified",
        reenrol: bool = True,
        warm: bool = False,
        lease: Optional[Span] = None,
        fail_over: Optional[Span] = None,
    ) -> None:
        """Contends on the session of a client: the arguments of :class:`tenure.mesos.MasterContender`."""
        self._own: Optional[Client] = None
        self._contend(
            checked(client, Client), info, path, policy, reenrol, warm, lease, fail_over
        )

    @classmethod
    def create(
        cls,
        url: str,
        info: MasterInfo,
        session_timeout: Span = MASTER_CONTENDER_ZK_SESSION_TIMEOUT,
    ) -> Self:
        """Contends on a session of its own: :meth:`tenure.mesos.MasterContender.create`."""
        client = Client(url, session_timeout=session_timeout)
        contender = cls(client, info)
        contender._release()
        contender._own = client
        return contender

    @property
    def client(self) -> Optional[Client]:
        """The client that :meth:`create` opened, for its events, until the contender is closed."""
        return self._own

    async def set_info(self, info: MasterInfo) -> bool:
        """Changes the ``MasterInfo`` of the znode, and of the znodes of later candidacies.

        Returns:
            Whether the znode has it; ``False`` if there is no znode now.
        """
        return await run(self._informing(info))

    async def __aexit__(self, *_: object) -> None:
        own = self._own
        await super().__aexit__()
        if own is not None:
            await own.__aexit__()


class MasterEvents(Events[DetectorEvent]):
    """The events of a detector of masters: :class:`tenure.aio.Events` with decoded payloads."""

    __slots__ = ()

    def latest(self) -> Optional[DetectorEvent]:
        """The newest event that describes the state of the detector, pulled or not. Never waits.

        ``None`` before the first event.
        """
        event = super().latest()
        return None if event is None else decoded(event)

    async def next(self) -> DetectorEvent:
        """Waits for the next event, and takes it.

        Raises:
            ClosedError: no event will ever come.
        """
        return decoded(await super().next())


class MasterDetector(MasterFollower, Detector):
    """The detector of masters, as :class:`tenure.mesos.MasterDetector`, for an event loop."""

    _shown = "tenure.mesos.aio.MasterDetector"

    def __init__(self, client: Client, path: Optional[str] = None) -> None:
        """Follows the masters of a group: the arguments of :class:`tenure.mesos.MasterDetector`."""
        self._own: Optional[Client] = None
        self._follow(checked(client, Client), path)

    @classmethod
    def create(
        cls, url: str, session_timeout: Span = MASTER_DETECTOR_ZK_SESSION_TIMEOUT
    ) -> Self:
        """Follows the masters on a session of its own: :meth:`tenure.mesos.MasterDetector.create`."""
        client = Client(url, session_timeout=session_timeout)
        detector = cls(client)
        detector._own = client
        return detector

    @property
    def client(self) -> Optional[Client]:
        """The client that :meth:`create` opened, for its events, until the detector is closed."""
        return self._own

    async def detect(self, previous: Optional[DetectorEvent] = None) -> DetectorEvent:
        """Waits until :attr:`state` differs from ``previous``: :meth:`tenure.mesos.MasterDetector.detect`.

        Raises:
            ClosedError: the detector or the client is closed.
        """
        return decoded(await run(self._detecting(previous)))

    async def wait_change(self, previous: DetectorEvent) -> DetectorEvent:
        """As :meth:`detect`, for a state that you know already."""
        return decoded(await super().wait_change(previous))

    @property
    def events(self) -> MasterEvents:
        """Every change of :attr:`state`: ``async for event in detector.events``."""
        return MasterEvents(self._native)

    async def __aexit__(self, *_: object) -> None:
        own = self._own
        await super().__aexit__()
        if own is not None:
            await own.__aexit__()
