"""Masters of Mesos: their contenders, detectors and events, and masters that are appointed."""

from __future__ import annotations

import copy
import gc
import inspect
import pickle
import threading
from typing import Any, Callable

import pytest
import tenure
from support.child import run
from support.wait import LIMIT, until
from tenure import mesos
from tenure.testing import MemoryServer


def master(n: int = 1, **more: Any) -> mesos.MasterInfo:
    return mesos.MasterInfo(
        **{
            "id": f"id-{n}",
            "address": f"10.0.0.{n}:5050",
            "hostname": f"m{n}.example.com",
            "version": "1.12.0",
            **more,
        }
    )


def test_the_session_timeouts_are_those_of_mesos() -> None:
    assert mesos.MASTER_CONTENDER_ZK_SESSION_TIMEOUT == 10.0
    assert mesos.MASTER_DETECTOR_ZK_SESSION_TIMEOUT == 10.0


def test_a_master_info_has_its_fields() -> None:
    info = master(region="r", zone="z", capabilities=["AGENT_UPDATE", "QUOTA_V2"])
    assert (info.id, info.address, info.ip, info.host, info.port) == (
        "id-1",
        "10.0.0.1:5050",
        "10.0.0.1",
        "m1.example.com",
        5050,
    )
    assert (info.hostname, info.version, info.pid) == (
        "m1.example.com",
        "1.12.0",
        "master@10.0.0.1:5050",
    )
    assert (info.region, info.zone) == ("r", "z")
    assert info.capabilities == ("AGENT_UPDATE", "QUOTA_V2")
    bare = master()
    assert (bare.region, bare.zone, bare.capabilities) == (None, None, ())
    assert repr(info) == "<tenure.mesos.MasterInfo 'id-1' at '10.0.0.1:5050'>"


def test_a_master_info_is_a_value() -> None:
    info, other = master(), master(capabilities=["QUOTA_V2"])
    assert info == master() and hash(info) == hash(master()) and len({info, master()}) == 1
    assert info != other and info.is_same(other) and not info.is_same(master(2))
    assert info != "id-1" and copy.copy(info) == copy.deepcopy(info) == info
    assert mesos.MasterInfo.decode("json.info", info.json()) == info
    for act in (lambda: setattr(info, "id", "x"), lambda: setattr(info, "_native", None)):
        with pytest.raises(AttributeError, match="never changes"):
            act()
    with pytest.raises(AttributeError, match="never changes"):
        del info._native


# The protobuf of id "i", ip, port 5050, and an unknown field, 99.
PROTOBUF = b"\x0a\x01i\x10\x8a\x94\x84\xc8\x06\x18\xba\x27\x9a\x06\x01x"


@pytest.mark.parametrize(
    ("label", "data", "address"),
    [
        ("json.info", master(capabilities=["QUOTA_V2"]).json(), "10.0.0.1:5050"),
        ("json.info", b'{"id":"i","ip":16777226,"port":5050,"later":[1]}', "10.0.0.1:5050"),
        ("info", PROTOBUF, "10.10.1.105:5050"),
        (None, "master@10.0.0.1:5050", "10.0.0.1:5050"),
    ],
)
def test_every_form_of_mesos_is_read_and_can_be_pickled(label: Any, data: Any, address: str) -> None:
    info = mesos.MasterInfo.decode(label, data)
    assert info.address == address
    assert pickle.loads(pickle.dumps(info)) == info


@pytest.mark.parametrize(
    ("error", "word", "act"),
    [
        (TypeError, "id", lambda: master(id=1)),
        (ValueError, "id", lambda: master(id="")),
        (ValueError, "surrogate", lambda: master(id="\ud800")),
        (ValueError, "IPv4:PORT", lambda: master(address="host:5050")),
        (ValueError, "IPv4:PORT", lambda: master(address="10.0.0.1:0")),
        (ValueError, "hostname", lambda: master(hostname="")),
        (ValueError, "region and a zone", lambda: master(region="r")),
        (ValueError, "empty", lambda: master(region="r", zone="")),
        (ValueError, "capabilities", lambda: master(capabilities=["FLIGHT"])),
        (TypeError, "capabilities", lambda: master(capabilities="QUOTA_V2")),
        (TypeError, "label", lambda: mesos.MasterInfo.decode(1, b"")),  # type: ignore[arg-type]
        (TypeError, "data", lambda: mesos.MasterInfo.decode("info", 1)),  # type: ignore[arg-type]
        (ValueError, "label", lambda: mesos.MasterInfo.decode("other", b"")),
        (ValueError, "MasterInfo", lambda: mesos.MasterInfo.decode("json.info", b"{}")),
        (TypeError, "other", lambda: master().is_same("x")),  # type: ignore[arg-type]
        (TypeError, "client", lambda: mesos.MasterContender("x", master())),  # type: ignore[arg-type]
        (TypeError, "client", lambda: mesos.MasterDetector(None)),  # type: ignore[arg-type]
        (ValueError, "zk://", lambda: mesos.MasterDetector.create("nonsense")),
        (TypeError, "session_timeout", lambda: mesos.MasterDetector.create("h:1", None)),  # type: ignore[arg-type]
        (TypeError, "client", lambda: mesos.appoint(1, None)),  # type: ignore[arg-type]
        (TypeError, "master", lambda: mesos.appoint(mesos.standalone(), "x")),  # type: ignore[arg-type]
    ],
)
def test_a_mistake_is_named(error: type[Exception], word: str, act: Callable[[], object]) -> None:
    with pytest.raises(error, match=word) as caught:
        act()
    assert error is TypeError or isinstance(caught.value, tenure.InvalidInputError)


