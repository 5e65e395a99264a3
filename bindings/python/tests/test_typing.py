"""The code that type checkers are shown (scripts/python-test) does what it says."""

from __future__ import annotations

import pathlib
import subprocess
import sys

CODE = pathlib.Path(__file__).parent / "typing" / "quick_start.py"


def test_it_runs() -> None:
    done = subprocess.run(
        [sys.executable, "-X", "dev", "-W", "error", str(CODE)],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (done.stdout, done.stderr, done.returncode) == ("fine\n", "", 0)
