"""Many threads at once."""

from __future__ import annotations

import random
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
import tenure
from support.wait import LIMIT


def native_threads() -> int:
    import os

    return len(os.listdir("/proc/self/task"))


def test_waiting_lets_other_threads_run(memory: str) -> None:
    with tenure.Client(memory) as client, tenure.Client(memory) as other:
        first = client.contender()
        first.wait_leading(timeout=LIMIT)
        second = other.contender()
        got: list[tenure.Leadership] = []
        waiting = threading.Thread(target=lambda: got.append(second.wait_leading()))
        waiting.start()
        # This thread goes on, and ends the waiting of that one.
        first.withdraw(timeout=LIMIT)
        waiting.join(LIMIT)
        assert got and got[0]


def test_one_contender_is_awaited_by_many_threads(memory: str) -> None:
    with tenure.Client(memory) as client, tenure.Client(memory) as other:
        first = client.contender()
        first.wait_leading(timeout=LIMIT)
        second = other.contender()
        with ThreadPoolExecutor(32) as pool:
            leads = [pool.submit(second.wait_leading) for _ in range(32)]
            first.withdraw(timeout=LIMIT)
            assert len({lead.result(LIMIT).token for lead in leads}) == 1


def test_threads_do_everything_at_once(memory: str) -> None:
    with tenure.Client(memory) as client:
        group, detector = client.group(), client.detector()

        def work(seed: int) -> None:
            rng = random.Random(seed)
            for _ in range(60):
                act = rng.randrange(6)
                if act == 0:
                    with group.membership(str(seed), timeout=LIMIT) as member:
                        assert group.data(member, timeout=LIMIT) == str(seed).encode()
                elif act == 1:
                    group.members(timeout=LIMIT)
                    len(group)
                elif act == 2:
                    contender = client.contender(data=str(seed))
                    contender.close()
                elif act == 3:
                    try:
                        detector.events.next(timeout=0.001)
                    except tenure.TimeoutError:
                        pass
                elif act == 4:
                    with tenure.Client(client.url) as own:
                        own.group().members(timeout=LIMIT)
                else:
                    repr(client), repr(group), repr(detector), client.metrics()

        with ThreadPoolExecutor(24) as pool:
            for future in [pool.submit(work, seed) for seed in range(24)]:
                future.result(LIMIT * 3)
        assert client.group().members(timeout=LIMIT) == ()


def test_clients_and_waits_share_the_library_s_threads(memory: str) -> None:
    with tenure.Client(memory) as first:
        first.on_session(lambda event: None)
        first.group().members(timeout=LIMIT)
        before = native_threads()
        clients = [tenure.Client(memory) for _ in range(50)]
        for client in clients:
            client.detector().on_leader_change(lambda event: None)
            client.group().members(timeout=LIMIT)
        assert native_threads() == before
        for client in clients:
            client.close(timeout=LIMIT)


def follow_to_the_end(detector: tenure.Detector) -> None:
    state = detector.state
    while True:
        state = detector.wait_change(state)


def test_what_is_waited_for_ends_when_the_client_is_closed(memory: str) -> None:
    client, other = tenure.Client(memory), tenure.Client(memory)
    other.contender().wait_leading(timeout=LIMIT)
    contender, detector, group = client.contender(), client.detector(), client.group()
    detector.wait_leader(timeout=LIMIT)
    member = other.group().members(timeout=LIMIT)[0]
    waits = [
        contender.wait_leading,
        lambda: follow_to_the_end(detector),
        lambda: group.wait_cancelled(member),
        lambda: [*client.events] and client.events.next(),
    ]
    with ThreadPoolExecutor(len(waits)) as pool:
        futures = [pool.submit(wait) for wait in waits]
        client.close(timeout=LIMIT)
        for future in futures:
            with pytest.raises(tenure.ClosedError):
                future.result(LIMIT)
    other.close(timeout=LIMIT)
