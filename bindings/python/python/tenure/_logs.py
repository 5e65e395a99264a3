"""The library's log, as records of the logger ``tenure``."""

from __future__ import annotations

import logging
import os
from typing import Optional

from . import _tenure

logger = logging.getLogger("tenure")

_LEVELS = (logging.DEBUG, logging.INFO, logging.WARNING, logging.ERROR)

# For which process and level the library was told last.
_told: Optional[tuple[int, Optional[int]]] = None


def follow() -> None:
    """Has the library tell what the logger wants now, and make up nothing that it does not."""
    global _told
    wanted = logger.getEffectiveLevel()
    level = next((level for level in _LEVELS if level >= wanted), None)
    now = (os.getpid(), level)
    if now != _told:
        _tenure.log(level, _emit)
        _told = now


def _emit(level: int, client: int, message: str) -> None:
    logger.log(level, "client %d: %s", client, message)
