"""Masters, agents and schedulers of Apache Mesos, on contenders and detectors.

A :class:`MasterContender` contends as a Mesos master, and a :class:`MasterDetector` follows the leading
master. A real Mesos cluster reads and writes the same znodes. Contender and detector of one master share a
client, and so a session::

    from tenure import mesos

    info = mesos.MasterInfo(id=str(uuid.uuid4()), address="10.0.0.1:5050", hostname="m1", version="1.12.0")
    with tenure.Client("zk://host1:2181,host2:2181/mesos") as client:
        contender = mesos.MasterContender(client, info)
        for event in mesos.MasterDetector(client).events:
            if isinstance(event, mesos.MasterLeads):
                print(event.info.address)

The roles :class:`Master`, :class:`Agent`, :class:`Driver` and :class:`Observer` decide how a process reacts
to these events: ``docs/roles.md`` of the project has their tables. They do no input and output.

:mod:`tenure.mesos.aio` has the parts that wait for ``asyncio``.

Threads: everything may be called from any thread. After ``fork`` the rules of the package hold for
contenders and detectors; a ``MasterInfo`` and a role are values, and the child has its own copy.
"""

from ._agent import Agent
from ._contender import MasterContender
from ._detector import MasterDetector, MasterEvents
from ._driver import Driver
from ._info import MasterInfo
from ._master import Master
from ._observer import Observer
from ._standalone import appoint, standalone
from ._timeouts import MASTER_CONTENDER_ZK_SESSION_TIMEOUT, MASTER_DETECTOR_ZK_SESSION_TIMEOUT
from .events import MasterLeads, MasterUndecodable
from .outputs import (
    Activated,
    Canceled,
    Confirmed,
    Deactivated,
    Disconnected,
    Dropped,
    Elected,
    Following,
    Ignored,
    InJeopardy,
    Leaderless,
    LeadingMaster,
    Lost,
    NewLeader,
    Output,
    Ping,
    Pong,
    Postponed,
    Readmitted,
    Register,
    Registered,
    Reregister,
    Reregistered,
    SameLeader,
    Scheduled,
    Send,
    Stop,
    Subscribe,
    TasksLost,
    Unknown,
    Unreachable,
)

__all__ = [
    "MASTER_CONTENDER_ZK_SESSION_TIMEOUT",
    "MASTER_DETECTOR_ZK_SESSION_TIMEOUT",
    "Activated",
    "Agent",
    "Canceled",
    "Confirmed",
    "Deactivated",
    "Disconnected",
    "Driver",
    "Dropped",
    "Elected",
    "Following",
    "Ignored",
    "InJeopardy",
    "Leaderless",
    "LeadingMaster",
    "Lost",
    "Master",
    "MasterContender",
    "MasterDetector",
    "MasterEvents",
    "MasterInfo",
    "MasterLeads",
    "MasterUndecodable",
    "NewLeader",
    "Observer",
    "Output",
    "Ping",
    "Pong",
    "Postponed",
    "Readmitted",
    "Register",
    "Registered",
    "Reregister",
    "Reregistered",
    "SameLeader",
    "Scheduled",
    "Send",
    "Stop",
    "Subscribe",
    "TasksLost",
    "Unknown",
    "Unreachable",
    "appoint",
    "standalone",
]
