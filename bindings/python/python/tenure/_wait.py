"""Waiting for a call: by the thread, or under gevent and eventlet by the greenlet alone."""

from __future__ import annotations

from typing import Callable, Optional, TypeVar

from . import _tenure
from ._greenlets import hub_of_this_thread, wait_in

T = TypeVar("T")


def wait(
    call: _tenure.Call[T], limit: Optional[int], undo: Optional[Callable[[T], object]] = None
) -> T:
    """The value of a call, for which it waits at most ``limit`` nanoseconds; ``None`` is for ever.

    A greenlet may be killed after the call has ended and before it gets the value: then ``undo`` is
    called with the value.
    """
    # A call that does not wait keeps nobody else from running.
    hub = None if limit == 0 else hub_of_this_thread()
    return call.wait(limit) if hub is None else wait_in(hub, call, limit, undo)
