"""The refusal of subinterpreters. Python 3.12 and newer refuse by themselves."""

from __future__ import annotations

import importlib
import sys


def refuse_others() -> None:
    """Raises ``ImportError`` in a subinterpreter.

    The extension's classes belong to the main interpreter, and its callbacks run in it.
    """
    if sys.version_info >= (3, 12):
        return
    try:
        interpreters = importlib.import_module("_xxsubinterpreters")
    except ImportError:
        return
    if interpreters.get_current() != interpreters.get_main():
        raise ImportError("tenure does not support loading in subinterpreters")
