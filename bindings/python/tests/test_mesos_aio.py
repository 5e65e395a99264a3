"""Masters of Mesos in an event loop, and the two halves of `tenure.mesos` beside each other."""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import Coroutine
from typing import Any

import pytest
import tenure
import tenure.aio
import tenure.mesos.aio as amesos
from support.wait import LIMIT
from tenure import mesos
from tenure.testing import MemoryServer
from test_halves import ONLY_BLOCKING, parameters, public
from test_mesos import master


def play(main: Coroutine[Any, Any, None]) -> None:
    asyncio.run(asyncio.wait_for(main, LIMIT))


@pytest.mark.parametrize("name", amesos.__all__)
def test_both_halves_have_the_same_names_and_arguments(name: str) -> None:
    blocking, awaited = getattr(mesos, name), getattr(amesos, name)
    assert inspect.getdoc(blocking) and inspect.getdoc(awaited)
    if not isinstance(awaited, type):
        assert parameters(blocking) == parameters(awaited)
        return
    assert public(blocking) - ONLY_BLOCKING == public(awaited)
    assert parameters(blocking) == parameters(awaited)
    for member in sorted(public(awaited)):
        ours, theirs = getattr(blocking, member), getattr(awaited, member)
        assert inspect.getdoc(ours) and inspect.getdoc(theirs), member
        if callable(theirs):
            assert parameters(ours) == parameters(theirs), member


def test_a_master_is_elected_and_detected(url: str) -> None:
    async def main() -> None:
        async with tenure.aio.Client(url) as client:
            async with amesos.MasterDetector(client) as detector:
                nobody = await detector.detect()
                assert nobody == tenure.NoLeader() and detector.master is None
                async with amesos.MasterContender(client, master()) as contender:
                    assert isinstance(contender, tenure.aio.Contender)
                    lead = await contender.wait_leading()
                    event = await detector.detect(nobody)
                    assert isinstance(event, mesos.MasterLeads) and event.info == master()
                    assert event.leader.member.token == lead.token
                    assert repr(detector) == "<tenure.mesos.aio.MasterDetector leader '10.0.0.1:5050'>"
                    newer = master(capabilities=["QUOTA_V2"])
                    assert await contender.set_info(newer) and contender.info == newer
                    changed = await detector.detect(event)
                    assert isinstance(changed, mesos.MasterLeads) and changed.info == newer
                assert await detector.wait_change(changed) == tenure.NoLeader()
            with pytest.raises(tenure.ClosedError):
                await detector.detect()

    play(main())


def test_events_are_decoded(memory: str) -> None:
    async def main() -> None:
        async with tenure.aio.Client(memory) as client:
            detector = amesos.MasterDetector(client)
            contender = amesos.MasterContender(client, master())
            async for event in detector.events:
                if isinstance(event, mesos.MasterLeads):
                    assert event.info == master()
                    break
            assert detector.events.latest() == event == detector.state
            contender.close()
            assert await detector.events.next() == tenure.NoLeader()
            await client.close()
            assert [event async for event in detector.events] == []

    play(main())


def test_a_detection_can_be_cancelled_and_loses_nothing() -> None:
    async def main() -> None:
        async with amesos.standalone() as client:
            detector = amesos.MasterDetector(client)
            nobody = await detector.detect()
            for _ in range(20):
                waiting = asyncio.ensure_future(detector.detect(nobody))
                await asyncio.sleep(0)
                waiting.cancel()
                with pytest.raises(asyncio.CancelledError):
                    await waiting
            waiting = asyncio.ensure_future(detector.detect(nobody))
            amesos.appoint(client, master())
            event = await waiting
            assert isinstance(event, mesos.MasterLeads) and event.info == master()

    play(main())


def test_create_has_a_session_of_its_own(tenure_server: MemoryServer) -> None:
    async def main() -> None:
        url = tenure_server.url()
        async with amesos.MasterContender.create(url, master()) as contender:
            assert contender.client is not None
            await contender.wait_leading()
            async with amesos.MasterDetector.create(url) as detector:
                event = await detector.detect()
                while not isinstance(event, mesos.MasterLeads):
                    event = await detector.detect(event)
        assert contender.client is None and detector.client is None
        async with tenure.aio.Client(url) as client:
            assert await client.group().members() == ()

    play(main())


def test_clients_of_the_other_half_are_refused(memory: str) -> None:
    with tenure.Client(memory) as client, pytest.raises(TypeError, match="tenure.aio.Client"):
        amesos.MasterDetector(client)  # type: ignore[arg-type]

    async def main() -> None:
        async with tenure.aio.Client(memory) as client:
            with pytest.raises(TypeError, match=r"tenure\.Client"):
                mesos.MasterContender(client, master())  # type: ignore[arg-type]

    play(main())
