"""The roles of a Mesos cluster, at times that the tests choose. `docs/roles.md` has every line; the tests of
the Rust crate play them, and these check that Python passes each input and output on."""

from __future__ import annotations

import dataclasses
import pathlib
import re
import threading
import time
from collections.abc import Sequence
from typing import Any, Callable

import pytest
import tenure
from support.wait import LIMIT
from tenure import mesos
from tenure.mesos import outputs as kinds
from test_mesos import master

DOCUMENT = pathlib.Path(__file__).parents[3] / "docs" / "roles.md"
S = 10**9

ONE, TWO = "10.0.0.1:5050", "10.0.0.2:5050"
MEMBER = tenure.Member("/mesos/json.info_0000000003", "json.info", 3, 3)


def leads(n: int, token: int) -> tenure.LeaderKnown:
    """An event of any detector: roles decode it."""
    member = tenure.Member(f"/mesos/json.info_{token:010}", "json.info", 3, token)
    return tenure.LeaderKnown(tenure.Leader(member, master(n).json().encode(), 0))


def leading(n: int, token: int) -> mesos.LeadingMaster:
    return mesos.LeadingMaster(f"10.0.0.{n}:5050", f"/mesos/json.info_{token:010}", token)


def names(outputs: Sequence[mesos.Output]) -> list[str]:
    return [output.name for output in outputs]


def test_the_outputs_are_those_of_the_document() -> None:
    rows = re.findall(r"^\|([^|]*)\|([^|]*)\|([^|]*)\|([^|]*)\|[^|]*\|[^|]*\|$", DOCUMENT.read_text(), re.M)
    said = {name.strip() for row in rows for name in row[3].split(",")}
    said -= {"outputs", "---", "–", "cannot be"}
    classes = [kind for kind in vars(kinds).values() if isinstance(kind, type)]
    classes = [kind for kind in classes if issubclass(kind, mesos.Output) and kind is not mesos.Output]
    assert {kind.name for kind in classes} == said
    for kind in classes:
        assert kind.__name__ in mesos.__all__ and kind.__doc__ and dataclasses.is_dataclass(kind)
        # An output of Rust becomes an object of its class.
        assert kinds._BY_WORD[kind.name.replace("-", "").replace(" ", "_")] is kind
        assert kind.__name__.lower() == kind.name.replace("-", "").replace(" ", "")


def test_an_agent_registers_obeys_and_registers_again() -> None:
    agent = mesos.Agent(seed=7)
    assert (agent.state, agent.id, agent.leader, agent.due(now=0)) == ("starting", None, None, None)
    assert not agent.accepts(ONE)
    assert agent.take(tenure.LeaderUnknown(0), now=0) == []
    assert agent.take(leads(1, 3), now=0) == [mesos.NewLeader(leading(1, 3))]
    assert agent.leader == leading(1, 3) and agent.accepts(ONE) and agent.accepts(ONE, 3)
    assert not agent.accepts(ONE, 2) and not agent.accepts(TWO)
    due = agent.due_at
    assert due is not None and 0 <= due <= S and agent.due(now=0) == due / S
    assert agent.due(now=due + S) == 0.0
    assert agent.tick(now=due) == [mesos.Register(leading(1, 3))]
    assert agent.registered(address=TWO, id="a", now=due) == [mesos.Ignored()]
    assert agent.registered(address=ONE, token=2, id="a", now=due) == [mesos.Ignored()]
    registered = agent.registered(address=ONE, token=3, id="a", now=due)
    assert registered == [mesos.Registered(leading(1, 3), "a")]
    assert (agent.state, agent.id, agent.due(now=due)) == ("registered", "a", 75.0)
    assert agent.ping(address=ONE, now=due + S) == [mesos.Pong(leading(1, 3))]
    assert agent.due(now=due + S) == 75.0
    lost = agent.ping(address=ONE, connected=False, now=due + S)
    assert lost == [mesos.Pong(leading(1, 3)), mesos.Disconnected()]
    assert agent.state == "reregistering" and repr(agent) == "<tenure.mesos.Agent reregistering>"
    due = agent.due_at
    assert due is not None
    assert agent.tick(now=due) == [mesos.Reregister(leading(1, 3), "a")]
    again = agent.registered(address=ONE, id="a", ping_timeout=20, now=due)
    assert again == [mesos.Reregistered(leading(1, 3))] and agent.due(now=due) == 20.0
    assert names(agent.link_lost(now=due)) == ["disconnected"]
    assert names(agent.take(leads(1, 3), now=due)) == ["same leader"]
    assert names(agent.take(tenure.NoLeader(), now=due)) == ["lost"] and agent.state == "lost"
    assert names(agent.take(leads(2, 5), now=due)) == ["new leader"] and agent.state == "moving"
    (stop,) = agent.registered(address=TWO, id="b", now=due)
    assert isinstance(stop, mesos.Stop) and (stop.reason, stop.exit_status) == ("other_id", 1)
    assert stop.message == "Registered but got wrong id: b (expected: a). Committing suicide"
    assert agent.state == "stopped" and agent.take(leads(1, 7), now=due) == []


