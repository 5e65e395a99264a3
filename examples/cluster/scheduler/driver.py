"""The scheduler driver: it carries out the outputs of its role."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Sequence
from typing import Any, Optional, Protocol

from tenure import mesos
from tenure.mesos.aio import MasterDetector

from .lines import Lines
from .masters import Answered, Masters, Unreachable
from .messages import BadMessage, Sender, Status, sender, status, text

TEARDOWN_TIME = 2.0
"""Seconds in which the leader is told that the framework ends."""


class Refused(Exception):
    """A message that is not from the leader; the text says who leads, if it is known."""


class Scheduler(Protocol):
    """The callbacks. They are called for messages of the leader alone."""

    def registered(self, id: str, **leader: Any) -> None: ...

    def reregistered(self, **leader: Any) -> None: ...

    def disconnected(self) -> None: ...

    def status(self, status: Status) -> None: ...

    def agent_lost(self, agent: str) -> None: ...

    def error(self, message: str) -> None: ...


class Driver:
    """Registers the framework, sends its calls, and passes on the messages of the leader."""

    def __init__(
        self,
        role: mesos.Driver,
        detector: MasterDetector,
        scheduler: Scheduler,
        lines: Lines,
        address: str,
        name: str,
    ) -> None:
        self.ended: asyncio.Future[int] = asyncio.get_running_loop().create_future()
        """The status with which the process must exit, once the role has stopped."""
        self.is_leaving = False
        """Whether the driver is about to end: it shall get no more calls."""
        self._role = role
        self._detector = detector
        self._scheduler = scheduler
        self._lines = lines
        self._origin = {"address": address}
        self._name = name
        self._masters = Masters()
        self._due: Optional[asyncio.TimerHandle] = None
        self._attempt: Optional[asyncio.Task[None]] = None
        self._sending: set[asyncio.Task[None]] = set()

    @property
    def is_registered(self) -> bool:
        """Whether calls are sent now."""
        return self._role.state == "registered"

    def state(self) -> dict[str, Any]:
        """The registration, for ``/state``."""
        known, leader = self._role.leader, None
        if known is not None:
            token = str(known.token) if known.token else None
            leader = {"address": known.address, "path": known.path, "token": token}
        return {"id": self._role.id, "state": self._role.state, "leader": leader}

    async def follow(self) -> None:
        """Gives the role each event of the leader, until the client is closed."""
        async for event in self._detector.events:
            if isinstance(event, mesos.MasterUndecodable):
                self._lines.problem(f"the leader cannot be obeyed: {event.error}")
            self._carry_out(self._role.take(event))

    def fail_with(self, task: asyncio.Task[None]) -> None:
        """Ends the driver if a task that the scheduler cannot do without has failed."""
        error = None if task.cancelled() else task.exception()
        if error is not None and not self.ended.done():
            self.ended.set_exception(error)

    # Messages of masters.

    def status(self, origin: Sender, message: dict[str, Any]) -> None:
        """The state of a task."""
        its = status(message)
        self._check(origin)
        self._scheduler.status(its)

    def agent_lost(self, origin: Sender, message: dict[str, Any]) -> None:
        """An agent is gone, with its tasks."""
        agent = text(message, "agent")
        self._check(origin)
        self._scheduler.agent_lost(agent)

    def error(self, origin: Sender, message: dict[str, Any]) -> None:
        """The leader ends the framework."""
        why = text(message, "message")
        if not self._leads_now():
            raise Refused(self._why_not(origin))
        address, token = origin.address, self._token(origin)
        outputs = self._role.error(address=address, token=token, why=why)
        if any(isinstance(output, mesos.Ignored) for output in outputs):
            raise Refused(self._why_not(origin))
        if outputs:
            self._scheduler.error(why)
        self._carry_out(outputs)

    def _check(self, origin: Sender) -> None:
        accepted = self._role.accepts(origin.address, self._token(origin))
        if not accepted or not self._leads_now():
            raise Refused(self._why_not(origin))

    def _token(self, origin: Sender) -> Optional[int]:
        """The token of a sender, as the role compares it.

        A master whose address is fixed has no znode, and so no token that the driver could know: it
        is judged by its address.
        """
        leader = self._role.leader
        return None if leader is not None and leader.token == 0 else origin.token

    def _leads_now(self) -> bool:
        """Whether the detector still knows the leader that the role knows.

        The library takes its knowledge back by the clock, and the event may be late.
        """
        known, now = self._role.leader, self._detector.leader
        return known is not None and now is not None and known.token == now.member.token

    def _why_not(self, origin: Sender) -> str:
        leader = self._role.leader
        if leader is None or not self._leads_now():
            return "no leading master is known now, and this scheduler takes messages of no other"
        if not self.is_registered:
            return f"this framework is not registered with the leading master {_shown(leader)}"
        return f"the leading master is {_shown(leader)}, not {origin.address}, token {origin.token}"

    # Calls of the scheduler.

    def launch(self, task: dict[str, Any]) -> None:
        """Has the leader launch a task; a task that cannot be launched is lost at once."""
        for output in self._role.call("launch"):
            if isinstance(output, mesos.Send):
                self._spawn(self._launch(output.leader, task))
            elif isinstance(output, mesos.TasksLost):
                self._lines("tasks_lost", ids=[task["id"]])
                self._lose(task, output.message)
            else:  # it has stopped
                self._lose(task, "the driver has stopped")

    async def _launch(self, to: mesos.LeadingMaster, task: dict[str, Any]) -> None:
        if not await self._send(to, "/scheduler/launch", {"task": task}):
            self._lose(task, "the leader did not confirm the launch")

    def _lose(self, task: dict[str, Any], message: str) -> None:
        reason = "REASON_MASTER_DISCONNECTED"
        self._scheduler.status(Status(task["id"], "TASK_LOST", reason=reason, message=message))

    def kill(self, id: str) -> None:
        """Has the leader kill a task."""
        for output in self._role.call("other"):
            if isinstance(output, mesos.Send):
                self._spawn(self._kill(output.leader, id))
            else:
                self._lines("dropped", call="kill", id=id)

    async def _kill(self, to: mesos.LeadingMaster, id: str) -> None:
        await self._send(to, "/scheduler/kill", {"task_id": id})

    async def leave(self) -> None:
        """Ends the framework: tells the leader, if it is registered, and stops the role."""
        self.is_leaving = True
        if self._sending:
            # A launch that arrives after the framework has ended would be refused.
            await asyncio.wait(self._sending, timeout=TEARDOWN_TIME / 2)
        for output in self._role.call("other"):
            if isinstance(output, mesos.Send):
                try:
                    tearing = self._send(output.leader, "/scheduler/teardown", {})
                    await asyncio.wait_for(tearing, TEARDOWN_TIME / 2)
                except asyncio.TimeoutError:
                    self._lines.problem("the leader did not confirm that the framework ends")
        self._carry_out(self._role.stop())

    async def close(self) -> None:
        """Ends what is under way."""
        if self._due is not None:
            self._due.cancel()
        for task in self._sending:
            task.cancel()
        await asyncio.gather(*self._sending, return_exceptions=True)
        await self._masters.close()

    async def _send(self, to: mesos.LeadingMaster, path: str, message: dict[str, Any]) -> bool:
        """Sends a call; whether the leader confirmed it."""
        call = {"from": self._origin, "id": self._role.id, **message}
        try:
            await self._masters.call(to.address, path, call)
        except (Answered, Unreachable) as error:
            self._lines("dropped", call=path, message=str(error))
            # Also if the leader does not know the framework.
            lost = isinstance(error, Unreachable) or error.status == 403
            if lost and to == self._role.leader:
                self._carry_out(self._role.link_lost())
            return False
        return True

    # Outputs of the role.

    def _carry_out(self, outputs: Sequence[mesos.Output]) -> None:
        for output in outputs:
            if isinstance(output, mesos.Disconnected):
                self._scheduler.disconnected()
            elif isinstance(output, mesos.Subscribe):
                self._subscribe(output)
            elif isinstance(output, mesos.Registered):
                self._scheduler.registered(output.id, **_named(output.leader))
            elif isinstance(output, mesos.Reregistered):
                self._scheduler.reregistered(**_named(output.leader))
            elif isinstance(output, mesos.Stop):
                self._stopped(output)
        if self._due is not None:
            self._due.cancel()
            self._due = None
        due = self._role.due()
        if due is not None:
            self._due = asyncio.get_running_loop().call_later(due, self._tick)

    def _tick(self) -> None:
        self._carry_out(self._role.tick())

    def _stopped(self, stop: mesos.Stop) -> None:
        self._lines("stop", message=stop.message, reason=stop.reason)
        self.ended.set_result(stop.exit_status)

    def _subscribe(self, output: mesos.Subscribe) -> None:
        """Asks the leader to register the framework. The attempt before has had its time."""
        if self._attempt is not None:
            self._attempt.cancel()
        self._attempt = self._spawn(self._ask(output))

    async def _ask(self, output: mesos.Subscribe) -> None:
        message = {"from": self._origin, "name": self._name, "force": output.force}
        if output.id is not None:
            message["id"] = output.id
        try:
            answer = await self._masters.call(output.leader.address, "/scheduler/subscribe", message)
            origin, id = sender(answer), text(answer, "id")
        except (Answered, Unreachable) as error:
            self._lines.problem(f"the leader does not register the framework yet: {error}")
            return
        except BadMessage as error:
            self._lines.problem(f"the answer of {_shown(output.leader)} makes no sense: {error}")
            return
        address, token = origin.address, self._token(origin)
        outputs = self._role.registered(address=address, token=token, id=id)
        if any(isinstance(each, mesos.Ignored) for each in outputs):
            path, reason = "/scheduler/subscribe", self._why_not(origin)
            self._lines("refused", **{"from": origin.as_json()}, path=path, reason=reason)
        self._carry_out(outputs)

    def _spawn(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        task = asyncio.get_running_loop().create_task(work)
        self._sending.add(task)
        task.add_done_callback(self._sending.discard)
        task.add_done_callback(self.fail_with)
        return task


def _named(leader: mesos.LeadingMaster) -> dict[str, Any]:
    return {"leader": leader.address, "token": str(leader.token) if leader.token else None}


def _shown(leader: mesos.LeadingMaster) -> str:
    return f"{leader.address}, token {leader.token}" if leader.token else leader.address
