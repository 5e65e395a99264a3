"""One session of kazoo: it makes members, and follows the member with the lowest number. The usage is below.

Each line of standard input is a command in JSON, and each line of standard output an event. The session is closed,
and with it its members are gone, when standard input is closed.
"""

from __future__ import annotations

import base64
import json
import sys
import threading
from typing import Any

from kazoo.client import KazooClient
from kazoo.exceptions import NoNodeError

USAGE = """usage: kazoo_client.py HOST:PORT GROUP

{"id": I, "do": "join", "name": P, "data": BASE64}    creates an ephemeral member: P and ten digits
{"id": I, "do": "create", "name": N}                  creates a persistent child
{"id": I, "do": "delete", "name": N}                  deletes a child
         {"done": I, "name": N} answers a command with the name of the child
unasked, at each change:
         {"event": "lowest", "name": N, "data": BASE64, "owner": HEX, "acl": [[PERMISSIONS, SCHEME, ID], ...]}
         or {"event": "none"}
"""

LIMIT_S = 30
writing = threading.Lock()


def say(**line: Any) -> None:
    with writing:
        print(json.dumps(line), flush=True)


def number(name: str) -> int | None:
    """The number of a member, whatever its label; None for a child that is no member."""
    digits = name.rpartition("_")[2]
    return int(digits) if digits.isdigit() else None


class Client:
    def __init__(self, hosts: str, group: str) -> None:
        self.group = group
        self.known: str | None = ""
        self.kazoo = KazooClient(hosts=hosts, timeout=10)
        self.kazoo.start(timeout=LIMIT_S)
        self.kazoo.ensure_path(group)
        self.kazoo.ChildrenWatch(group, self.changed)

    def changed(self, children: list[str]) -> None:
        members = [name for name in children if number(name) is not None]
        lowest = min(members, key=number, default=None)
        if lowest == self.known:
            return
        if lowest is None:
            say(event="none")
        else:
            try:
                data, stat = self.kazoo.get(f"{self.group}/{lowest}")
                acl, _ = self.kazoo.get_acls(f"{self.group}/{lowest}")
            except NoNodeError:
                return  # The next change follows.
            say(
                event="lowest",
                name=lowest,
                data=base64.b64encode(data).decode(),
                owner=f"{stat.ephemeralOwner:x}",
                acl=[[entry.perms, entry.id.scheme, entry.id.id] for entry in acl],
            )
        self.known = lowest

    def join(self, name: str, data: str) -> str:
        path = self.kazoo.create(
            f"{self.group}/{name}", base64.b64decode(data), ephemeral=True, sequence=True
        )
        return path.rpartition("/")[2]

    def create(self, name: str) -> str:
        self.kazoo.create(f"{self.group}/{name}")
        return name

    def delete(self, name: str) -> str:
        self.kazoo.delete(f"{self.group}/{name}")
        return name

    def close(self) -> None:
        self.kazoo.stop()
        self.kazoo.close()


def main() -> None:
    if len(sys.argv) != 3 or sys.argv[1] in ("-h", "--help"):
        asked = sys.argv[1:] in (["-h"], ["--help"])
        print(USAGE, end="", file=sys.stdout if asked else sys.stderr)
        sys.exit(0 if asked else 2)
    client = Client(sys.argv[1], sys.argv[2])
    commands = {"join": client.join, "create": client.create, "delete": client.delete}
    for line in sys.stdin:
        words = json.loads(line)
        command, do = words.pop("id"), words.pop("do")
        say(done=command, name=commands[do](**words))
    client.close()


if __name__ == "__main__":
    main()
