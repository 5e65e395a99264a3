"""Scripts that run as processes of their own."""

from __future__ import annotations

import contextlib
import os
import pathlib
import signal
import subprocess
import sys
import textwrap

from .wait import LIMIT, until

PREAMBLE = """
import os, signal, sys, threading, time, warnings
import tenure
# Newer Pythons warn of any fork beside threads.
warnings.filterwarnings("ignore", ".*multi-threaded, use of fork.*", DeprecationWarning)
"""


def default_signals() -> None:
    """For a child before it begins: whoever runs the tests may have them ignore or block signals, as
    nohup does with SIGHUP and a shell's `&` with SIGINT."""
    for number in signal.valid_signals() - {signal.SIGKILL, signal.SIGSTOP}:
        signal.signal(number, signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_SETMASK, ())


class Child:
    """A script under the same interpreter, with warnings as errors; its words come line by line."""

    def __init__(self, script: str, *arguments: str) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-X", "dev", "-W", "error", "-u", "-c"]
            + [PREAMBLE + textwrap.dedent(script), *arguments],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
            preexec_fn=default_signals,
        )

    def __enter__(self) -> Child:
        return self

    def __exit__(self, *_: object) -> None:
        # With what it forked: that holds the pipes, too.
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.communicate()

    def line(self) -> str:
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        if not line:
            _, errors = self.process.communicate(timeout=LIMIT)
            raise AssertionError(f"it ended ({self.process.returncode}) and said:\n{errors}")
        return line.strip()

    def signal(self, number: int) -> None:
        self.process.send_signal(number)

    def end(self, code: int = 0) -> str:
        """Waits for its end, which must have this code, and gives what it said on stderr."""
        out, errors = self.process.communicate(timeout=LIMIT * 2)
        assert self.process.returncode == code, f"{self.process.returncode}: {out}\n{errors}"
        return errors

    def waits_in(self, what: str) -> None:
        """Waits until its main thread is in this system call: poll, futex, …"""
        path = pathlib.Path(f"/proc/{self.process.pid}/wchan")
        until(f"the child to be in {what}", lambda: what in path.read_text())


def run(script: str, *arguments: str, code: int = 0) -> str:
    """Runs a script to its end, and gives what it said on stdout."""
    with Child(script, *arguments) as child:
        out, errors = child.process.communicate(timeout=LIMIT * 3)
    assert child.process.returncode == code, f"{child.process.returncode}: {out}\n{errors}"
    return out.strip()
