"""Waiting by a greenlet: the other greenlets of its thread run meanwhile.

In a thread that has a hub of gevent or eventlet, a wait that blocked the thread would stop all its
greenlets. So the hub watches the descriptor of a bridge, as an event loop of asyncio does, and the
greenlet switches to the hub. A thread without a hub has no other greenlets, and blocks. Neither
library is imported here, unless the program uses it.
"""

from __future__ import annotations

import os
import sys
import time
import weakref
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from typing import Any, Callable, Optional, Protocol, TypeVar

from . import _tenure
from .errors import ForkedError

T = TypeVar("T")


class Hub(Protocol):
    """The hub of a thread, whichever library it belongs to."""

    hub: Any

    def watch(self, descriptor: int, ready: Callable[[], None]) -> Callable[[], None]:
        """Has ``ready`` called while the descriptor is readable; returns the function that ends it."""

    def flag(self) -> Flag:
        """A new flag."""


class Flag(Protocol):
    """One greenlet waits for it, once."""

    def set(self) -> None:
        """Sets it: the greenlet that waits goes on, soon."""

    def wait(self, seconds: Optional[float]) -> None:
        """Waits until it is set, at most for so many seconds."""


class GeventHub:
    """A hub of gevent."""

    def __init__(self, hub: Any) -> None:
        self.hub = hub

    def watch(self, descriptor: int, ready: Callable[[], None]) -> Callable[[], None]:
        watcher = self.hub.loop.io(descriptor, 1)
        watcher.start(ready)

        def end() -> None:
            watcher.stop()
            watcher.close()

        return end

    def flag(self) -> Flag:
        flag: Flag = import_module("gevent.event").Event()
        return flag


class EventletFlag:
    """A flag of eventlet."""

    def __init__(self) -> None:
        self._event = import_module("eventlet.event").Event()

    def set(self) -> None:
        self._event.send()

    def wait(self, seconds: Optional[float]) -> None:
        self._event.wait(seconds)


class EventletHub:
    """A hub of eventlet."""

    def __init__(self, hub: Any) -> None:
        self.hub = hub

    def watch(self, descriptor: int, ready: Callable[[], None]) -> Callable[[], None]:
        def closed(*_: object) -> None:
            """The descriptor is closed only after the end of the watch."""

        hub = self.hub
        listener = hub.add(hub.READ, descriptor, lambda _: ready(), closed, closed)
        return lambda: hub.remove(listener)

    def flag(self) -> Flag:
        return EventletFlag()


def hub_of_this_thread() -> Optional[Hub]:
    """The hub of this thread, if it has one."""
    gevent = sys.modules.get("gevent._hub_local")
    if gevent is not None:
        # Another thread may be in the middle of the import.
        look = getattr(gevent, "get_hub_if_exists", None)
        hub = None if look is None else look()
        if hub is not None:
            return GeventHub(hub)
    eventlet = sys.modules.get("eventlet.hubs")
    if eventlet is not None:
        hub = getattr(getattr(eventlet, "_threadlocal", None), "hub", None)
        if hub is not None:
            return EventletHub(hub)
    return None


class Outcome:
    """What a bridge sets, as it would set an asyncio future, for one greenlet that waits."""

    __slots__ = ("_flag", "_is_set", "error", "value")

    def __init__(self, flag: Flag) -> None:
        self._flag = flag
        self._is_set = False
        self.value: Any = None
        self.error: Optional[BaseException] = None

    def done(self) -> bool:
        """Whether it is set."""
        return self._is_set

    def set_result(self, value: object) -> None:
        """The call has ended with this value."""
        self.value = value
        self._set()

    def set_exception(self, error: BaseException) -> None:
        """The call has failed."""
        self.error = error
        self._set()

    def _set(self) -> None:
        self._is_set = True
        self._flag.set()

    def wait(self, limit: Optional[int]) -> bool:
        """Waits until it is set, at most ``limit`` nanoseconds; whether it is."""
        deadline = None if limit is None else time.monotonic() + limit / 1e9
        while not self._is_set:
            left = None if deadline is None else deadline - time.monotonic()
            if left is not None and left <= 0:
                break
            self._flag.wait(left)
        return self._is_set


class Loop:
    """The calls that wait in one hub. The hub watches their bridge while there are any."""

    def __init__(self) -> None:
        self.process = os.getpid()
        self.bridge = _tenure.Bridge()
        self._waiting: set[Outcome] = set()
        self._end: Optional[Callable[[], None]] = None

    def _ready(self) -> None:
        # After a fork the child has the parent's descriptor, which it must not read.
        if self.process == os.getpid():
            self.bridge.dispatch()

    @contextmanager
    def waits(self, hub: Hub, outcome: Outcome) -> Iterator[None]:
        """While a greenlet waits for this outcome."""
        if self._end is None:
            self._end = hub.watch(self.bridge.fileno(), self._ready)
        self._waiting.add(outcome)
        try:
            yield
        finally:
            self._waiting.discard(outcome)
            if not self._waiting:
                # Not kept: the watch holds the hub, and would outlast it.
                end, self._end = self._end, None
                if end is not None:
                    end()

    def forked(self) -> None:
        """Ends the waits in a child, which has copies of the parent's greenlets."""
        for outcome in self._waiting:
            if not outcome.done():
                outcome.set_exception(ForkedError("the parent of this process waits for this call"))


_loops: weakref.WeakKeyDictionary[Any, Loop] = weakref.WeakKeyDictionary()


def _loop(hub: Hub) -> Loop:
    known = _loops.get(hub.hub)
    if known is None or known.process != os.getpid():
        known = _loops[hub.hub] = Loop()
    return known


def _after_fork() -> None:
    for loop in list(_loops.values()):
        loop.forked()


os.register_at_fork(after_in_child=_after_fork)


def wait_in(
    hub: Hub,
    call: _tenure.Call[T],
    limit: Optional[int],
    undo: Optional[Callable[[T], object]] = None,
) -> T:
    """The value of a call, for which this greenlet waits: :func:`tenure._wait.wait`."""
    loop = _loop(hub)
    outcome = Outcome(hub.flag())
    number = call.start(loop.bridge, outcome)
    try:
        if not outcome.done():
            with loop.waits(hub, outcome):
                outcome.wait(limit)
    except BaseException:
        # The greenlet is killed, or its time is over.
        loop.bridge.cancel(number)
        if undo is not None and outcome.done() and outcome.error is None:
            undo(outcome.value)
        raise
    if not outcome.done():
        loop.bridge.cancel(number)
        raise _tenure.timed_out(limit or 0)
    if outcome.error is not None:
        raise outcome.error
    value: T = outcome.value
    return value
