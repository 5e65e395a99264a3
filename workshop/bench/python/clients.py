"""The two measured libraries, behind the same methods."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any


class Tenure:
    """Clients, members and detectors of this project."""

    def __init__(self, hosts: str) -> None:
        import tenure

        self.client = tenure.Client(f"zk://{hosts}/bench", session_timeout=10)

    def ready(self) -> None:
        self.client.group().members(timeout=60)
        self.group = self.client.group()

    def enrol(self) -> None:
        self.group.join("x", timeout=60)

    def detect(self, path: str, callback: Callable[[bytes], None]) -> Any:
        detector = self.client.detector(path)
        detector.on_leader_change(lambda event: event.leader and callback(event.leader.data))
        return detector

    def close(self) -> None:
        self.client.close(timeout=60)


class Kazoo:
    """The same by kazoo, exactly as in its documentation."""

    def __init__(self, hosts: str) -> None:
        from kazoo.client import KazooClient

        self.client = KazooClient(hosts=hosts, timeout=10)
        self.client.start(timeout=60)

    def ready(self) -> None:
        self.client.ensure_path("/bench")

    def enrol(self) -> None:
        self.client.create("/bench/", b"x", ephemeral=True, sequence=True)

    def detect(self, path: str, callback: Callable[[bytes], None]) -> Any:
        from kazoo.exceptions import NoNodeError

        def changed(children: list[str]) -> None:
            # The oldest leads; its payload is its name.
            if children:
                try:
                    data, _ = self.client.get(f"{path}/{min(children)}")
                except NoNodeError:
                    return  # the next change follows
                callback(data)

        return self.client.ChildrenWatch(path, changed)

    def close(self) -> None:
        self.client.stop()
        self.client.close()


LIBRARIES = {"tenure": Tenure, "kazoo": Kazoo}


def threads() -> int:
    """Native threads of this process; Python knows only its own."""
    import os

    assert threading.active_count() > 0
    return len(os.listdir("/proc/self/task"))