def test_an_agent_can_be_refused_and_shut_down() -> None:
    agent = mesos.Agent(id="a")
    assert (agent.state, agent.id) == ("lost", "a")
    agent.take(leads(1, 3))
    assert agent.refused(address=TWO, why="no") == [mesos.Ignored()]
    (stop,) = agent.refused(address=ONE, why="no")
    assert stop == mesos.Stop("refused", "Master refused authentication: no", 1)
    agent = mesos.Agent()
    assert agent.shutdown(address=ONE) == [mesos.Ignored()]
    assert agent.shutdown() == [mesos.Stop("asked", "Shutting down", 0)]


def test_a_leader_that_cannot_be_read_is_unknown() -> None:
    member = tenure.Member("/mesos/json.info_0000000001", "json.info", 1, 9)
    agent = mesos.Agent()
    agent.take(leads(1, 3))
    assert names(agent.take(tenure.LeaderKnown(tenure.Leader(member, b"{", 0)))) == ["lost"]
    agent.take(leads(1, 3))
    assert names(agent.take(tenure.DetectionFailed(tenure.NoAuthError("no")))) == ["lost"]
    assert agent.take(tenure.LeaderTokenFell(member, 10)) == []
    assert agent.take(tenure.SessionClosed()) == []


def test_a_driver_subscribes_and_passes_calls() -> None:
    driver = mesos.Driver(seed=7)
    assert driver.call("launch", now=0) == [mesos.TasksLost("Master disconnected")]
    assert driver.call("update_framework", now=0) == [mesos.Postponed()]
    assert driver.call("other", now=0) == [mesos.Dropped()]
    assert driver.take(leads(1, 3), now=0) == [] and driver.state == "registering"
    due = driver.due_at
    assert due is not None and due <= 2 * S
    assert driver.tick(now=due) == [mesos.Subscribe(leading(1, 3), None, False)]
    assert not driver.accepts(ONE)
    registered = driver.registered(address=ONE, id="f", now=due)
    assert registered == [mesos.Registered(leading(1, 3), "f")]
    assert driver.accepts(ONE) and (driver.id, driver.leader) == ("f", leading(1, 3))
    assert driver.call("other", now=due) == [mesos.Send(leading(1, 3))]
    assert driver.link_lost(now=due) == [mesos.Disconnected()]
    assert driver.registered(address=ONE, id="f", now=due) == [mesos.Reregistered(leading(1, 3))]
    assert driver.error(address=TWO, why="x", now=due) == [mesos.Ignored()]
    assert driver.error(address=ONE, why="x", now=due) == [mesos.Stop("failed", "Got error 'x'", 1)]
    assert driver.call("other", now=due) == [mesos.Dropped()]
    driver = mesos.Driver(id="f", backoff=0)
    driver.take(leads(1, 3), now=0)
    assert driver.tick(now=0) == [mesos.Subscribe(leading(1, 3), "f", True)]
    assert driver.stop(now=0) == [mesos.Stop("asked", "Shutting down", 0)]


