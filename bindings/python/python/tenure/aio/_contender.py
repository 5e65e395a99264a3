"""Standing for the leadership of a group, in an event loop."""

from __future__ import annotations

from types import TracebackType
from typing import TYPE_CHECKING, Optional, cast

from .. import _tenure
from .._arguments import Payload, Span, nanos, payload
from .._events import pulled
from .._base.handle import Handle, told
from .._leadership import Leadership as BlockingLeadership
from .._logs import logger
from ..errors import ClosedError, Error, ForkedError, TimeoutError
from ..events import ContenderEvent
from ._loop import Events, run, within

if TYPE_CHECKING:
    from ._client import Client


class Leadership(BlockingLeadership):
    """One leadership, as :class:`tenure.Leadership`; its :meth:`wait` is awaited."""

    __slots__ = ()

    async def wait(self, timeout: Optional[Span] = None) -> bool:  # type: ignore[override]
        """Waits until the leadership is over, at most for ``timeout`` (seconds or ``timedelta``).

        So a leader paces its work: ``while await lead.wait(1.0): work()``.

        Returns:
            Whether it still leads.
        """
        await within(run(self._native.lost(self.token)), nanos("timeout", timeout))
        return bool(self)


class Contender(Handle[_tenure.Contender]):
    """One candidacy after another for the leadership of a group, until it is withdrawn.

    As :class:`tenure.Contender`, for an event loop: what waits there is awaited here.
    """

    __slots__ = ("_patience",)

    def __init__(self, client: Client, native: _tenure.Contender, patience: int) -> None:
        super().__init__(client, native)
        self._patience = patience
        self._keep()

    def is_leading(self) -> bool:
        """Whether this contender leads, right now: :meth:`tenure.Contender.is_leading`."""
        native = self._handle
        return native is not None and native.is_leading()

    @property
    def lead(self) -> Optional[Leadership]:
        """The leadership, if this contender leads right now."""
        native = self._handle
        lease = None if native is None else native.lease()
        return None if native is None or lease is None else Leadership(native, lease[0])

    async def wait_leading(self) -> Leadership:
        """Waits until this contender leads. It goes on to stand whatever comes of the waiting.

        Raises:
            ClosedError: the contender was withdrawn, or the client closed.
            NoAuthError: its znode may not be created; likewise for other errors of a server.
        """
        native = self._native
        token, _ = await run(native.leading())
        return Leadership(native, token)

    def leadership(self, timeout: Optional[Span] = None) -> LeadershipContext:
        """An ``async with`` statement whose body runs while this contender leads.

        As :meth:`tenure.Contender.leadership`: after the body, however it ended, **the contender
        is withdrawn**, and the statement waits until its znode is gone, at most for one session
        timeout, and not at all if the leadership was lost before. Nothing ends the body when the
        leadership is lost: it must ask.

        Args:
            timeout: to wait so long to lead (seconds or ``timedelta``); ``None`` waits for ever.
        """
        return LeadershipContext(self, nanos("timeout", timeout), self._patience)

    async def withdraw(self) -> bool:
        """Ends the candidacy: leadership ends at once, and the call when the znode is gone.

        A task that is cancelled stops waiting, and the contender is withdrawn all the same.

        Returns:
            Whether this contender deleted its znode; ``False`` if there was none (left).
        """
        native = self._native
        self._release()
        return bool(await run(native.withdraw()))

    async def set_data(self, data: Payload) -> bool:
        """Changes the payload of the znode, and of those of candidacies that follow.

        Returns:
            Whether the znode bears it; ``False`` if there is no znode now.
        """
        return bool(await run(self._native.set_data(payload("data", data))))

    @property
    def events(self) -> Events[ContenderEvent]:
        """What happens to this contender: ``async for event in contender.events``."""
        return Events(pulled(self._native))

    @property
    def state(self) -> Optional[ContenderEvent]:
        """The newest event; ``None`` before the first."""
        return cast("Optional[ContenderEvent]", told(self._native))

    def close(self) -> None:
        """Withdraws in the background. The contender is of no more use."""
        native = self._handle
        if native is not None:
            # Not waited for: the command is on its way all the same.
            native.withdraw()
        self._drop()

    async def __aenter__(self) -> Contender:
        return self

    async def __aexit__(
        self,
        kind: Optional[type[BaseException]],
        value: Optional[BaseException],
        trace: Optional[TracebackType],
    ) -> None:
        native = self._handle
        if native is not None:
            await leave(native, self._patience if native.is_leading() else 0)
        self._drop()

    def __repr__(self) -> str:
        native = self._handle
        if native is None:
            return "<tenure.aio.Contender closed>"
        lead = self.lead
        if lead is not None:
            return f"<tenure.aio.Contender leading, token {lead.token}>"
        return f"<tenure.aio.Contender {type(told(native)).__name__}>"


async def leave(native: _tenure.Contender, patience: int) -> None:
    """Withdraws, and waits for that at most so long (nanoseconds)."""
    call = native.withdraw()  # an error of it comes with the waiting
    if patience == 0:
        return
    try:
        await within(run(call), patience)
    except (ClosedError, ForkedError):
        pass
    except Error as error:
        logger.warning("the candidacy is withdrawn, and its znode stays with the session: %s", error)


class LeadershipContext:
    """What :meth:`Contender.leadership` gives: for one ``async with`` statement."""

    def __init__(self, contender: Contender, timeout: Optional[int], patience: int) -> None:
        self._contender = contender
        self._timeout = timeout
        self._patience = patience
        self._lead: Optional[Leadership] = None

    async def __aenter__(self) -> Leadership:
        native = self._contender._native
        lease = await within(run(native.leading()), self._timeout)
        if lease is None:
            raise TimeoutError("it did not lead in time; it still stands")
        self._lead = Leadership(native, lease[0])
        return self._lead

    async def __aexit__(
        self,
        kind: Optional[type[BaseException]],
        value: Optional[BaseException],
        trace: Optional[TracebackType],
    ) -> None:
        native = self._contender._handle
        self._contender._release()
        if native is not None:
            # Somebody else waits for the end of a leadership that lasts, and for no other.
            await leave(native, self._patience if self._lead else 0)
