"""The checks of numbers: tokens, agents, instants and seeds."""

from __future__ import annotations

from typing import Optional

from ..errors import InvalidInputError

_MOST = 2**64 - 1


def number(name: str, value: int, most: int = _MOST) -> int:
    """The number, if it is from 0 to ``most``."""
    if isinstance(value, bool) or not isinstance(value, int):
        raise TypeError(f"{name} must be int, not {type(value).__name__}")
    if not 0 <= value <= most:
        raise InvalidInputError(f"{name} must be from 0 to {most}, not {value}")
    return value


def optional_number(name: str, value: Optional[int]) -> Optional[int]:
    """As :func:`number`; ``None`` stays ``None``."""
    return None if value is None else number(name, value)
