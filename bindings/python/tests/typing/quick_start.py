"""User code, as type checkers must like it; it is run, too."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from pathlib import Path
from typing import Optional

import tenure
import tenure.aio
import tenure.mesos.aio
from tenure import mesos
from tenure.testing import MemoryServer


def blocking(url: str) -> bytes:
    with tenure.Client(url, session_timeout=timedelta(seconds=5), tick=0.5) as client:

        @client.on_session
        def session(event: tenure.SessionEvent) -> None:
            if isinstance(event, tenure.SessionConnected):
                assert event.timeout > 0 and event.session != 0

        contender = client.contender(data=b"me", label="x", policy="strict", warm=True)

        def told(event: tenure.ContenderEvent) -> None:
            if isinstance(event, tenure.Lost):
                reason: str = event.reason
                member: Optional[tenure.Member] = event.member
                assert reason and member

        contender.on_event(told)
        held: tenure.Leadership = contender.wait_leading(20)
        with contender.leadership(timeout=20) as lead:
            assert lead.token == held.token
            lead.check()
            token: int = lead.token
            left: float = lead.remaining
            assert token and left and lead.wait(0)
            detector = client.detector()
            leader = detector.wait_leader(timedelta(seconds=20))
            event: tenure.DetectorEvent = detector.events.next(20)
            if event.leader is not None:
                assert event.leader.member.token > 0
            for member in client.group():
                assert member.path and member.label
            group = client.group()
            with group.membership("m", timeout=20) as mine:
                data: Optional[bytes] = group.data(mine)
                assert data == b"m" and mine in group.wait_change(timeout=20)
            assert session.__name__ == "session"
            return leader.data


async def awaiting(url: str) -> bytes:
    async with tenure.aio.Client(url) as client:
        contender = client.contender(data="me")
        held: tenure.aio.Leadership = await contender.wait_leading()
        async with contender.leadership(timeout=20) as lead:
            assert lead.token == held.token
            lead.check()
            assert await lead.wait(0)
            async for event in client.detector().events:
                if isinstance(event, tenure.LeaderKnown):
                    return event.leader.data
        members: tuple[tenure.Member, ...] = await client.group().members()
        raise AssertionError(members)


def masters(url: str) -> str:
    info = mesos.MasterInfo(id="1", address="10.0.0.1:5050", hostname="h", version="1.12.0")
    with tenure.Client(url) as client, mesos.MasterContender(client, info, warm=True) as contender:
        lead: tenure.Leadership = contender.wait_leading(20)
        detector = mesos.MasterDetector(client)
        event: tenure.DetectorEvent = detector.detect(timeout=20)
        if isinstance(event, mesos.MasterUndecodable):
            raise event.error
        agent, driver = mesos.Agent(backoff=0), mesos.Driver(backoff=timedelta(0))
        outputs: list[mesos.Output] = agent.take(event) + driver.take(event) + agent.tick()
        for output in outputs:
            if isinstance(output, mesos.Register):
                assert agent.accepts(output.leader.address, lead.token)
            elif isinstance(output, mesos.Stop):
                raise SystemExit(output.exit_status)
        left: Optional[float] = agent.due()
        assert left is not None and contender.set_info(info, timeout=20)
        known: Optional[mesos.MasterInfo] = detector.master
        assert known == info
        return info.address


async def awaited_masters(url: str) -> str:
    info = mesos.MasterInfo(id="1", address="10.0.0.1:5050", hostname="h", version="1.12.0")
    async with tenure.mesos.aio.MasterContender.create(url, info) as contender:
        await contender.wait_leading()
        async with tenure.mesos.aio.MasterDetector.create(url) as detector:
            async for event in detector.events:
                if isinstance(event, mesos.MasterLeads):
                    return event.info.address
    raise AssertionError


def secure(url: str, folder: Path) -> tuple[tenure.Client, tenure.aio.Client]:
    certificate = str(folder / "client.pem")
    return (
        tenure.Client(url, tls_ca=folder / "ca.pem", tls_cert=certificate, tls_key=certificate),
        tenure.aio.Client(url, tls_ca=str(folder / "ca.pem"), tls_server_name="zk1.example"),
    )


def main() -> None:
    server = MemoryServer()
    assert blocking(server.url()) == b"me"
    assert asyncio.run(awaiting(server.url())) == b"me"
    assert masters(server.url()) == "10.0.0.1:5050"
    assert asyncio.run(awaited_masters(server.url())) == "10.0.0.1:5050"
    try:
        tenure.Client("nonsense")
    except (tenure.InvalidInputError, tenure.ClosedError) as error:
        retriable: bool = error.retriable
        assert not retriable
    try:
        secure(server.url(), Path("/nowhere/at/all"))
    except tenure.InvalidInputError as error:
        assert "/nowhere/at/all/ca.pem" in str(error)
    print("fine")


if __name__ == "__main__":
    main()
