"""The cluster that the browser looks at: the driver of the example, kept running, and told by its standard input."""

from __future__ import annotations

import json
import queue
import subprocess
import threading
import time
from typing import Any

# Longer than an election takes on a busy machine, with all processes beginning.
LIMIT = 120.0


class Cluster:
    """`tenure-cluster --keep --json`: one JSON object a line in each direction's answer."""

    def __init__(self, driver: str, programs: str) -> None:
        command = [driver, "--programs", programs, "--keep", "--json"]
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self._lines: queue.Queue[str | None] = queue.Queue()
        threading.Thread(target=self._read, daemon=True).start()
        self.about = self._answer(lambda line: line.get("event") == "started")

    def _read(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            self._lines.put(line)
        self._lines.put(None)

    def _answer(self, is_it: Any) -> dict[str, Any]:
        deadline = time.monotonic() + LIMIT
        while True:
            try:
                line = self._lines.get(timeout=max(0.0, deadline - time.monotonic()))
            except queue.Empty:
                raise AssertionError("the driver of the cluster does not answer") from None
            assert line is not None, "the driver of the cluster has ended"
            try:
                answer = json.loads(line)
            except ValueError:
                continue  # narration
            if is_it(answer):
                return answer

    def tell(self, command: str) -> dict[str, Any]:
        """Has the driver carry out a command."""
        assert self._process.stdin is not None
        self._process.stdin.write(command + "\n")
        self._process.stdin.flush()
        answer = self._answer(lambda line: line.get("command") == command)
        assert answer["ok"], answer
        return answer

    def masters(self, state: str) -> list[dict[str, Any]]:
        """The masters that believe to be in this state."""
        return [each for each in self.tell("status")["masters"] if each["state"] == state]

    def await_masters(self, **counts: int) -> None:
        """Waits until so many masters are in each of these states."""
        deadline = time.monotonic() + LIMIT
        while any(len(self.masters(state)) != count for state, count in counts.items()):
            assert time.monotonic() < deadline, f"not in time: {counts}; {self.tell('status')}"
            time.sleep(0.05)

    def close(self) -> None:
        """Ends the cluster: all its processes are gone when this returns."""
        if self._process.poll() is None and self._process.stdin is not None:
            self._process.stdin.close()  # the end of the input is `quit`
        try:
            self._process.wait(60)
        except subprocess.TimeoutExpired:
            self._process.terminate()
            self._process.wait(60)
