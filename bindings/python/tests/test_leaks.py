"""Thousands of everything: threads, descriptors and memory stay as they are."""

from __future__ import annotations

import gc
import os
import pathlib
from typing import Callable

import pytest
import tenure
from support.wait import LIMIT, until

pytestmark = pytest.mark.slow

CYCLES = int(os.environ.get("TENURE_LEAK_CYCLES", "10000"))

GROWTH_MAX_KIB = max(CYCLES * 2 // 5, 1024)
"""Half a kilobyte of each cycle that is measured; a short run has the noise of the allocator, too."""


def rss_kib() -> int:
    pages = int(pathlib.Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") // 1024


def counts() -> int:
    """Threads and descriptors."""
    return len(os.listdir("/proc/self/task")) + len(os.listdir("/proc/self/fd"))


def client_cycle(url: str) -> Callable[[], object]:
    def cycle() -> None:
        with tenure.Client(url) as client:
            client.detector()

    return cycle


def contender_cycle(url: str) -> Callable[[], object]:
    client = tenure.Client(url)

    def cycle() -> None:
        with client.contender().leadership(timeout=LIMIT) as lead:
            lead.check()

    return cycle


def detector_cycle(url: str) -> Callable[[], object]:
    client = tenure.Client(url)

    def cycle() -> None:
        with client.detector() as detector:
            detector.on_leader_change(lambda event: detector)
            detector.wait_change(tenure.LeaderUnknown(0), timeout=LIMIT)

    return cycle


def membership_cycle(url: str) -> Callable[[], object]:
    group = tenure.Client(url).group()

    def cycle() -> None:
        with group.membership("x", timeout=LIMIT) as member:
            group.data(member, timeout=LIMIT)

    return cycle


def timeout_cycle(url: str) -> Callable[[], object]:
    client = tenure.Client(url)
    detector, group = client.detector(), client.group()
    nobody = tenure.NoLeader()
    until("it to know", lambda: detector.state == nobody)
    while True:
        try:
            detector.events.next(timeout=0.01)
        except tenure.TimeoutError:
            break

    def cycle() -> None:
        for wait in (
            lambda: detector.events.next(timeout=0),
            lambda: detector.wait_change(nobody, timeout=0),
            lambda: group.wait_change((), timeout=0.0),
        ):
            with pytest.raises(tenure.TimeoutError):
                # The first listing of the group may still be under way.
                while True:
                    wait()

    return cycle


@pytest.mark.parametrize(
    "make", [client_cycle, contender_cycle, detector_cycle, membership_cycle, timeout_cycle]
)
def test_nothing_is_left_behind(make: Callable[[str], Callable[[], object]], memory: str) -> None:
    cycle = make(memory)
    cycle()
    # What is made once is made, and what grows to its size has grown.
    for _ in range(CYCLES // 5):
        cycle()
    gc.collect()
    before, memory_before = counts(), rss_kib()
    for _ in range(CYCLES - CYCLES // 5):
        cycle()
    gc.collect()
    # Threads of names that earlier tests looked up may have ended meanwhile.
    until(f"{counts()} to be at most {before}", lambda: counts() <= before)
    assert rss_kib() - memory_before < GROWTH_MAX_KIB


def test_the_pages_of_a_wait_are_the_thread_s(memory: str) -> None:
    import threading

    with tenure.Client(memory) as client:
        detector = client.detector()
        nobody = tenure.NoLeader()
        until("it to know", lambda: detector.state == nobody)

        def wait() -> None:
            with pytest.raises(tenure.TimeoutError):
                detector.wait_change(nobody, timeout=0.0001)

        wait()
        before = counts()
        for _ in range(1000):
            thread = threading.Thread(target=wait)
            thread.start()
            thread.join()
        until(f"{counts()} to be at most {before}", lambda: counts() <= before)
