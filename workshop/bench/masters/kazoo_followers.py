"""The usual recipe of a detector over kazoo, in many sessions of one process; follow.rs has the same for tenure.

A children watch, and a read of the lowest member when it is another one. Prints a JSON line when all know the same
leader: its znode, and when each came to know it (nanoseconds of the boot-time clock). Ends with its standard input.
"""

from __future__ import annotations

import json
import sys
import threading
import time

from kazoo.client import KazooClient
from kazoo.exceptions import NoNodeError

SESSION_TIMEOUT = 10


class Followers:
    """All of them, and the leader that each knows."""

    def __init__(self, hosts: str, group: str, count: int) -> None:
        self.group = group
        self.known: dict[int, tuple[str, int]] = {}
        self.lock = threading.Lock()
        self.said = ""
        self.count = count
        self.clients = [KazooClient(hosts=hosts, timeout=SESSION_TIMEOUT) for _ in range(count)]
        for client in self.clients:
            client.start(timeout=60)
        for number, client in enumerate(self.clients):
            self.follow(number, client)

    def follow(self, number: int, client: KazooClient) -> None:
        last = ""

        def changed(children: list[str]) -> None:
            nonlocal last
            lowest = min(children, default="")
            if lowest in ("", last):
                return
            try:
                client.get(f"{self.group}/{lowest}")
            except NoNodeError:
                return  # the next change follows
            last = lowest
            self.knows(number, lowest)

        client.ChildrenWatch(self.group, changed)

    def knows(self, number: int, leader: str) -> None:
        at = time.clock_gettime_ns(time.CLOCK_BOOTTIME)
        with self.lock:
            self.known[number] = (leader, at)
            leaders = {leader for leader, _ in self.known.values()}
            if len(self.known) == self.count and len(leaders) == 1 and leader != self.said:
                self.said = leader
                instants = [at for _, at in self.known.values()]
                print(json.dumps({"what": "known", "leader": leader, "at": instants}), flush=True)


def main() -> None:
    hosts, group, count = sys.argv[1:]
    followers = Followers(hosts, group, int(count))
    sys.stdin.read()
    for client in followers.clients:
        client.stop()


if __name__ == "__main__":
    main()
