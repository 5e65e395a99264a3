"""Certificates for tests, made by the command ``openssl``."""

from __future__ import annotations

import itertools
import pathlib
import shutil
import subprocess
from typing import NamedTuple, Optional

COMMAND = shutil.which("openssl")

# Of its own: what the system's has would otherwise be in the certificates, too.
CONFIG = """
[req]
distinguished_name = name
[name]
[authority]
basicConstraints = critical, CA:TRUE
"""


class Identity(NamedTuple):
    """A certificate: PEM files."""

    certificate: pathlib.Path
    key: pathlib.Path
    both: pathlib.Path
    """Key and certificate in one, as a server of ZooKeeper wants them."""


class Authority:
    """Signs certificates, which are valid from now on for a day."""

    def __init__(self, folder: pathlib.Path, name: str) -> None:
        self._folder = folder
        self._numbers = itertools.count(1)
        self.file = folder / "ca.pem"
        """Its own certificate."""
        self._key = folder / "ca.key"
        self._config = folder / "openssl.cnf"
        folder.mkdir(parents=True, exist_ok=True)
        self._config.write_text(CONFIG)
        more = ("-x509", "-days", "1", "-extensions", "authority")
        self._request(name, self._key, self.file, *more)

    def issue(self, file: str, names: str) -> Identity:
        """A certificate in files of this name, for names as in ``DNS:localhost, IP:127.0.0.1``."""
        certificate, key, both, request, extensions = (
            self._folder / f"{file}.{suffix}" for suffix in ("pem", "key", "both", "csr", "cnf")
        )
        extensions.write_text(f"subjectAltName = {names}\n")
        self._request("tenure-test", key, request)
        openssl(
            *("x509", "-req", "-in", request, "-out", certificate, "-days", "1"),
            *("-CA", self.file, "-CAkey", self._key, "-set_serial", str(next(self._numbers))),
            *("-extfile", extensions),
        )
        both.write_text(key.read_text() + certificate.read_text())
        return Identity(certificate, key, both)

    def _request(self, name: str, key: pathlib.Path, out: pathlib.Path, *more: str) -> None:
        """A new key, and a request or certificate for it."""
        openssl(
            *("req", "-new", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"),
            *("-keyout", key, "-out", out, "-subj", f"/CN={name}", "-config", self._config, *more),
        )


def openssl(*words: object) -> None:
    assert COMMAND is not None
    done = subprocess.run(
        [COMMAND, *map(str, words)], stdin=subprocess.DEVNULL, capture_output=True, check=False
    )
    assert done.returncode == 0, done.stderr.decode(errors="replace")


def why_not() -> Optional[str]:
    """Why there can be no certificates here; ``None`` where there can."""
    return None if COMMAND else "no command `openssl` here: run scripts/setup"
