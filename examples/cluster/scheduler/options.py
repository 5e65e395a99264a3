"""The arguments."""

from __future__ import annotations

import argparse
import ipaddress
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Optional

_ABOUT = """\
A scheduler of a cluster: it registers a framework with the leading master, has it launch pretend
tasks, and takes messages of the leader alone.
"""

_MORE = """\
TIME is as 4s, 500ms or 10min. From its first registration on, the scheduler launches a task each
interval, also while it is disconnected: such a task is lost at once, as in Mesos. A task that does
not finish is replaced, until N have finished; then the scheduler stays registered.

It listens for the messages of masters: POST /status, /agent_lost and /error, each with the sender in
it. One that is not from the leader with which the framework is registered is answered 403.

  curl http://127.0.0.1:PORT/state

SIGTERM and SIGINT end the framework: the leader is told to tear it down, and the scheduler exits
with 0. It exits with 2 for arguments that cannot work, and with 1 for every other failure and if the
leader ends the framework with an error.
"""

_UNITS = {"ms": 0.001, "s": 1.0, "min": 60.0, "h": 3600.0}


@dataclass(frozen=True)
class Options:
    """Times are in seconds."""

    master: str
    ip: str
    port: int
    name: str
    id: Optional[str]
    tasks: int
    interval: float
    duration: float
    kill_after: Optional[float]
    session_timeout: float
    backoff: float
    json: bool


def parse(arguments: Sequence[str]) -> Options:
    """The options. A mistake ends the process with status 2, and ``--help`` with 0."""
    parser = argparse.ArgumentParser(
        prog="python -m scheduler",
        description=_ABOUT,
        epilog=_MORE,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    add = parser.add_argument
    add(
        "--master",
        required=True,
        metavar="URL",
        help="where the leading master is found: zk://[user:password@]host[:port][,...]/path, "
        "file:///path of a file with such a URL, or host:port of a master that never changes",
    )
    add(
        "--ip",
        type=_ip,
        default="127.0.0.1",
        help="the address to listen on, at which masters reach it (127.0.0.1)",
    )
    add("--port", type=_port, default=0, help="the port; 0, the default, takes a free one")
    add("--name", type=_name, default="example", help="the name of the framework (example)")
    add(
        "--id",
        type=_name,
        help="the id of the framework of another instance, from which this one takes over",
    )
    add("--tasks", type=_count, default=0, metavar="N", help="tasks to finish; 0, the default: no end")
    add("--interval", type=_span, default=1.0, metavar="TIME", help="between launches (1s)")
    add("--duration", type=_span, default=2.0, metavar="TIME", help="of each task (2s)")
    add(
        "--kill-after",
        type=_span,
        metavar="TIME",
        help="kill each task this long after its launch (never)",
    )
    add(
        "--session-timeout",
        type=_span,
        default=4.0,
        metavar="TIME",
        help="the session timeout to ask the servers for (4s)",
    )
    add(
        "--backoff",
        type=_span,
        default=1.0,
        metavar="TIME",
        help="the first attempt to register comes after a random part of this time, later ones after "
        "a random part of twice, four times, ... it (1s)",
    )
    add("--json", action="store_true", help="print one JSON object a line")
    options, more = parser.parse_known_args(arguments)
    if more:  # which may be a URL with a password: it is not repeated
        names = re.findall(r"^--?[a-z-]+", "\n".join(more), re.MULTILINE)
        parser.error(f"unknown: {', '.join(names)}" if names else "the URL goes behind --master")
    return Options(**vars(options))


def _ip(text: str) -> str:
    try:
        ip = ipaddress.ip_address(text)
    except ValueError:
        ip = None
    if ip is None or ip.is_unspecified:
        raise argparse.ArgumentTypeError(f"{text!r} is not the address of one machine")
    return text


def _port(text: str) -> int:
    if not text.isascii() or not text.isdigit() or int(text[:6]) > 65535:
        raise argparse.ArgumentTypeError(f"{text!r} is no port from 0 to 65535")
    return int(text)


def _count(text: str) -> int:
    if not text.isascii() or not text.isdigit() or len(text) > 9:
        raise argparse.ArgumentTypeError(f"{text!r} is no number from 0 to 999999999")
    return int(text)


def _name(text: str) -> str:
    if not 0 < len(text) <= 200 or not text.isprintable():
        raise argparse.ArgumentTypeError(f"{text!r} is not of 1 to 200 printable characters")
    return text


def _span(text: str) -> float:
    found = re.fullmatch(r"([0-9]{1,9}(?:\.[0-9]{1,9})?)(ms|s|min|h)", text)
    seconds = float(found[1]) * _UNITS[found[2]] if found else 0.0
    if not 0.001 <= seconds <= 86_400:
        raise argparse.ArgumentTypeError(f"{text!r} is no time from 1ms to 24h, such as 4s or 500ms")
    return seconds
