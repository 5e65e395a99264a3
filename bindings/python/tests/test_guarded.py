"""The guarded lease: its options, the wait of a first leader, and the kind of the server."""

from __future__ import annotations

import asyncio
import time
from datetime import timedelta
from typing import Any

import pytest
import tenure
import tenure.aio
from support.wait import LIMIT
from tenure import mesos
from tenure.mesos import aio as mesos_aio
from tenure.testing import MemoryServer

INFO = mesos.MasterInfo(id="m1", address="10.0.0.1:5050", hostname="m1", version="1.12.0")

REFUSED: list[tuple[str, dict[str, Any]]] = [
    ("needs the policy `guarded`", {"lease": 1}),
    ("the policy is `session`", {"fail_over": 1, "policy": "session"}),
    ("`lease` is 99ms", {"lease": 0.099, "policy": "guarded"}),
    ("from 100ms to 10s", {"lease": timedelta(seconds=11), "policy": "guarded"}),
    ("`fail_over` is 249ms", {"fail_over": 0.249, "policy": "guarded"}),
    ("exclude each other", {"lease": 1, "fail_over": 1.0, "policy": "guarded"}),
    ("lease must not be negative", {"lease": -1, "policy": "guarded"}),
    ("^fail_over must be finite, not inf$", {"fail_over": float("inf"), "policy": "guarded"}),
]


@pytest.mark.parametrize(("word", "options"), REFUSED)
def test_times_that_cannot_work_are_refused(word: str, options: dict[str, Any], memory: str) -> None:
    with tenure.Client(memory) as client:
        with pytest.raises(tenure.InvalidInputError, match=word):
            client.contender(**options)
        with pytest.raises(tenure.InvalidInputError, match=word):
            mesos.MasterContender(client, INFO, **options)

    async def main() -> None:
        async with tenure.aio.Client(memory) as client:
            with pytest.raises(tenure.InvalidInputError, match=word):
                client.contender(**options)
            with pytest.raises(tenure.InvalidInputError, match=word):
                mesos_aio.MasterContender(client, INFO, **options)

    asyncio.run(main())


@pytest.mark.parametrize("name", ["lease", "fail_over"])
def test_a_time_of_another_type_is_refused(name: str, memory: str) -> None:
    with tenure.Client(memory) as client, pytest.raises(TypeError, match=name):
        client.contender(policy="guarded", **{name: "1"})  # type: ignore[arg-type]


def test_a_first_leader_waits_and_the_next_one_does_not(memory: str) -> None:
    with tenure.Client(memory) as client:
        while not isinstance(connected := client.events.next(LIMIT), tenure.SessionConnected):
            pass
        assert connected.server == "zookeeper"
        begun = time.clock_gettime_ns(time.CLOCK_BOOTTIME)
        first = client.contender(policy="guarded", lease=timedelta(seconds=2))
        while not isinstance(standby := first.events.next(LIMIT), tenure.Standby):
            pass
        assert standby.ahead == 0 and standby.waits_until is not None
        assert standby.waits_until >= begun + 10 * 10**9
        token = first.wait_leading(timeout=LIMIT).token
        assert time.clock_gettime_ns(time.CLOCK_BOOTTIME) >= standby.waits_until

        second = client.contender(policy="guarded", fail_over=5)
        while not isinstance(standby := second.events.next(LIMIT), tenure.Standby):
            pass
        assert (standby.ahead, standby.waits_until) == (1, None)
        assert first.withdraw(timeout=LIMIT)
        leading = second.events.next(LIMIT)
        assert isinstance(leading, tenure.Leading) and leading.member.token > token


@pytest.mark.parametrize("kind", ["keeper", "old-keeper", "raftkeeper"])
def test_a_server_of_another_kind_is_named_and_takes_no_other_policy(kind: str) -> None:
    server = MemoryServer(kind=kind)
    with server.client() as client:
        while not isinstance(connected := client.events.next(LIMIT), tenure.SessionConnected):
            pass
        assert connected.server == "other"
        refused = client.contender()
        while not isinstance(lost := refused.events.next(LIMIT), tenure.Lost):
            pass
        assert lost.reason == "failed" and "guarded" in str(lost.error)


def test_a_kind_of_a_server_that_there_is_not_is_refused() -> None:
    with pytest.raises(tenure.InvalidInputError, match="kind must be one of zookeeper, keeper"):
        MemoryServer(kind="etcd")
    with pytest.raises(TypeError, match="kind"):
        MemoryServer(kind=1)  # type: ignore[arg-type]
