"""Libraries beside each other: each measured in a process of its own, in turns; and their table."""

from __future__ import annotations

import pathlib
import statistics
import subprocess
import sys
from collections.abc import Sequence

BEGIN, END = "<!-- measured: begin -->", "<!-- measured: end -->"

Numbers = dict[str, list[list[float]]]
"""The numbers of each run, by library."""


def measure(
    program: Sequence[str], row: str, libraries: Sequence[str], hosts: str, times: int
) -> Numbers:
    """The numbers of a row. The libraries alternate, so that all see the same load."""
    found: Numbers = {library: [] for library in libraries}
    for n in range(times):
        for library in libraries if n % 2 == 0 else reversed(libraries):
            done = subprocess.run(
                [*program, row, library, hosts], stdout=subprocess.PIPE, text=True, check=True
            )
            found[library].append([float(word) for word in done.stdout.split()])
        print(f"{row}: {n + 1} of {times}", file=sys.stderr, flush=True)
    return found


def pick(found: Numbers, at: int) -> dict[str, list[float]]:
    return {library: [run[at] for run in runs] for library, runs in found.items()}


def all_of(found: Numbers) -> dict[str, list[float]]:
    return {library: [n for run in runs for n in run] for library, runs in found.items()}


def shown(samples: list[float], digits: int) -> str:
    low, middle, high = min(samples), statistics.median(samples), max(samples)
    return f"**{middle:,.{digits}f}** ({low:,.{digits}f}–{high:,.{digits}f})"


def line(
    title: str, samples: dict[str, list[float]], digits: int, ours: str, theirs: str
) -> str:
    """A line of the table: both, and how many times more theirs takes."""
    mine, other = (statistics.median(samples[name]) for name in (ours, theirs))
    ratio = f"{other / mine:,.1f}" if mine > 0 else "–"
    return (
        f"| {title} | {shown(samples[ours], digits)} | {shown(samples[theirs], digits)} | {ratio} |"
    )


def write(readme: pathlib.Path, text: str) -> None:
    """Puts the text between the marks of a document."""
    before, rest = readme.read_text().split(BEGIN)
    readme.write_text(f"{before}{BEGIN}\n{text}\n{END}{rest.split(END)[1]}")
