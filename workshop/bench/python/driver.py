"""The third client: creates and deletes leaders, in its own process, whose memory is not measured."""

from __future__ import annotations

import subprocess
import sys
import time


class Driver:
    """The driver, as the measuring process controls it."""

    def __init__(self, hosts: str) -> None:
        self._process = subprocess.Popen(
            [sys.executable, __file__, hosts],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def _ask(self, *words: object) -> str:
        assert self._process.stdin and self._process.stdout
        print(*words, file=self._process.stdin, flush=True)
        return self._process.stdout.readline().strip()

    def stand(self, path: str, data: int) -> str:
        """Creates a member with this payload; returns its znode."""
        return self._ask("stand", path, data)

    def delete(self, znode: str) -> float:
        """Deletes a member; returns the instant just before, on a clock that all processes share."""
        return float(self._ask("delete", znode))

    def end(self) -> None:
        self._process.kill()
        self._process.wait()


def main() -> None:
    from kazoo.client import KazooClient

    client = KazooClient(hosts=sys.argv[1], timeout=10)
    client.start(timeout=60)
    for line in sys.stdin:
        act, path, *data = line.split()
        if act == "stand":
            client.ensure_path(path)
            print(
                client.create(f"{path}/", data[0].encode(), ephemeral=True, sequence=True),
                flush=True,
            )
        else:
            started = time.perf_counter()
            client.delete(path)
            print(started, flush=True)


if __name__ == "__main__":
    main()
