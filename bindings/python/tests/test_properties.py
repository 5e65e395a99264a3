"""Arbitrary URLs, payloads, labels, paths and spans."""

from __future__ import annotations

import itertools
from datetime import timedelta

import pytest
import tenure
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from support.wait import LIMIT
from tenure._arguments import nanos

pytestmark = pytest.mark.slow

FAST = settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
SECRET = "sesame-open-yourself"
_numbers = itertools.count()


@FAST
@given(st.text())
def test_no_url_is_too_strange(text: str) -> None:
    for url in (text, f"zk://{text}", f"memory://{text}", f"zk://h:1/{text}"):
        try:
            client = tenure.Client(url)
        except tenure.InvalidInputError as error:
            assert str(error)
        else:
            assert client.path
            client.close(timeout=LIMIT)


@FAST
@given(st.text(max_size=8), st.text(max_size=8), st.text(max_size=8))
def test_a_password_is_shown_by_no_url(user: str, more: str, rest: str) -> None:
    for url in (
        f"zk://{user}:{more}{SECRET}@h:1/g{rest}",
        f"zk://{user}:{SECRET}{more}@{rest}",
        f"zk://h/{rest},zk://{user}:{SECRET}@{more}",
    ):
        try:
            client = tenure.Client(url)
        except tenure.InvalidInputError as error:
            assert SECRET not in str(error) + repr(error)
        else:
            # What stands behind the path's beginning is no password, but part of a path.
            assert SECRET not in client.url.replace(client.path, "") + repr(client.events)
            client.close(timeout=LIMIT)


@pytest.fixture(scope="module")
def group() -> tenure.Group:
    return tenure.Client("memory://properties/group").group()


@FAST
@given(st.binary(max_size=4096))
def test_every_payload_comes_back(group: tenure.Group, data: bytes) -> None:
    with group.membership(data, timeout=LIMIT) as member:
        assert group.data(member, timeout=LIMIT) == data


@FAST
@given(st.text(max_size=100))
def test_every_text_comes_back_as_utf_8(group: tenure.Group, text: str) -> None:
    try:
        expected = text.encode()
    except UnicodeEncodeError:
        with pytest.raises(tenure.InvalidInputError, match="data"):
            group.join(text)
    else:
        with group.membership(text, timeout=LIMIT) as member:
            assert group.data(member, timeout=LIMIT) == expected


@FAST
@given(st.text(max_size=20))
def test_every_label_is_refused_or_comes_back(group: tenure.Group, label: str) -> None:
    try:
        member = group.join(label=label, timeout=LIMIT)
    except tenure.InvalidInputError:
        return
    assert member.label == label
    assert group.members(timeout=LIMIT) == (member,)
    assert group.cancel(member, timeout=LIMIT)


@FAST
@given(st.text(max_size=20))
def test_every_path_is_refused_or_led(path: str) -> None:
    with tenure.Client(f"memory://properties-{next(_numbers)}/x") as client:
        try:
            contender = client.contender(path)
        except tenure.InvalidInputError:
            return
        with contender.leadership(timeout=LIMIT):
            (member,) = client.group(path).members(timeout=LIMIT)
            assert member.path.startswith(f"{path}/")


@FAST
@given(st.one_of(st.integers(), st.floats(), st.timedeltas(), st.text(), st.booleans(), st.none()))
def test_every_span_is_refused_or_counted(span: object) -> None:
    try:
        count = nanos("timeout", span)  # type: ignore[arg-type]
    except TypeError:
        assert isinstance(span, (bool, str))
    except ValueError as error:
        assert str(error).startswith("timeout must")
        assert isinstance(span, timedelta) or not span >= 0 or span == float("inf")  # type: ignore[operator]
    else:
        assert count is None if span is None else 0 <= count <= 2**64 - 1  # type: ignore[operator]