def test_a_contender_has_the_options_of_every_contender() -> None:
    ours = inspect.signature(mesos.MasterContender).parameters
    every = inspect.signature(tenure.Client.contender).parameters
    expected = [name for name in every if name not in ("self", "label", "data")]
    assert list(ours)[2:] == expected
    for name in expected:
        assert ours[name].default == every[name].default


def test_a_master_is_elected_and_detected(url: str) -> None:
    with tenure.Client(url) as client:
        with mesos.MasterDetector(client) as detector:
            nobody = detector.detect(timeout=LIMIT)
            assert nobody == tenure.NoLeader() and detector.master is None
            with mesos.MasterContender(client, master()) as contender:
                assert isinstance(contender, tenure.Contender)
                lead = contender.wait_leading(timeout=LIMIT)
                event = detector.detect(nobody, timeout=LIMIT)
                assert isinstance(event, mesos.MasterLeads) and isinstance(event, tenure.LeaderKnown)
                assert event.info == master() and event.leader.member.token == lead.token
                assert event.leader.member.label == "json.info"
                assert event.leader.data == master().json().encode()
                assert detector.master == master() and detector.leader == event.leader
                assert repr(detector) == "<tenure.mesos.MasterDetector leader '10.0.0.1:5050'>"
                assert repr(contender).startswith("<tenure.mesos.MasterContender leading, token ")
                newer = master(capabilities=["QUOTA_V2"])
                assert contender.set_info(newer, timeout=LIMIT) and contender.info == newer
                changed = detector.detect(event, timeout=LIMIT)
                assert isinstance(changed, mesos.MasterLeads) and changed.info == newer
                with pytest.raises(tenure.TimeoutError):
                    detector.detect(changed, timeout=0)
            assert detector.wait_change(changed, timeout=LIMIT) == tenure.NoLeader()
        with pytest.raises(tenure.ClosedError):
            detector.detect(timeout=0)


def test_events_are_decoded_in_every_way(memory: str) -> None:
    with tenure.Client(memory) as client:
        told: list[tenure.DetectorEvent] = []
        seen = threading.Event()

        by_callback = mesos.MasterDetector(client)

        @by_callback.on_leader_change
        def changed(event: tenure.DetectorEvent) -> None:
            told.append(event)
            if isinstance(event, mesos.MasterLeads):
                seen.set()

        assert changed.__name__ == "changed"
        detector = mesos.MasterDetector(client)
        events = detector.events
        assert events.next(timeout=LIMIT) == tenure.NoLeader()
        contender = mesos.MasterContender(client, master())
        event = next(iter(events))
        assert isinstance(event, mesos.MasterLeads) and event.info == master()
        assert events.latest() == event == detector.state
        assert seen.wait(LIMIT) and told[-1] == event
        assert pickle.loads(pickle.dumps(event)) == event and hash(event) == hash(copy.copy(event))
        contender.close()


def test_a_payload_that_is_no_master_info_is_news(memory: str) -> None:
    with tenure.Client(memory) as client:
        client.contender(data=b"\xff", label="json.info").wait_leading(timeout=LIMIT)
        detector = mesos.MasterDetector(client)
        event = detector.detect(timeout=LIMIT)
        assert isinstance(event, mesos.MasterUndecodable) and event.leader.data == b"\xff"
        assert isinstance(event.error, tenure.InvalidInputError) and str(event.error)
        assert detector.master is None and detector.leader == event.leader
        assert repr(detector) == "<tenure.mesos.MasterDetector MasterUndecodable>"
        assert event == detector.state
        with pytest.raises(tenure.TimeoutError):
            detector.detect(event, timeout=0)


