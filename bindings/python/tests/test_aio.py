"""The same in an event loop: awaited, cancelled, and without a thread for it."""

from __future__ import annotations

import asyncio
import gc
import os
import threading
from typing import Any, Callable, Coroutine

import pytest
import tenure
import tenure.aio
from support.wait import LIMIT
from tenure.testing import MemoryServer


def play(main: Callable[[], Coroutine[Any, Any, None]], debug: bool = True) -> None:
    """Runs it in a loop of its own that tells of everything that it minds."""

    async def limited() -> None:
        minded: list[dict[str, Any]] = []
        asyncio.get_running_loop().set_exception_handler(lambda _, told: minded.append(told))
        await asyncio.wait_for(main(), LIMIT * 2)
        assert not minded

    asyncio.run(limited(), debug=debug)


def test_contend_detect_hand_over_and_close(url: str) -> None:
    async def main() -> None:
        async with tenure.aio.Client(url) as a, tenure.aio.Client(url) as b:
            detector = b.detector()
            first = a.contender(data="a")
            async with first.leadership(timeout=LIMIT) as lead:
                assert first.is_leading() and lead.remaining > 0
                assert (await detector.wait_leader()).member.token == lead.token
                second = b.contender(data="b")
                assert await lead.wait(0.01)
            assert not lead and not await lead.wait()
            with pytest.raises(tenure.LeadershipLost):
                lead.check()
            assert (await second.wait_leading()).token > lead.token
            assert await second.set_data("c")
            members = await b.group().members()
            assert await b.group().data(members[0]) == b"c"
            assert await second.withdraw()

    play(main)


def test_events_come_by_async_for(url: str) -> None:
    async def main() -> None:
        client = tenure.aio.Client(url)
        contender = client.contender(data="x")
        seen = []
        async for event in contender.events:
            seen.append(type(event).__name__)
            if isinstance(event, tenure.Leading):
                await client.close()
        assert seen[0] == "Enrolling" and "Leading" in seen and seen[-1] == "Lost"
        assert [type(e) async for e in client.events][-1] is tenure.SessionClosed
        with pytest.raises(tenure.ClosedError):
            await client.events.next()

    play(main)


def test_a_group_is_joined_watched_and_left(url: str) -> None:
    async def main() -> None:
        async with tenure.aio.Client(url) as a, tenure.aio.Client(url) as b:
            ours, theirs = a.group(), b.group()
            assert await theirs.wait_change() == ()
            async with ours.membership("1", label="l") as member:
                assert await theirs.wait_change(()) == (member,)
                assert theirs.known == (member,)
                assert await ours.set_data(member, b"2")
                assert await theirs.data(member) == b"2"
                assert not await theirs.cancel(member)
                ending = asyncio.ensure_future(theirs.wait_cancelled(member))
            assert await ending is False
            another = await ours.join()
            assert await theirs.evict(another)
            async with theirs, ours:
                pass
            with pytest.raises(tenure.ClosedError):
                await theirs.members()

    play(main)


def test_a_task_that_is_cancelled_loses_no_event(memory: str) -> None:
    async def main() -> None:
        async with tenure.aio.Client(memory) as client:
            contender = client.contender(data="0")
            await contender.wait_leading()
            detector = client.detector()
            await detector.wait_leader()
            await drain(detector.events)
            told = client.metrics().events
            seen: list[bytes] = []

            async def follow() -> None:
                async for event in detector.events:
                    assert event.leader
                    seen.append(event.leader.data)

            # Cancelled at every point of its way: before, in the middle of, and after a wake-up.
            for n in range(1, 60):
                task = asyncio.ensure_future(follow())
                for _ in range(n % 4):
                    await asyncio.sleep(0)
                await contender.set_data(str(n))
                for _ in range(n % 5):
                    await asyncio.sleep(0)
                task.cancel()
                with pytest.raises(asyncio.CancelledError):
                    await task
            last = asyncio.ensure_future(follow())
            while not seen or seen[-1] != b"59":
                await asyncio.sleep(0)
            last.cancel()
            # Each change was awaited, so each was told; and each came once, in order.
            assert seen == sorted(set(seen), key=int)
            assert len(seen) == client.metrics().events - told

    play(main)


async def drain(events: tenure.aio.Events[Any]) -> None:
    while True:
        try:
            await asyncio.wait_for(events.next(), 0.01)
        except asyncio.TimeoutError:
            return


def test_a_join_that_is_cancelled_is_undone(memory: str) -> None:
    async def main() -> None:
        async with tenure.aio.Client(memory) as client, tenure.aio.Client(memory) as other:
            group, theirs = client.group(), other.group()
            await theirs.wait_change()
            for n in range(40):
                task = asyncio.ensure_future(group.join(str(n)))
                for _ in range(n % 8):
                    await asyncio.sleep(0)
                if task.cancel():
                    with pytest.raises(asyncio.CancelledError):
                        await task
                else:
                    await group.cancel(task.result())
            members = await theirs.members()
            while members:
                members = await theirs.wait_change(members)

    play(main)


