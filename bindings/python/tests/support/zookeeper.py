"""A real ZooKeeper server, of Debian's jars, for the tests that need one."""

from __future__ import annotations

import os
import pathlib
import shutil
import signal
import socket
import subprocess
from typing import Optional

from .wait import until

JAVA = pathlib.Path("/usr/share/java")
NEEDED = ("zookeeper", "zookeeper-jute", "slf4j-api", "slf4j-simple")
USED_IF_THERE = ("netty-all", "metrics-core", "snappy-java")

# As testkit/src/zookeeper/launch.rs has it: little memory, a quick start, no fsync.
JVM = (
    "-Xmx128m",
    "-XX:+UseSerialGC",
    "-XX:TieredStopAtLevel=1",
    "-XX:-UsePerfData",
    "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn",
    "-Dzookeeper.forceSync=no",
    "-Dzookeeper.preAllocSize=1024",
    "-Dzookeeper.fsync.warningthresholdms=10000",
)


def class_path() -> Optional[str]:
    """Where the server's code is; ``None`` where there is none."""
    by_hand = os.environ.get("TENURE_ZOOKEEPER_CLASSPATH")
    if by_hand:
        return by_hand
    jars = [JAVA / f"{name}.jar" for name in NEEDED]
    if shutil.which("java") is None or not all(jar.exists() for jar in jars):
        return None
    jars += [jar for jar in (JAVA / f"{name}.jar" for name in USED_IF_THERE) if jar.exists()]
    return ":".join(map(str, jars))


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Zookeeper:
    """One server; ``tick`` is its ``tickTime`` in milliseconds."""

    def __init__(self, folder: pathlib.Path, tick: int = 500) -> None:
        self.port = free_port()
        self._folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "zoo.cfg").write_text(
            f"tickTime={tick}\n"
            f"dataDir={folder / 'data'}\n"
            f"clientPort={self.port}\n"
            "clientPortAddress=127.0.0.1\n"
            "maxClientCnxns=0\n"
            "admin.enableServer=false\n"
            "4lw.commands.whitelist=*\n"
        )
        path = class_path()
        assert path is not None
        with (folder / "server.log").open("ab") as log:
            self._process = subprocess.Popen(
                ["java", *JVM, "-cp", path]
                + ["org.apache.zookeeper.server.quorum.QuorumPeerMain", str(folder / "zoo.cfg")],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd=folder,
            )
        until(f"ZooKeeper to serve (see {folder})", self._serves, 60)

    def _serves(self) -> bool:
        ended = self._process.poll()
        log = self._folder / "server.log"
        assert ended is None, f"ZooKeeper ended ({ended}):\n{log.read_text()[-2000:]}"
        return "Mode: " in self.ask("srvr")

    def ask(self, word: str) -> str:
        """The answer to a four-letter word; empty where nobody answers."""
        try:
            with socket.create_connection(("127.0.0.1", self.port), timeout=5) as way:
                way.sendall(word.encode())
                parts = iter(lambda: way.recv(65_536), b"")
                return b"".join(parts).decode(errors="replace")
        except OSError:
            return ""

    def url(self, path: str) -> str:
        return f"zk://127.0.0.1:{self.port}{path}"

    def freeze(self) -> None:
        """A black hole: the server's process stops, its connections stay."""
        self._process.send_signal(signal.SIGSTOP)

    def thaw(self) -> None:
        self._process.send_signal(signal.SIGCONT)

    def end(self) -> None:
        self._process.kill()
        self._process.wait()
