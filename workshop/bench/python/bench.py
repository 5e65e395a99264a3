"""Measures the wheel beside kazoo, on a real server, and writes the figures into README.md."""

from __future__ import annotations

import pathlib
import platform
import statistics
import subprocess
import sys
import tempfile
from typing import Callable

HERE = pathlib.Path(__file__).parent
sys.path.insert(0, str(HERE.parents[2] / "bindings" / "python" / "tests"))

from support.zookeeper import Zookeeper  # noqa: E402

BEGIN, END = "<!-- measured: begin -->", "<!-- measured: end -->"

Numbers = dict[str, list[list[float]]]


def measure(row: str, hosts: str, times: int) -> Numbers:
    """The numbers of each run, by library; the libraries alternate, so that both see the same load."""
    found: Numbers = {"tenure": [], "kazoo": []}
    for n in range(times):
        for library in ("tenure", "kazoo") if n % 2 == 0 else ("kazoo", "tenure"):
            done = subprocess.run(
                [sys.executable, "rows.py", row, library, hosts],
                capture_output=True,
                text=True,
                check=True,
                cwd=HERE,
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


def line(what: str, samples: dict[str, list[float]], digits: int) -> str:
    ours, theirs = (statistics.median(samples[name]) for name in ("tenure", "kazoo"))
    ratio = f"{theirs / ours:,.1f}" if ours > 0 else "–"
    return (
        f"| {what} | {shown(samples['tenure'], digits)} | "
        f"{shown(samples['kazoo'], digits)} | {ratio} |"
    )


def table(hosts: str, progress: Callable[[str], None]) -> list[str]:
    imports = measure("imports", hosts, 15)
    clients = measure("clients", hosts, 5)
    enrolments = measure("enrolments", hosts, 5)
    hand_overs = measure("hand_overs", hosts, 5)
    detectors = measure("detectors", hosts, 3)
    idle = measure("idle", hosts, 3)
    progress("done")
    return [
        "| | tenure | kazoo | kazoo : tenure |",
        "|---|---|---|---|",
        line("import, ms", pick(imports, 0), 1),
        line("one more client: memory, KiB", pick(clients, 0), 1),
        line("one more client: threads", pick(clients, 1), 1),
        line("enrol: until the znode exists, µs", all_of(enrolments), 0),
        line("hand-over: until the callback has the next leader, µs", all_of(hand_overs), 0),
        line("one detector of 1,000: memory, KiB", pick(detectors, 0), 1),
        line("1,000 detectors: threads more", pick(detectors, 1), 0),
        line("1,000 detectors: until all know their leader, ms", pick(detectors, 2), 0),
        line("1,000 detectors, idle: processor time, ms a second", pick(detectors, 3), 2),
        line("one client, idle: processor time, ms a second", pick(idle, 0), 2),
    ]


def main() -> None:
    import importlib.metadata

    with tempfile.TemporaryDirectory() as folder:
        server = Zookeeper(pathlib.Path(folder), tick=2000)
        try:
            lines = table(f"127.0.0.1:{server.port}", lambda text: print(text, file=sys.stderr))
        finally:
            server.end()
    versions = ", ".join(f"{name} {importlib.metadata.version(name)}" for name in ("tenure", "kazoo"))
    where = f"{versions}, CPython {platform.python_version()}, {platform.system()}, two cores."
    text = "\n".join([BEGIN, where, "", *lines, END])
    print(text)
    readme = HERE / "README.md"
    before, rest = readme.read_text().split(BEGIN)
    readme.write_text(before + text + rest.split(END)[1])


if __name__ == "__main__":
    main()
