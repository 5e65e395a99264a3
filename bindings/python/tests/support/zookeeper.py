"""A real ZooKeeper server, of Debian's jars, for the tests that need one."""

from __future__ import annotations

import os
import pathlib
import shutil
import signal
import socket
import subprocess
from typing import NamedTuple, Optional

from .wait import until

JAVA = pathlib.Path("/usr/share/java")
NEEDED = ("zookeeper", "zookeeper-jute", "slf4j-api", "slf4j-simple")
USED_IF_THERE = ("metrics-core", "snappy-java")
# What a server needs for TLS: as workshop/field/src/zookeeper/jars.rs has it.
NETTY = tuple(
    f"netty-{part}"
    for part in (
        *("common", "buffer", "resolver", "transport", "transport-native-unix-common"),
        *("codec", "handler"),
    )
)

# As workshop/field/src/zookeeper/launch.rs has it: little memory, a quick start, no fsync.
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
    optional = (JAVA / f"{name}.jar" for name in USED_IF_THERE + NETTY)
    jars += [jar for jar in optional if jar.exists()]
    return ":".join(map(str, jars))


def why_no_tls() -> Optional[str]:
    """Why a server cannot speak TLS here; ``None`` where it can."""
    path = class_path()
    if path is None:
        return "no ZooKeeper server here: run scripts/setup"
    folder = pathlib.Path(path[:-2]) if path.endswith("/*") else None
    has_netty = any(folder.glob("netty-handler*.jar")) if folder else "netty-handler" in path
    if not has_netty:
        return f"no TLS for ZooKeeper here: netty is not among its jars ({path}); run scripts/setup"
    return None


class Secure(NamedTuple):
    """What a server needs to speak TLS: PEM files."""

    key_store: pathlib.Path
    """Its private key and its certificate."""
    trust_store: pathlib.Path
    """The authorities that clients' certificates must come from."""


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Zookeeper:
    """One server; ``tick`` is its ``tickTime`` in milliseconds; ``secure`` gives it a port for TLS."""

    def __init__(
        self, folder: pathlib.Path, tick: int = 500, secure: Optional[Secure] = None
    ) -> None:
        self.port = free_port()
        self.secure_port = free_port() if secure else None
        self._folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "zoo.cfg").write_text(
            f"tickTime={tick}\n"
            f"dataDir={folder / 'data'}\n"
            f"clientPort={self.port}\n"
            "clientPortAddress=127.0.0.1\n"
            "maxClientCnxns=0\n"
            "admin.enableServer=false\n"
            "4lw.commands.whitelist=*\n" + self._secure_settings(secure)
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

    def _secure_settings(self, secure: Optional[Secure]) -> str:
        if secure is None:
            return ""
        return (
            # The other kind of server has no TLS.
            "serverCnxnFactory=org.apache.zookeeper.server.NettyServerCnxnFactory\n"
            f"secureClientPort={self.secure_port}\n"
            "secureClientPortAddress=127.0.0.1\n"
            f"ssl.keyStore.location={secure.key_store}\n"
            "ssl.keyStore.type=PEM\n"
            f"ssl.trustStore.location={secure.trust_store}\n"
            "ssl.trustStore.type=PEM\n"
        )

    def _serves(self) -> bool:
        ended = self._process.poll()
        log = self._folder / "server.log"
        assert ended is None, f"ZooKeeper ended ({ended}):\n{log.read_text()[-2000:]}"
        return "Mode: " in self.ask("srvr") and self._has_secure_port()

    def _has_secure_port(self) -> bool:
        if self.secure_port is None:
            return True
        # It is bound after the plain one.
        with socket.socket() as way:
            return way.connect_ex(("127.0.0.1", self.secure_port)) == 0

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

    def secure_url(self, path: str, host: str = "127.0.0.1") -> str:
        """Where it speaks TLS."""
        return f"zk://{host}:{self.secure_port}{path}"

    def freeze(self) -> None:
        """A black hole: the server's process stops, its connections stay."""
        self._process.send_signal(signal.SIGSTOP)

    def thaw(self) -> None:
        self._process.send_signal(signal.SIGCONT)

    def end(self) -> None:
        self._process.kill()
        self._process.wait()