def test_a_master_leads_by_its_lease_alone() -> None:
    role = mesos.Master()
    assert (role.state, role.serves, role.leader, role.member) == ("candidate", False, None, None)
    assert role.take(tenure.Enrolling(), now=0) == role.take(tenure.Enrolled(MEMBER), now=0) == []
    assert role.member == (MEMBER.path, 3)
    assert role.take(leads(1, 2), now=0) == [mesos.Following(leading(1, 2))]
    assert role.take(tenure.Standby(MEMBER, 1, None), now=0) == []
    assert (role.state, role.serves, role.leader) == ("standby", False, leading(1, 2))
    assert role.take(tenure.NoLeader(), now=0) == [mesos.Leaderless()]
    elected = role.take(tenure.Leading(MEMBER, 9 * S), now=0)
    assert elected == [mesos.Elected(MEMBER.path, 3, 9 * S)] and role.serves
    assert role.take(tenure.Jeopardy(MEMBER, 9 * S), now=S) == [mesos.InJeopardy(9 * S)]
    assert role.due(now=S) == 8.0
    assert role.take(tenure.Leading(MEMBER, 12 * S), now=S) == [mesos.Confirmed(12 * S)]
    role.take(tenure.Jeopardy(MEMBER, 12 * S), now=S)
    (stop,) = role.tick(now=12 * S)
    assert isinstance(stop, mesos.Stop) and (stop.reason, stop.exit_status) == ("lease_ended", 1)
    assert role.state == "stopped" and repr(role) == "<tenure.mesos.Master stopped>"


NEVER = tenure.NoAuthError("the ACL forbids it")


@pytest.mark.parametrize(
    ("event", "reason", "word"),
    [
        (tenure.Lost(None, 1, "session_expired", None), "lost_candidacy", "committing suicide"),
        (tenure.Lost(None, 1, "evicted", None), "lost_candidacy", "committing suicide"),
        (leads(1, 4), "conceded", "Conceded leadership"),
        (tenure.SessionClosed(), "lost_candidacy", "committing suicide"),
    ],
)
def test_a_leader_that_lost_must_stop(event: tenure.Event, reason: str, word: str) -> None:
    role = mesos.Master()
    role.take(tenure.Leading(MEMBER, 9 * S), now=0)
    (stop,) = role.take(event, now=0)
    assert isinstance(stop, mesos.Stop) and stop.reason == reason and word in stop.message


@pytest.mark.parametrize(
    ("event", "stops"),
    [
        (tenure.Lost(None, None, "session_expired", None), None),
        (tenure.Lost(None, None, "lease_lapsed", None), None),
        (tenure.Lost(None, None, "evicted", None), None),
        (tenure.Lost(None, None, "withdrawn", None), 0),
        (tenure.Lost(None, None, "closed", None), 0),
        (tenure.Lost(None, None, "failed", NEVER), 1),
        (tenure.SessionAuthFailed(), 1),
    ],
)
def test_a_standby_stops_only_if_it_cannot_contend(event: tenure.Event, stops: Any) -> None:
    outputs = mesos.Master().take(event, now=0)
    assert [output.exit_status for output in outputs if isinstance(output, mesos.Stop)] == (
        [] if stops is None else [stops]
    )
    if event == tenure.Lost(None, None, "failed", NEVER):
        assert outputs == [mesos.Stop("cannot_contend", f"Failed to contend: {NEVER}", 1)]


