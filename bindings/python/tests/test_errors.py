"""The tree of exceptions: whole, and of use."""

from __future__ import annotations

import builtins
import pathlib
import re

import pytest
import tenure
from tenure import errors

TABLE = pathlib.Path(__file__).parents[3] / "crates" / "election" / "src" / "words" / "errors.rs"


def kinds() -> dict[str, bool]:
    """The kinds of errors of the library, and whether trying again can help."""
    text = TABLE.read_text()
    body = re.search(r"pub enum ErrorKind \{(.*?)\n    \}\n", text, re.S)
    assert body
    rows = re.findall(r"^        \w+ = \(-\d+, \"(\w+)\",(.*?)\),$", body[1], re.M | re.S)
    assert len(rows) >= 10, rows
    return {name: "retriable: true" in remarks for name, remarks in rows}


def test_each_kind_of_error_has_an_exception_of_its_own() -> None:
    assert set(errors.BY_KIND) == set(kinds())
    assert len(set(errors.BY_KIND.values())) == len(errors.BY_KIND)
    for kind, retriable in kinds().items():
        error = errors.make(kind, "a message")
        assert isinstance(error, tenure.Error) and str(error) == "a message"
        assert error.retriable is retriable, kind


def test_every_exception_is_exported_and_documented() -> None:
    for name in errors.__all__:
        exception = getattr(tenure, name)
        assert issubclass(exception, tenure.Error) and exception.__doc__


def test_exceptions_are_what_python_expects() -> None:
    assert issubclass(tenure.TimeoutError, builtins.TimeoutError)
    assert issubclass(tenure.InvalidInputError, ValueError)


def test_a_kind_that_is_not_known_yet_is_an_error_still() -> None:
    assert type(errors.make("Novel", "x")) is tenure.Error


def test_everything_has_a_docstring() -> None:
    import inspect

    import tenure.aio
    import tenure.testing

    bare = []
    for module in (tenure, tenure.aio, tenure.testing):
        for name in module.__all__:
            item = getattr(module, name)
            if not inspect.isclass(item):
                continue
            members = [(name, item)] + [
                (f"{name}.{key}", value)
                for key, value in vars(item).items()
                if not key.startswith("_") and (callable(value) or isinstance(value, property))
            ]
            bare += [f"{module.__name__}.{key}" for key, value in members if not value.__doc__]
    assert not bare


@pytest.mark.parametrize("module", ["tenure", "tenure.aio", "tenure.testing"])
def test_help_is_worth_reading(module: str) -> None:
    import importlib
    import pydoc

    text = pydoc.plain(pydoc.render_doc(importlib.import_module(module)))
    assert len(text.splitlines()) > 100
    for word in ("object at 0x", "Dictionary for"):
        assert word not in text.split("FILE")[0][:2000]
