"""Under gevent and eventlet a wait stops its own greenlet and no other."""

from __future__ import annotations

import select
import signal
import textwrap
from typing import Callable, Optional

import pytest
import tenure
from support.child import Child, run
from support.wait import LIMIT, until
from tenure._greenlets import Flag
from tenure.testing import MemoryServer

# Older releases of both warn of Pythons that are newer than they are, and eventlet of itself.
QUIET = """
import random
warnings.simplefilter("ignore")
"""

GEVENT = """
import gevent
from gevent import Timeout, sleep, spawn
kill = gevent.Greenlet.kill
limited = Timeout.start_new
result = gevent.Greenlet.get
"""

EVENTLET = """
import eventlet
from eventlet import Timeout, sleep, spawn
kill = eventlet.greenthread.GreenThread.kill
limited = Timeout
result = eventlet.greenthread.GreenThread.wait
"""

COMMON = """
from tenure.testing import MemoryServer

ticks = 0

def tick():
    global ticks
    while True:
        ticks += 1
        sleep(0.001)

spawn(tick)

def go_on(more=20):
    "Returns when the other greenlets have run for a while."
    enough = ticks + more
    while ticks < enough:
        sleep(0.001)

def during(wait, end):
    "What `wait` returns, which ends because of `end`, and does not keep others from running."
    returned = []
    waiting = spawn(lambda: returned.append(wait()))
    go_on()
    assert not returned, returned
    end()
    result(waiting)
    return returned[0]

def leave(context):
    context.__exit__(None, None, None)
"""

HOSTS = {
    "gevent": QUIET + GEVENT + COMMON,
    "gevent, patched": QUIET + "from gevent import monkey; monkey.patch_all()" + GEVENT + COMMON,
    "gevent, libuv": QUIET + "os.environ['GEVENT_LOOP'] = 'libuv'" + GEVENT + COMMON,
    "eventlet": QUIET + EVENTLET + COMMON,
    "eventlet, asyncio": QUIET + "os.environ['EVENTLET_HUB'] = 'asyncio'" + EVENTLET + COMMON,
    "eventlet, patched": QUIET + "import eventlet; eventlet.monkey_patch()" + EVENTLET + COMMON,
}
GEVENTS = [name for name in HOSTS if name.startswith("gevent")]


def param(name: str) -> object:
    """A host; its variants only where all tests run, on the default Python."""
    is_variant = ", " in name
    return pytest.param(name, marks=pytest.mark.slow if is_variant else ())


