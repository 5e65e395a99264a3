"""The scheduler's own part: it has tasks launched, and prints the driver's callbacks."""

from __future__ import annotations

import asyncio
import itertools
import secrets
from dataclasses import asdict, dataclass
from typing import Any, Optional

from .driver import Driver
from .lines import Lines, boottime
from .messages import Status
from .options import Options

REMEMBERED = 1000
"""How many ended tasks ``/state`` shows."""

PATIENCE = 30.0
"""Seconds after the end of its duration, and after a registration, in which the end of a task must be
reported: a master that dies takes what it had not passed on yet along."""

_ENDED = {
    "TASK_FINISHED",
    "TASK_FAILED",
    "TASK_KILLED",
    "TASK_ERROR",
    "TASK_LOST",
    "TASK_DROPPED",
    "TASK_GONE",
}


@dataclass
class Task:
    """A pretend task. Instants are nanoseconds of the boot-time clock."""

    id: str
    name: str
    launched: int
    state: str = "TASK_STAGING"
    agent: Optional[str] = None
    kill_sent: bool = False

    @property
    def ended(self) -> bool:
        return self.state in _ENDED

    def as_json(self) -> dict[str, Any]:
        return {"id": self.id, "name": self.name, "state": self.state, "agent": self.agent}


class Framework:
    """The tasks of the framework, and the callbacks of its driver."""

    def __init__(self, options: Options, lines: Lines) -> None:
        self._options = options
        self._lines = lines
        self._tasks: dict[str, Task] = {}  # oldest first
        self._finished = 0
        self._registered_at: Optional[int] = None
        self._numbers = itertools.count(1)
        # Tasks of two runs have different ids.
        self._run = secrets.token_hex(4)

    def registered(self, id: str, **leader: Any) -> None:
        self._registered_at = boottime()
        self._lines("registered", id=id, **leader)

    def reregistered(self, **leader: Any) -> None:
        self._registered_at = boottime()
        self._lines("reregistered", **leader)

    def disconnected(self) -> None:
        self._lines("disconnected")

    def error(self, message: str) -> None:
        self._lines("error", message=message)

    def agent_lost(self, agent: str) -> None:
        self._lines("agent_lost", agent=agent)

    def status(self, status: Status) -> None:
        self._lines("status", **asdict(status))
        known = self._tasks.get(status.id)
        # A master may report a state again. One that is lost may come back.
        if known is None or known.state == "TASK_FINISHED":
            return
        known.state, known.agent = status.state, status.agent or known.agent
        self._finished += status.state == "TASK_FINISHED"

    def state(self) -> dict[str, Any]:
        """The tasks, for ``/state``."""
        return {
            "finished": self._finished,
            "tasks": [task.as_json() for task in self._tasks.values()],
        }

    async def run(self, driver: Driver) -> None:
        """Launches a task each interval, until all have finished; for ever if there is no number."""
        while not driver.is_leaving:
            await asyncio.sleep(self._options.interval)
            if self._registered_at is None or driver.is_leaving:
                continue  # without a registration the cluster may not be there yet
            self._review(driver)
            running = sum(not task.ended for task in self._tasks.values())
            if not self._options.tasks or self._finished + running < self._options.tasks:
                self._launch(driver)

    def _launch(self, driver: Driver) -> None:
        number = next(self._numbers)
        task = Task(f"{self._run}-{number}", f"task {number}", boottime())
        self._tasks[task.id] = task
        order = {
            "id": task.id,
            "name": task.name,
            "duration_ms": round(self._options.duration * 1000),
        }
        driver.launch(order)

    def _review(self, driver: Driver) -> None:
        """Kills tasks whose time is up, gives up those of which nothing more is heard, forgets old ones."""
        now = boottime()
        for task in list(self._tasks.values()):
            if task.ended:
                continue
            after = self._options.kill_after
            if after is not None and not task.kill_sent and now >= task.launched + _ns(after):
                task.kill_sent = True
                driver.kill(task.id)
            since = max(task.launched + _ns(self._options.duration), self._registered_at or 0)
            if driver.is_registered and now >= since + _ns(PATIENCE):
                task.state = "TASK_LOST"
                self._lines("given_up", id=task.id)
                driver.kill(task.id)
        ended = [id for id, task in self._tasks.items() if task.ended]
        for id in ended[:-REMEMBERED]:
            del self._tasks[id]


def _ns(seconds: float) -> int:
    return round(seconds * 1e9)
