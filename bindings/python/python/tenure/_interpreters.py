"""Which interpreter this is. Python refuses extensions in subinterpreters from 3.12 on by itself."""

from __future__ import annotations

import importlib
import sys


def refuse_others() -> None:
    """Raises ``ImportError`` in a subinterpreter.

    The extension's classes and the way of its callbacks into Python are the main one's.
    """
    if sys.version_info >= (3, 12):
        return
    try:
        interpreters = importlib.import_module("_xxsubinterpreters")
    except ImportError:
        return
    if interpreters.get_current() != interpreters.get_main():
        raise ImportError("tenure does not support loading in subinterpreters")
