"""Errors at the end of a ``with`` statement, which must not hide the exception of its body."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from .._logs import logger
from ..errors import ClosedError, Error, ForkedError, TimeoutError


@contextmanager
def logged(warning: str, *ignored: type[Error]) -> Iterator[None]:
    """Logs the errors of its body after the words ``warning``, except those that are ``ignored``."""
    try:
        yield
    except ignored:
        pass
    except Error as error:
        logger.warning("%s: %s", warning, error)


ENDED = (TimeoutError, ClosedError, ForkedError)
"""A znode that is being deleted needs no more attention after these: it is deleted when a server can
be reached, or it ends with its session."""