def test_create_has_a_session_of_its_own(tenure_server: MemoryServer) -> None:
    url = tenure_server.url()
    with mesos.MasterContender.create(url, master(), session_timeout=5.0) as contender:
        assert contender.client is not None
        lead = contender.wait_leading(timeout=LIMIT)
        with mesos.MasterDetector.create(url) as detector:
            event = detector.detect(timeout=LIMIT)
            if not isinstance(event, mesos.MasterLeads):
                event = detector.detect(event, timeout=LIMIT)
            assert isinstance(event, mesos.MasterLeads)
            assert event.leader.member.token == lead.token
        assert detector.client is None
    assert contender.client is None and not contender.is_leading()
    with tenure.Client(url) as client:
        assert client.group().members(timeout=LIMIT) == ()


@pytest.mark.parametrize("way", ["close", "last reference", "last reference with a callback"])
def test_a_created_contender_ends_with_its_client(way: str, tenure_server: MemoryServer) -> None:
    contender = mesos.MasterContender.create(tenure_server.url(), master())
    contender.wait_leading(timeout=LIMIT)
    gc.disable()
    try:
        if way == "close":
            # Also a client that somebody holds.
            client = contender.client
            contender.close()
            assert client is not None
            until("the end of it", lambda: client.state == tenure.SessionClosed())
            with pytest.raises(tenure.ClosedError):
                _ = contender.state
        else:
            if "callback" in way:
                contender.on_event(lambda event: None)
            del contender
        with tenure_server.client() as client:
            until("its znode to be gone", lambda: client.group().members(timeout=LIMIT) == ())
    finally:
        gc.enable()


def test_a_fixed_master_is_detected() -> None:
    with mesos.MasterDetector.create("10.0.0.7:5050") as detector:
        event = detector.detect(timeout=LIMIT)
        assert isinstance(event, mesos.MasterLeads)
        assert event.info.address == "10.0.0.7:5050" and event.leader.member.token == 0
        assert pickle.loads(pickle.dumps(event)) == event
    with mesos.MasterDetector.create("m1.example.com:5050") as detector:
        known = detector.master
        assert known is not None and known.host == "m1.example.com"
        assert pickle.loads(pickle.dumps(known)) == known


def test_masters_are_appointed_without_servers() -> None:
    with mesos.standalone() as client:
        detector = mesos.MasterDetector(client)
        assert detector.state == tenure.NoLeader() and detector.detect(timeout=0) == tenure.NoLeader()
        mesos.appoint(client, master())
        first = detector.detect(tenure.NoLeader(), timeout=LIMIT)
        assert isinstance(first, mesos.MasterLeads) and first.info == master()
        assert (first.leader.member.path, first.leader.member.token) == ("10.0.0.1:5050", 0)
        mesos.appoint(client, master())
        again = detector.detect(first, timeout=LIMIT)
        assert isinstance(again, mesos.MasterLeads) and again.info == first.info and again != first
        mesos.appoint(client, None)
        assert detector.master is None
        assert repr(client).startswith("<tenure.Client standalone")
        with pytest.raises(tenure.InvalidInputError):
            mesos.MasterContender(client, master())
    with pytest.raises(tenure.ClosedError):
        mesos.appoint(client, None)


def test_a_client_with_a_session_has_no_appointed_leader(memory: str) -> None:
    with tenure.Client(memory) as client, pytest.raises(tenure.InvalidInputError):
        mesos.appoint(client, None)


def test_a_child_is_told_and_has_its_own_values() -> None:
    said = run(
        """
        from tenure import mesos
        info = mesos.MasterInfo(id="1", address="10.0.0.1:5050", hostname="h", version="1")
        client = tenure.Client("memory://x/mesos")
        contender = mesos.MasterContender(client, info)
        lead = contender.wait_leading()
        own = mesos.MasterContender.create("memory://y/mesos", info)
        own.wait_leading()
        detector, agent = mesos.MasterDetector(client), mesos.Agent(seed=1)
        event = detector.detect()
        if not isinstance(event, mesos.MasterLeads):
            event = detector.detect(event)
        agent.take(event, now=0)
        acts = [
            detector.detect, lambda: detector.events.next(), lambda: contender.set_info(info),
            lambda: mesos.MasterDetector(client), lambda: mesos.MasterContender(client, info),
        ]
        pid = os.fork()
        if pid == 0:
            for n, act in enumerate(acts):
                try:
                    print("no error of", n, act())
                except tenure.ForkedError:
                    pass
            assert agent.state == "registering" and info == event.info
            assert [output.name for output in agent.tick(now=agent.due_at)] == ["register"]
            with own:
                assert not own.is_leading()
            own.close()
            with mesos.MasterContender.create("memory://x/mesos", info) as mine:
                mine.wait_leading(timeout=20)
                print("the child leads")
            sys.exit(0)
        assert os.waitpid(pid, 0)[1] == 0
        lead.check()
        assert own.is_leading()
        print("the parent leads on")
        own.close()
        client.close()
        """
    )
    assert said.splitlines() == ["the child leads", "the parent leads on"]