@pytest.fixture(params=[param(name) for name in HOSTS])
def host(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def play(host: str, script: str, *arguments: str) -> str:
    return run(HOSTS[host] + textwrap.dedent(script), *arguments)


def test_f17_every_wait_lets_the_other_greenlets_go_on(host: str) -> None:
    play(
        host,
        """
        a, b = tenure.Client("memory://x/app"), tenure.Client("memory://x/app")
        first, second = a.contender(data="a"), b.contender(data="b")
        lead = first.wait_leading()
        detector, group = b.detector(), b.group()

        # The end of one wait is the act of another greenlet: a wait that stopped the hub never ends.
        next_lead = during(second.wait_leading, first.withdraw)
        assert next_lead.token > lead.token and not lead
        assert during(next_lead.wait, second.withdraw) is False
        state = detector.state
        while not isinstance(state, tenure.NoLeader):
            state = detector.wait_change(state)
        during(detector.wait_leader, lambda: a.contender(data="c"))
        assert detector.wait_leader().data == b"c"
        gone = group.members()[0]
        known = detector.state
        assert during(lambda: detector.wait_change(known), lambda: group.evict(gone)) != known
        workers, joined = b.group("/workers"), []
        joining = lambda: joined.append(a.group("/workers").join("x"))
        assert during(lambda: workers.wait_change(()), joining) == tuple(joined)
        assert during(lambda: workers.wait_cancelled(joined[0]), lambda: workers.evict(joined[0])) is False

        events = b.detector("/other").events
        assert isinstance(events.next(), tenure.NoLeader)
        led = during(lambda: next(iter(events)), lambda: a.contender("/other", data="d"))
        assert led.leader.data == b"d"
        nobody = during(lambda: [*b.detector("/third").events], lambda: b.close())
        assert len(nobody) == 1, nobody
        a.close()
        """,
    )


def test_f17_calls_to_a_server_that_is_cut_off_let_the_other_greenlets_go_on(host: str) -> None:
    play(
        host,
        """
        server = MemoryServer()

        def cut_off(act, begin=lambda client: client):
            client = server.client(session_timeout=10)
            begun = begin(client)
            client.group().members()
            server._native.cut()
            ended = during(lambda: act(begun), server.heal)
            client.close()
            return ended

        def leads(client):
            contender = client.contender("/leads")
            contender.wait_leading()
            return contender

        def enters(client):
            context = client.contender("/leads").leadership()
            context.__enter__()
            return context

        def joins(client):
            context = client.group("/joins").membership()
            context.__enter__()
            return context

        cut_off(lambda client: client.group().join())
        cut_off(lambda client: client.group().members())
        cut_off(lambda client: len(client.group("/empty")))
        assert cut_off(lambda contender: contender.withdraw(), leads)
        assert cut_off(lambda contender: contender.set_data("x"), leads)
        cut_off(leave, enters)
        cut_off(leave, joins)
        cut_off(lambda client: client.close())
        cut_off(leave)
        """,
    )


def test_f17_limits_are_kept_and_others_go_on_meanwhile(host: str) -> None:
    play(
        host,
        """
        client = tenure.Client("memory://x/app")
        nobody = client.detector()
        nobody.wait_change(tenure.LeaderUnknown(0))
        nobody.events.next()

        def late(wait):
            try:
                wait(timeout=0.1)
            except tenure.TimeoutError as error:
                assert "100ms" in str(error), error
                return True

        for wait in (nobody.wait_leader, nobody.events.next):
            before, began = ticks, time.monotonic()
            assert late(wait)
            assert time.monotonic() - began >= 0.1 and ticks > before
        before, began = ticks, time.monotonic()
        lead = client.contender().wait_leading()
        assert lead.wait(timeout=0.1) and ticks > before

        # A call that does not wait lets nobody else run.
        before = ticks
        for wait in (client.detector("/none").wait_leader, client.detector("/none").events.next):
            try:
                wait(timeout=0)
            except tenure.TimeoutError:
                pass
        assert ticks == before
        client.close()
        """,
    )


def test_f17_a_greenlet_whose_time_is_over_stops_waiting(host: str) -> None:
    play(
        host,
        """
        client, other = tenure.Client("memory://x/app"), tenure.Client("memory://x/app")
        lead = client.contender().wait_leading()
        second = other.contender()
        for wait in (second.wait_leading, other.detector("/none").wait_leader, lead.wait):
            limit = limited(0.05)
            try:
                wait()
            except Timeout as over:
                assert over is limit
            else:
                assert False
        # It contends all the same, and all that follows works.
        during(second.wait_leading, client.close)
        other.close()
        """,
    )


def test_f17_a_greenlet_that_is_killed_loses_no_event(host: str) -> None:
    play(
        host,
        """
        client, other = tenure.Client("memory://x/app"), tenure.Client("memory://x/app")
        group, joining = client.group(), other.group()
        rng = random.Random(1)
        sizes = []

        def read():
            size = len(group.events.next().members)
            sizes.append(size)

        result(spawn(read))
        rounds = 150
        for n in range(1, rounds + 1):
            reading = spawn(read)
            sleep(0)
            member = joining.join()
            # The event is on its way, or at the greenlet already.
            for _ in range(rng.randrange(4)):
                sleep(0)
            kill(reading)
            while len(group.known) < n:
                sleep(0)
        while sizes[-1] < rounds:
            read()
        assert sizes == list(range(rounds + 1)), sizes
        client.close(), other.close()
        """,
    )


def test_f17_a_join_whose_greenlet_is_killed_is_undone(host: str) -> None:
    play(
        host,
        """
        client = tenure.Client("memory://x/app")
        group = client.group()
        rng = random.Random(1)
        joined = []
        for _ in range(200):
            joining = spawn(lambda: joined.append(group.join()))
            for _ in range(rng.randrange(12)):
                sleep(0)
            kill(joining)
        limit = time.monotonic() + 60
        while set(group.members()) != set(joined):
            assert time.monotonic() < limit
            sleep(0.01)
        client.close()
        """,
    )


class Killed(BaseException):
    """As greenlets are killed."""


class LateHub:
    """A hub whose greenlet is killed after its call has ended, and before it goes on."""

    class Loop:
        """It stands for the hub of gevent or eventlet."""

    def __init__(self, server: MemoryServer) -> None:
        self.hub = self.Loop()
        self.server = server
        self.is_set = False

    def watch(self, descriptor: int, ready: Callable[[], None]) -> Callable[[], None]:
        self.descriptor, self.ready = descriptor, ready
        return lambda: None

    def flag(self) -> Flag:
        return self

    def set(self) -> None:
        self.is_set = True

    def wait(self, seconds: Optional[float]) -> None:
        self.server.heal()
        while not self.is_set:
            assert select.select([self.descriptor], [], [], LIMIT)[0]
            self.ready()
        raise Killed


def test_f17_a_join_that_was_answered_before_its_greenlet_was_killed_is_undone(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    server = MemoryServer()
    with server.client(session_timeout=10) as client:
        group = client.group()
        for join in (group.join, group.membership().__enter__):
            group.members(timeout=LIMIT)
            hub = LateHub(server)
            with monkeypatch.context() as patch:
                patch.setattr("tenure._wait.hub_of_this_thread", lambda hub=hub: hub)
                with server.cut(), pytest.raises(Killed):
                    join()
            until("the join to be undone", lambda: group.members(timeout=LIMIT) == ())


def test_f17_a_leader_that_is_killed_hands_over(host: str) -> None:
    play(
        host,
        """
        client, other = (tenure.Client("memory://x/app", session_timeout=10) for _ in range(2))
        entered = []

        def lead():
            with client.contender().leadership():
                entered.append(True)
                sleep(1000)

        leading = spawn(lead)
        while not entered:
            sleep(0.001)
        second = other.contender()
        during(second.wait_leading, lambda: kill(leading))
        client.close(), other.close()
        """,
    )


def test_f17_many_greenlets_wait_at_once(host: str) -> None:
    play(
        host,
        """
        clients = [tenure.Client("memory://x/app") for _ in range(3)]
        first = clients[0].contender()
        first.wait_leading()
        second = clients[1].contender()
        detector = clients[2].detector()
        known = detector.wait_leader()
        state = detector.state
        waits = [spawn(second.wait_leading) for _ in range(50)]
        waits += [spawn(lambda: detector.wait_change(state)) for _ in range(50)]
        go_on()
        first.withdraw()
        ended = [result(wait) for wait in waits]
        assert len({lead.token for lead in ended[:50]}) == 1
        for client in clients:
            client.close()
        """,
    )


def test_f17_waiting_leaves_nothing_behind(host: str) -> None:
    play(
        host,
        """
        client = tenure.Client("memory://x/app")
        detector = client.detector()
        detector.wait_change(tenure.LeaderUnknown(0))

        def wait():
            try:
                detector.wait_leader(timeout=0.0001)
            except tenure.TimeoutError:
                pass

        wait()
        before = len(os.listdir("/proc/self/fd"))
        for _ in range(300):
            wait()
        assert len(os.listdir("/proc/self/fd")) == before
        client.close()
        """,
    )


def test_f17_a_hub_has_nothing_left_to_wait_for(host: str) -> None:
    if host not in GEVENTS:
        pytest.skip("a hub of eventlet runs for ever")
    run(
        HOSTS[host].replace("spawn(tick)", "sleep(0)")
        + """
client = tenure.Client("memory://x/app")
client.contender().wait_leading()
client.close()
assert gevent.get_hub().join(timeout=30)
"""
    )


def test_f17_hub_and_native_threads_wait_side_by_side(host: str) -> None:
    play(
        host,
        """
        if "gevent" in sys.modules:
            native = gevent.get_hub().threadpool.apply
        else:
            from eventlet import tpool
            native = tpool.execute
        client, other = tenure.Client("memory://x/app"), tenure.Client("memory://x/app")
        first = client.contender()
        first.wait_leading()
        second = other.contender()
        token = during(lambda: native(lambda: second.wait_leading().token), first.withdraw)
        assert second.lead.token == token
        client.close(), other.close()
        """,
    )


@pytest.mark.parametrize("name", [param(name) for name in GEVENTS])
def test_f17_in_the_hub_itself_a_wait_is_refused_and_a_look_is_not(name: str) -> None:
    play(
        name,
        """
        client = tenure.Client("memory://x/app")
        detector = client.detector()
        said = []

        def look():
            for timeout in (0, None):
                try:
                    detector.wait_leader(timeout)
                except Exception as error:
                    said.append(type(error).__name__)

        gevent.get_hub().loop.run_callback(look)
        go_on()
        assert said == ["TimeoutError", "BlockingSwitchOutError"], said
        client.contender()
        detector.wait_leader()
        client.close()
        """,
    )


@pytest.mark.parametrize("name", [param(name) for name in GEVENTS])
def test_f17_after_a_fork_copied_greenlets_are_told_and_the_parent_waits_on(name: str) -> None:
    said = play(
        name,
        """
        import gevent.os
        client, other = tenure.Client("memory://x/app"), tenure.Client("memory://x/app")
        first = client.contender()
        first.wait_leading()
        second = other.contender()
        told = []

        def wait():
            try:
                told.append(second.wait_leading())
            except tenure.ForkedError as error:
                told.append(error)

        waiting = spawn(wait)
        go_on()
        pid = gevent.os.fork()
        if pid == 0:
            with Timeout(60):
                waiting.join()
                assert isinstance(told[0], tenure.ForkedError), told
                with tenure.Client("memory://y/app") as own:
                    with own.contender().leadership():
                        go_on()
            print("the child led", flush=True)
            os._exit(0)
        while gevent.os.waitpid(pid, os.WNOHANG) == (0, 0):
            sleep(0.01)
        assert not told
        first.withdraw()
        waiting.join()
        assert told[0]
        print("the parent led")
        client.close(), other.close()
        """,
    )
    assert said.splitlines() == ["the child led", "the parent led"]


def test_f17_an_interrupt_ends_a_wait_of_the_main_greenlet(host: str) -> None:
    with Child(
        HOSTS[host].replace("spawn(tick)", "sleep(0)")
        + """
client = tenure.Client("memory://x/app", session_timeout=10)
detector = client.detector()
detector.wait_change(tenure.LeaderUnknown(0))
print("ready")
try:
    detector.wait_leader()
except KeyboardInterrupt:
    print("interrupted")
os._exit(0)
"""
    ) as child:
        assert child.line() == "ready"
        child.waits_in("poll")
        child.signal(signal.SIGINT)
        assert child.line() == "interrupted"
        child.end()


def test_f17_on_a_server_leaders_and_followers_are_greenlets_of_one_thread(
    host: str, url: str
) -> None:
    play(
        host,
        """
        url, led, seen = sys.argv[1], [], []

        def contend(name):
            with tenure.Client(url, session_timeout=4) as client:
                with client.contender(data=name).leadership(timeout=60) as lead:
                    led.append(name)
                    while not (seen and seen[-1] == name):
                        lead.check()
                        sleep(0.001)

        def follow(client):
            for event in client.detector().events:
                if event.leader:
                    seen.append(event.leader.data.decode())

        names = ["a", "b", "c"]
        with tenure.Client(url, session_timeout=4) as client:
            following = spawn(follow, client)
            for contending in [spawn(contend, name) for name in names]:
                result(contending)
        result(following)
        assert sorted(led) == names and sorted(set(seen)) == names, (led, seen)
        """,
        url,
    )


def test_f17_neither_is_imported_by_the_package(memory: str) -> None:
    run(
        """
        with tenure.Client("memory://x/app") as client:
            with client.contender().leadership():
                pass
        assert not {"gevent", "eventlet", "greenlet"} & {*sys.modules}
        """
    )
