"""The package for event loops: the same names as in ``tenure``, awaited.

No thread is started for a call or a client. Each event loop reads one descriptor, by
``loop.add_reader``, so it must be one that can: every loop of asyncio on Linux, and uvloop.
Objects may be used in any loop, one after the other. A task may be cancelled anywhere: no event
is lost, and a ``join`` is undone. Snapshots (:attr:`Detector.leader`, ``is_leading()``) never wait
and need no ``await``.
"""

from ._client import Client
from ._contender import Contender, Leadership, LeadershipContext
from ._detector import Detector
from ._group import Group, Membership
from ._loop import Events

__all__ = [
    "Client",
    "Contender",
    "Detector",
    "Events",
    "Group",
    "Leadership",
    "LeadershipContext",
    "Membership",
]
