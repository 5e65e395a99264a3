"""Masters without ZooKeeper: the program says which one leads."""

from __future__ import annotations

from typing import Any, Optional

from .._base.client import BaseClient
from .._client import Client
from ._info import MasterInfo, info


def standalone() -> Client:
    """A client without servers, as Mesos's ``StandaloneMasterDetector``.

    Its detectors, of whatever group, report the master that :func:`appoint` names, and none before. It has no
    session and no thread, and nobody can contend by it; for a master that is alone, contend on
    ``memory://name/mesos``, which elects within the process.

    >>> from tenure import mesos
    >>> info = mesos.MasterInfo(id="1", address="10.0.0.1:5050", hostname="m1", version="1.12.0")
    >>> with mesos.standalone() as client, mesos.MasterDetector(client) as detector:
    ...     mesos.appoint(client, info)
    ...     print(detector.master == info)
    True
    """
    return Client._standalone()


def appoint(client: BaseClient[Any, Any, Any], master: Optional[MasterInfo]) -> None:
    """Appoints the leader of a :func:`standalone` client, or none. Never waits.

    Every detector gets an event, also if the same master is appointed again: then it registers its agents
    anew, as in Mesos. The member of an appointed master has its address as path, and the token 0.

    Args:
        client: a client of :func:`standalone`, of either half of the package.
        master: the leading master, or ``None``.

    Raises:
        InvalidInputError: the client is another one; or Mesos could not read the ``MasterInfo``.
        ClosedError: the client is closed.
    """
    if not isinstance(client, BaseClient):
        raise TypeError(f"client must be a tenure.Client, not {type(client).__name__}")
    client._native.appoint(None if master is None else info("master", master)._native)
