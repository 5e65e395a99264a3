"""The package for event loops: the same names as in ``tenure``, awaited.

No call and no client needs a thread. The library reads one file descriptor in each event loop, by
``loop.add_reader``, which every loop of asyncio on Linux has, and uvloop. Objects may be used in
several loops, one after the other. A task may be cancelled anywhere: no event is lost, and a ``join``
is undone. Snapshots (:attr:`Detector.leader`, ``is_leading()``) never wait and need no ``await``.
"""

from ._client import Client
from ._contender import Contender, Leadership, LeadershipContext
from ._detector import Detector
from ._events import Events
from ._group import Group, Membership

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