def test_an_observer_pings_and_gives_up() -> None:
    observer = mesos.Observer(max_agent_ping_timeouts=2, agent_removal_rate_limit=(1, 60))
    assert observer.total_ping_timeout == 30.0 and observer.due(now=0) is None
    one, outputs = observer.admit(now=0)
    assert outputs == [mesos.Ping(one, True)] and observer.state(one) == "active"
    two = observer.expect(now=0)
    assert observer.state(two) == "expected" and observer.agents == 2
    assert observer.registered(two, now=0) == [mesos.Activated(two), mesos.Ping(two, True)]
    assert observer.pong(one, now=S) == []
    assert observer.link_lost(two, now=S) == [mesos.Deactivated(two)]
    assert observer.due(now=S) == 14.0
    told = [output for at in (15, 30, 45) for output in observer.tick(now=at * S)]
    assert mesos.Unreachable(two, "no_pong", "health check timed out") in told
    # The second one waits for the rate limit, and comes back.
    assert mesos.Scheduled(one, "no_pong", "health check timed out") in told
    assert observer.state(one) == "unanswered" and observer.state(two) == "unreachable"
    assert observer.pong(one, now=46 * S) == [mesos.Canceled(one)]
    assert observer.registered(two, now=46 * S) == [mesos.Readmitted(two), mesos.Ping(two, True)]
    assert observer.removed(two, now=46 * S) == [] and observer.agents == 1
    assert observer.state(two) == "unknown" and observer.pong(two) == [mesos.Unknown(two)]
    assert repr(observer) == "<tenure.mesos.Observer of 1>"
    late = mesos.Observer(agent_reregister_timeout=600)
    agent = late.expect(now=0)
    overdue = late.tick(now=600 * S)
    text = "did not reregister within 10mins after master failover"
    assert mesos.Unreachable(agent, "failover", text) in overdue


def test_the_default_time_is_the_clock_of_the_library() -> None:
    observer = mesos.Observer()
    before = time.clock_gettime_ns(time.CLOCK_BOOTTIME)
    observer.admit()
    after = time.clock_gettime_ns(time.CLOCK_BOOTTIME)
    due, left = observer.due_at, observer.due()
    assert due is not None and before + 15 * S <= due <= after + 15 * S
    assert left is not None and 0 <= left <= 15


def test_a_role_of_many_threads_takes_every_input() -> None:
    observer = mesos.Observer()
    mine: list[list[int]] = [[] for _ in range(8)]

    def work(agents: list[int]) -> None:
        for _ in range(200):
            agents.append(observer.admit()[0])

    threads = [threading.Thread(target=work, args=(agents,)) for agents in mine]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(LIMIT)
    assert observer.agents == len({agent for agents in mine for agent in agents}) == 1600


