"""The exceptions of the library: a tree under :class:`Error`.

Each kind of error of the library has a class, and so has the end of a leadership
(:class:`LeadershipLost`). Messages say what to do, and never hold a password.
"""

from __future__ import annotations

import builtins
from typing import ClassVar

__all__ = [
    "Error",
    "LeadershipLost",
    # generated: names; do not edit, run `make words`
    "AuthFailedError",
    "ClosedError",
    "ForkedError",
    "InvalidInputError",
    "NoAuthError",
    "NoNodeError",
    "ResourceError",
    "ServerError",
    "SessionExpiredError",
    "TimeoutError",
    # generated: end
]


class Error(Exception):
    """Every exception of the library, except ``TypeError``."""

    retriable: ClassVar[bool] = False
    """Whether the same call can succeed later without anything being changed."""


# generated: errors; do not edit, run `make words`
class InvalidInputError(Error, ValueError):
    """An argument can never work. Nothing was sent. It is a built-in ``ValueError``, too."""


class NoAuthError(Error):
    """The ACL of a znode does not allow it."""


class NoNodeError(Error):
    """The znode does not exist."""


class AuthFailedError(Error):
    """The server refused the credentials; the client is no longer usable."""


class SessionExpiredError(Error):
    """The session is over, and the call belonged to it."""

    retriable = True


class ClosedError(Error):
    """The client was closed, or the handle: no event or answer will follow."""


class TimeoutError(Error, builtins.TimeoutError):
    """The result was not known in time. The operation may have happened, or may still happen. It is
    a built-in ``TimeoutError``, too."""

    retriable = True


class ServerError(Error):
    """A server refused for another reason; the message names the server's error."""


class ResourceError(Error):
    """The operating system refused a resource (a thread, a file descriptor), or the library did
    because too much is under way."""

    retriable = True


class ForkedError(Error):
    """The handle was made before a ``fork``, by the parent of this process, and is not usable here.
    Open a client in this process."""


# generated: end
class LeadershipLost(Error):
    """The leadership that was relied on is over; another may lead already.

    Stop all work that only a leader may do. To lead again is a new leadership, with a new token.
    """

    retriable = True


BY_KIND: dict[str, type[Error]] = {
    # generated: kinds; do not edit, run `make words`
    "invalid_argument": InvalidInputError,
    "no_auth": NoAuthError,
    "no_node": NoNodeError,
    "auth_failed": AuthFailedError,
    "session_expired": SessionExpiredError,
    "closed": ClosedError,
    "timeout": TimeoutError,
    "server": ServerError,
    "system": ResourceError,
    "forked": ForkedError,
    # generated: end
}
"""The class for each kind of error of the library, by the kind's name."""


def make(kind: str, message: str) -> Error:
    """The exception for an error of the library. (Called by the extension.)"""
    return BY_KIND.get(kind, Error)(message)
