"""Messages of masters, and what is wrong with bad ones."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any, Optional

BODY_MAX = 1 << 20
"""The longest body, in bytes: of requests, and of answers of masters."""

TEXT_MAX = 4096
"""The longest text in a message, in characters."""

_TOKEN_MAX = 2**64 - 1


class BadMessage(Exception):
    """A body that is not the expected one; the text says how."""


@dataclass(frozen=True)
class Status:
    """The state of a task, as a master reports it."""

    id: str
    state: str
    agent: Optional[str] = None
    reason: Optional[str] = None
    message: Optional[str] = None


@dataclass(frozen=True)
class Sender:
    """The party that a message says it comes from."""

    address: str
    token: int

    def as_json(self) -> dict[str, str]:
        return {"address": self.address, "token": str(self.token)}


def read(body: bytes) -> dict[str, Any]:
    """The JSON object of a body."""
    try:
        message = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise BadMessage(f"the body is no JSON: {error}") from None
    if not isinstance(message, dict):
        raise BadMessage("the body is no JSON object")
    return message


def sender(message: dict[str, Any]) -> Sender:
    """The master that a message names: ``{"address": "IP:PORT", "token": "DECIMAL"}``."""
    origin = child(message, "from")
    token = text(origin, "token")
    if not token.isascii() or not token.isdigit() or not 0 < int(token[:21]) <= _TOKEN_MAX:
        raise BadMessage(f"the token {token[:40]!r} is no decimal number from 1 of 64 bits")
    return Sender(text(origin, "address"), int(token))


def status(message: dict[str, Any]) -> Status:
    """The state of a task that a message reports."""
    task = child(message, "task")
    state = text(task, "state")
    if not state.startswith("TASK_"):
        raise BadMessage(f'the "state" of a task is TASK_..., not {state[:40]!r}')
    others = [optional_text(task, key) for key in ("agent", "reason", "message")]
    return Status(text(task, "id"), state, *others)


def child(message: dict[str, Any], key: str) -> dict[str, Any]:
    """An object in a message."""
    value = message.get(key)
    if not isinstance(value, dict):
        raise BadMessage(f'"{key}" is missing, or no object')
    return value


def text(message: dict[str, Any], key: str) -> str:
    """A text in a message; it may not be empty."""
    value = optional_text(message, key)
    if not value:
        raise BadMessage(f'"{key}" is missing or empty')
    return value


def optional_text(message: dict[str, Any], key: str) -> Optional[str]:
    """A text in a message; ``None`` without one."""
    value = message.get(key)
    if value is not None and not isinstance(value, str):
        raise BadMessage(f'"{key}" is no text')
    if value is not None and len(value) > TEXT_MAX:
        raise BadMessage(f'"{key}" has more than {TEXT_MAX} characters')
    return value
