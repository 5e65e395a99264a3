"""The library's log, as records of the logger ``tenure``."""

from __future__ import annotations

import logging
import os
from typing import Optional

from . import _tenure

logger = logging.getLogger("tenure")

_LEVELS = (logging.DEBUG, logging.INFO, logging.WARNING, logging.ERROR)

# The process and the level that the library was last set to.
_set: Optional[tuple[int, Optional[int]]] = None


def follow() -> None:
    """Sets the library to the logger's level now: it makes no records below that."""
    global _set
    wanted = logger.getEffectiveLevel()
    level = next((level for level in _LEVELS if level >= wanted), None)
    now = (os.getpid(), level)
    if now != _set:
        _tenure.log(level, _emit)
        _set = now


def _emit(level: int, client: int, message: str) -> None:
    logger.log(level, "client %d: %s", client, message)
