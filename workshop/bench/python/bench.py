"""Measures the wheel beside kazoo, on a real server, and writes the figures into README.md."""

from __future__ import annotations

import pathlib
import platform
import sys
import tempfile
from typing import Callable

HERE = pathlib.Path(__file__).parent
sys.path[:0] = [str(HERE.parent), str(HERE.parents[2] / "bindings" / "python" / "tests")]

import beside  # noqa: E402
from support.zookeeper import Zookeeper  # noqa: E402

LIBRARIES = "tenure", "kazoo"


def measure(row: str, hosts: str, times: int) -> beside.Numbers:
    return beside.measure([sys.executable, str(HERE / "rows.py")], row, LIBRARIES, hosts, times)


def line(title: str, samples: dict[str, list[float]], digits: int) -> str:
    return beside.line(title, samples, digits, *LIBRARIES)


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
        line("import, ms", beside.pick(imports, 0), 1),
        line("one more client: memory, KiB", beside.pick(clients, 0), 1),
        line("one more client: threads", beside.pick(clients, 1), 1),
        line("enrol: until the znode exists, µs", beside.all_of(enrolments), 0),
        line(
            "hand-over: until the callback has the next leader, µs", beside.all_of(hand_overs), 0
        ),
        line("one detector of 1,000: memory, KiB", beside.pick(detectors, 0), 1),
        line("1,000 detectors: threads more", beside.pick(detectors, 1), 0),
        line("1,000 detectors: until all know their leader, ms", beside.pick(detectors, 2), 0),
        line("1,000 detectors, idle: processor time, ms a second", beside.pick(detectors, 3), 2),
        line("one client, idle: processor time, ms a second", beside.pick(idle, 0), 2),
    ]


def main() -> None:
    import importlib.metadata

    with tempfile.TemporaryDirectory() as folder:
        server = Zookeeper(pathlib.Path(folder), tick=2000)
        try:
            lines = table(f"127.0.0.1:{server.port}", lambda text: print(text, file=sys.stderr))
        finally:
            server.end()
    versions = ", ".join(f"{name} {importlib.metadata.version(name)}" for name in LIBRARIES)
    where = f"{versions}, CPython {platform.python_version()}, {platform.system()}, two cores."
    text = "\n".join([where, "", *lines])
    print(text)
    beside.write(HERE / "README.md", text)


if __name__ == "__main__":
    main()
