"""Measures the Go package beside go-zookeeper, on a real server; the script `run` builds rows."""

from __future__ import annotations

import argparse
import os
import pathlib
import platform
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).parent
sys.path[:0] = [str(HERE.parent), str(HERE.parents[2] / "bindings" / "python" / "tests")]

import beside  # noqa: E402
from support.zookeeper import Zookeeper  # noqa: E402


def line(title: str, samples: dict[str, list[float]], digits: int) -> str:
    return beside.line(title, samples, digits, "tenure", "recipe")


def table(program: str, hosts: str, rounds: int) -> list[str]:
    def measure(row: str, *libraries: str, times: int = rounds) -> beside.Numbers:
        return beside.measure([program], row, libraries, hosts, times)

    both = "tenure", "recipe"
    measure("enrol", *both, times=2)  # has the server's code compiled
    calls = measure("is_leading", "tenure", "cgo", "plain", "recipe")
    enrolments = beside.all_of(measure("enrol", *both))
    leads = beside.all_of(measure("lead", *both))
    hand_overs = beside.all_of(measure("hand_over", *both))
    fewer = (rounds + 1) // 2
    detectors = measure("detectors", *both, times=fewer)
    leader = measure("leader", *both, times=fewer)
    return [
        "| | tenure | recipe | recipe : tenure |",
        "|---|---|---|---|",
        line("enrol: until the znode exists, µs", enrolments, 0),
        line("lead: from the candidacy until it leads, µs", leads, 0),
        line("hand-over: from the release until the successor leads, µs", hand_overs, 0),
        line("1,000 detectors: goroutines more", beside.pick(detectors, 0), 0),
        line("1,000 detectors: threads more", beside.pick(detectors, 1), 0),
        line("one detector of 1,000: memory, KiB", beside.pick(detectors, 2), 1),
        line("1,000 detectors: until all know their leader, ms", beside.pick(detectors, 3), 0),
        line("1,000 detectors, idle: processor time, ms a second", beside.pick(detectors, 4), 2),
        line("one leader, idle: processor time, ms a second", beside.pick(leader, 0), 2),
        "",
        "| a call, ns | one goroutine | two at once |",
        "|---|---|---|",
        *(
            f"| {title} | {cell(calls[library], 0)} | {cell(calls[library], 1)} |"
            for title, library in (
                ("`leadership.IsLeading()` of tenure", "tenure"),
                ("a call into C that does nothing", "cgo"),
                ("`time.Now()` and an atomic load: the floor of a check by a lease", "plain"),
                ("the recipe: two atomic loads, without a clock", "recipe"),
            )
        ),
    ]


def cell(runs: list[list[float]], half: int) -> str:
    """The samples of one goroutine are the first half of a run, those of two the second."""
    middle = len(runs[0]) // 2
    halves = (slice(middle), slice(middle, None))
    return beside.shown([n for run in runs for n in run[halves[half]]], 1)


def machine() -> str:
    words = dict(
        (key.strip(), value.strip())
        for key, _, value in (
            part.partition(":") for part in pathlib.Path("/proc/cpuinfo").read_text().splitlines()
        )
    )
    model = words.get("model name", platform.machine())
    return f"{model}, {os.cpu_count()} cores, Linux {platform.release().split('-')[0]}"


def versions(program: str) -> str:
    """As the program was built."""
    return subprocess.check_output([program, "versions", "-", "-"], text=True).strip()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("program", help="the built rows")
    parser.add_argument("--write", action="store_true", help="write the figures into README.md")
    parser.add_argument("--rounds", type=int, default=5, help="how often each is measured (5)")
    its = parser.parse_args()
    load = os.getloadavg()[0]
    with tempfile.TemporaryDirectory() as folder:
        server = Zookeeper(pathlib.Path(folder), tick=2000)
        try:
            lines = table(its.program, f"127.0.0.1:{server.port}", its.rounds)
        finally:
            server.end()
    where = f"{versions(its.program)}. {machine()}; load {load:.1f} before the first measurement."
    text = "\n".join([where, "", *lines])
    print(text)
    if its.write:
        beside.write(HERE / "README.md", text)


if __name__ == "__main__":
    main()
