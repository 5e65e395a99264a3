"""The checks of arguments, at the call itself, so that an error names the argument."""

from __future__ import annotations

import math
import os
import sys
from datetime import timedelta
from typing import Optional, Union

from .errors import InvalidInputError
from .events import Member

Span = Union[float, timedelta]
"""A span of time: seconds as ``int`` or ``float``, or a ``timedelta``."""

Payload = Union[str, bytes, bytearray, memoryview]
"""The content of a znode: bytes, or text, which is encoded as UTF-8."""

File = Union[str, os.PathLike[str]]
"""The name of a file."""

# The library counts time in unsigned 64-bit nanoseconds: up to 584 years.
_NANOS_MAX = 2**64 - 1


def _kind(value: object) -> str:
    return type(value).__name__


def nanos(name: str, value: Optional[Span]) -> Optional[int]:
    """The span in nanoseconds; ``None``, which means for ever or the default, stays ``None``."""
    if value is None:
        return None
    if isinstance(value, timedelta):
        count = (value.days * 86_400 + value.seconds) * 10**9 + value.microseconds * 1000
    elif isinstance(value, bool) or not isinstance(value, (int, float)):
        raise TypeError(
            f"{name} must be a number of seconds or a datetime.timedelta, not {_kind(value)}"
        )
    elif isinstance(value, int):
        count = value * 10**9
    elif not math.isfinite(value):
        hint = "; None waits for ever" if name == "timeout" else ""
        raise InvalidInputError(f"{name} must be finite, not {value}{hint}")
    else:
        count = round(max(-1.0, min(value, _NANOS_MAX / 1e9)) * 1e9)
    if count < 0:
        raise InvalidInputError(f"{name} must not be negative: {value}")
    return min(count, _NANOS_MAX)


def required_nanos(name: str, value: Span) -> int:
    """As :func:`nanos`, but ``None`` is an error."""
    count = nanos(name, value)
    if count is None:
        raise TypeError(f"{name} must be a number of seconds or a datetime.timedelta, not None")
    return count


def text(name: str, value: str) -> str:
    """The text, if UTF-8 can encode it."""
    if not isinstance(value, str):
        raise TypeError(f"{name} must be str, not {_kind(value)}")
    try:
        value.encode()
    except UnicodeEncodeError:
        raise InvalidInputError(f"{name} cannot be encoded as UTF-8: it holds half of a surrogate pair") from None
    return value


def optional_text(name: str, value: Optional[str]) -> Optional[str]:
    """As :func:`text`; ``None`` stays ``None``."""
    return None if value is None else text(name, value)


def undertaker_path(value: Union[bool, File]) -> Optional[str]:
    """The path of an undertaker; the empty text for the one of the package, ``None`` for none."""
    if isinstance(value, bool):
        return "" if value else None
    path = optional_file("undertaker", value)
    if not path:
        raise InvalidInputError("undertaker is empty; give True for the undertaker of the package, or a path")
    return path


def optional_file(name: str, value: Optional[File]) -> Optional[str]:
    """The name of a file, if the file system can encode it; ``None`` stays ``None``."""
    if value is None:
        return None
    path = os.fspath(value) if isinstance(value, (str, os.PathLike)) else None
    if not isinstance(path, str):
        raise TypeError(f"{name} must be str or os.PathLike[str], not {_kind(value)}")
    try:
        os.fsencode(path)
    except UnicodeEncodeError:
        encoding = sys.getfilesystemencoding()
        raise InvalidInputError(f"{name} cannot be encoded as the name of a file, in {encoding}") from None
    return path


def payload(name: str, value: Payload) -> bytes:
    """The bytes of a payload."""
    if isinstance(value, str):
        return text(name, value).encode()
    if isinstance(value, (bytes, bytearray, memoryview)):
        return bytes(value)
    raise TypeError(f"{name} must be str or bytes, not {_kind(value)}")


def flag(name: str, value: bool) -> bool:
    """The flag, if it is a ``bool``."""
    if not isinstance(value, bool):
        raise TypeError(f"{name} must be bool, not {_kind(value)}")
    return value


def choice(name: str, value: str, known: tuple[str, ...]) -> str:
    """The word, which must be one of those that are known."""
    if not isinstance(value, str):
        raise TypeError(f"{name} must be str, not {_kind(value)}")
    if value not in known:
        raise InvalidInputError(f"{name} must be one of {', '.join(known)}, not {value!r}")
    return value


def member(name: str, value: Member) -> Member:
    """The member, if it is a :class:`tenure.Member`."""
    if not isinstance(value, Member):
        raise TypeError(f"{name} must be a tenure.Member, not {_kind(value)}")
    return value


def function(name: str, value: object) -> None:
    """Refuses an object that cannot be called."""
    if not callable(value):
        raise TypeError(f"{name} must be callable, not {_kind(value)}")
