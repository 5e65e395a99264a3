"""The blocking and the asyncio half of the package have the same names and the same arguments."""

from __future__ import annotations

import asyncio
import inspect
import pickle
from collections.abc import Collection
from typing import Any, get_args

import pytest
import tenure
import tenure.aio
from support.wait import LIMIT

CALLBACKS = {"on_event", "on_leader_change", "on_change", "on_session"}
"""Event loops have ``async for`` instead."""
DESCRIPTOR = {"fileno"}
"""The loop reads a descriptor of its own."""
ONLY_BLOCKING = CALLBACKS | DESCRIPTOR


def public(kind: type) -> set[str]:
    return {name for name in dir(kind) if not name.startswith("_")}


def parameters(function: Any) -> list[tuple[str, Any, Any, Any]]:
    """The parameters, except ``timeout``, which a task does not need where it can be cancelled."""
    return [
        (name, parameter.kind, parameter.default, parameter.annotation)
        for name, parameter in inspect.signature(function).parameters.items()
        if name != "timeout"
    ]


@pytest.mark.parametrize("name", tenure.aio.__all__)
def test_both_halves_have_the_same_names_and_arguments(name: str) -> None:
    blocking, awaited = getattr(tenure, name, None), getattr(tenure.aio, name)
    if blocking is None:
        blocking = getattr(tenure._group, name)
    assert public(blocking) - ONLY_BLOCKING == public(awaited)
    for member in sorted(public(awaited)):
        ours, theirs = getattr(blocking, member), getattr(awaited, member)
        if not inspect.ismemberdescriptor(theirs):
            assert inspect.getdoc(ours) and inspect.getdoc(theirs), member
        if callable(theirs):
            assert parameters(ours) == parameters(theirs), member
    if name in ("Client", "Contender", "Detector", "Group"):
        assert parameters(blocking) == parameters(awaited)


@pytest.mark.parametrize("policy", get_args(tenure.Policy))
def test_the_extension_knows_every_policy(policy: tenure.Policy, memory: str) -> None:
    with tenure.Client(memory) as client:
        client.contender(policy=policy).wait_leading(timeout=LIMIT)


def test_handles_show_their_public_names(memory: str) -> None:
    with tenure.Client(memory) as client:
        contender, detector, group = client.contender(data="x"), client.detector(), client.group()
        lead = contender.wait_leading(timeout=LIMIT)
        detector.wait_leader(timeout=LIMIT)
        assert len(group) == 1
        assert repr(client) == f"<tenure.Client {memory} SessionConnected>"
        assert repr(contender) == f"<tenure.Contender leading, token {lead.token}>"
        assert repr(detector) == "<tenure.Detector leader b'x'>"
        assert repr(group) == "<tenure.Group of 1>"
        assert repr(lead).startswith(f"<tenure.Leadership token {lead.token}, ")
        contender.withdraw(timeout=LIMIT)
        assert repr(contender) == "<tenure.Contender Lost>"
        for handle in (contender, detector, group):
            handle.close()
            handle.close()
            assert repr(handle) == f"<tenure.{type(handle).__name__} closed>"
            with pytest.raises(tenure.ClosedError, match=f"^this {type(handle).__name__.lower()} is"):
                _ = handle.events


def test_handles_of_an_event_loop_show_their_public_names(memory: str) -> None:
    async def main() -> None:
        async with tenure.aio.Client(memory) as client:
            contender, detector, group = client.contender(data="x"), client.detector(), client.group()
            lead = await contender.wait_leading()
            await detector.wait_leader()
            await group.wait_change(())
            assert repr(client) == f"<tenure.aio.Client {memory} SessionConnected>"
            assert repr(contender) == f"<tenure.aio.Contender leading, token {lead.token}>"
            assert repr(detector) == "<tenure.aio.Detector leader b'x'>"
            assert repr(group) == "<tenure.aio.Group of 1>"
            assert repr(lead).startswith(f"<tenure.aio.Leadership token {lead.token}, ")
            for handle in (contender, detector, group):
                handle.close()
                assert repr(handle) == f"<tenure.aio.{type(handle).__name__} closed>"

    asyncio.run(asyncio.wait_for(main(), LIMIT))


def test_handles_cannot_be_pickled(memory: str) -> None:
    with tenure.Client(memory) as client:
        for handle in (client, client.contender(), client.detector(), client.group()):
            with pytest.raises(TypeError):
                pickle.dumps(handle)
        assert isinstance(client.group(), Collection)
