"""Scripts that run as processes of their own."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import textwrap

from .wait import LIMIT, until

PREAMBLE = """
import faulthandler, os, signal, sys, threading, time
faulthandler.dump_traceback_later(60, exit=True)
import tenure
"""


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
            # Whoever ran the tests in the background may have them ignore it.
            preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),
        )

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
        try:
            out, errors = self.process.communicate(timeout=LIMIT * 2)
        finally:
            self.process.kill()
        assert self.process.returncode == code, f"{self.process.returncode}: {out}\n{errors}"
        return errors

    def waits_in(self, what: str) -> None:
        """Waits until its main thread is in this system call: poll, futex, …"""
        path = f"/proc/{self.process.pid}/wchan"
        until(f"the child to be in {what}", lambda: what in open(path).read())

    def cpu_seconds(self) -> float:
        fields = open(f"/proc/{self.process.pid}/stat").read().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def run(script: str, *arguments: str, code: int = 0) -> str:
    """Runs a script to its end, and gives what it said on stdout."""
    child = Child(script, *arguments)
    out, errors = child.process.communicate(timeout=LIMIT * 3)
    assert child.process.returncode == code, f"{child.process.returncode}: {out}\n{errors}"
    return out.strip()
