"""Leader election and group membership on Apache ZooKeeper.

A :class:`Client` is one ZooKeeper session. It makes a :class:`Contender`, which contends for the
leadership of a group; a :class:`Detector`, which follows the leader; and a :class:`Group`, which lists
and joins members. You iterate over events, or register a callback::

    import tenure

    with tenure.Client("zk://host1:2181,host2:2181/app") as client:
        contender = client.contender(data="10.0.0.1:80")
        with contender.leadership() as lead:
            while lead.wait(1.0):
                print("leading with fencing token", lead.token)

:mod:`tenure.aio` has the same names for ``asyncio``, :mod:`tenure.mesos` has the masters, agents and
schedulers of Apache Mesos, and :mod:`tenure.testing` has servers inside the process for your own tests. ``memory://name/path`` needs no server at all. ``tls_ca`` and the options
beside it reach servers that speak TLS: :class:`Client`.

Events are news, the lease is the truth: ``is_leading()`` and ``lead.check()`` compare the boot-time
clock with the end of the lease at each call, so a process that was cut off, stopped or slow stops
before another can lead. ``GUARANTEES.md`` of the project has the promises and their assumptions.

Spans of time are seconds (``int`` or ``float``) or ``datetime.timedelta``. Instants are nanoseconds
of ``CLOCK_BOOTTIME``. An argument that cannot work raises ``TypeError``, or
:class:`InvalidInputError`, which is a ``ValueError``; both name the argument. Every other exception of
the library is a subclass of :class:`Error`.

Threads: everything may be called from any thread. The process has one thread for all clients, which
never runs Python, and one more for callbacks and log records. A wait lets other threads run, and
Ctrl-C ends it; under gevent and eventlet it lets other greenlets run. The log goes to the logger ``tenure``, whose level is read when a client is opened. At
exit, Python waits for a callback that is running, and no other begins.

After ``fork``, the child's calls on handles of its parent raise :class:`ForkedError`; the child may
open clients of its own. Subinterpreters cannot import this package, and it needs the interpreter lock
(there is no free-threaded build of it).
"""

import atexit as _atexit

from ._interpreters import refuse_others as _refuse_others

_refuse_others()

from . import _tenure
from ._client import Client
from ._contender import Contender, LeadershipContext
from ._detector import Detector
from ._events import Events
from ._group import Group, Membership
from ._leadership import Leadership
from ._options import Policy
from .errors import Error, LeadershipLost

# generated: imports; do not edit, run `make words`
from .errors import (
    AuthFailedError,
    ClosedError,
    ForkedError,
    InvalidInputError,
    NoAuthError,
    NoNodeError,
    ResourceError,
    ServerError,
    SessionExpiredError,
    TimeoutError,
)
from .events import (
    Blocked,
    DetectionFailed,
    Enrolled,
    Enrolling,
    Jeopardy,
    LeaderKnown,
    LeaderTokenFell,
    LeaderUnknown,
    Leading,
    ListingFailed,
    Lost,
    MembersKnown,
    MembersUnknown,
    MembershipLost,
    NoLeader,
    SessionAuthFailed,
    SessionClosed,
    SessionConnected,
    SessionConnecting,
    SessionExpired,
    SessionRetrying,
    SessionSuspended,
    SessionUndertakerLost,
    SessionUndertakerReplaced,
    Standby,
    Strangers,
    TokenFell,
)
# generated: end
from .events import (
    ContenderEvent,
    ContenderOther,
    DetectorEvent,
    DetectorOther,
    Event,
    GroupEvent,
    GroupOther,
    Leader,
    Member,
    SessionEvent,
    SessionOther,
)
from .metrics import Metrics

__version__: str = _tenure.__version__

_tenure.prepare()

# A thread that asks for an interpreter that is being torn down is killed inside the request.
_atexit.register(_tenure.leave)

__all__ = [
    "Client",
    "Contender",
    "ContenderEvent",
    "ContenderOther",
    "Detector",
    "DetectorEvent",
    "DetectorOther",
    "Error",
    "Event",
    "Events",
    "Group",
    "GroupEvent",
    "GroupOther",
    "Leader",
    "Leadership",
    "LeadershipContext",
    "LeadershipLost",
    "Member",
    "Membership",
    "Metrics",
    "Policy",
    "SessionEvent",
    "SessionOther",
    "__version__",
    # generated: names; do not edit, run `make words`
    "AuthFailedError",
    "Blocked",
    "ClosedError",
    "DetectionFailed",
    "Enrolled",
    "Enrolling",
    "ForkedError",
    "InvalidInputError",
    "Jeopardy",
    "LeaderKnown",
    "LeaderTokenFell",
    "LeaderUnknown",
    "Leading",
    "ListingFailed",
    "Lost",
    "MembersKnown",
    "MembersUnknown",
    "MembershipLost",
    "NoAuthError",
    "NoLeader",
    "NoNodeError",
    "ResourceError",
    "ServerError",
    "SessionAuthFailed",
    "SessionClosed",
    "SessionConnected",
    "SessionConnecting",
    "SessionExpired",
    "SessionExpiredError",
    "SessionRetrying",
    "SessionSuspended",
    "SessionUndertakerLost",
    "SessionUndertakerReplaced",
    "Standby",
    "Strangers",
    "TimeoutError",
    "TokenFell",
    # generated: end
]
