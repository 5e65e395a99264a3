"""The exceptions of the library: a tree under :class:`Error`.

Each kind of error of the library has a class, and so has the end of a leadership
(:class:`LeadershipLost`). Messages say what to do, and never hold a password.
"""

from __future__ import annotations

import builtins
from typing import ClassVar

__all__ = [
    "AuthFailedError",
    "ClosedError",
    "Error",
    "ForkedError",
    "InvalidInputError",
    "LeadershipLost",
    "NoAuthError",
    "NoNodeError",
    "ResourceError",
    "ServerError",
    "SessionExpiredError",
    "TimeoutError",
]


class Error(Exception):
    """Every exception of the library, except ``TypeError``."""

    retriable: ClassVar[bool] = False
    """Whether the same call can succeed later without anything being changed."""


class InvalidInputError(Error, ValueError):
    """A value that can never work: refused before anything is sent."""


class NoAuthError(Error):
    """The access control list of a znode does not allow it."""


class NoNodeError(Error):
    """The znode is not there."""


class AuthFailedError(Error):
    """The server refused the credentials; the client is of no more use."""


class SessionExpiredError(Error):
    """The session is over, and what was asked belonged to it."""

    retriable = True


class ClosedError(Error):
    """The client was closed, or the handle: nothing will come of it any more."""


class TimeoutError(Error, builtins.TimeoutError):
    """It was not known in time. What was asked for may still happen.

    It is a built-in ``TimeoutError``, too.
    """

    retriable = True


class ServerError(Error):
    """A server refused for another reason; the message has its words."""


class ResourceError(Error):
    """The operating system refused something: a thread, a descriptor."""

    retriable = True


class ForkedError(Error):
    """The handle was made before ``fork``, in the parent: the child must open a client anew."""


class LeadershipLost(Error):
    """The leadership that was relied on is over; another may lead already.

    Stop all work that only a leader may do. To lead again is a new leadership, with a new token.
    """

    retriable = True


BY_KIND: dict[str, type[Error]] = {
    "InvalidInput": InvalidInputError,
    "NoAuth": NoAuthError,
    "NoNode": NoNodeError,
    "AuthFailed": AuthFailedError,
    "SessionExpired": SessionExpiredError,
    "Closed": ClosedError,
    "Timeout": TimeoutError,
    "Server": ServerError,
    "System": ResourceError,
    "Forked": ForkedError,
}
"""The class for each kind of error of the library, by the kind's name."""


def make(kind: str, message: str) -> Error:
    """The exception for an error of the library. (Called by the extension.)"""
    return BY_KIND.get(kind, Error)(message)
