"""Lines of output: one event each."""

from __future__ import annotations

import json
import re
import sys
import time
from datetime import datetime, timezone
from typing import Any

_PLAIN = re.compile(r"[A-Za-z0-9_.:/\[\]-]+")


def boottime() -> int:
    """Now on the boot-time clock, which measures leases; in nanoseconds."""
    return time.clock_gettime_ns(time.CLOCK_BOOTTIME)


def moment() -> dict[str, str]:
    """Now on both clocks."""
    at = datetime.now(timezone.utc).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    return {"at": at, "boottime_ns": str(boottime())}


class Lines:
    """Prints events: JSON, or text for people."""

    def __init__(self, as_json: bool) -> None:
        self._as_json = as_json

    def __call__(self, event: str, **keys: Any) -> None:
        now = moment()
        keys = {key: value for key, value in keys.items() if value is not None}
        if self._as_json:
            line = json.dumps({"event": event, **now, **keys})
        else:
            words = [f"{key} {_quoted(value)}" for key, value in keys.items()]
            line = " ".join([now["at"], event.replace("_", " "), *words])
        print(line, flush=True)

    def problem(self, message: str) -> None:
        """Something went wrong, and the scheduler goes on."""
        self("problem", message=message)


def complain(message: str) -> None:
    """The reason why the process ends."""
    print(f"scheduler: {message}", file=sys.stderr)


def _quoted(value: Any) -> str:
    """A plain word as it is. Text of others is quoted: it controls no terminal, and forges no line."""
    if isinstance(value, dict):
        return ", ".join(f"{key} {_quoted(each)}" for key, each in value.items())
    text = str(value)
    return text if _PLAIN.fullmatch(text) else json.dumps(text)