@pytest.mark.parametrize("turns", range(4))
def test_a_join_that_has_succeeded_is_undone_when_its_task_is_cancelled_at_that_moment(
    turns: int, tenure_server: MemoryServer
) -> None:
    async def main() -> None:
        async with tenure.aio.Client(tenure_server.url()) as client:
            group = client.group()
            await group.members()
            with tenure_server.cut():
                task = asyncio.ensure_future(group.join("x"))
                await asyncio.sleep(0)
            # The loop stands still until the answer is there.
            with tenure_server.client() as watcher:
                theirs = watcher.group()
                members = theirs.wait_change((), timeout=LIMIT)
                assert len(members) == 1
                # Before the answer is handed over, when it was and the task has not seen it, after.
                for _ in range(turns):
                    await asyncio.sleep(0)
                if task.cancel():
                    with pytest.raises(asyncio.CancelledError):
                        await task
                else:
                    await group.cancel(task.result())
                assert theirs.wait_change(members, timeout=LIMIT) == ()

    play(main)


def test_waiting_that_is_cancelled_over_and_over_leaves_nothing(memory: str) -> None:
    async def main() -> None:
        async with tenure.aio.Client(memory) as client:
            detector, group = client.detector(), client.group()
            state = tenure.NoLeader()
            while detector.state != state:
                await asyncio.sleep(0)
            await drain(detector.events)
            await group.wait_change()
            gc.collect()
            sizes = []
            for _ in range(3):
                for _ in range(500):
                    waits = [
                        asyncio.ensure_future(wait)
                        for wait in (
                            detector.events.next(),
                            detector.wait_change(state),
                            group.wait_change(()),
                        )
                    ]
                    await asyncio.sleep(0)
                    for task in waits:
                        task.cancel()
                    await asyncio.gather(*waits, return_exceptions=True)
                gc.collect()
                sizes.append(len(gc.get_objects()))
            assert sizes[2] - sizes[1] < 200, sizes
            assert client.metrics().calls == 0

    play(main)


def test_a_thousand_waits_take_no_thread_and_one_descriptor(memory: str) -> None:
    async def main() -> None:
        async with tenure.aio.Client(memory) as client:
            await client.group().members()
            detectors = [client.detector(f"/g{n}") for n in range(1000)]
            await detectors[0].wait_change(tenure.LeaderUnknown(0))
            before = (threading.active_count(), native(), descriptors())
            waits = [asyncio.ensure_future(d.wait_leader()) for d in detectors]
            await asyncio.sleep(0)
            contenders = [client.contender(f"/g{n}", data=str(n)) for n in range(1000)]
            leaders = await asyncio.gather(*waits)
            assert [leader.data for leader in leaders] == [b"%d" % n for n in range(1000)]
            assert (threading.active_count(), native(), descriptors()) == before
            assert contenders

    def native() -> int:
        return len(os.listdir("/proc/self/task"))

    def descriptors() -> int:
        return len(os.listdir("/proc/self/fd"))

    play(main)


def test_many_loops_one_after_the_other_and_at_once(memory: str) -> None:
    detector = tenure.aio.Client(memory).detector()

    async def look() -> None:
        assert (await detector.wait_leader()).data == b"x"

    with tenure.Client(memory) as client:
        client.contender(data="x")
        for _ in range(3):
            play(look)
        threads = [threading.Thread(target=play, args=(look,)) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(LIMIT)


def test_a_loop_that_is_gone_leaves_no_descriptor(memory: str) -> None:
    def descriptors() -> int:
        gc.collect()
        return len(os.listdir("/proc/self/fd"))

    async def main() -> None:
        async with tenure.aio.Client(memory) as client:
            await client.contender().wait_leading()

    play(main)
    before = descriptors()
    for _ in range(50):
        play(main)
    assert descriptors() <= before


def test_errors_come_out_of_await(tenure_server: MemoryServer) -> None:
    async def main() -> None:
        client = tenure.aio.Client(tenure_server.url(), session_timeout=1)
        contender = client.contender()
        await contender.wait_leading()
        with pytest.raises(tenure.TimeoutError):
            async with tenure.aio.Client(tenure_server.url()) as other:
                async with other.contender().leadership(timeout=0.01):
                    raise AssertionError("unreachable")
        with tenure_server.cut():
            lead = contender.lead
            assert lead and not await lead.wait()
            with pytest.raises(tenure.TimeoutError):
                await client.close()
        with pytest.raises(tenure.ClosedError):
            await contender.wait_leading()

    play(main)


def test_a_cancelled_body_gives_leadership_up(memory: str) -> None:
    async def main() -> None:
        async with tenure.aio.Client(memory) as client, tenure.aio.Client(memory) as other:
            contender = client.contender()
            leads = asyncio.Event()

            async def body() -> None:
                async with contender.leadership():
                    leads.set()
                    await asyncio.Event().wait()

            task = asyncio.ensure_future(body())
            await leads.wait()
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
            assert not contender.is_leading()
            assert await other.group().members() == ()

    play(main)
