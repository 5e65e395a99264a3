"""A contender by kazoo's Election: python kazoo_contender.py HOSTS PATH TIMEOUT_MS; prints lines of JSON.

SIGTERM hands over and ends it.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import threading

from kazoo.client import KazooClient


def say(event: str) -> None:
    print(json.dumps({"event": event}), flush=True)


def main() -> None:
    hosts, path, timeout = sys.argv[1], sys.argv[2], int(sys.argv[3]) / 1000
    client = KazooClient(hosts=hosts, timeout=timeout)
    client.start(timeout=60)
    name = f"{os.uname().nodename}-{os.getpid()}"
    election = client.Election(path, name)
    ended, leads = threading.Event(), threading.Event()

    def lead() -> None:
        leads.set()
        say("leading")
        ended.wait()

    signal.signal(signal.SIGTERM, lambda *_: ended.set())
    thread = threading.Thread(target=election.run, args=(lead,), daemon=True)
    thread.start()
    while not leads.is_set() and not ended.is_set():
        if name in election.contenders()[1:]:
            say("standby")
            break
        ended.wait(0.05)
    ended.wait()
    if leads.is_set():
        thread.join()
    client.stop()
    client.close()


if __name__ == "__main__":
    main()
