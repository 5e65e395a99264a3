"""The pymesos reader: follows the leading Mesos master with the detector of pymesos, and reads each payload with the
driver of pymesos for frameworks. It ends when standard input is closed. The usage is below.
"""

from __future__ import annotations

import base64
import json
import sys
import types
from typing import Any

USAGE = """usage: pymesos_reader.py HOST:PORT/GROUP

{"event": "detected", "name": N, "data": BASE64, "master": "IP:PORT" or null}
    the detector has taken the member N; the driver connects to the master, which is the former one if it could not
    read the payload
{"event": "none"}   there is no member
"""

# The driver's HTTP connections use it, and nothing here connects; without the name pymesos cannot be imported.
http = types.ModuleType("http_parser.http")
http.HttpParser = None  # type: ignore[attr-defined]
sys.modules["http_parser"] = types.ModuleType("http_parser")
sys.modules["http_parser.http"] = http

from pymesos.detector import MasterDetector  # noqa: E402
from pymesos.scheduler import MesosSchedulerDriver  # noqa: E402


class Agent:
    """What the detector calls: the two methods are the driver's own."""

    def __init__(self) -> None:
        self.detector: MasterDetector | None = None
        self.master: str | None = None

    def change_master(self, master: str | None) -> None:
        self.master = master

    def onNewMasterDetectedMessage(self, data: bytes) -> None:
        MesosSchedulerDriver.onNewMasterDetectedMessage(self, data)
        name = self.detector.masterSeq if self.detector else None
        text = None if data is None else base64.b64encode(data).decode()
        say(event="detected", name=name, data=text, master=self.master)

    def onNoMasterDetectedMessage(self) -> None:
        MesosSchedulerDriver.onNoMasterDetectedMessage(self)
        say(event="none")


def say(**line: Any) -> None:
    print(json.dumps(line), flush=True)


def main() -> None:
    if len(sys.argv) != 2 or sys.argv[1] in ("-h", "--help"):
        asked = len(sys.argv) == 2
        print(USAGE, end="", file=sys.stdout if asked else sys.stderr)
        sys.exit(0 if asked else 2)
    agent = Agent()
    agent.detector = MasterDetector(sys.argv[1], agent)
    agent.detector.start()
    sys.stdin.read()
    agent.detector.stop()


if __name__ == "__main__":
    main()
