"""Bad input: refused where it comes in, by an exception that names the argument."""

from __future__ import annotations

import math
from datetime import timedelta
from typing import Any, Callable

import pytest
import tenure
import tenure.aio
from support.wait import LIMIT
from tenure._arguments import nanos, payload
from tenure.testing import MemoryServer


@pytest.mark.parametrize(
    ("span", "expected"),
    [
        (None, None),
        (0, 0),
        (1, 10**9),
        (0.5, 5 * 10**8),
        (1e-9, 1),
        (timedelta(days=1, microseconds=1), 86_400 * 10**9 + 1000),
        (10**30, 2**64 - 1),
        (1e300, 2**64 - 1),
        (timedelta.max, timedelta.max.days * 86_400 * 10**9 + (86_400 * 10**9 - 1000)),
    ],
)
def test_spans(span: Any, expected: Any) -> None:
    assert nanos("timeout", span) == (expected if expected is None else min(expected, 2**64 - 1))


@pytest.mark.parametrize("bad", [True, "1", b"1", [1], 1j, object()])
def test_what_is_no_span_is_a_type_error(bad: Any) -> None:
    with pytest.raises(TypeError, match="^timeout must be a number of seconds"):
        nanos("timeout", bad)


@pytest.mark.parametrize("bad", [-1, -0.001, math.nan, math.inf, -math.inf, timedelta(days=-1)])
def test_what_cannot_be_waited_for_is_a_value_error(bad: Any) -> None:
    with pytest.raises(ValueError, match="^timeout must") as caught:
        nanos("timeout", bad)
    assert isinstance(caught.value, tenure.InvalidInputError)


def test_payloads_are_bytes_or_text() -> None:
    for given in ("ä", "ä".encode(), bytearray("ä".encode()), memoryview("ä".encode())):
        assert payload("data", given) == b"\xc3\xa4"


@pytest.mark.parametrize(
    ("error", "word", "act"),
    [
        (TypeError, "url", lambda c: tenure.Client(b"memory://x/y")),
        (TypeError, "url", lambda c: tenure.aio.Client(None)),
        (ValueError, "zk://", lambda c: tenure.Client("nonsense")),
        (ValueError, "surrogate", lambda c: tenure.Client("zk://h/\ud800")),
        (TypeError, "session_timeout", lambda c: tenure.Client(c.url, session_timeout="1")),
        (TypeError, "session_timeout", lambda c: tenure.Client(c.url, session_timeout=None)),
        (TypeError, "session_timeout", lambda c: tenure.Client(c.url, session_timeout=True)),
        (ValueError, "session_timeout", lambda c: tenure.Client(c.url, session_timeout=-1)),
        (ValueError, "session timeout", lambda c: tenure.Client(c.url, session_timeout=0)),
        (ValueError, "session timeout", lambda c: tenure.Client(c.url, session_timeout=10**9)),
        (ValueError, "tick", lambda c: tenure.Client(c.url, tick=0)),
        (TypeError, "tick", lambda c: tenure.Client(c.url, tick="x")),
        (TypeError, "path", lambda c: c.contender(b"/x")),
        (ValueError, "path", lambda c: c.contender("x")),
        (ValueError, "path", lambda c: c.detector("/")),
        (TypeError, "path", lambda c: c.detector(1)),
        (ValueError, "path", lambda c: c.group("/a//b")),
        (TypeError, "path", lambda c: c.group(1)),
        (TypeError, "data", lambda c: c.contender(data=7)),
        (TypeError, "data", lambda c: c.contender(data=None)),
        (ValueError, "1000000", lambda c: c.contender(data=b"x" * 1_000_001)),
        (ValueError, "data", lambda c: c.contender(data="\ud800")),
        (TypeError, "label", lambda c: c.contender(label=7)),
        (ValueError, "label", lambda c: c.contender(label="a/b")),
        (TypeError, "policy", lambda c: c.contender(policy=1)),
        (ValueError, "policy must be one of", lambda c: c.contender(policy="lax")),
        (TypeError, "reenrol", lambda c: c.contender(reenrol=1)),
        (TypeError, "warm", lambda c: c.contender(warm=None)),
        (TypeError, "timeout", lambda c: c.contender().wait_leading("x")),
        (ValueError, "timeout", lambda c: c.contender().leadership(timeout=-1)),
        (TypeError, "timeout", lambda c: c.contender().withdraw(timeout=[])),
        (TypeError, "data", lambda c: c.contender().set_data(object())),
        (ValueError, "timeout", lambda c: c.detector().wait_leader(math.nan)),
        (TypeError, "previous", lambda c: c.detector().wait_change(None)),
        (TypeError, "previous", lambda c: c.detector().wait_change(tenure.SessionClosed())),
        (TypeError, "member", lambda c: c.group().cancel("/x/y")),
        (TypeError, "member", lambda c: c.group().data(None)),
        (TypeError, "member", lambda c: c.group().evict(1)),
        (TypeError, "member", lambda c: c.group().wait_cancelled(())),
        (TypeError, "data", lambda c: c.group().join(1.5)),
        (TypeError, "label", lambda c: c.group().membership(label=b"x")),
        (TypeError, "expected", lambda c: c.group().wait_change(["x"])),
        (TypeError, "callback", lambda c: c.on_session(7)),
        (TypeError, "callback", lambda c: c.detector().on_leader_change(None)),
        (ValueError, "timeout", lambda c: c.events.next(-1)),
        (TypeError, "timeout", lambda c: c.close("now")),
        (TypeError, "name", lambda c: MemoryServer(7)),
        (ValueError, "name", lambda c: MemoryServer("no/slash")),
        (ValueError, "path", lambda c: MemoryServer().url("x")),
        (TypeError, "session", lambda c: MemoryServer().expire("x")),
    ],
)
def test_a_mistake_is_named(
    error: type[Exception], word: str, act: Callable[[tenure.Client], object], memory: str
) -> None:
    with tenure.Client(memory) as client:
        with pytest.raises(error, match=word) as caught:
            act(client)
        assert error is TypeError or isinstance(caught.value, tenure.InvalidInputError)
        # And the client goes on.
        assert client.group().members(timeout=LIMIT) is not None


def test_a_password_is_never_shown() -> None:
    client = tenure.Client("zk://me:sesame@127.0.0.1:1/app")
    shown = [repr(client), str(client), client.url, repr(client.contender()), str(client.events)]
    aio = tenure.aio.Client("zk://me:sesame@127.0.0.1:1/app")
    shown += [repr(aio), aio.url, repr(client.group()), repr(client.detector())]
    for bad in ("zk://me:sesame@127.0.0.1:x/app", "zk://me:sesame@", "zk://h/a,zk://u:sesame@h/a"):
        with pytest.raises(tenure.InvalidInputError) as caught:
            tenure.Client(bad)
        shown += [str(caught.value), repr(caught.value)]
    assert not [text for text in shown if "sesame" in text]
    assert client.url == "zk://…@127.0.0.1:1/app"
    client.close(timeout=LIMIT)
