"""What is installed."""

from __future__ import annotations

import importlib.metadata
import os
import pathlib
import re
import subprocess
import sys

import pytest
import tenure
from support.child import run
from tenure import _tenure

ROOT = pathlib.Path(__file__).parents[3]


def test_it_is_the_version_of_the_workspace() -> None:
    cargo = (ROOT / "Cargo.toml").read_text()
    version = re.search(r'\[workspace.package\]\nversion = "(.*?)"', cargo)
    assert version and version[1] == tenure.__version__ == importlib.metadata.version("tenure")


def test_the_extension_exports_its_module_and_nothing_else() -> None:
    assert _tenure.__file__
    names = subprocess.run(
        ["nm", "--dynamic", "--defined-only", "--format=posix", _tenure.__file__],
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    assert [line.split()[0] for line in names.splitlines()] == ["PyInit__tenure"]


def test_it_is_one_for_all_versions_and_needs_no_libpython() -> None:
    assert _tenure.__file__ and _tenure.__file__.endswith("_tenure.abi3.so")
    needed = subprocess.run(
        ["objdump", "-p", _tenure.__file__], capture_output=True, text=True, check=True
    ).stdout
    libraries = re.findall(r"NEEDED +(\S+)", needed)
    assert libraries and not [name for name in libraries if "python" in name or "tenure" in name]


FILES = {
    "extension": pathlib.Path(_tenure.__file__ or ""),
    "tool": pathlib.Path(sys.executable).with_name("tenure"),
}

OLDEST = (2, 17)
"""The glibc of RHEL 7. RHEL 8 has 2.28, Debian 11 and Ubuntu 20.04 have 2.31."""


def promised() -> list[tuple[str, tuple[int, int]]]:
    """The systems that the wheel is for, by the kind and the version of their libc."""
    said = importlib.metadata.distribution("tenure").read_text("WHEEL") or ""
    found = re.findall(r"^Tag: cp39-abi3-(manylinux|musllinux)_(\d+)_(\d+)_\w+$", said, re.M)
    return [(kind, (int(major), int(minor))) for kind, major, minor in found]


@pytest.mark.parametrize("name", FILES)
def test_f17_extension_and_tool_need_no_newer_glibc_than_the_wheel_promises(name: str) -> None:
    said = subprocess.run(
        ["readelf", "--version-info", "--wide", FILES[name]],
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    found = re.findall(r"Name: GLIBC_(\d+)\.(\d+)", said)
    needed = {(int(major), int(minor)) for major, minor in found}
    assert promised()
    for kind, version in promised():
        if kind == "musllinux":
            assert not needed
        else:
            assert version <= OLDEST
            assert needed and max(needed) <= version, sorted(needed)


def test_the_extension_unwinds_by_the_library_of_the_system() -> None:
    # At exit Python ends the threads that wait: glibc unwinds them by libgcc_s. An extension with an
    # unwinder of its own, as Zig would link it, crashes then; test_exit.py ends such threads.
    if any(kind == "musllinux" for kind, _ in promised()):
        pytest.skip("musl unwinds no thread")
    needed = subprocess.run(
        ["objdump", "-p", FILES["extension"]], capture_output=True, text=True, check=True
    ).stdout
    assert re.search(r"NEEDED +libgcc_s\.so\.1", needed), needed


def test_it_is_typed_and_has_its_stub() -> None:
    folder = pathlib.Path(tenure.__file__).parent
    assert (folder / "py.typed").exists() and (folder / "_tenure.pyi").exists()


def test_the_command_line_tool_comes_with_it() -> None:
    tool = pathlib.Path(sys.executable).with_name("tenure")
    assert os.access(tool, os.X_OK)
    said = subprocess.run([tool, "--version"], capture_output=True, text=True, check=True).stdout
    assert said.strip() == f"tenure {tenure.__version__}"
    status = subprocess.run(
        [tool, "status", "10.0.0.1:5050"], capture_output=True, text=True, check=False
    )
    assert status.returncode == 0 and "10.0.0.1:5050" in status.stdout


def test_it_has_tls_and_so_has_the_tool() -> None:
    with pytest.raises(tenure.InvalidInputError, match="No such file"):
        tenure.Client("memory://wheel/tls", tls_ca="/nowhere/at/all")
    tool = pathlib.Path(sys.executable).with_name("tenure")
    words = [tool, "status", "memory://wheel/tls", "--tls-ca", "/nowhere/at/all"]
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    assert done.returncode == 2 and "No such file" in done.stderr, done


def test_importing_it_starts_no_thread_and_reads_no_asyncio() -> None:
    said = run(
        """
        print(len(os.listdir("/proc/self/task")), "asyncio" in sys.modules, "kazoo" in sys.modules)
        """
    )
    assert said == "1 False False"


def test_subinterpreters_are_refused() -> None:
    said = run(
        """
        import warnings
        warnings.simplefilter("ignore")
        try:
            import _interpreters as interpreters
        except ImportError:
            import _xxsubinterpreters as interpreters
        interpreter = interpreters.create()
        script = '''
        try:
            import tenure
        except ImportError as error:
            print("refused:", error)
        '''
        import textwrap
        interpreters.run_string(interpreter, textwrap.dedent(script))
        """
    )
    assert said.startswith("refused: ")


def test_free_threading_is_not_claimed() -> None:
    if not hasattr(sys, "_is_gil_enabled"):
        pytest.skip("this Python always has the interpreter lock")
    assert sys._is_gil_enabled()