@pytest.mark.parametrize(
    ("error", "word", "act"),
    [
        (ValueError, "backoff: .*900s", lambda: mesos.Agent(backoff=901)),
        (ValueError, "backoff_max", lambda: mesos.Agent(backoff_max=0)),
        (ValueError, "ping_timeout", lambda: mesos.Agent(ping_timeout=0)),
        (TypeError, "ping_timeout", lambda: mesos.Agent(ping_timeout="x")),  # type: ignore[arg-type]
        (ValueError, "seed", lambda: mesos.Agent(seed=-1)),
        (TypeError, "seed", lambda: mesos.Agent(seed=1.5)),  # type: ignore[arg-type]
        (ValueError, "id", lambda: mesos.Agent(id="")),
        (ValueError, "failover_timeout", lambda: mesos.Driver(failover_timeout=10**10)),
        (TypeError, "event", lambda: mesos.Agent().take("x")),  # type: ignore[arg-type]
        (ValueError, "token", lambda: mesos.Agent().take(leads(1, -1))),
        (ValueError, "lease_end", lambda: mesos.Master().take(tenure.Leading(MEMBER, -1))),
        (ValueError, "now", lambda: mesos.Agent().tick(now=-1)),
        (ValueError, "now", lambda: mesos.Master().tick(now=2**64)),
        (TypeError, "now", lambda: mesos.Agent().due(now=1.0)),  # type: ignore[arg-type]
        (ValueError, "id", lambda: mesos.Agent().registered(address=ONE, id="")),
        (TypeError, "address", lambda: mesos.Agent().ping(address=b"x")),  # type: ignore[arg-type]
        (ValueError, "surrogate", lambda: mesos.Agent().accepts("\ud800")),
        (ValueError, "token", lambda: mesos.Agent().accepts(ONE, -1)),
        (ValueError, "token", lambda: mesos.Agent().accepts(ONE, 2**64)),
        (TypeError, "connected", lambda: mesos.Agent().ping(address=ONE, connected=1)),  # type: ignore[arg-type]
        (TypeError, "why", lambda: mesos.Agent().refused(address=ONE, why=1)),  # type: ignore[arg-type]
        (ValueError, "kind must be one of", lambda: mesos.Driver().call("x")),  # type: ignore[arg-type]
        (ValueError, "agent_ping_timeout", lambda: mesos.Observer(agent_ping_timeout=0)),
        (ValueError, "max_agent_ping", lambda: mesos.Observer(max_agent_ping_timeouts=0)),
        (ValueError, "max_agent_ping", lambda: mesos.Observer(max_agent_ping_timeouts=2**40)),
        (ValueError, "removal_rate", lambda: mesos.Observer(agent_removal_rate_limit=(0, 1.0))),
        (TypeError, "removal_rate", lambda: mesos.Observer(agent_removal_rate_limit=1)),  # type: ignore[arg-type]
        (ValueError, "agent", lambda: mesos.Observer().pong(-1)),
        (TypeError, "agent", lambda: mesos.Observer().state("x")),  # type: ignore[arg-type]
    ],
)
def test_a_mistake_is_named(error: type[Exception], word: str, act: Callable[[], object]) -> None:
    with pytest.raises(error, match=word) as caught:
        act()
    assert error is TypeError or isinstance(caught.value, tenure.InvalidInputError)


def test_the_end_of_time_is_no_panic() -> None:
    last = 2**64 - 1
    agent, driver, observer = mesos.Agent(), mesos.Driver(), mesos.Observer()
    for role in (agent, driver):
        role.take(leads(1, last), now=last)
        role.tick(now=last)
    agent.registered(address=ONE, token=last, id="i", ping_timeout=10**30, now=last)
    driver.registered(address=ONE, token=last, id="i", now=last)
    key, _ = observer.admit(now=last)
    observer.link_lost(key, now=last)
    observer.pong(last, now=last)
    assert agent.state == driver.state == "registered" and observer.agents == 1


def test_a_cluster_of_all_roles(memory: str) -> None:
    """One master is elected, an agent and a scheduler register, and the master ends."""
    with tenure.Client(memory) as client, tenure.Client(memory) as others:
        role, agent, driver = mesos.Master(), mesos.Agent(backoff=0), mesos.Driver(backoff=0)
        contender = mesos.MasterContender(client, master())
        told: list[mesos.Output] = []
        while "elected" not in names(told):
            told += role.take(contender.events.next(timeout=LIMIT))
        detector = mesos.MasterDetector(others)
        event = detector.detect(timeout=LIMIT)
        while not isinstance(event, mesos.MasterLeads):
            event = detector.detect(event, timeout=LIMIT)
        agent.take(event)
        driver.take(event)
        (register,), (subscribe,) = agent.tick(), driver.tick()
        assert isinstance(register, mesos.Register) and isinstance(subscribe, mesos.Subscribe)
        sender, token = register.leader.address, register.leader.token
        assert (sender, token) == (ONE, event.leader.member.token)
        assert names(agent.registered(address=sender, token=token, id="a")) == ["registered"]
        assert names(driver.registered(address=sender, token=token, id="f")) == ["registered"]
        client.close(timeout=LIMIT)
        told = []
        while role.state != "stopped":
            told += role.take(contender.events.next(timeout=LIMIT))
        assert names(told) == ["stop"]
        gone = detector.detect(event, timeout=LIMIT)
        assert names(agent.take(gone)) == ["disconnected", "lost"]
        assert names(driver.take(gone)) == ["disconnected"]
        assert not agent.accepts(ONE) and not driver.accepts(ONE)
