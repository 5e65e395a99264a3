"""The measurements, each in its own process: python rows.py ROW LIBRARY HOSTS; prints numbers."""

from __future__ import annotations

import gc
import os
import pathlib
import sys
import threading
import time

from clients import LIBRARIES, threads
from driver import Driver

CLIENTS = 40
DETECTORS = 1000
ENROLMENTS = 200
HAND_OVERS = 100
IDLE_SECONDS = 10


def rss() -> int:
    """Bytes of private memory of this process."""
    text = pathlib.Path("/proc/self/smaps_rollup").read_text()
    lines = dict(line.split()[:2] for line in text.splitlines()[1:])
    return (int(lines["Private_Clean:"]) + int(lines["Private_Dirty:"])) * 1024


def settled() -> int:
    gc.collect()
    return rss()


def imports(library: str, hosts: str) -> list[float]:
    """Milliseconds for the imports of a program."""
    started = time.perf_counter()
    if library == "tenure":
        import tenure  # noqa: F401
    else:
        import kazoo.client  # noqa: F401
    return [(time.perf_counter() - started) * 1e3]


def clients(library: str, hosts: str) -> list[float]:
    """KiB and threads of one more client."""
    make = LIBRARIES[library]
    kept = [make(hosts)]
    kept[0].ready()
    memory, count = settled(), threads()
    for _ in range(CLIENTS):
        kept.append(make(hosts))
        kept[-1].ready()
    return [(settled() - memory) / CLIENTS / 1024, (threads() - count) / CLIENTS]


def enrolments(library: str, hosts: str) -> list[float]:
    """Microseconds from the call until the znode exists, each."""
    one = LIBRARIES[library](hosts)
    one.ready()
    one.enrol()
    spans = []
    for _ in range(ENROLMENTS):
        started = time.perf_counter()
        one.enrol()
        spans.append((time.perf_counter() - started) * 1e6)
    one.close()
    return spans


def hand_overs(library: str, hosts: str) -> list[float]:
    """Microseconds from the end of a leader until the callback has the payload of the next, each."""
    driver = Driver(hosts)
    path = f"/hand-over-{library}-{os.getpid()}"
    one = LIBRARIES[library](hosts)
    called = threading.Event()
    expected = [b"0"]
    at = [0.0]

    def callback(data: bytes) -> None:
        if data == expected[0]:
            at[0] = time.perf_counter()
            called.set()

    leader = driver.stand(path, 0)
    kept = one.detect(path, callback)
    spans = []
    for n in range(1, HAND_OVERS + 1):
        assert called.wait(60)
        following = driver.stand(path, n)
        # Time for a client that reads the new standby.
        time.sleep(0.02)
        called.clear()
        expected[0] = str(n).encode()
        started = driver.delete(leader)
        assert called.wait(60)
        spans.append((at[0] - started) * 1e6)
        leader = following
    del kept
    one.close()
    driver.end()
    return spans


def detectors(library: str, hosts: str) -> list[float]:
    """KiB of one more detector of a thousand; threads of all; milliseconds until all know."""
    driver = Driver(hosts)
    base = f"/many-{library}-{os.getpid()}"
    for n in range(DETECTORS + 1):
        driver.stand(f"{base}/{n}", 5050)
    one = LIBRARIES[library](hosts)
    one.ready()
    know = [0]
    done = threading.Event()

    def callback(data: bytes) -> None:
        know[0] += 1
        if know[0] == DETECTORS:
            done.set()

    first = one.detect(f"{base}/{DETECTORS}", callback)
    while know[0] < 1:
        time.sleep(0.001)
    know[0] = 0
    memory, count = settled(), threads()
    started = time.perf_counter()
    kept = [one.detect(f"{base}/{n}", callback) for n in range(DETECTORS)]
    assert done.wait(120)
    span = (time.perf_counter() - started) * 1e3
    memory = settled() - memory
    assert first is not None and len(kept) == DETECTORS
    grown = threads() - count
    idle = used(lambda: time.sleep(IDLE_SECONDS))
    driver.end()
    return [memory / DETECTORS / 1024, grown, span, idle * 1e3 / IDLE_SECONDS]


def used(act: object) -> float:
    """Seconds of processor time."""
    before = time.process_time()
    act()  # type: ignore[operator]
    return time.process_time() - before


def idle(library: str, hosts: str) -> list[float]:
    """Milliseconds of processor time a second, of one client without work."""
    one = LIBRARIES[library](hosts)
    one.ready()
    time.sleep(1)
    return [used(lambda: time.sleep(IDLE_SECONDS)) * 1e3 / IDLE_SECONDS]


ROWS = {
    "imports": imports,
    "clients": clients,
    "enrolments": enrolments,
    "hand_overs": hand_overs,
    "detectors": detectors,
    "idle": idle,
}

if __name__ == "__main__":
    row, library, hosts = sys.argv[1:]
    numbers = ROWS[row](library, hosts)
    print(*numbers, flush=True)
    # The measurement is over: the process needs no orderly end.
    os._exit(0)
