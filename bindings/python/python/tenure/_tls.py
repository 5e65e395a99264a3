"""The TLS options of a client."""

from __future__ import annotations

from typing import NamedTuple, Optional

from ._arguments import File, optional_file, optional_text
from .errors import InvalidInputError


class Tls(NamedTuple):
    """The options, checked against each other. The extension reads the files."""

    ca: str
    client_certificate: Optional[tuple[str, str]]
    """The certificate's file and the key's."""
    server_name: Optional[str]


def tls_options(
    tls_ca: Optional[File],
    tls_cert: Optional[File],
    tls_key: Optional[File],
    tls_server_name: Optional[str],
) -> Optional[Tls]:
    """The options of a client, checked; ``None`` for a client without TLS."""
    ca = optional_file("tls_ca", tls_ca)
    cert = optional_file("tls_cert", tls_cert)
    key = optional_file("tls_key", tls_key)
    server_name = optional_text("tls_server_name", tls_server_name)
    if ca is None:
        for name, value in (("tls_cert", cert), ("tls_key", key), ("tls_server_name", server_name)):
            if value is not None:
                raise InvalidInputError(f"{name} needs tls_ca, the file with the authorities to trust")
        return None
    if cert is not None and key is not None:
        return Tls(ca, (cert, key), server_name)
    if cert is not None or key is not None:
        raise InvalidInputError(
            "a certificate needs its key, and a key its certificate: "
            "give both tls_cert and tls_key, or neither"
        )
    return Tls(ca, None, server_name)
